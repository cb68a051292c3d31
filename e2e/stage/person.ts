import { createClient, type MaruClient } from "@maru/client";
import { csrfHeader, httpPaths, type Legal, type SignUpInput } from "@maru/protocol";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { type Look, newProfile, picture } from "./browser.ts";
import { Finger } from "./finger.ts";
import { en, ko } from "./words.ts";

const catalogues = { ko, en };
let peopleCount = 0;

/** What a person signed up with. */
export type Credentials = { readonly email: string; readonly password: string; readonly nickname: string };

function newCredentials(name: string): Credentials {
  const tag = `${process.pid % 1000}${++peopleCount}`;
  return { email: `person-${tag}@maru.test`, password: "hanok-floor-boards", nickname: `${name}${tag}` };
}

/** Somebody with a browser of their own, who does what people do. */
export class Person {
  readonly page: Page;
  readonly words: typeof ko;
  readonly credentials: Credentials;
  #program: MaruClient | null = null;
  #hasMatched = false;

  constructor(
    readonly context: BrowserContext,
    page: Page,
    readonly look: Look,
    readonly url: string,
    readonly name: string,
    credentials?: Credentials,
  ) {
    this.page = page;
    this.words = catalogues[look.locale] as typeof ko;
    this.credentials = credentials ?? newCredentials(name);
  }

  static async open(browser: Browser, url: string, look: Look, name: string): Promise<Person> {
    const context = await newProfile(browser, look);
    const page = await context.newPage();
    await page.goto(url);
    // The interface starts in Korean, whatever the browser's language; English is one press away.
    if (look.locale === "en") await page.getByRole("button", { name: "English" }).click();
    return new Person(context, page, look, url, name);
  }

  /** Somebody who signed up by the door that programs use; their page is still empty. */
  static async signedUp(browser: Browser, url: string, look: Look, name: string): Promise<Person> {
    const context = await newProfile(browser, look);
    const page = await context.newPage();
    const person = new Person(context, page, look, url, name);
    const { locale } = look;
    const send = { headers: { [csrfHeader]: "1" }, failOnStatusCode: true };
    const { terms, privacy } = (await (await context.request.get(`${url}${httpPaths.legal}`)).json()) as Legal;
    const consents = { terms: terms.version, privacy: privacy.version };
    const data = { ...person.credentials, locale, isFourteenOrOver: true, consents } satisfies SignUpInput;
    await context.request.post(`${url}${httpPaths.signUp}`, { ...send, data });
    await page.addInitScript((chosen) => {
      if (localStorage.getItem("maru.locale") === null) localStorage.setItem("maru.locale", chosen);
    }, locale);
    return person;
  }

  async goesHome(): Promise<void> {
    await this.page.goto(this.url);
    await this.button(this.words.match.start, false).waitFor();
  }

