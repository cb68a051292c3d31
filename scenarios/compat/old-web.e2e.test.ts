import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { join } from "node:path";
import { requires } from "@maru/testkit";
import type { Browser } from "playwright-core";
import { startTestServer, type TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { buildMs, openReference, type Reference } from "./reference.ts";

setDefaultTimeout(90_000);

/** What the walks of the commit before do, as far as this walk needs it: their words and places are those of its web app. */
type OldPerson = {
  readonly page: { content(): Promise<string>; reload(): Promise<unknown> };
  signsUp(): Promise<void>;
  pressesMatch(): Promise<void>;
  isInRoom(): Promise<void>;
  says(text: string): Promise<void>;
  sees(text: string): Promise<void>;
  leaves(): Promise<void>;
};
type OldStage = {
  readonly Person: { open(browser: Browser, url: string, look: unknown, name: string): Promise<OldPerson> };
};
type OldBrowser = { launchBrowser(): Promise<Browser>; readonly usualLook: unknown };

const needs = requires("chromium").path === "" ? requires("chromium") : requires("reference-commit");

needs.describe("the web app of the commit before on the server of today", () => {
  let reference: Reference;
  let server: TestServer;
  let browser: Browser;
  let stage: OldStage & OldBrowser;

  beforeAll(async () => {
    reference = await openReference();
    const load = <T>(name: string) => reference.load<T>(`e2e/stage/${name}.ts`);
    stage = { ...(await load<OldStage>("person")), ...(await load<OldBrowser>("browser")) };
    [server, browser] = await Promise.all([
      startTestServer({ webRoot: reference.webRoot, config: { trustProxy: 0 } }),
      stage.launchBrowser(),
    ]);
  }, buildMs);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  needs.test("two sign up, meet and talk, and a reload finds what was said", async () => {
    const [one, two] = await Promise.all(
      ["봄", "가람"].map((name) => stage.Person.open(browser, server.url, stage.usualLook, name)),
    );
    if (!one || !two) throw new Error("two people were asked for");
    const served = await (await fetch(server.url)).text();
    expect(served).toBe(await Bun.file(join(reference.webRoot, "index.html")).text());
    for (const person of [one, two]) await person.signsUp();
    for (const person of [one, two]) await person.pressesMatch();
    await Promise.all([one.isInRoom(), two.isInRoom()]);
    await one.says("안녕하세요");
    await two.sees("안녕하세요");
    await two.says("반가워요");
    await one.sees("반가워요");
    await one.page.reload();
    await one.sees("반가워요");
    await one.says("다시 왔어요");
    await two.sees("다시 왔어요");
    for (const person of [one, two]) await person.leaves();
  });
});
