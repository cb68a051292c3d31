import { type Case, must, mustEqual } from "../case.ts";
import type { RawSocket } from "../raw-socket.ts";
import { opcodes } from "../wire-frame.ts";

const { continuation, text, ping, pong } = opcodes;

/** Byte sequences that are no UTF-8, each inside what would be a command. */
const invalid: readonly [string, number[]][] = [
  ["a lone continuation byte", [0x80]],
  ["a sequence that breaks off", [0xe3, 0x81]],
  ["an overlong slash", [0xc0, 0xaf]],
  ["an overlong NUL", [0xe0, 0x80, 0x80]],
  ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
  ["a character beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ["a byte that never occurs", [0xff]],
];

function wrap(sequence: readonly number[]): Buffer {
  const around = ['{"id":1,"cmd":"', '"}'].map((part) => Buffer.from(part));
  return Buffer.concat([around[0] as Buffer, Buffer.from(sequence), around[1] as Buffer]);
}

/** Returns how the connection ends; fails when it goes on. */
async function readFailure(socket: RawSocket): Promise<number | null | "tcp"> {
  socket.send({ opcode: ping, payload: Buffer.from("still there?") });
  for (;;) {
    const frame = await socket.nextFrame();
    if (frame === null) return "tcp";
    must(frame.opcode !== pong && frame.opcode !== text, "the connection goes on");
    if (frame.opcode === opcodes.close) return frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : null;
  }
}

/** RFC 6455, section 8.1: text is UTF-8. */
export const textCases: readonly Case[] = [
  {
    name: "text.utf-8",
    doc: "takes every kind of valid character, also cut between its bytes by a fragment",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      for (const words of ["\u0000\u007f", "é", "가", "🏠", "\ufffe\uffff", "\u{10ffff}", "가나🏠é".repeat(50)]) {
        for (const cut of [0, 1, 2]) {
          const id = speaker.expect();
          const payload = Buffer.from(`{"id":${id},"cmd":"connection.beat","words":${JSON.stringify(words)}}`);
          const at = payload.indexOf('"words":"') + 9 + cut;
          speaker.socket.send({ fin: false, opcode: text, payload: payload.subarray(0, at) });
          speaker.socket.send({ opcode: continuation, payload: payload.subarray(at) });
          must("ok" in (await speaker.replyTo(id)), "the command failed");
        }
      }
    },
  },
  ...invalid.map(
    ([what, sequence], n): Case => ({
      name: `text.invalid-${n + 1}`,
      doc: `fails the connection for ${what}`,
      run: async (stage) => {
        const socket = await stage.open();
        socket.send({ opcode: text, payload: wrap(sequence) });
        const ending = await readFailure(socket);
        must(ending === "tcp" || ending === 1007, `closed with ${ending}`);
      },
    }),
  ),
  {
    name: "text.invalid-in-a-part",
    doc: "fails the connection for invalid text in a later part",
    run: async (stage) => {
      const socket = await stage.open();
      const whole = wrap([0xff]);
      socket.send({ fin: false, opcode: text, payload: whole.subarray(0, 5) });
      socket.send({ opcode: continuation, payload: whole.subarray(5) });
      const ending = await readFailure(socket);
      must(ending === "tcp" || ending === 1007, `closed with ${ending}`);
    },
  },
  {
    name: "text.tells-why",
    doc: "says 1007 in a close frame when text is not UTF-8",
    run: async (stage) => {
      const socket = await stage.open();
      socket.send({ opcode: text, payload: wrap([0xff]) });
      mustEqual(await readFailure(socket), 1007, "the close code");
    },
  },
  {
    name: "text.binary",
    doc: "closes with 4505 for a binary message",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      speaker.socket.send({ opcode: opcodes.binary, payload: Buffer.from('{"id":9,"cmd":"connection.beat"}') });
      mustEqual(await speaker.expectClose(), 4505, "the close code");
    },
  },
];
