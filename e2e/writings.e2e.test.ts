import { expect, setDefaultTimeout } from "bun:test";
import { eventually, requires } from "@maru/testkit";
import type { Locator } from "playwright-core";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

/** Letters with thirty marks. */
const piled = `e${"\u0301".repeat(30)} z${"\u030d\u0316\u0334".repeat(10)}`;
const honest = ["ที่ ปู๊ ผู้", "Ộ Ẫ Ỹ gjpq", "العَرَبِيَّةُ", "हिन्दी त्र्यं", "👨‍👩‍👧‍👦 ❤️ 🏳️‍🌈"];

/** The bubble that says exactly this. */
const bubbleOf = (person: Person, text: string) => person.messages(text).last();

const drawn = (place: Locator) => place.screenshot({ animations: "disabled", caret: "hide" });

/** A picture of an element and of what lies around it, as far as its letters could reach; of a page that has come to rest. */
async function drawnAround(place: Locator): Promise<Buffer> {
  let last: Buffer | null = null;
  return eventually("two pictures in a row are the same", async () => {
    const box = await place.boundingBox();
    if (!box) throw new Error(`${place} is not drawn.`);
    const clip = { x: box.x, y: box.y - 6, width: box.width, height: box.height + 12 };
    const before = last;
    last = await place.page().screenshot({ clip, animations: "disabled", caret: "hide" });
    return before?.equals(last) ? last : undefined;
  });
}

/** Where a part of a text is drawn. */
function boxOf(place: Locator, part: string) {
  return place.evaluate((element, wanted) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const at = texts.currentNode.textContent?.indexOf(wanted) ?? -1;
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(texts.currentNode, at);
      range.setEnd(texts.currentNode, at + wanted.length);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      return { left, right, top, bottom };
    }
    throw new Error(`There is no «${wanted}».`);
  }, part);
}

chromium.describe("what people write", () => {
  const stage = Stage.use();

  chromium.test(
    "marks that are piled on a letter are painted over nothing beside it",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const row = a.page.getByRole("navigation", { name: a.words.rooms.list }).getByRole("link").first();
      const name = row.locator("bdi").first();
      // The font of the page piles nothing up; this one does, where it is.
      await a.page.evaluate(() => document.documentElement.style.setProperty("font-family", "DejaVu Sans"));
      await b.says("위의 말");
      await a.sees("위의 말");
      await b.says("가운데");
      await b.says("아래 말");
      await a.sees("아래 말");
      const parts = [bubbleOf(a, "위의 말"), bubbleOf(a, "아래 말"), name];
      const before = await Promise.all(parts.map(drawn));
      // As somebody who edits it, so that nothing else moves.
      await b.choosesForMessage("가운데", b.words.room.edit);
      const field = b.page.getByRole("textbox").last();
      await field.fill(piled);
      await field.press("Enter");
      await bubbleOf(a, piled).waitFor();
      const after = await Promise.all(parts.map(drawn));
      expect(after.map((picture, at) => picture.equals(before[at] as Buffer))).toEqual([true, true, true]);

      // In the list too: the name above stays as it was.
      await b.says(piled);
      await row.getByText(piled).waitFor();
      expect((await drawn(name)).equals(before[2] as Buffer)).toBe(true);
      await a.picture("piled-marks");
    }),
  );

  chromium.test(
    "writings that need room above and below lose nothing of it",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      for (const text of honest) {
        await b.says(text);
        await a.sees(text);
        const row = a.page.getByRole("navigation", { name: a.words.rooms.list }).getByText(text, { exact: true });
        for (const [where, place] of Object.entries({ bubble: bubbleOf(a, text), row })) {
          await place.waitFor();
          const clipped = await drawnAround(place);
          await place.evaluate((element: HTMLElement) => element.style.setProperty("overflow", "visible"));
          const whole = await drawnAround(place);
          expect([text, where, whole.equals(clipped)]).toEqual([text, where, true]);
          await place.evaluate((element: HTMLElement) => element.style.removeProperty("overflow"));
        }
      }
      await a.picture("writings");
    }),
  );

  chromium.test(
    "a name or a text from right to left turns nothing beside it",
    stage.walk(async () => {
      const [a, b] = await stage.pair({}, {}, undefined, "שלום");
      await a.says("ملاحظة 12!");
      const row = a.page.getByRole("navigation", { name: a.words.rooms.list }).getByRole("link").first();
      const { left, right } = await boxOf(row, b.credentials.nickname);
      const time = await row.locator("time").boundingBox();
      const preview = await row.getByText("ملاحظة 12!").boundingBox();
      expect(right).toBeLessThan(time?.x ?? 0);
      // Names and previews begin where all of them do.
      expect(Math.abs(left - (preview?.x ?? 0))).toBeLessThan(2);
      const [mine] = a.words.rooms.mine.split("{{");
      const said = row.getByText("ملاحظة 12!");
      expect((await boxOf(said, mine?.trim() ?? "")).right).toBeLessThanOrEqual((await boxOf(said, "ملاحظة")).left);
      // In the head of the room: beside the picture, not at the other end.
      const head = await boxOf(a.page.getByRole("heading", { level: 1 }).last(), b.credentials.nickname);
      const heading = await a.page.getByRole("heading", { level: 1 }).last().boundingBox();
      expect(Math.abs(head.left - (heading?.x ?? 0))).toBeLessThan(2);
      await a.picture("right-to-left");
    }),
  );
});
