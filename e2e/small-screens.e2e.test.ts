import { expect, setDefaultTimeout } from "bun:test";
import { networkInterfaces } from "node:os";
import { requires } from "@maru/testkit";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

chromium.describe("phones, and addresses of a home network", () => {
  const stage = Stage.use({ args: ["--bind", "0.0.0.0"] });

  chromium.test(
    "the keyboard of a phone never covers the field, whichever way the browser tells of it",
    stage.walk(async () => {
      const [a, b] = await stage.pair({ device: "phone" });
      const program = await b.program();
      for (let line = 1; line <= 30; line++) program.rooms.send(b.roomId, `${line}. 길게 이어지는 이야기`);
      await a.sees("30. 길게 이어지는 이야기");
      const { page } = a;
      const expectFieldAt = async (height: number) => {
        const field = await a.composer.boundingBox();
        expect((field?.y ?? 0) + (field?.height ?? 0)).toBeLessThanOrEqual(height);
        expect(field?.y ?? 0).toBeGreaterThan(height - 140);
        const last = await a.messages("30. 길게 이어지는 이야기").boundingBox();
        expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThan(field?.y ?? 0);
      };
      await a.composer.tap();
      // Android: the keyboard makes the page itself smaller.
      await page.setViewportSize({ width: 390, height: 480 });
      await page.waitForFunction(() => window.innerHeight === 480);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await expectFieldAt(480);
      await a.picture("phone-keyboard");
      await page.setViewportSize({ width: 390, height: 844 });
      // iOS: the keyboard lies over the page, and the visual viewport alone tells of it.
      await page.evaluate(() => {
        const { visualViewport } = window;
        if (!visualViewport) return;
        Object.defineProperty(visualViewport, "height", { configurable: true, get: () => 500 });
        visualViewport.dispatchEvent(new Event("resize"));
      });
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await expectFieldAt(500);
    }),
  );

  chromium.test(
    "nothing is wider than the narrowest screen",
    stage.walk(async () => {
      const [a, b] = await stage.pair({ device: "phone" });
      const { page, words } = a;
      await page.setViewportSize({ width: 360, height: 640 });
      await b.says("띄어쓰기없이아주길게이어지는말은어떻게될까요".repeat(8));
      await b.says(`https://example.com/${"a".repeat(300)}`);
      await a.says("x".repeat(500));
      const expectNoSideways = async (where: string) => {
        const wide = await page.evaluate(() =>
          [document.scrollingElement, ...document.querySelectorAll("main, section, nav, [role=dialog]")]
            .filter((element) => element !== null && element.scrollWidth > element.clientWidth + 1)
            .map((element) => element?.outerHTML.slice(0, 120)),
        );
        expect([where, ...wide]).toEqual([where]);
      };
      await b.sees("x".repeat(500));
      await expectNoSideways("room");
      await a.picture("narrow-room");
      await page.getByRole("link", { name: words.room.back }).click();
      await expectNoSideways("rooms");
      for (const place of [words.place.me, words.match.page]) {
        await page.getByRole("link", { name: place, exact: true }).click();
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await expectNoSideways(place);
      }
    }),
  );

  chromium.test(
    "a finger that holds a message is asked what to do with it",
    stage.walk(async () => {
      const [a, b] = await stage.pair({ device: "phone" });
      const { page, words } = a;
      await a.says("손가락으로 고칠 말");
      await b.sees("손가락으로 고칠 말");
      await a.holds("손가락으로 고칠 말");
      await a.picture("message-sheet");
      await page.getByRole("dialog").getByRole("button", { name: words.room.edit }).tap();
      const field = page.getByRole("textbox", { name: words.room.editing.label });
      await field.fill("손가락으로 고친 말");
      await a.picture("editing");
      await a.button(words.room.compose.send).tap();
      await b.sees("손가락으로 고친 말");
      await a.holds("손가락으로 고친 말");
      await page.getByRole("dialog").getByRole("button", { name: words.room.delete }).tap();
      await a.answers(words.room.deleteAsk.yes);
      await b.sees(words.room.deleted);
    }),
  );

  chromium.test(
    "on plain http in a home network, where browsers withhold locks and ids, everything works",
    stage.walk(async () => {
      const address = Object.values(networkInterfaces())
        .flat()
        .find((each) => each?.family === "IPv4" && !each.internal)?.address;
      expect(address).toBeDefined();
      const url = `http://${address}:${stage.server.port}`;
      const [a, b] = [await stage.visitor({}, "봄", url), await stage.visitor({ device: "phone" }, "가람", url)];
      expect(await a.page.evaluate(() => [isSecureContext, "randomUUID" in crypto, "locks" in navigator])).toEqual([
        false,
        false,
        false,
      ]);
      await Promise.all([a.signsUp(), b.signsUp()]);
      for (const person of [a, b]) await person.pressesMatch();
      await Promise.all([a.isInRoom(), b.isInRoom()]);
      await a.says("집에서도 되네요");
      await b.sees("집에서도 되네요");
      await a.choosesForMessage("집에서도 되네요", a.words.room.copy);
      await a.page.getByText(a.words.room.copied).waitFor();
      await b.page.reload();
      await b.sees("집에서도 되네요");
      await b.says("다시 들어와도 그대로예요");
      await a.sees("다시 들어와도 그대로예요");
    }),
  );
});
