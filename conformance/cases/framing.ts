import { limits } from "@maru/protocol";
import { type Case, must, mustEqual, type Stage } from "../case.ts";
import type { Ending, RawSocket } from "../raw-socket.ts";
import type { Speaker } from "../speaker.ts";
import { encodeFrame, opcodes, type WireFrame } from "../wire-frame.ts";

const { continuation, text, binary, ping, pong } = opcodes;
const beat = (id: number, pad = "") => JSON.stringify({ id, cmd: "connection.beat", d: { pad } });
const bytes = (words: string) => Buffer.from(words);

/** Sends frames that break the rules, and a ping behind them that must not be answered any more. */
async function breakRules(stage: Stage, frames: readonly WireFrame[]): Promise<Ending> {
  const socket = await stage.open();
  for (const frame of frames) socket.send(frame);
  socket.send({ opcode: ping, payload: bytes("still there?") });
  for (;;) {
    const frame = await socket.nextFrame();
    if (frame === null) return { by: "tcp" };
    must(frame.opcode !== pong || frame.payload.toString() !== "still there?", "the connection goes on");
    if (frame.opcode !== opcodes.close) continue;
    return { by: "close", code: frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : null };
  }
}

/** A case in which the connection must fail (RFC 6455, section 7.1.7). */
function fails(name: string, doc: string, ...frames: WireFrame[]): Case {
  return {
    name: `framing.${name}`,
    doc: `fails the connection for ${doc}`,
    run: async (stage) => {
      const ending = await breakRules(stage, frames);
      must(ending.by === "tcp" || ending.code === 1002, `closed with ${ending.by === "close" ? ending.code : ""}`);
    },
  };
}

async function mustAnswer(speaker: Speaker, id: number): Promise<void> {
  const reply = await speaker.replyTo(id);
  must("ok" in reply, `command ${id} failed`);
}

/** Sends one command in parts on a connection that is ready. */
async function inParts(stage: Stage, send: (socket: RawSocket, id: number) => void): Promise<Speaker> {
  const speaker = await stage.connect(stage.alice);
  const id = speaker.expect();
  send(speaker.socket, id);
  await mustAnswer(speaker, id);
  return speaker;
}

