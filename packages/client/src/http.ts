import { csrfHeader, type Locale } from "@maru/protocol";
import { readErrorBody, unreachable } from "./client-error.ts";
import type { FetchLike } from "./ports.ts";

export type HttpRequest = {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
};

/** Speaks HTTP with the server; errors come as `MaruClientError`. */
export class Http {
  readonly #url: string;
  readonly #fetch: FetchLike;
  readonly #locale: () => Locale;
  /** Programs have no browser to keep the refresh cookie for them. */
  readonly #jar: Map<string, string> | null;

  constructor(url: string, fetch: FetchLike, locale: () => Locale, keepsCookies: boolean) {
    this.#url = url.replace(/\/$/, "");
    this.#fetch = fetch;
    this.#locale = locale;
    this.#jar = keepsCookies ? new Map() : null;
  }

  async request<T>({ method, path, body, token }: HttpRequest): Promise<T> {
    const headers: Record<string, string> = { [csrfHeader]: "1", "accept-language": this.#locale() };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (this.#jar && this.#jar.size > 0) headers.cookie = [...this.#jar].map((pair) => pair.join("=")).join("; ");
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    try {
      response = await this.#fetch(this.#url + path, init);
    } catch {
      throw unreachable();
    }
    this.#keepCookies(response);
    if (response.status === 204) return undefined as T;
    const value: unknown = await response.json().catch(() => null);
    if (!response.ok) throw readErrorBody(value);
    return value as T;
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
