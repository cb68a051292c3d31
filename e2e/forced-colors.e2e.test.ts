import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import type { Locator, Page } from "playwright-core";
import { expectAccessible } from "./stage/axe.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(120_000);
const chromium = requires("chromium");

/** Controls and bubbles: whatever one may press, write in or read apart from its neighbours. */
const edged = [
  "button",
  "[role=button]",
  "[role=checkbox]",
  "[role=radio]",
  "[data-holdable]",
  "input:not([type=hidden])",
  "textarea",
  "a.touch-target",
].join(", ");

/** Counts the colours along the four sides of a box in a picture of the page, and returns the least lively side. */
function countEdgePixels(page: Page, target: Locator): Promise<{ sides: number[]; describes: string }> {
  return (async () => {
    const box = await target.evaluate((element) => {
      // A field is edged by the box around it.
      const outer = element.matches("input, textarea") ? (element.closest(".ring-1, .ring-2") ?? element) : element;
      const { x, y, width, height } = outer.getBoundingClientRect();
      return { x, y, width, height, describes: outer.outerHTML.slice(0, 140) };
    });
    const margin = 4;
    const clip = {
      x: Math.max(0, box.x - margin),
      y: Math.max(0, box.y - margin),
      width: box.width + 2 * margin,
      height: box.height + 2 * margin,
    };
    const picture = await page.screenshot({ clip, animations: "disabled", scale: "css" });
    const sides = await page.evaluate(
      async ({ base64, margin }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
        const canvas = new OffscreenCanvas(image.width, image.height);
        const context = canvas.getContext("2d");
        if (!context) return [];
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, image.width, image.height);
        const lightAt = (x: number, y: number) => {
          const at = (y * image.width + x) * 4;
          return (data[at] ?? 0) * 0.3 + (data[at + 1] ?? 0) * 0.59 + (data[at + 2] ?? 0) * 0.11;
        };
        // Walks inwards across each side at its middle: an edge is a change of light that a person can see.
        const reach = margin * 2 + 2;
        const spans = [0.35, 0.5, 0.65].map((part) => [
          Math.round(part * (image.width - 1)),
          Math.round(part * (image.height - 1)),
        ]);
        const strongest = (read: (step: number, span: number[]) => number) =>
          Math.max(
            ...spans.flatMap((span) =>
              Array.from({ length: reach }, (_, step) => Math.abs(read(step, span) - read(step + 1, span))),
            ),
          );
        return [
          strongest((step, [x = 0]) => lightAt(x, step)),
          strongest((step, [x = 0]) => lightAt(x, image.height - 1 - step)),
          strongest((step, [, y = 0]) => lightAt(step, y)),
          strongest((step, [, y = 0]) => lightAt(image.width - 1 - step, y)),
        ];
      },
      { base64: picture.toString("base64"), margin },
    );
    return { sides, describes: box.describes };
  })();
}

/** How much the light must change at an edge; the whole way from black to white is 255. */
const visible = 60;

/** Every control on screen has an edge on all its sides, in pixels. Returns how many were looked at. */
async function expectEdges(page: Page, where: string): Promise<number> {
  let count = 0;
  for (const control of await page.locator(edged).all()) {
    const isSeen = await control.evaluate((element) => {
      const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
      const isInside = left >= 4 && top >= 4 && right <= innerWidth - 4 && bottom <= innerHeight - 4;
      const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      // What shows itself to the pointer alone is not there yet.
      const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      const isOnTop = middle !== null && (element.contains(middle) || middle.contains(element));
      return isInside && width > 8 && height > 8 && isShown && isOnTop;
    });
    if (!isSeen) continue;
    const { sides, describes } = await countEdgePixels(page, control);
    expect([where, describes, sides.length === 4 && sides.every((side) => side >= visible)]).toEqual([
      where,
      describes,
      true,
    ]);
    count++;
  }
  return count;
}

