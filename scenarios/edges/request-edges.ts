import { limits } from "@maru/protocol";
import type { EdgeRequest } from "./edge-browser.ts";
import { edgesOf, Written, writeJson } from "./edge-values.ts";
import { sampleOf } from "./json-schema.ts";
import type { RouteSchema } from "./route-schemas.ts";

/** A request at the edge of what a route takes, and the words for it; written when it is sent, for some are long. */
export type RequestEdge = { readonly what: string; readonly cookie?: string; request(): EdgeRequest };

type Known = (name: string) => unknown;
type Part = Readonly<Record<string, unknown>>;
type Given = {
  readonly path?: Part;
  readonly query?: Part;
  readonly body?: () => string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Every request with which a route is tried: a good one first, then each part of it at its edges, one at a time. */
export function listRequests(endpoint: string, schema: RouteSchema, token: string, known: Known): RequestEdge[] {
  const [method = "", pattern = ""] = endpoint.split(" ");
  const [path, query] = [sampleOf(schema.path, known), sampleOf(schema.query, known)] as [Part, Part];
  const body = schema.body && sampleOf(schema.body, known);
  const goodBody = body === null ? undefined : () => writeJson(body);

  function edge(what: string, given: Given = {}, cookie?: string): RequestEdge {
    const writeBody = given.body ?? goodBody;
    const request = () => ({
      method,
      path: writePath(pattern, given.path ?? path) + writeQuery(given.query ?? query),
      headers: { authorization: `Bearer ${token}`, ...given.headers },
      ...(writeBody && { body: writeBody() }),
    });
    return { what, request, ...(cookie === undefined ? {} : { cookie }) };
  }

  return [
    edge("as it should be"),
    ...edgesOf(schema.path, path, known)
      .filter(({ value }) => isPart(value) && Object.keys(path).every((name) => Object.hasOwn(value, name)))
      .map(({ what, value }) => edge(`path, ${what}`, { path: value as Part })),
    ...edgesOf(schema.query, query, known)
      .filter(({ value }) => isPart(value))
      .map(({ what, value }) => edge(`query, ${what}`, { query: value as Part })),
    ...(schema.body === null ? [] : edgesOf(schema.body, body, known)).map(({ what, value }) =>
      edge(`body, ${what}`, { body: () => writeJson(value) }),
    ),
    ...(method === "GET" ? [] : bodies).map(([what, text]) => edge(`body, ${what}`, { body: () => text })),
    ...headersWith(token).map(([what, headers]) => edge(`head, ${what}`, { headers })),
    ...cookies.map((cookie) => edge(`cookies that say «${cookie.slice(0, 20)}»`, {}, cookie)),
  ];
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Written);
}

function writePath(pattern: string, path: Part): string {
  const filled = pattern.replace("/*", "/edge/of/nothing.txt");
  return filled.replace(/\{(\w+)\}/g, (_whole, name: string) => encode(path[name]));
}

function writeQuery(query: Part): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encode(name)}=${encode(each)}`),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** Percent-encodes a value; half a pair as the bytes that a careless program would send for it. */
function encode(value: unknown): string {
  if (value instanceof Written) return encodeURIComponent(value.json);
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return [...text]
    .map((letter) => (/^[\ud800-\udfff]$/.test(letter) ? halfPair(letter.charCodeAt(0)) : encodeURIComponent(letter)))
    .join("");
}

function halfPair(code: number): string {
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]
    .map((byte) => `%${byte.toString(16).toUpperCase()}`)
    .join("");
}

const bodies: readonly (readonly [string, string | Uint8Array<ArrayBuffer>])[] = [
  ["of nothing", ""],
  ["cut off", '{"email": "'],
  ["of a bare word", "NaN"],
  ["with a mark of its order of bytes", "\ufeff{}"],
  ["of 5,000 lists in each other", "[".repeat(5_000) + "]".repeat(5_000)],
  ["one byte too long", JSON.stringify("x".repeat(limits.bodyBytes - 1))],
  ["that is no text", new Uint8Array([123, 34, 255, 254, 34, 58, 49, 125])],
];

function headersWith(token: string): (readonly [string, Record<string, string>])[] {
  const words = ["", "Bearer ", "Basic YTpi", `Bearer ${token}x`, `Bearer ${"a".repeat(5_000)}`, "Bearer é"];
  return [
    ...words.map((word) => [`authorization «${word.slice(0, 20)}»`, { authorization: word }] as const),
    ["a body of a type that is none", { "content-type": ";;;" }],
    ["languages that are none", { "accept-language": `${"x".repeat(5_000)};q=NaN` }],
    ["an origin that is none", { origin: "http://[" }],
  ];
}

const cookies = ["%00%ff", "é", "a".repeat(4_000)];
