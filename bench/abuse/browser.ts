import { csrfHeader } from "@maru/protocol";

export type BrowserAnswer = { readonly status: number; readonly text: string };

/** Times that a browser asks again where the server is too busy, and the pause between. */
const [mostTries, pauseMs] = [10, 200];

/** A browser that keeps its cookies and comes from one address. */
export class Browser {
  readonly #jar = new Map<string, string>();

  constructor(
    private readonly port: number,
    private readonly address: string,
  ) {}

  async send(method: string, path: string, body?: unknown, token?: string): Promise<BrowserAnswer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      redirect: "manual",
      headers: {
        [csrfHeader]: "1",
        "x-forwarded-for": this.address,
        cookie: [...this.#jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (value === "") this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
    return { status: response.status, text: await response.text() };
  }

  /** Asks for what a good answer is expected to; again where the server is only too busy just now. */
  async expectOk<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
    for (let tries = 1; ; tries++) {
      const { status, text } = await this.send(method, path, body, token);
      if (status < 400) return (text.startsWith("{") ? JSON.parse(text) : {}) as T;
      if (status !== 503 || tries === mostTries) {
        throw new Error(`${method} ${path} was answered ${status}: ${text.slice(0, 300)}`);
      }
      await Bun.sleep(pauseMs);
    }
  }

  /** The cookies whose names begin so, as a request sends them. */
  cookiesOf(name: string): string {
    const found = [...this.#jar].filter(([key]) => key.startsWith(name));
    return found.map(([key, value]) => `${key}=${value}`).join("; ");
  }
}
