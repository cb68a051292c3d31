import { expect, setDefaultTimeout } from "bun:test";
import { describeError } from "@maru/protocol";
import { eventually, requires } from "@maru/testkit";
import { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

chromium.describe("signing in", () => {
  const stage = Stage.use();

  chromium.test(
    "whoever is under 14 is kindly refused, and nothing about them is stored",
    stage.walk(async () => {
      const child = await stage.visitor();
      const { page, words } = child;
      const asked: string[] = [];
      // Only whether somebody is signed in already is asked, as on every page.
      page.on("request", (request) => {
        if (/\/api\/(?!auth\/(refresh|options))/.test(request.url())) asked.push(request.url());
      });
      await page.getByRole("link", { name: words.landing.start }).first().click();
      await child.button(words.auth.signUp.age.no).click();
      await page.getByText(words.auth.signUp.age.refusedText).waitFor();
      await child.picture("under-14");
      expect(asked).toEqual([]);
      expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
      expect(await child.context.cookies()).toEqual([]);
      await page.getByRole("link", { name: words.auth.signUp.age.refusedHome }).click();
      await page.getByRole("link", { name: words.landing.start }).first().waitFor();
    }),
  );

  chromium.test(
    "each step of the sign-up is a page to go back from, keeps what was typed, and puts the focus on its question",
    stage.walk(async () => {
      const visitor = await stage.visitor();
      const { page, words, credentials } = visitor;
      const focused = () =>
        page.evaluate(() => document.activeElement?.getAttribute("name") ?? document.activeElement?.tagName);
      await page.getByRole("link", { name: words.landing.start }).first().click();
      await visitor.button(words.auth.signUp.age.yes).click();
      await visitor.field(words.auth.email.label).fill(credentials.email);
      await visitor.field(words.auth.password.label).fill(credentials.password);
      await visitor.button(words.common.next).click();
      await visitor.field(words.auth.nickname.label).fill(credentials.nickname);
      await page.getByText(words.auth.nickname.free).waitFor();
      await visitor.button(words.common.next).click();
      await page.getByRole("heading", { name: words.auth.signUp.consents.title }).waitFor();
      expect(await focused()).toBe("H1");

      await page.goBack();
      expect(await visitor.field(words.auth.nickname.label).inputValue()).toBe(credentials.nickname);
      expect(await focused()).toBe("nickname");
      await page.goBack();
      expect(await visitor.field(words.auth.email.label).inputValue()).toBe(credentials.email);
      expect(await visitor.field(words.auth.password.label).inputValue()).toBe(credentials.password);
      expect(await focused()).toBe("email");
      await page.goForward();
      expect(await visitor.field(words.auth.nickname.label).inputValue()).toBe(credentials.nickname);
      await page.goForward();
      await page.getByRole("heading", { name: words.auth.signUp.consents.title }).waitFor();
      // The button in the page goes the same way as the one of the browser.
      for (let step = 0; step < 3; step++) await visitor.button(words.common.back).click();
      await visitor.button(words.auth.signUp.age.yes).waitFor();
      await visitor.button(words.common.back).click();
      await page.getByRole("link", { name: words.landing.start }).first().waitFor();

      // An address in the middle, opened anew, begins with the first question.
      await page.goto(`${visitor.url}/sign-up?step=consents`);
      await visitor.button(words.auth.signUp.age.yes).waitFor();
    }),
  );

  chromium.test(
    "a taken nickname and broken rules are told while they are written",
    stage.walk(async () => {
      const owner = await stage.person();
      const visitor = await stage.visitor();
      const { page, words } = visitor;
      await page.goto(`${visitor.url}/sign-up`);
      await visitor.button(words.auth.signUp.age.yes).click();
      await visitor.field(words.auth.email.label).fill("not an address");
      await visitor.field(words.auth.password.label).fill("short");
      await visitor.button(words.common.next).click();
      await page.getByText(words.auth.email.shape).waitFor();
      await page.getByText(words.auth.password.short).waitFor();
      await visitor.picture("broken-rules");
      await visitor.field(words.auth.email.label).fill(visitor.credentials.email);
      await visitor.field(words.auth.password.label).fill(visitor.credentials.password);
      await page.getByText(words.auth.password.good).waitFor();
      await visitor.button(words.common.next).click();

      const nickname = visitor.field(words.auth.nickname.label);
      await nickname.fill(owner.credentials.nickname);
      await page.getByText(words.auth.nickname.taken).waitFor();
      await visitor.picture("taken-nickname");
      await visitor.button(words.common.next).click();
      await nickname.waitFor();
      await nickname.fill(visitor.credentials.nickname);
      await page.getByText(words.auth.nickname.free).waitFor();
      await visitor.button(words.common.next).click();
      // Nothing is ticked in advance, and without the required ones there is no way on.
      expect(await page.getByRole("checkbox", { checked: true }).count()).toBe(0);
      await visitor.button(words.auth.signUp.submit).click();
      await page.getByText(describeError("consent.required", "ko")).waitFor();
    }),
  );

  chromium.test(
    "a wrong password and an unknown address get the same words; the right ones lead back",
    stage.walk(async () => {
      const owner = await stage.person();
      const visitor = await stage.visitor();
      const { email, password } = owner.credentials;
      const words = describeError("sign_in.failed", "ko");
      await visitor.page.goto(`${visitor.url}/settings`);
      await visitor.page.waitForURL(/\/log-in/);
      for (const wrong of [
        { email, password: "not-the-password" },
        { email: "nobody@maru.test", password },
      ]) {
        await visitor.fillsInLogIn({ ...wrong, nickname: "" });
        const [answer] = await Promise.all([
          visitor.page.waitForResponse(/sign-in/),
          visitor.button(visitor.words.auth.logIn.submit).click(),
        ]);
        expect(answer.status()).toBe(401);
        await visitor.page.getByText(words).waitFor();
      }
      await visitor.picture("wrong-password");
      await visitor.fillsInLogIn(owner.credentials);
      await visitor.button(visitor.words.auth.logIn.submit).click();
      await visitor.page.waitForURL(/\/settings/);
      await visitor.page.getByText(owner.credentials.nickname).first().waitFor();
    }),
  );

  chromium.test(
    "two tabs are one sign-in: out of one is out of both, and in again likewise",
    stage.walk(async () => {
      const one = await stage.person();
      const two = await one.opensTab();
      await two.button(two.words.match.start, false).waitFor();
      await one.page.getByRole("link", { name: one.words.place.me, exact: true }).click();
      await one.button(one.words.settings.logOut).click();
      for (const tab of [one, two])
        await tab.page.getByRole("link", { name: tab.words.landing.start }).first().waitFor();
      await two.logsIn();
      for (const tab of [one, two]) await tab.button(tab.words.match.start, false).waitFor();
    }),
  );

  chromium.test(
    "language and look change at once and stay after a reload",
    stage.walk(async () => {
      const person = await stage.person();
      const { page } = person;
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      await page.getByRole("link", { name: person.words.place.me, exact: true }).click();
      const light = await ground();
      await page
        .getByRole("radio", { name: person.words.settings.theme.dark })
        .or(person.button(person.words.settings.theme.dark))
        .first()
        .click();
      const dark = await eventually("the page is dark", async () => {
        const now = await ground();
        return now !== light && now;
      });
      await page.getByRole("radio", { name: "English" }).or(person.button("English")).first().click();
      await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
      expect(await page.locator("html").getAttribute("lang")).toBe("en");
      await page.reload();
      await page.getByRole("heading", { name: "Settings", level: 1 }).waitFor();
      expect(await ground()).toBe(dark);
    }),
  );

  chromium.test(
    "the keyboard alone leads from the log-in to a sent message",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      await b.page.close();
      const again = new Person(b.context, await b.context.newPage(), b.look, b.url, b.name, b.credentials);
      await again.context.clearCookies();
      const { page, words } = again;
      await page.goto(`${again.url}/log-in`);
      // The first field has the focus; nothing has to be clicked.
      await again.tabsTo(again.field(words.auth.email.label), 0);
      await page.keyboard.type(again.credentials.email);
      await again.tabsTo(again.field(words.auth.password.label));
      await page.keyboard.type(again.credentials.password);
      await page.keyboard.press("Enter");
      await again.button(words.match.start, false).waitFor();
      const row = page.getByRole("navigation", { name: words.rooms.list }).getByRole("link").first();
      await again.tabsTo(row);
      await page.keyboard.press("Enter");
      await again.isInRoom();
      await again.tabsTo(again.composer, 0);
      await page.keyboard.type("키보드로 왔어요");
      await page.keyboard.press("Enter");
      await a.sees("키보드로 왔어요");

      // Out of the field backwards: the menu of the room opens, closes and gives the focus back.
      const menu = again.button(words.room.menu);
      await again.tabsTo(menu, 40, "Shift+Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("menu").waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
      await again.tabsTo(menu, 0);
    }),
  );
});