/** RFC 6455, section 5: frames. */
export const framingCases: readonly Case[] = [
  {
    name: "framing.ping",
    doc: "answers a ping with a pong of the same payload, also an empty and the longest",
    run: async (stage) => {
      const socket = await stage.open();
      for (const payload of ["", "hello", "가나다", "x".repeat(125)]) {
        socket.send({ opcode: ping, payload: bytes(payload) });
        const frame = await socket.nextFrame();
        mustEqual([frame?.opcode, frame?.payload.toString()], [pong, payload], "opcode and payload");
        mustEqual([frame?.fin, frame?.isMasked, frame?.reserved], [true, false, 0], "fin, mask and reserved bits");
      }
    },
  },
  {
    name: "framing.pong-unasked",
    doc: "takes a pong that nobody asked for",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      speaker.socket.send({ opcode: pong, payload: bytes("unasked") });
      await speaker.isAlive();
    },
  },
  {
    name: "framing.fragments",
    doc: "puts a text together from its parts",
    run: async (stage) => {
      await inParts(stage, (socket, id) => {
        const whole = bytes(beat(id));
        socket.send({ fin: false, opcode: text, payload: whole.subarray(0, 3) });
        socket.send({ fin: false, opcode: continuation, payload: whole.subarray(3, 9) });
        socket.send({ fin: true, opcode: continuation, payload: whole.subarray(9) });
      });
    },
  },
  {
    name: "framing.fragments-empty",
    doc: "takes parts that are empty, the first and the last too",
    run: async (stage) => {
      await inParts(stage, (socket, id) => {
        socket.send({ fin: false, opcode: text });
        for (let n = 0; n < 100; n++) socket.send({ fin: false, opcode: continuation });
        socket.send({ fin: false, opcode: continuation, payload: bytes(beat(id)) });
        socket.send({ fin: true, opcode: continuation });
      });
    },
  },
  {
    name: "framing.fragments-with-control",
    doc: "answers a ping between the parts of a text, before the text is whole",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      const id = speaker.expect();
      const whole = bytes(beat(id));
      speaker.socket.send({ fin: false, opcode: text, payload: whole.subarray(0, 5) });
      speaker.socket.send({ opcode: ping, payload: bytes("between") });
      const frame = await speaker.socket.nextFrame();
      mustEqual([frame?.opcode, frame?.payload.toString()], [pong, "between"], "opcode and payload");
      speaker.socket.send({ fin: true, opcode: continuation, payload: whole.subarray(5) });
      await mustAnswer(speaker, id);
    },
  },
  {
    name: "framing.byte-by-byte",
    doc: "reads a frame that comes byte by byte",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      const id = speaker.expect();
      for (const byte of encodeFrame({ opcode: text, payload: bytes(beat(id)) })) {
        speaker.socket.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await mustAnswer(speaker, id);
    },
  },
  {
    name: "framing.many-at-once",
    doc: "reads many frames that come in one packet, in their order",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      const ids = Array.from({ length: 50 }, () => speaker.expect());
      speaker.socket.write(Buffer.concat(ids.map((id) => encodeFrame({ opcode: text, payload: bytes(beat(id)) }))));
      for (const id of ids) await mustAnswer(speaker, id);
    },
  },
  {
    name: "framing.lengths",
    doc: "reads each of the three ways to tell a length, at its edges",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      for (const length of [125, 126, 127, 128, 65_534, 65_535, 65_536]) {
        const id = speaker.expect();
        speaker.socket.sendText(beat(id, "x".repeat(length - beat(id).length)));
        await mustAnswer(speaker, id);
      }
    },
  },
  fails("mask-missing", "a frame without a mask", { opcode: text, payload: bytes(beat(1)), isMasked: false }),
  fails("mask-missing-on-control", "a ping without a mask", { opcode: ping, isMasked: false }),
  ...[4, 2, 1].map((reserved) =>
    fails(`reserved-bit-${reserved}`, `a reserved bit (${reserved})`, {
      opcode: text,
      payload: bytes(beat(1)),
      reserved,
    }),
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    fails(`reserved-opcode-${opcode}`, `an opcode that means nothing (${opcode})`, { opcode }),
  ),
  fails("control-too-long", "a ping of more than 125 bytes", { opcode: ping, payload: Buffer.alloc(126) }),
  fails("control-in-parts", "a ping in parts", { fin: false, opcode: ping }, { opcode: continuation }),
  fails("continuation-of-nothing", "a continuation of nothing", { opcode: continuation, payload: bytes(beat(1)) }),
  fails(
    "text-within-text",
    "a new text inside a text in parts",
    { fin: false, opcode: text, payload: bytes("{") },
    { opcode: text, payload: bytes(beat(1)) },
  ),
  fails(
    "binary-within-text",
    "a binary inside a text in parts",
    { fin: false, opcode: text, payload: bytes("{") },
    { opcode: binary, payload: bytes("x") },
  ),
  {
    name: "framing.tells-why",
    doc: "says 1002 in a close frame when the rules are broken",
    run: async (stage) => {
      mustEqual(await breakRules(stage, [{ opcode: 3 }]), { by: "close", code: 1002 }, "the ending");
    },
  },
  {
    name: "framing.length-absurd",
    doc: "does not wait for a frame of absurd length",
    run: async (stage) => {
      for (const declaredLength of [2n ** 40n, 2n ** 62n, 2n ** 63n]) {
        const socket = await stage.open();
        socket.send({ opcode: text, payload: bytes("{"), declaredLength });
        await socket.readEnding();
      }
    },
  },
  {
    name: "framing.size-in-parts",
    doc: "counts the parts of a text together: over the limit it closes with 4509, far over it ends",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      const half = Buffer.alloc(limits.frameBytes / 2 + 1, "x");
      speaker.socket.send({ fin: false, opcode: text, payload: half });
      speaker.socket.send({ opcode: continuation, payload: half });
      mustEqual(await speaker.expectClose(), 4509, "the close code");

      const endless = await stage.open();
      for (let n = 0; n < 64; n++) endless.send({ fin: false, opcode: n === 0 ? text : continuation, payload: half });
      await endless.readEnding();
    },
  },
  {
    name: "framing.ping-flood",
    doc: "closes a connection that pings without end with 4006",
    run: async (stage) => {
      const socket = await stage.open();
      const frame = encodeFrame({ opcode: ping });
      for (let n = 0; n < 20; n++) socket.write(Buffer.concat(Array(100).fill(frame)));
      mustEqual(await socket.readEnding(), { by: "close", code: 4006 }, "the ending");
    },
  },
];
