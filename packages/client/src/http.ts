import { type Clock, csrfHeader, type Locale } from "@maru/protocol";
import { readErrorBody, unreachable } from "./client-error.ts";
import type { FetchLike } from "./ports.ts";

export type HttpRequest = {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
};

/** How long an answer may take in all, in ms; networks that swallow a request tell nobody. */
const answerMs = 30_000;

export type HttpDeps = {
  readonly url: string;
  readonly fetch: FetchLike;
  readonly clock: Clock;
  readonly locale: () => Locale;
  /** Programs have no browser to keep the refresh cookie for them. */
  readonly keepsCookies: boolean;
};

/** Speaks HTTP with the server; errors come as `MaruClientError`. */
export class Http {
  readonly #deps: HttpDeps;
  readonly #url: string;
  readonly #jar: Map<string, string> | null;

  constructor(deps: HttpDeps) {
    this.#deps = deps;
    this.#url = deps.url.replace(/\/$/, "");
    this.#jar = deps.keepsCookies ? new Map() : null;
  }

  async request<T>({ method, path, body, token }: HttpRequest): Promise<T> {
    const headers: Record<string, string> = { [csrfHeader]: "1", "accept-language": this.#deps.locale() };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (this.#jar && this.#jar.size > 0) headers.cookie = [...this.#jar].map((pair) => pair.join("=")).join("; ");
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    const { response, value } = await this.#exchange(path, init);
    if (!response.ok) throw readErrorBody(value);
    return value as T;
  }

  /** Asks and reads the whole answer; a fault of the network, or none within the time, is `server.unavailable`. */
  async #exchange(path: string, init: RequestInit): Promise<{ response: Response; value: unknown }> {
    const { clock, fetch } = this.#deps;
    const giveUp = new AbortController();
    const timer = clock.setTimeout(() => giveUp.abort(), answerMs);
    try {
      const response = await fetch(this.#url + path, { ...init, signal: giveUp.signal });
      this.#keepCookies(response);
      if (response.status === 204) return { response, value: undefined };
      const text = await response.text();
      return { response, value: readJson(text) };
    } catch {
      throw unreachable();
    } finally {
      clock.clearTimeout(timer);
    }
  }

  #keepCookies(response: Response): void {
    if (!this.#jar) return;
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";");
      const [name = "", value = ""] = pair.trim().split(/=(.*)/s);
      const isOver = attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute));
      if (isOver || value === "") this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
  }
}

/** What is no JSON came from something between us and the server. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
