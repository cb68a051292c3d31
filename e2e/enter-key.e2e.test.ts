import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import type { Locator, Page } from "playwright-core";
import { accountKo } from "../apps/web/src/shell/i18n/account-ko.ts";
import { paletteKo } from "../apps/web/src/shell/i18n/palette-ko.ts";
import { compositions, ImeKeyboard } from "./ime-keyboard.ts";
import type { Person } from "./person.ts";
import { Stage } from "./stage.ts";

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

chromium.describe("Enter in every field", () => {
  const stage = Stage.use();

  /** Tries every field on screen, and tells their labels. */
  async function tryFields(person: Person, where: string): Promise<string[]> {
    const { page } = person;
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

  chromium.test(
    "before one is in: signing up, logging in, a forgotten password, a link to a new one",
    stage.walk(async () => {
      const visitor = await stage.visitor();
      const { page, words, url } = visitor;
      const { auth } = words;
      await page.goto(`${url}/log-in`);
      expect(await tryFields(visitor, "log-in")).toEqual([auth.email.label, auth.password.label]);
      await page.goto(`${url}/forgot-password`);
      expect(await tryFields(visitor, "forgot password")).toEqual([auth.email.label]);
      await page.goto(`${url}/reset-password#token=${"a".repeat(43)}`);
      expect(await tryFields(visitor, "new password")).toHaveLength(1);
      await page.goto(`${url}/sign-up`);
      await visitor.button(auth.signUp.age.yes).click();
      expect(await tryFields(visitor, "sign-up")).toEqual([auth.email.label, auth.password.label]);
      await page.goto(`${url}/sign-up`);
      await visitor.button(auth.signUp.age.yes).click();
      await visitor.fillsInLogIn(visitor.credentials);
      await visitor.button(words.common.next).click();
      await visitor.field(auth.nickname.label).waitFor();
      expect(await tryFields(visitor, "sign-up")).toEqual([auth.nickname.label]);
    }),
  );

  chromium.test(
    "in a room: where one writes, where one changes what was written, where one looks for another room",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const { page, words } = a;
      await a.says("고칠 말");
      await b.sees("고칠 말");
      await a.choosesForMessage("고칠 말", words.room.edit);
      expect(await tryFields(a, "room")).toEqual([words.room.editing.label]);
      await page.reload();
      await a.isInRoom();
      expect(await tryFields(a, "room")).toEqual([words.room.compose.label]);
      await a.composer.fill("");
      await page.goto(`${a.url}/rooms`);
      await page.getByRole("button", { name: words.rooms.new }).click();
      expect(await tryFields(a, "rooms")).toEqual([words.rooms.direct.label]);
      await page.reload();
      await page.getByRole("navigation", { name: words.rooms.list }).waitFor();
      await page.keyboard.press("Control+k");
      expect(await tryFields(a, "quick switch")).toEqual([paletteKo.find.label]);
    }),
  );

  chromium.test(
    "in the settings: nickname, passwords, proofs, codes and names",
    stage.walk(async () => {
      const person = await stage.person();
      const { page, words, url } = person;
      const opens = async (path: string, button: string) => {
        await page.goto(`${url}${path}`);
        await person.button(button).first().click();
        await page.getByRole("dialog").waitFor();
      };
      await opens("/settings", words.settings.nickname.edit);
      expect(await tryFields(person, "settings")).toEqual([words.auth.nickname.label]);
      await opens("/settings/security", accountKo.security.change);
      expect(await tryFields(person, "security")).toHaveLength(2);
      await opens("/settings/security", accountKo.security.turnOn);
      expect(await tryFields(person, "proof")).toEqual([words.auth.password.label]);
      await opens("/settings/security", accountKo.security.turnOn);
      await page.getByRole("textbox", { name: words.auth.password.label }).fill(person.credentials.password);
      await page.getByRole("dialog").getByRole("button", { name: accountKo.proof.confirm }).click();
      await person.field(accountKo.totp.code).waitFor();
      expect(await tryFields(person, "authenticator app")).toEqual([accountKo.totp.code]);
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
      const field = page.getByRole("combobox", { name: paletteKo.find.label });
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
      const field = page.getByRole("combobox", { name: paletteKo.find.label });
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
