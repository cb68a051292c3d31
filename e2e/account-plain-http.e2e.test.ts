import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import type { Browser } from "playwright-core";
import { launchBrowser, usualLook } from "./stage/browser.ts";
import { findFreePort } from "./stage/free-port.ts";
import { Person } from "./stage/person.ts";
import { type RunningServer, startProduct } from "./stage/server.ts";
import { ko as words } from "./stage/words.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

/** An address of a local network, as a browser sees it: plain http, and nothing that only secure pages are given. */
const host = "maru.lan.example";

chromium.describe("on plain http", () => {
  let server: RunningServer;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    const port = findFreePort();
    url = `http://${host}:${port}`;
    server = await startProduct({ args: ["--port", String(port)], env: { MARU_ORIGIN: url } });
    browser = await launchBrowser([`--host-resolver-rules=MAP ${host} 127.0.0.1`]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  chromium.test(
    "other tabs follow a log-out and another account; passkeys are not offered, the app's codes are",
    async () => {
      const next = await Person.open(browser, url, usualLook, "가람");
      await next.signsUp();
      await next.leaves();
      const one = await Person.open(browser, url, usualLook, "봄");
      await one.signsUp();
      expect(await one.page.evaluate(() => [window.isSecureContext, "locks" in navigator])).toEqual([false, false]);
      const two = await one.opensTab("/settings/security");
      await two.button(words.security.turnOn).waitFor();
      expect(await two.button(words.security.addPasskey).count()).toBe(0);
      await two.page.getByText(words.security.passkeysUnable).waitFor();

      await one.page.goto(`${url}/settings`);
      await one.button(one.words.settings.logOut).click();
      for (const tab of [one, two])
        await tab.page.getByRole("link", { name: tab.words.landing.start }).first().waitFor();
      await one.page.goto(`${url}/log-in`);
      await one.fillsInLogIn(next.credentials);
      await one.button(one.words.auth.logIn.submit).click();
      for (const tab of [one, two]) {
        await tab.button(tab.words.match.start, false).waitFor();
        await tab.page.getByText(next.credentials.nickname).first().waitFor();
      }
      await one.leaves();
    },
  );
});
