import { httpPaths } from "@maru/protocol";
import { seededEmail, seededPassword } from "../world.ts";
import { Browser } from "./browser.ts";

const everyMs = 500;

/** Somebody who signs in from a browser that their account knows, while others guess at it. */
export class HonestSignIn {
  readonly faults: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly email: string,
  ) {}

  /** Signs in once in calm, so that the browser is known. */
  static async open(port: number, account: number): Promise<HonestSignIn> {
    const honest = new HonestSignIn(new Browser(port, "203.0.113.77"), seededEmail(account));
    await honest.#signIn();
    if (honest.faults.length > 0) throw new Error(honest.faults.join());
    return honest;
  }

  /** Signs in again and again for a time; returns how long each took, in ms. */
  async signInFor(ms: number): Promise<number[]> {
    const times: number[] = [];
    const until = performance.now() + ms;
    while (performance.now() < until) {
      const startedAt = performance.now();
      await this.#signIn();
      times.push(performance.now() - startedAt);
      await Bun.sleep(everyMs);
    }
    return times;
  }

  async #signIn(): Promise<void> {
    const { status, text } = await this.browser.send("POST", httpPaths.signIn, {
      email: this.email,
      password: seededPassword,
    });
    if (status !== 200) this.faults.push(`an honest sign-in was answered ${status} ${text}`);
  }
}
