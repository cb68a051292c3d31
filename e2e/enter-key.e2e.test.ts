import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { requires } from "@maru/testkit";
import type { Locator, Page } from "playwright-core";
import { findTextFields } from "../checks/rules/text-fields.ts";
import { readSourceTree } from "../checks/source-tree.ts";
import { compositions, ImeKeyboard } from "./stage/ime-keyboard.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";
import { ko } from "./stage/words.ts";
import { type FieldPlace, fieldPlaces, fieldRows, withoutComposition } from "./text-field-places.ts";

setDefaultTimeout(120_000);
const chromium = requires("chromium");

const written = "input:not([type=radio], [type=checkbox], [type=hidden], [type=date]), textarea";

/** Counts submits and lets none through: the field stays where it is. */
async function holdSubmits(page: Page): Promise<void> {
  await page.evaluate(() => {
    const root = document.documentElement;
    if (root.dataset.submits !== undefined) return;
    root.dataset.submits = "0";
    window.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        root.dataset.submits = String(Number(root.dataset.submits) + 1);
      },
      true,
    );
  });
}

async function countSubmits(page: Page): Promise<number> {
  return Number(await page.evaluate(() => document.documentElement.dataset.submits));
}

/** Writes with every input method into one field and expects the one rule. */
async function expectRule(page: Page, field: Locator, where: string): Promise<void> {
  const keyboard = await ImeKeyboard.of(page);
  // A code field takes digits alone: no syllable stays in it to be completed.
  const isCode = (await field.getAttribute("inputmode")) === "numeric";
  for (const composition of isCode ? compositions.filter(({ acts }) => !acts) : compositions) {
    await field.fill("");
    await field.focus();
    const before = await countSubmits(page);
    await keyboard.prepares(composition);
    await keyboard.pressesEnterWhileComposing(composition.committed);
    const value = await field.inputValue();
    if (!isCode) expect([where, composition.name, value]).toEqual([where, composition.name, composition.committed]);
    const submits = (await countSubmits(page)) - before;
    expect([where, composition.name, submits]).toEqual([where, composition.name, composition.acts ? 1 : 0]);
    await keyboard.pressesEnter();
    expect([where, composition.name, (await countSubmits(page)) - before]).toEqual([
      where,
      composition.name,
      submits + 1,
    ]);
    expect(await field.inputValue()).toBe(value);
  }
}

test("no field of the source is missing among those that are tried", async () => {
  const fields = findTextFields(await readSourceTree(join(import.meta.dir, "..")));
  const known = [...Object.keys(fieldRows), ...Object.keys(withoutComposition)];
  expect([...fields].sort()).toEqual(known.sort());
  const places = new Set(Object.values(fieldRows).map(([place]) => place));
  expect([...places].sort()).toEqual(Object.keys(fieldPlaces).sort() as never);
});

chromium.describe("Enter in every field", () => {
  const stage = Stage.use();

  /** Tries every field on screen, and returns their labels. */
  async function tryFields({ page }: Person, where: string): Promise<string[]> {
    await page.locator(written).first().waitFor();
    await holdSubmits(page);
    const labels: string[] = [];
    for (const field of await page.locator(written).all()) {
      const label = await field.evaluate(
        (element: HTMLInputElement) => element.labels?.[0]?.textContent ?? element.ariaLabel ?? "",
      );
      labels.push(label);
      await expectRule(page, field, `${where}: ${label}`);
    }
    return labels;
  }

  for (const who of ["visitor", "pair", "person"] as const) {
    const places = Object.entries<FieldPlace>(fieldPlaces).filter(([, place]) => place.who === who);
    chromium.test(
      `is one rule: ${places.map(([place]) => place).join("; ")}`,
      stage.walk(async () => {
        const person = await (who === "pair" ? stage.pair().then(([first]) => first) : stage[who]());
        const start = person.page.url();
        for (const [place, { opens }] of places) {
          await person.page.unrouteAll();
          await person.page.goto(start);
          await opens(person);
          const expected = Object.values(fieldRows).flatMap(([at, label]) => (at === place ? [label] : []));
          const tried = await tryFields(person, place);
          expect([place, ...tried.sort()]).toEqual([place, ...[...new Set(expected)].sort()]);
        }
      }),
    );
  }

  chromium.test(
    "catches a field that acts by itself while something is being composed",
    stage.walk(async () => {
      const { page, url, words } = await stage.visitor();
      await page.goto(`${url}/log-in`);
      const email = page.getByLabel(words.auth.email.label, { exact: true });
      await email.evaluate((element: HTMLInputElement) =>
        element.addEventListener("keydown", ({ code }) => code === "Enter" && element.form?.requestSubmit()),
      );
      await holdSubmits(page);
      expect(await expectRule(page, email, "planted").catch(String)).toContain("planted");
    }),
  );

  chromium.test(
    "the quick switch goes with one Enter while a name is still being composed, and stays for a chosen one",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const { page, url, roomId } = a;
      await a.says("안녕하세요");
      await b.sees("안녕하세요");
      await page.goto(`${url}/rooms`);
      await page.getByRole("link", { name: /가람/ }).first().waitFor();
      const keyboard = await ImeKeyboard.of(page);
      await page.keyboard.press("Control+k");
      const field = page.getByRole("combobox", { name: ko.find.label });
      await field.waitFor();
      await keyboard.composes("漢字");
      await keyboard.pressesEnterWhileComposing("漢字");
      expect(await field.inputValue()).toBe("漢字");
      await field.fill("");
      await keyboard.types("가");
      await keyboard.composes("ㄹ", "라", "람");
      await keyboard.pressesEnterWhileComposing("람");
      await page.waitForURL(`**/rooms/${roomId}`);
      await a.isInRoom();
      // The press is over: nothing of it reaches the composer.
      expect(await a.composer.inputValue()).toBe("");
    }),
  );

  chromium.test(
    "Escape while composing puts away the candidates, not the dialog",
    stage.walk(async () => {
      const person = await stage.person();
      const { page } = person;
      await page.keyboard.press("Control+k");
      const field = page.getByRole("combobox", { name: ko.find.label });
      await field.focus();
      const keyboard = await ImeKeyboard.of(page);
      await keyboard.composes("か", "漢字");
      await keyboard.pressesEscapeWhileComposing("か");
      expect(await field.inputValue()).toBe("か");
      await keyboard.types("");
      // The dialog holds an Escape of the same moment for the input method's.
      await page.waitForFunction(
        () => new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(() => resolve(true)))),
      );
      await page.keyboard.press("Escape");
      await field.waitFor({ state: "detached" });
    }),
  );
});
