import { type Clock, csrfHeader, type HttpAnswer, type HttpCall, httpPaths, type Locale } from "@maru/protocol";
import { outdated, readErrorAnswer, unreachable } from "../client-error.ts";
import type { FetchLike } from "../ports.ts";
import { httpShapes } from "./answer-shapes.ts";
import { invalid, readAnswer, unknown } from "./read-answer.ts";

export type HttpRequest = {
  /** What stands for the names in the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly token?: string | undefined;
};

/** How long an answer may take in all, in ms; networks that swallow a request report nothing. */
const answerMs = 30_000;

export type HttpDeps = {
  readonly url: string;
  readonly fetch: FetchLike;
  readonly clock: Clock;
  readonly locale: () => Locale;
  /** Programs have no browser to keep the refresh cookie for them. */
  readonly keepsCookies: boolean;
};

/**
 * Speaks HTTP with the server; errors come as `MaruClientError`. What is no answer of ours (a proxy's page, a portal's, half
 * a body, a redirect) is `server.unavailable`: whoever stands in between says nothing about the request.
 */
export class Http {
  readonly #deps: HttpDeps;
  readonly #url: string;
  readonly #jar: Map<string, string> | null;

  constructor(deps: HttpDeps) {
    this.#deps = deps;
    this.#url = deps.url.replace(/\/$/, "");
    this.#jar = deps.keepsCookies ? new Map() : null;
  }

  /** Makes one of the calls of the protocol and reads its answer. */
  async call<C extends HttpCall>(call: C, { params = {}, body, token }: HttpRequest = {}): Promise<HttpAnswer<C>> {
    const [method = "", name] = call.split(" ") as [string, keyof typeof httpPaths];
    const path = httpPaths[name].replace(/\{(\w+)\}/g, (_whole, key: string) => encodePart(params[key] ?? ""));
    const headers: Record<string, string> = { [csrfHeader]: "1", "accept-language": this.#deps.locale() };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (this.#jar && this.#jar.size > 0) headers.cookie = [...this.#jar].map((pair) => pair.join("=")).join("; ");
    // Ours never redirects: whoever does would get the password.
    const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store", redirect: "error" };
    if (body !== undefined) init.body = JSON.stringify(body);
    return readOf(call, await this.#exchange(path, init)) as HttpAnswer<C>;
  }

  /** Asks and reads the whole answer; a fault of the network, or none within the time, is `server.unavailable`. */
  async #exchange(path: string, init: RequestInit): Promise<{ status: number; value: unknown }> {
    const { clock, fetch } = this.#deps;
    const giveUp = new AbortController();
    let timer: ReturnType<Clock["setTimeout"]> | undefined;
    // Not every network ends what was aborted.
    const late = new Promise<never>((_, reject) => {
      timer = clock.setTimeout(() => {
        giveUp.abort();
        reject(unreachable());
      }, answerMs);
    });
    const asked = async () => {
      const response = await fetch(this.#url + path, { ...init, signal: giveUp.signal });
      this.#keepCookies(response);
      const { status, headers } = response;
      const isJson = /^application\/(\w+\+)?json\b/i.test(headers.get("content-type") ?? "");
      return { status, value: status === 204 || !isJson ? undefined : (JSON.parse(await response.text()) as unknown) };
    };
    try {
      return await Promise.race([asked(), late]);
    } catch {
      throw unreachable();
    } finally {
      if (timer) clock.clearTimeout(timer);
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

function readOf(call: HttpCall, { status, value }: { status: number; value: unknown }): unknown {
  if (status < 200 || status > 299) throw readErrorAnswer(value);
  const shape = httpShapes[call];
  // A page that says 200 to everything has not done it.
  if (shape === null && status !== 204) throw unreachable();
  if (shape === null) return undefined;
  const read = readAnswer(shape, value);
  if (read === invalid) throw unreachable();
  if (read === unknown) throw outdated();
  return read;
}

/** A part of a path; half a surrogate pair, which has no such form, becomes the sign for what cannot be shown. */
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
