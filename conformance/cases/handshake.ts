import { type Case, must, mustEqual, type Stage } from "../case.ts";
import { type HandshakeHeaders, type HttpHead, makeHandshake } from "../raw-socket.ts";
import { Speaker } from "../speaker.ts";
import { encodeFrame, opcodes } from "../wire-frame.ts";

type Line = { readonly method?: string; readonly path?: string; readonly version?: string };

async function shake(stage: Stage, headers: HandshakeHeaders = {}, line: Line = {}): Promise<HttpHead> {
  const socket = await stage.dial();
  socket.write(makeHandshake(stage.url, headers, line).bytes);
  return socket.readHead();
}

/** A case in which no socket may be given; status 0 is the end of TCP without an answer. */
function refuses(name: string, doc: string, headers: HandshakeHeaders, line: Line = {}, statuses: number[] = []): Case {
  return {
    name: `handshake.${name}`,
    doc,
    run: async (stage) => {
      const { status } = await shake(stage, headers, line);
      must(status !== 101, "a socket was given");
      must(statuses.length === 0 || statuses.includes(status), `answered with ${status}`);
      must(status < 500, `answered with ${status}`);
    },
  };
}

function refusesOrigin(name: string, makeOrigin: (own: URL) => string): Case {
  return {
    name: `handshake.origin-${name}`,
    doc: `gives no socket to a page of an origin that is ${name.replaceAll("-", " ")}`,
    run: async (stage) => {
      const { status, body } = await shake(stage, { Origin: makeOrigin(stage.url) });
      mustEqual(status, 403, "the status");
      mustEqual(JSON.parse(body).error?.code, "request.forbidden_origin", "the error");
    },
  };
}

