import { csrfHeader, httpPaths } from "@maru/protocol";

/** Everybody's who was seeded. */
const password = "a password of nobody";
const everyMs = 500;

/** Somebody who signs in from a browser that their account knows, while others guess at it. */
export class HonestSignIn {
  readonly faults: string[] = [];
  readonly #cookies = new Map<string, string>();

  private constructor(
    private readonly port: number,
    readonly email: string,
  ) {}

  /** Signs in once in calm, so that the browser is known. */
  static async open(port: number, account: number): Promise<HonestSignIn> {
    const honest = new HonestSignIn(port, `bench-${account}@maru.test`);
    await honest.#signIn();
    if (honest.faults.length > 0) throw new Error(honest.faults.join());
    return honest;
  }

  /** Signs in again and again for a time; tells how long each took, in ms. */
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
    const response = await fetch(`http://127.0.0.1:${this.port}${httpPaths.signIn}`, {
      method: "POST",
      headers: {
        [csrfHeader]: "1",
        "content-type": "application/json",
        "x-forwarded-for": "203.0.113.77",
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      },
      body: JSON.stringify({ email: this.email, password }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      this.#cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const text = await response.text();
    if (!response.ok) this.faults.push(`an honest sign-in was answered ${response.status} ${text}`);
  }
}
