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
      const people = stage.#people.splice(0);
      await Promise.all(people.map((person) => person.endsMatching()));
      await Promise.all(people.map((person) => person.leaves()));
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
    const person = await this.#signedUp(look, name, url);
    await person.goesHome();
    return person;
  }

  /** Somebody who is there through the SDK alone; their page stays empty. */
  stranger(name: string): Promise<Person> {
    return this.#signedUp({}, name);
  }

  /** Two people who know each other's nickname, in their room. The first may come through an address of their own. */
  async pair(
    first: Partial<Look> = {},
    second: Partial<Look> = {},
    firstUrl?: string,
    secondName = "가람",
  ): Promise<[Person, Person]> {
    const [a, b] = await Promise.all([this.#signedUp(first, "봄", firstUrl), this.#signedUp(second, secondName)]);
    const { id } = await (await b.program()).rooms.openDirect(a.credentials.nickname);
    await Promise.all([a, b].map((person) => person.page.goto(`${person.url}/rooms/${id}`)));
    await Promise.all([a.isInRoom(), b.isInRoom()]);
    return [a, b];
  }

  /** Two strangers who were just matched, in their room. */
  async match(first: Partial<Look> = {}, second: Partial<Look> = {}): Promise<[Person, Person]> {
    const [a, b] = await Promise.all([this.person(first, "봄"), this.person(second, "가람")]);
    for (const person of [a, b]) await person.pressesMatch();
    await Promise.all([a.isInRoom(), b.isInRoom()]);
    return [a, b];
  }

  async #signedUp(look: Partial<Look>, name: string, url = this.server.url): Promise<Person> {
    return this.#keep(await Person.signedUp(this.browser, url, { ...usualLook, ...look }, name));
  }

  #keep(person: Person): Person {
    this.#people.push(person);
    return person;
  }
}