/** Moves the focus away and back, and expects that this can be seen. */
async function expectFocusSeen(page: Page, target: Locator, where: string): Promise<void> {
  await target.waitFor();
  const shot = async () => {
    const box = await target.boundingBox();
    if (!box) throw new Error(`${where} is not on screen.`);
    const clip = {
      x: Math.max(0, box.x - 8),
      y: Math.max(0, box.y - 8),
      width: box.width + 16,
      height: box.height + 16,
    };
    return (await page.screenshot({ clip, animations: "disabled", caret: "hide" })).toString("base64");
  };
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const before = await shot();
  // A key first: the focus shows itself to those who use the keyboard.
  await page.keyboard.press("Shift");
  await target.evaluate((element: HTMLElement) => element.focus({ focusVisible: true } as FocusOptions));
  expect([where, (await shot()) !== before]).toEqual([where, true]);
}

chromium.describe("forced colours", () => {
  const stage = Stage.use();

  async function inForcedColours(person: Person): Promise<void> {
    await person.page.emulateMedia({ forcedColors: "active" });
    expect(await person.page.evaluate(() => matchMedia("(forced-colors: active)").matches)).toBe(true);
  }

  for (const [theme, device] of [
    ["light", "desktop"],
    ["dark", "phone"],
  ] as const) {
    chromium.test(
      `every control and bubble has an edge, focus and selection can be seen: ${theme}, ${device}`,
      stage.walk(async () => {
        const [a, b] = await stage.pair({ theme, device }, {});
        const { page, words, url } = a;
        await inForcedColours(a);
        await a.says("내 말");
        await b.says("상대 말");
        await a.sees("상대 말");
        expect(await expectEdges(page, "room")).toBeGreaterThanOrEqual(4);
        await a.picture("forced-room");
        await expectFocusSeen(page, a.composer, "composer");
        await expectFocusSeen(page, a.bubble("내 말"), "message");
        await expectFocusSeen(page, a.button(words.room.menu), "menu button");
        await expectAccessible(page, "a room in forced colours");

        await a.button(words.room.menu).press("Enter");
        const items = page.getByRole("menuitem");
        await items.first().waitFor();
        await page.keyboard.press("ArrowDown");
        await a.picture("forced-menu");
        // The item one is at differs from its neighbours by its ground.
        const grounds = await items.evaluateAll((all) => all.map((item) => getComputedStyle(item).backgroundColor));
        expect(new Set(grounds).size).toBe(2);
        await page.keyboard.press("Escape");

        await page.goto(`${url}/rooms`);
        const row = page.getByRole("navigation", { name: words.rooms.list }).getByRole("link").first();
        await row.waitFor();
        await expectFocusSeen(page, row, "row");
        await page.goto(`${url}/settings`);
        await page.getByRole("radio").first().waitFor();
        expect(await expectEdges(page, "settings")).toBeGreaterThanOrEqual(3);
        await expectFocusSeen(page, page.getByRole("radio").first(), "theme");
        const chosen = await page
          .getByRole("radio")
          .evaluateAll((all) => all.map((radio) => getComputedStyle(radio).borderTopWidth));
        expect(new Set(chosen).size).toBe(2);
        await a.picture("forced-settings");
        await a.button(words.settings.nickname.edit).click();
        await page.getByRole("dialog").waitFor();
        expect(await expectEdges(page, "dialog")).toBeGreaterThanOrEqual(3);
        await a.picture("forced-dialog");
        await page.goto(url);
        await a.button(words.match.start, false).waitFor();
        expect(await expectEdges(page, "home")).toBeGreaterThanOrEqual(1);
        await a.picture("forced-home");
      }),
    );
  }

  chromium.test(
    "before one is in",
    stage.walk(async () => {
      const visitor = await stage.visitor();
      const { page, words, url } = visitor;
      await inForcedColours(visitor);
      await page.getByRole("link", { name: words.landing.start }).first().waitFor();
      await expectEdges(page, "landing");
      await visitor.picture("forced-landing");
      await page.goto(`${url}/log-in`);
      await visitor.button(words.auth.logIn.submit).waitFor();
      expect(await expectEdges(page, "log-in")).toBeGreaterThanOrEqual(3);
      await expectFocusSeen(page, visitor.field(words.auth.email.label), "e-mail");
      await visitor.picture("forced-log-in");
    }),
  );
});
