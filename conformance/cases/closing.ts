import { type Case, must, mustEqual, type Stage } from "../case.ts";
import type { Ending } from "../raw-socket.ts";
import { closePayload, opcodes } from "../wire-frame.ts";

async function closeWith(stage: Stage, payload: Buffer): Promise<Ending> {
  const socket = await stage.open();
  socket.send({ opcode: opcodes.close, payload });
  return socket.readEnding();
}

/** A case in which a close frame is itself wrong: it is answered with 1002, or TCP just ends. */
function refusesClose(name: string, doc: string, ...payloads: Buffer[]): Case {
  return {
    name: `closing.${name}`,
    doc: `takes ${doc} for a broken rule`,
    run: async (stage) => {
      for (const payload of payloads) {
        const ending = await closeWith(stage, payload);
        const isFine = ending.by === "tcp" || ending.code === 1002 || ending.code === 1007;
        must(isFine, `${payload.toString("hex")} was answered with ${ending.by === "close" ? ending.code : ""}`);
      }
    },
  };
}

/** RFC 6455, section 7: the end of a connection. */
export const closingCases: readonly Case[] = [
  {
    name: "closing.echo",
    doc: "answers a close with the same code and ends TCP",
    run: async (stage) => {
      for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4000, 4999]) {
        mustEqual(
          await closeWith(stage, closePayload(code, "bye 안녕")),
          { by: "close", code },
          `the answer to ${code}`,
        );
      }
    },
  },
  {
    name: "closing.without-code",
    doc: "answers a close without a code and ends TCP",
    run: async (stage) => {
      const ending = await closeWith(stage, Buffer.alloc(0));
      must(ending.by === "close", "no close frame came");
      must(ending.code === null || ending.code === 1000, `answered with ${ending.code}`);
    },
  },
  {
    name: "closing.within-text",
    doc: "takes a close between the parts of a text",
    run: async (stage) => {
      const socket = await stage.open();
      socket.send({ fin: false, opcode: opcodes.text, payload: Buffer.from("{") });
      socket.send({ opcode: opcodes.close, payload: closePayload(1000) });
      mustEqual(await socket.readEnding(), { by: "close", code: 1000 }, "the ending");
    },
  },
  {
    name: "closing.nothing-after",
    doc: "does nothing that is asked after the close",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      speaker.socket.send({ opcode: opcodes.close, payload: closePayload(1000) });
      speaker.socket.sendText('{"id":90,"cmd":"connection.beat"}');
      const frame = await speaker.socket.nextFrame();
      mustEqual(frame?.opcode, opcodes.close, "the opcode of the first frame");
      mustEqual(await speaker.socket.nextFrame(), null, "what comes behind");
    },
  },
  {
    name: "closing.after-server-close",
    doc: "ends TCP by itself when the client does not answer its close",
    run: async (stage) => {
      const speaker = await stage.openSpeaker();
      speaker.say("no command");
      mustEqual(await speaker.expectClose(), 4504, "the close code");
    },
  },
  {
    name: "closing.dropped-harms-nobody",
    doc: "serves others while connections are reset, some in the middle of a frame",
    run: async (stage) => {
      const bob = await stage.connect(stage.bob);
      for (let n = 0; n < 20; n++) {
        const speaker = await stage.connect(stage.alice);
        if (n % 2 === 0) speaker.socket.write(Uint8Array.of(0x81, 0xfe, 1));
        if (n % 3 === 0) speaker.socket.reset();
        else speaker.socket.drop();
      }
      await bob.isAlive();
    },
  },
  refusesClose("one-byte", "a close of one byte", Buffer.from([3])),
  refusesClose(
    "invalid-code",
    "a code that must not be sent",
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => closePayload(code)),
  ),
  refusesClose("invalid-reason", "a reason that is not UTF-8", closePayload(1000, Buffer.from([0xff, 0xfe]))),
  refusesClose("too-long", "a close of more than 125 bytes", closePayload(1000, "x".repeat(124))),
];
