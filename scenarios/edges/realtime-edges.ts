import { texts } from "./edge-values.ts";
import { writeFrame } from "./raw-line.ts";

/** A request for a socket at the edge of what may be asked, and the words for it. */
export type UpgradeEdge = {
  readonly what: string;
  readonly target?: string;
  /** Headers in the place of the good ones; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
};

const known: Readonly<Record<string, readonly (string | null)[]>> = {
  host: ["localhost:99999", "[::1]", "a, b"],
  upgrade: [null, "WebSocket", "websocket, h2c", "h2c", "websocket\t"],
  connection: [null, "keep-alive, Upgrade", "close", "upgrade, upgrade", ",,,"],
  "sec-websocket-key": [null, "AAAA", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ==x", "!".repeat(24)],
  "sec-websocket-version": [null, "0", "12", "14", "13, 8", "9007199254740993", "-13", "13.0"],
  "sec-websocket-protocol": [
    "chat",
    "a, b, ,",
    Array.from({ length: 500 }, (_, i) => `p${i}`).join(","),
    '"',
    "bearer.x",
  ],
  "sec-websocket-extensions": [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits=99",
    "permessage-deflate; server_max_window_bits=0; server_max_window_bits=0",
    "x; ".repeat(500),
  ],
  origin: ["null", "http://[", "http://localhost:99999", "file://", "http://localhost, http://evil.example"],
  authorization: ["Bearer ", `Bearer ${"a".repeat(5_000)}`, "Basic YTpi"],
  cookie: ["maru_refresh=%00%ff", "=", ";;;", `maru_refresh=${"a".repeat(4_000)}`],
  "x-forwarded-for": [
    "1.2.3.4:99999",
    "[::1",
    "unknown",
    "256.1.1.1",
    Array.from({ length: 300 }, () => "1.1.1.1").join(","),
  ],
  forwarded: ["for=", 'for="[::1"', "for=_hidden;proto", ";".repeat(500)],
  "accept-language": [`${"x".repeat(3_000)};q=NaN`],
  "content-length": ["0", "5", "-1", "99999999999999999999"],
  "transfer-encoding": ["chunked"],
};

const versions = [
  "",
  "0",
  "2",
  "01",
  "1.0",
  "+1",
  "-1",
  "1e0",
  "2147483648",
  "9007199254740993",
  "NaN",
  "%00",
  "%ff",
  "%",
  "1%0d%0aset-cookie:a=b",
  "%ED%A0%BD",
];

/** Every request for a socket: a good one first, then each part of it at its edges, one at a time. */
export function listUpgrades(): UpgradeEdge[] {
  const plain = [...texts.map(({ what, value }) => [what, String(value)] as const)];
  return [
    { what: "as it should be" },
    ...versions.map((v) => ({ what: `query, v=${v}`, target: `/realtime?v=${v}` })),
    { what: "query, none", target: "/realtime" },
    { what: "query, v twice", target: "/realtime?v=1&v=2" },
    { what: "query, and a token", target: `/realtime?v=1&token=${"a".repeat(5_000)}` },
    { what: "query, and 2,000 more", target: `/realtime?v=1${"&a=b".repeat(2_000)}` },
    { what: "query, in the fragment", target: "/realtime?v=1#v=2" },
    { what: "a path below", target: "/realtime/../realtime?v=1" },
    ...Object.entries(known).flatMap(([name, values]) => [
      ...plain.map(([what, value]) => ({ what: `${name}: ${what}`, headers: { [name]: value } })),
      ...values.map((value) => ({ what: `${name}: «${value?.slice(0, 30) ?? "none"}»`, headers: { [name]: value } })),
    ]),
  ];
}

/** Bytes said on an open socket before anything else, and how the server may take them. */
export type FirstBytes = { readonly what: string; readonly bytes: Buffer | readonly Buffer[] };

const beat = (more: object) => JSON.stringify({ id: 1, cmd: "connection.beat", d: {}, ...more });
const closing = (code: number, reason: Uint8Array | string = "") => {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return writeFrame(Buffer.concat([head, Buffer.from(reason as string)]), { opcode: 8 });
};
const brokenText = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);

