import { afterAll, afterEach, beforeAll } from "bun:test";
import type { Browser } from "playwright-core";
import { type Look, launchBrowser, usualLook } from "./browser.ts";
import { Person } from "./person.ts";
import { type ProductOptions, type RunningServer, startProduct } from "./server.ts";

let failedCount = 0;

/** Where the walks of one file take place: one server, one browser, and people who go home after each test. */
export class Stage {
  #server: RunningServer | undefined;
  #browser: Browser | undefined;
  #people: Person[] = [];
  #residents: Person[] = [];

  /** Sets the stage for the tests of the block that calls; `prepare` brings those who stay for all of them. */
  static use(options: ProductOptions = {}, prepare: (stage: Stage) => Promise<void> = async () => {}): Stage {
    const stage = new Stage();
    beforeAll(async () => {
      [stage.#server, stage.#browser] = await Promise.all([startProduct(options), launchBrowser()]);
      await prepare(stage);
      stage.#residents = stage.#people.splice(0);
    });
    afterEach(async () => {
      await Promise.all(stage.#people.splice(0).map((person) => person.leaves()));
    });
    afterAll(async () => {
      await stage.#browser?.close();
      await stage.#server?.stop();
    });
    return stage;
  }

  /** A test's body that keeps a picture of everybody's page when it fails. */
  walk(body: () => Promise<void>): () => Promise<void> {
    return async () => {
      try {
        await body();
      } catch (error) {
        for (const [at, person] of [...this.#residents, ...this.#people].entries())
          await person.picture(`failed-${++failedCount}-${at}`);
        throw error;
      }
    };
  }

  get server(): RunningServer {
    if (!this.#server) throw new Error("The stage is not set yet.");
    return this.#server;
  }

  get browser(): Browser {
    if (!this.#browser) throw new Error("The stage is not set yet.");
    return this.#browser;
  }

  /** Somebody in front of the first page. */
  async visitor(look: Partial<Look> = {}, name = "봄", url = this.server.url): Promise<Person> {
    return this.#keep(await Person.open(this.browser, url, { ...usualLook, ...look }, name));
  }

  /** Somebody signed in, at home. */
  async person(look: Partial<Look> = {}, name = "봄", url = this.server.url): Promise<Person> {
    return this.#keep(await Person.atHome(this.browser, url, { ...usualLook, ...look }, name));
  }

  /** Two people who were just matched, in their room. */
  async pair(first: Partial<Look> = {}, second: Partial<Look> = {}): Promise<[Person, Person]> {
    const [a, b] = await Promise.all([this.person(first, "봄"), this.person(second, "가람")]);
    await this.meet(a, b);
    return [a, b];
  }

  /** Both press, and are in one room. */
  async meet(a: Person, b: Person): Promise<void> {
    for (const person of [a, b]) await person.pressesMatch();
    for (const person of [a, b]) await person.isInRoom();
  }

  #keep(person: Person): Person {
    this.#people.push(person);
    return person;
  }
}