  /** The same person through the SDK, as a program of theirs would be. */
  async program(): Promise<MaruClient> {
    if (this.#program) return this.#program;
    this.#program = createClient({ url: this.url, deviceName: "program" });
    const { email, password } = this.credentials;
    await this.#program.signIn({ email, password });
    return this.#program;
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

  async fillsInLogIn({ email, password }: Credentials): Promise<void> {
    await this.field(this.words.auth.email.label).fill(email);
    await this.field(this.words.auth.password.label).fill(password);
  }

  async logsIn(): Promise<void> {
    await this.page.goto(`${this.url}/log-in`);
    await this.fillsInLogIn(this.credentials);
    await this.button(this.words.auth.logIn.submit).click();
  }

  /** Another tab of the same browser. */
  async opensTab(path = "/"): Promise<Person> {
    const page = await this.context.newPage();
    await page.goto(`${this.url}${path}`);
    return new Person(this.context, page, this.look, this.url, this.name, this.credentials);
  }

  field(label: string) {
    return this.page.getByLabel(label, { exact: true });
  }

  /** Moves the focus by keyboard until it is on something, at most so many steps. */
  async tabsTo(target: Locator, mostSteps = 40, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await target.waitFor();
    const isFocused = () => target.evaluate((element) => element === document.activeElement);
    for (let step = 0; !(await isFocused()); step++) {
      if (step >= mostSteps) throw new Error(`The keyboard does not lead to ${target} in ${mostSteps} steps.`);
      await this.page.keyboard.press(key);
    }
  }

  async pressesMatch(): Promise<void> {
    this.#hasMatched = true;
    await this.button(this.words.match.start, false).click();
  }

  /** Presses Match and tells when, in epoch ms by the page's own clock. */
  async pressesMatchAt(): Promise<number> {
    this.#hasMatched = true;
    const button = this.button(this.words.match.start, false);
    return button.evaluate((element: HTMLElement) => {
      const at = performance.timeOrigin + performance.now();
      element.click();
      return at;
    });
  }

  /** Returns when the room could be written in, in epoch ms by the page's own clock. */
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

  /** Sends a message and returns after how many ms another person had it on their page. */
  async saysAndMeasures(other: Person, text: string): Promise<number> {
    await this.composer.fill(text);
    const seen = other.page.waitForFunction(
      (wanted) => {
        const bubbles = [...document.querySelectorAll("article [dir=auto]")];
        return bubbles.some((bubble) => bubble.textContent === wanted) && performance.timeOrigin + performance.now();
      },
      text,
      { polling: "raf" },
    );
    const saidAt = await this.composer.evaluate((field) => {
      const at = performance.timeOrigin + performance.now();
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true, cancelable: true }));
      return at;
    });
    return ((await (await seen).jsonValue()) as number) - saidAt;
  }

  /** Waits until a message stands in the room. */
  async sees(text: string, timeout = 30_000): Promise<void> {
    await this.talk.getByText(text, { exact: true }).first().waitFor({ timeout });
  }

  /** The list of what was said in the room on screen. */
  get talk() {
    return this.page.getByRole("region", { name: this.words.room.messages, exact: true });
  }

  /** The room of the page's address. */
  get roomId(): string {
    return /room_[0-9a-f]{32}/.exec(this.page.url())?.[0] ?? "";
  }

  /** Messages on the page that say exactly this. */
  messages(text: string) {
    return this.page.getByRole("article").getByText(text, { exact: true });
  }

  /** The message that says this, with everything around it. */
  bubble(text: string) {
    return this.page.getByRole("article").filter({ hasText: text }).last();
  }

  /** Does something with a message from the menu beside it. */
  async choosesForMessage(text: string, menuItem: string): Promise<void> {
    const bubble = this.bubble(text);
    await bubble.hover();
    await bubble.getByRole("button", { name: this.words.room.actions }).click();
    await this.page.getByRole("menuitem", { name: menuItem }).click();
  }

  /** Rests a finger on a message until the sheet comes. */
  async holds(text: string): Promise<void> {
    const finger = await Finger.of(this.page);
    await finger.presses(this.messages(text).last());
    await this.page.getByRole("dialog").waitFor();
    await finger.lifts();
  }

  /** Answers the question in the middle of the page. */
  async answers(yes: string): Promise<void> {
    await this.page.getByRole("alertdialog").getByRole("button", { name: yes }).click();
  }

  async chooses(menuItem: string): Promise<void> {
    await this.button(this.words.room.menu).click();
    await this.page.getByRole("menuitem", { name: menuItem }).click();
  }

  picture(name: string, theme = this.look.theme): Promise<void> {
    const { locale, device } = this.look;
    return picture(this.page, `${name}-${device}-${locale}-${theme}`);
  }

  /** Ends the wait or the match one is in: whoever just vanishes is kept a seat for a while, beside somebody else. */
  async endsMatching(): Promise<void> {
    if (!this.#hasMatched) return;
    const { match, rooms } = await this.program();
    await match.cancel();
    const now = match.snapshot.getSnapshot();
    if (now.state === "matched") await rooms.leave(now.roomId).catch(() => {});
  }

  async leaves(): Promise<void> {
    this.#program?.close();
    await this.context.close();
  }
}