/** First frames at every edge: of the line protocol, of JSON, of the frame of a command. */
export function listFirstBytes(token: string): FirstBytes[] {
  const said = (what: string, bytes: Buffer | readonly Buffer[]) => ({ what, bytes });
  const ids = [0, 1, -1, 0.5, 2 ** 53 - 1, 2 ** 53, 1e308, null, true, "1", [], {}];
  const cmds = [...texts.map(({ value }) => value), 7, null, [], {}, "connect ", "CONNECT", "constructor", "toString"];
  const tokens = [
    ...texts.map(({ value }) => value),
    token.slice(0, -1),
    `${token}x`,
    `${token}\u0000`,
    token.toUpperCase(),
  ];
  const parts = token.split(".");
  const forged = [`${parts[0]}.${parts[1]}.`, `${parts[0]}..${parts[2]}`, "..", `${parts[1]}.${parts[0]}.${parts[2]}`];
  const connectWith = (d: unknown) => writeFrame(JSON.stringify({ id: 1, cmd: "connect", d }));
  return [
    ...texts.map(({ what, value }) => said(`text, ${what}`, writeFrame(String(value)))),
    ...ids.map((id) => said(`an id ${JSON.stringify(id)}`, writeFrame(beat({ id })))),
    ...cmds.map((cmd) => said(`a cmd ${JSON.stringify(cmd)?.slice(0, 30)}`, writeFrame(beat({ cmd })))),
    ...[null, [], "d", 7, true].map((d) => said(`a d ${JSON.stringify(d)}`, writeFrame(beat({ d })))),
    ...[...tokens, ...forged].map((t) => said(`a token ${JSON.stringify(t).slice(0, 30)}`, connectWith({ token: t }))),
    ...[{}, { token: [token] }, { token, extra: { a: 1 } }, [token]].map((d) =>
      said(`connect with ${JSON.stringify(d).slice(0, 20)}`, connectWith(d)),
    ),
    said("a command before connect", writeFrame(JSON.stringify({ id: 1, cmd: "room.list", d: {} }))),
    said("connect twice at once", [connectWith({ token }), connectWith({ token })]),
    said("connect cut in two", splitText(JSON.stringify({ id: 1, cmd: "connect", d: { token } }), 20)),
    said("binary", writeFrame(beat({}), { opcode: 2 })),
    said("text that is no UTF-8", writeFrame(brokenText)),
    said("half of a letter at the end", writeFrame(Buffer.from([0x22, 0xea, 0xb0]))),
    said("without a mask", writeFrame(beat({}), { isMasked: false })),
    ...[1, 2, 4, 7].map((reserved) => said(`reserved bits ${reserved}`, writeFrame(beat({}), { reserved }))),
    ...[3, 7, 11, 15].map((opcode) => said(`an opcode ${opcode}`, writeFrame("x", { opcode }))),
    said("a continuation of nothing", writeFrame("x", { opcode: 0 })),
    said("a text inside a text", [writeFrame("{", { isFinal: false }), writeFrame("}")]),
    said("a ping of 126 bytes", writeFrame("x".repeat(126), { opcode: 9 })),
    said("a ping in parts", writeFrame("x", { opcode: 9, isFinal: false })),
    said("a pong that nobody asked for", [writeFrame("x", { opcode: 10 }), connectWith({ token })]),
    said("a length of 2^63", writeFrame("x", { claims: 2n ** 63n })),
    said("a length of 2^40", writeFrame("x", { claims: 2n ** 40n })),
    said("65,537 bytes", writeFrame("x".repeat(65_537))),
    said("one megabyte", writeFrame("x".repeat(1_048_576))),
    ...[0, 999, 1000, 1005, 1006, 1015, 2999, 3000, 4999, 5000, 65_535].map((code) =>
      said(`a close with ${code}`, closing(code)),
    ),
    said("a close of one byte", writeFrame("x", { opcode: 8 })),
    said("a close without a code", writeFrame("", { opcode: 8 })),
    said("a close whose reason is no UTF-8", closing(1000, brokenText)),
    said("a close and a command behind it", [closing(1000), connectWith({ token })]),
    said("an HTTP request", Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
  ];
}

function splitText(text: string, at: number): Buffer[] {
  return [writeFrame(text.slice(0, at), { isFinal: false }), writeFrame(text.slice(at), { opcode: 0 })];
}
