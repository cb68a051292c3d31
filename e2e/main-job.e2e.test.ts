import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { expectAccessible } from "./stage/axe.ts";
import type { Look } from "./stage/browser.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(90_000);
const chromium = requires("chromium");

/** The longest from the second press to both sitting in the room, in ms: what a person still feels as at once. */
const togetherMs = 200;

chromium.describe("the main job", () => {
  const stage = Stage.use();

  /** Both press; tells how long the slower one took from the second press to the room, by their own clocks. */
  async function meet(a: Person, b: Person): Promise<number> {
    await a.pressesMatch();
    await a.button(a.words.match.waiting.cancel).waitFor();
    const arrivals = Promise.all([a.arrivesInRoomAt(), b.arrivesInRoomAt()]);
    const pressedAt = await b.pressesMatchAt();
    return Math.max(...(await arrivals)) - pressedAt;
  }

  const pairs: [string, Look, Look][] = [
    [
      "in Korean, light, on a desktop and a phone",
      { locale: "ko", theme: "light", device: "desktop", motion: "full" },
      { locale: "ko", theme: "light", device: "phone" },
    ],
    [
      "in English, dark, on a phone and a desktop",
      { locale: "en", theme: "dark", device: "phone" },
      { locale: "en", theme: "dark", device: "desktop" },
    ],
  ];

  for (const [how, first, second] of pairs) {
    chromium.test(
      `two strangers meet and talk ${how}`,
      stage.walk(async () => {
        const a = await stage.visitor(first, "봄");
        const b = await stage.visitor(second, "가람");
        for (const person of [a, b]) await person.signsUp();
        for (const person of [a, b]) await person.picture("home");
        await expectAccessible(a.page, "home");

        await meet(a, b);
        await Promise.all([a.isInRoom(), b.isInRoom()]);

        // Each sees the other's alias, and neither's nickname is anywhere.
        const aliases = await Promise.all([a.partnerName(), b.partnerName()]);
        expect(aliases[0]).not.toBe(aliases[1]);
        for (const [person, other] of [
          [a, b],
          [b, a],
        ] as const) {
          expect(await person.page.content()).not.toContain(other.credentials.nickname);
        }

        await a.says("안녕하세요! 오늘 날씨가 참 좋네요");
        await b.sees("안녕하세요! 오늘 날씨가 참 좋네요");
        await b.says("반가워요 😊 저는 한강에서 산책하고 왔어요");
        await a.sees("반가워요 😊 저는 한강에서 산책하고 왔어요");
        await a.says("사진 있어요? https://example.com/han-river");
        const link = b.page.getByRole("link", { name: "https://example.com/han-river", exact: true });
        await link.waitFor();
        expect(await link.getAttribute("rel")).toContain("noopener");
        for (const person of [a, b]) {
          await person.picture("room");
          await expectAccessible(person.page, "room");
        }

        // A reload keeps the sign-in and the history.
        await a.page.reload();
        await a.sees("반가워요 😊 저는 한강에서 산책하고 왔어요");

        // Away from the room, the list tells what was said and how much.
        await b.page.goto(`${b.url}/rooms`);
        await b.page.getByText(b.words.rooms.page, { exact: true }).first().waitFor();
        await a.says("거기 있어요?");
        const row = b.page.getByRole("navigation", { name: b.words.rooms.list }).getByText("거기 있어요?");
        await row.waitFor();
        await b.unreadBadge(1).first().waitFor();
        await b.picture("rooms");
        await expectAccessible(b.page, "rooms");
        await row.click();
        await b.isInRoom();
        await b.says("네, 있어요!");
        await a.sees("네, 있어요!");

        await a.button(a.words.room.menu).click();
        await expectAccessible(a.page, "room menu");
        await a.picture("room-menu");
        await a.page.getByRole("menuitem", { name: a.words.room.leave }).click();
        await a.page.getByRole("alertdialog").or(a.page.getByRole("dialog")).waitFor();
        await expectAccessible(a.page, "leave dialog");
        await a.picture("leave-dialog");
        await a.button(a.words.room.leaveAsk.yes).last().click();
        await b.composer.waitFor({ state: "detached" });
        await b.picture("partner-left");
      }),
    );
  }

  chromium.test(
    "two who press sit together at once",
    stage.walk(async () => {
      const [a, b] = await Promise.all([stage.person({}, "봄"), stage.person({}, "가람")]);
      // A busy machine adds to everything: where even a plain message takes long, a match may take a few times as long.
      let quickestMs = await meet(a, b);
      const messageMs = await a.saysAndMeasures(b, "안녕하세요");
      const limitMs = Math.max(togetherMs, messageMs * 6);
      for (let again = 0; again < 3 && quickestMs >= limitMs; again++) {
        await Promise.all([a.endsMatching(), b.endsMatching()]);
        await Promise.all([a.goesHome(), b.goesHome()]);
        quickestMs = Math.min(quickestMs, await meet(a, b));
      }
      expect(quickestMs).toBeLessThan(limitMs);
    }),
  );
});
