import { csrfHeader } from "@maru/protocol";
import { newAddress } from "../raw-person.ts";

/** What one request says, part by part, as it goes over the line. */
export type EdgeRequest = {
  readonly method: string;
  /** With the query, encoded. */
  readonly path: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
};

export type EdgeAnswer = {
  readonly status: number;
  readonly text: string;
  readonly location: string;
  readonly type: string;
};

/** A browser that comes from a new address with each request, so that limits by address stay out of the way. */
export function newEdgeBrowser(url: string, jar = new Map<string, string>()) {
  async function send({ method, path, body, headers = {} }: EdgeRequest): Promise<EdgeAnswer> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url + path, {
      method,
      redirect: "manual",
      headers: {
        [csrfHeader]: "1",
        // An address of this machine: some pages are for nobody else.
        "x-forwarded-for": newAddress().replace(/^198\.51/, "127.1"),
        ...(cookie === "" ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const { status } = response;
    const [location, type] = ["location", "content-type"].map((name) => response.headers.get(name) ?? "");
    return { status, text: await response.text(), location: location ?? "", type: type ?? "" };
  }

  return {
    jar,
    send,
    /** Asks for what a good answer is expected to. */
    async expectOk<T>(method: string, path: string, body?: unknown, headers = {}): Promise<T> {
      const { status, text } = await send({
        method,
        path,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (status >= 300) throw new Error(`${method} ${path} failed with ${status}: ${text.slice(0, 300)}`);
      return (text === "" ? {} : JSON.parse(text)) as T;
    },
  };
}

export type EdgeBrowser = ReturnType<typeof newEdgeBrowser>;
