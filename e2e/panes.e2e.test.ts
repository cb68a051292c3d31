import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { expectAccessible } from "./stage/axe.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(120_000);
const chromium = requires("chromium");

chromium.describe("panes, and the way back to where one wanted to go", () => {
  const stage = Stage.use();

  chromium.test(
    "who is in a room opens beside it, is in the address, and Escape in the field closes it",
    stage.walk(async () => {
      const [a] = await stage.pair();
      const { page, words } = a;
      await a.button(words.room.members.title).click();
      const pane = page.getByRole("complementary", { name: words.room.members.title });
      await pane.getByRole("listitem").nth(1).waitFor();
      expect(page.url()).toContain("?detail=members");
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await a.picture("detail-beside", theme);
        await expectAccessible(page, `detail, ${theme}`, theme === "dark" ? "colours" : "all");
      }
      const main = await page.getByRole("main").boundingBox();
      expect(main?.width ?? 0).toBeGreaterThanOrEqual(24 * 16);
      await page.reload();
      await pane.getByRole("listitem").nth(1).waitFor();
      await a.composer.press("Escape");
      await pane.waitFor({ state: "detached" });
      expect(page.url()).not.toContain("detail");

      await page.setViewportSize({ width: 1_000, height: 800 });
      await a.button(words.room.members.title).click();
      const sheet = page.getByRole("dialog", { name: words.room.members.title });
      await sheet.getByRole("listitem").nth(1).waitFor();
      await a.picture("detail-from-side");
      await page.keyboard.press("Escape");
      await sheet.waitFor({ state: "detached" });
      await page.setViewportSize({ width: 800, height: 800 });
      await page.getByRole("link", { name: words.room.back }).waitFor();
      await a.picture("one-pane-with-rail");
    }),
  );

  chromium.test(
    "on a phone it is a sheet, which the key that leads back puts away",
    stage.walk(async () => {
      const [a] = await stage.pair({ device: "phone", locale: "en" });
      const { page, words } = a;
      await a.button(words.room.members.title).tap();
      const sheet = page.getByRole("dialog", { name: words.room.members.title });
      await sheet.getByRole("listitem").nth(1).waitFor();
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await a.picture("detail-sheet", theme);
      }
      await page.goBack();
      await sheet.waitFor({ state: "detached" });
      await a.composer.waitFor();
    }),
  );

  chromium.test(
    "the list is as wide as one has pulled it, also after a reload",
    stage.walk(async () => {
      const a = await stage.person();
      const { page, words } = a;
      await page.goto(`${a.url}/rooms`);
      const list = page.getByRole("region", { name: words.rooms.page, exact: true });
      const width = async () => (await list.boundingBox())?.width ?? 0;
      expect(await width()).toBe(22 * 16);
      const handle = page.getByRole("separator", { name: words.frame.resize });
      const { x = 0, y = 0 } = (await handle.boundingBox()) ?? {};
      await page.mouse.move(x + 2, y + 300);
      await page.mouse.down();
      await page.mouse.move(x - 38, y + 300, { steps: 4 });
      await page.mouse.up();
      const pulled = await width();
      expect(pulled).toBeLessThan(22 * 16 - 30);
      await page.reload();
      await list.waitFor();
      expect(await width()).toBe(pulled);
      await page.goto(`${a.url}/settings/devices`);
      await page.getByRole("region", { name: words.settings.page }).waitFor();
      await a.picture("settings-devices");
    }),
  );

  chromium.test(
    "whoever is asked to log in, or to sign up, comes to where they wanted to go, query and all",
    stage.walk(async () => {
      const a = await stage.person();
      const visitor = await stage.visitor();
      const { page, words } = visitor;
      await page.goto(`${visitor.url}/rooms?archived=true`);
      await page.waitForURL(/\/log-in\?next=/);
      await page.getByRole("link", { name: words.auth.logIn.signUp }).click();
      await visitor.button(words.auth.signUp.age.yes).waitFor();
      await page.getByRole("link", { name: words.landing.logIn }).click();
      await visitor.fillsInLogIn(a.credentials);
      await visitor.button(words.auth.logIn.submit).click();
      await page.waitForURL(`${visitor.url}/rooms?archived=true`);
      await page.getByRole("heading", { name: words.rooms.archive.page }).waitFor();
    }),
  );

  chromium.test(
    "an address that was made to lead away leads home",
    stage.walk(async () => {
      const a = await stage.person();
      const visitor = await stage.visitor();
      const { page, words } = visitor;
      await page.goto(`${visitor.url}/log-in?next=${encodeURIComponent("/\\evil.example/x")}`);
      await visitor.fillsInLogIn(a.credentials);
      await visitor.button(words.auth.logIn.submit).click();
      await visitor.button(words.match.start, false).waitFor();
      expect(page.url()).toBe(`${visitor.url}/`);
    }),
  );

  for (const look of [
    { locale: "ko", device: "desktop" },
    { locale: "en", device: "phone" },
  ] as const) {
    chromium.test(
      `the first page presents each kind of conversation, in ${look.locale} on a ${look.device}`,
      stage.walk(async () => {
        const visitor = await stage.visitor(look);
        const { page, words } = visitor;
        for (const kind of words.kinds) await page.getByRole("heading", { name: kind.title, level: 3 }).waitFor();
        await page.getByText(words.landing.kept).scrollIntoViewIfNeeded();
        for (const theme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme: theme });
          await visitor.picture("landing-kinds", theme);
        }
        await expectAccessible(page, "landing", "all");
      }),
    );
  }
});
