import { afterAll, beforeAll, expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import type { Browser } from "playwright-core";
import { expectAccessible } from "./stage/axe.ts";
import { launchBrowser } from "./stage/browser.ts";
import { Person } from "./stage/person.ts";
import { type RunningServer, startProduct } from "./stage/server.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

chromium.describe("what is seen of each other as it happens", () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    [server, browser] = await Promise.all([startProduct(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  chromium.test("who is there, who writes, and who has yet to read", async () => {
    const a = await Person.open(browser, server.url, { locale: "ko", theme: "light", device: "desktop" }, "봄");
    const b = await Person.open(browser, server.url, { locale: "ko", theme: "dark", device: "phone" }, "가람");
    for (const person of [a, b]) await person.signsUp();
    const program = await a.program();
    const room = await program.rooms.openDirect(b.credentials.nickname);
    program.close();
    await a.page.goto(`${server.url}/rooms/${room.id}`);
    await a.isInRoom();

    await a.composer.fill("거기 있어?");
    await a.composer.press("Enter");
    const unread = a.page.getByLabel(a.words.room.unreadPeople_one.replace("{{count}}", "1"));
    await unread.waitFor();
    // Whoever was only written to has not said that they may be seen.
    expect(await a.page.getByLabel(a.words.presence.online).count()).toBe(0);

    await b.page.goto(`${server.url}/rooms/${room.id}`);
    await b.isInRoom();
    await unread.waitFor({ state: "detached" });

    const writing = a.page.getByText(a.words.room.typing.replace("{{names}}", b.credentials.nickname));
    // Typing is told now and then while it goes on; one letter may be over before a busy machine shows it.
    await Promise.all([writing.waitFor(), b.composer.pressSequentially("응 여기 있어", { delay: 700 })]);
    await expectAccessible(a.page, "live");
    await Promise.all([a.picture("live"), b.picture("live")]);
    await b.composer.press("Enter");
    await writing.waitFor({ state: "detached" });
    await a.page.getByRole("article").getByText("응 여기 있어", { exact: true }).waitFor();
    await a.page.getByLabel(a.words.presence.online).first().waitFor();

    await b.context.close();
    await a.page.getByLabel(a.words.presence.online).first().waitFor({ state: "detached", timeout: 25_000 });
    expect(await a.page.getByText("응 여기 있어", { exact: true }).count()).toBeGreaterThan(0);
  });
});