/** RFC 6455, section 4, and who may open a socket at all. */
export const handshakeCases: readonly Case[] = [
  {
    name: "handshake.accepts",
    doc: "answers 101 with Upgrade, Connection and the proof of the key",
    run: async (stage) => {
      const socket = await stage.dial();
      const { bytes, accept } = makeHandshake(stage.url);
      socket.write(bytes);
      const { status, headers } = await socket.readHead();
      mustEqual(status, 101, "the status");
      mustEqual(headers.get("upgrade")?.toLowerCase(), "websocket", "Upgrade");
      mustEqual(headers.get("connection")?.toLowerCase(), "upgrade", "Connection");
      mustEqual(headers.get("sec-websocket-accept"), accept, "Sec-WebSocket-Accept");
    },
  },
  {
    name: "handshake.header-names",
    doc: "reads header names and the words of Upgrade and Connection in any case, in a list too",
    run: async (stage) => {
      const headers = {
        Upgrade: undefined,
        Connection: undefined,
        UPGRADE: "WebSocket",
        connection: "keep-alive, UPGRADE",
      };
      mustEqual((await shake(stage, headers)).status, 101, "the status");
    },
  },
  {
    name: "handshake.in-pieces",
    doc: "takes a handshake that comes byte by byte",
    run: async (stage) => {
      const socket = await stage.dial();
      for (const byte of makeHandshake(stage.url).bytes) {
        socket.write(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
      mustEqual((await socket.readHead()).status, 101, "the status");
    },
  },
  {
    name: "handshake.with-first-frame",
    doc: "reads a frame that comes in the same packet as the handshake",
    run: async (stage) => {
      const socket = await stage.dial();
      const frame = encodeFrame({ opcode: opcodes.ping, payload: Buffer.from("at once") });
      socket.write(Buffer.concat([Buffer.from(makeHandshake(stage.url).bytes), frame]));
      mustEqual((await socket.readHead()).status, 101, "the status");
      mustEqual((await socket.nextFrame())?.payload.toString(), "at once", "the pong");
    },
  },
  {
    name: "handshake.half-open-harms-nobody",
    doc: "serves others while fifty handshakes are left half done",
    run: async (stage) => {
      const { bytes } = makeHandshake(stage.url);
      for (let n = 0; n < 50; n++) (await stage.dial()).write(bytes.slice(0, 60 + n));
      await (await stage.connect(stage.alice)).isAlive();
    },
  },
  refuses("no-key", "refuses a handshake without a key", { "Sec-WebSocket-Key": undefined }, {}, [400]),
  refuses("short-key", "refuses a key that is not sixteen bytes", { "Sec-WebSocket-Key": "dG9vIHNob3J0" }, {}, [400]),
  refuses("strange-key", "refuses a key that is no base64", { "Sec-WebSocket-Key": "!".repeat(24) }, {}, [400]),
  refuses("no-upgrade", "gives no socket without Upgrade", { Upgrade: undefined }),
  refuses("other-upgrade", "gives no socket to who asks for another protocol", { Upgrade: "h2c" }),
  refuses("no-connection", "gives no socket without Connection: Upgrade", { Connection: "keep-alive" }),
  refuses("no-host", "refuses a request without Host", { Host: undefined }),
  refuses("post", "gives no socket to a POST", {}, { method: "POST" }),
  refuses("http-1-0", "gives no socket over HTTP/1.0", {}, { version: "1.0" }),
  refuses("wrong-path", "gives no socket at another path", {}, { path: "/realtimes?v=1" }),
  refuses("path-below", "gives no socket below its path", {}, { path: "/realtime/x?v=1" }, [404, 405]),
  {
    name: "handshake.version",
    doc: "answers another version than 13 with 426 and the version it speaks",
    run: async (stage) => {
      const { status, headers } = await shake(stage, { "Sec-WebSocket-Version": "8" });
      mustEqual(status, 426, "the status");
      mustEqual(headers.get("sec-websocket-version"), "13", "Sec-WebSocket-Version");
    },
  },
  {
    name: "handshake.extensions",
    doc: "accepts no extension that was not offered, and none that it does not know",
    run: async (stage) => {
      for (const offered of [undefined, "x-conformance; level=9"]) {
        const { status, headers } = await shake(stage, { "Sec-WebSocket-Extensions": offered });
        mustEqual(status, 101, "the status");
        mustEqual(headers.get("sec-websocket-extensions"), undefined, "Sec-WebSocket-Extensions");
      }
    },
  },
  {
    name: "handshake.subprotocol",
    doc: "chooses no subprotocol that it does not speak",
    run: async (stage) => {
      const { headers } = await shake(stage, { "Sec-WebSocket-Protocol": "x-conformance, chat" });
      mustEqual(headers.get("sec-websocket-protocol"), undefined, "Sec-WebSocket-Protocol");
    },
  },
  {
    name: "handshake.headers-too-large",
    doc: "does not read headers without end",
    run: async (stage) => {
      const { status } = await shake(stage, { "X-Long": "x".repeat(1_000_000) });
      must(status === 0 || (status >= 400 && status < 500), `answered with ${status}`);
    },
  },
  refusesOrigin("foreign", () => "https://evil.example"),
  refusesOrigin("null", () => "null"),
  refusesOrigin("a-longer-name", (own) => `${own.origin}.evil.example`),
  refusesOrigin("ours-as-a-user-name", (own) => `${own.protocol}//${own.host}@evil.example`),
  {
    name: "handshake.origin-absent",
    doc: "gives a socket to a program, which has no origin",
    run: async (stage) => {
      mustEqual((await shake(stage, { Origin: undefined })).status, 101, "the status");
    },
  },
  {
    name: "handshake.origin-own",
    doc: "gives a socket to its own page",
    run: async (stage) => {
      mustEqual((await shake(stage, { Origin: stage.url.origin })).status, 101, "the status");
    },
  },
  {
    name: "handshake.protocol-version",
    doc: "closes with 4503 for a version of the protocol that it does not speak",
    run: async (stage) => {
      for (const path of ["/realtime", "/realtime?v=", "/realtime?v=0", "/realtime?v=2"]) {
        mustEqual(await new Speaker(await stage.open({}, path)).expectClose(), 4503, path);
      }
    },
  },
];
