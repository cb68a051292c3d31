import type { Browser, BrowserContext, Page } from "playwright-core";
import { en } from "../apps/web/src/shell/i18n/en.ts";
import { ko } from "../apps/web/src/shell/i18n/ko.ts";
import { type Look, newProfile, picture } from "./browser.ts";

const catalogues = { ko, en };
let peopleCount = 0;

/** What a person signed up with. */
export type Credentials = { readonly email: string; readonly password: string; readonly nickname: string };

/** Somebody with a browser of their own, who does what people do. */
export class Person {
  readonly page: Page;
  readonly words: typeof ko;
  readonly credentials: Credentials;

  private constructor(
    readonly context: BrowserContext,
    page: Page,
    readonly look: Look,
    readonly url: string,
    readonly name: string,
  ) {
    this.page = page;
    this.words = catalogues[look.locale] as typeof ko;
    const tag = `${process.pid % 1000}${++peopleCount}`;
    this.credentials = { email: `person-${tag}@maru.test`, password: "hanok-floor-boards", nickname: `${name}${tag}` };
  }

  static async open(browser: Browser, url: string, look: Look, name: string): Promise<Person> {
    const context = await newProfile(browser, look);
    const page = await context.newPage();
    await page.goto(url);
    // The interface starts in Korean, whatever the browser's language; English is one press away.
    if (look.locale === "en") await page.getByRole("button", { name: "English" }).click();
    return new Person(context, page, look, url, name);
  }

  button(name: string, exact = true) {
    return this.page.getByRole("button", { name, exact });
  }

  /** From the first page to home, by every step of the sign-up. */
  async signsUp(): Promise<void> {
    const { page, words, credentials } = this;
    await page.getByRole("link", { name: words.landing.start }).or(this.button(words.landing.start)).first().click();
    await this.button(words.auth.signUp.age.yes).click();
    await page.getByLabel(words.auth.email.label, { exact: true }).fill(credentials.email);
    await page.getByLabel(words.auth.password.label, { exact: true }).fill(credentials.password);
    await this.button(words.common.next).click();
    await page.getByLabel(words.auth.nickname.label, { exact: true }).fill(credentials.nickname);
    await page.getByText(words.auth.nickname.free).waitFor();
    await this.button(words.common.next).click();
    await page.getByRole("checkbox", { name: words.auth.signUp.consents.terms }).click();
    await page.getByRole("checkbox", { name: words.auth.signUp.consents.privacy }).click();
    await this.button(words.auth.signUp.submit).click();
    await this.button(words.match.start, false).waitFor();
  }

  async logsIn(credentials: Credentials = this.credentials): Promise<void> {
    const { page, words } = this;
    await page.goto(`${this.url}/log-in`);
    await page.getByLabel(words.auth.email.label, { exact: true }).fill(credentials.email);
    await page.getByLabel(words.auth.password.label, { exact: true }).fill(credentials.password);
    await this.button(words.auth.logIn.submit).click();
  }

  async pressesMatch(): Promise<void> {
    await this.button(this.words.match.start, false).click();
  }

  /** Presses Match and tells when, in epoch ms by the page's own clock. */
  async pressesMatchAt(): Promise<number> {
    const button = this.button(this.words.match.start, false);
    return button.evaluate((element: HTMLElement) => {
      const at = performance.timeOrigin + performance.now();
      element.click();
      return at;
    });
  }

  /** Tells when the room could be written in, in epoch ms by the page's own clock. */
  async arrivesInRoomAt(): Promise<number> {
    const handle = await this.page.waitForFunction(
      (label) => {
        const field = document.querySelector(`textarea[aria-label="${label}"]`);
        return field ? performance.timeOrigin + performance.now() : false;
      },
      this.words.room.compose.label,
      { polling: "raf" },
    );
    return (await handle.jsonValue()) as number;
  }

  /** The other one's name in the head of the room. */
  async partnerName(): Promise<string> {
    return (await this.page.getByRole("heading", { level: 1 }).last().textContent()) ?? "";
  }

  unreadBadge(count: number) {
    const words = this.words.rooms[count === 1 ? "unread_one" : "unread_other"].replace("{{count}}", String(count));
    return this.page.getByLabel(words).or(this.page.getByText(words));
  }

  /** The room on screen. */
  async isInRoom(): Promise<void> {
    await this.page.waitForURL(/\/rooms\/room_/);
    await this.composer.waitFor();
  }

  get composer() {
    return this.page.getByRole("textbox", { name: this.words.room.compose.label });
  }

  async says(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Waits until a message stands in the room. */
  async sees(text: string): Promise<void> {
    await this.page.getByLabel(this.words.room.messages).getByText(text, { exact: true }).first().waitFor();
  }

  async chooses(menuItem: string): Promise<void> {
    await this.button(this.words.room.menu).click();
    await this.page.getByRole("menuitem", { name: menuItem }).click();
  }

  picture(name: string): Promise<void> {
    const { locale, theme, device } = this.look;
    return picture(this.page, `${name}-${device}-${locale}-${theme}`);
  }

  async leaves(): Promise<void> {
    await this.context.close();
  }
}
