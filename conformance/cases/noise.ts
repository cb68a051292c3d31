import { seededRandom } from "@maru/testkit";
import { type Case, must, mustEqual } from "../case.ts";
import { makeNoise } from "../noise.ts";
import { opcodes } from "../wire-frame.ts";

const streamCount = 200;

/** What no rule names. */
export const noiseCases: readonly Case[] = [
  {
    name: "noise.harms-nobody",
    doc: `lives through ${streamCount} streams of nonsense, and serves others meanwhile`,
    run: async (stage) => {
      const alice = await stage.connect(stage.alice);
      for (let seed = 0; seed < streamCount; seed++) {
        const socket = seed % 4 === 0 ? (await stage.connect(stage.bob)).socket : await stage.open();
        socket.write(makeNoise(seededRandom(seed)));
        // The server's close or this one: either way the visit is over when TCP is.
        socket.end();
        for (let frame = await socket.nextFrame(); frame !== null; frame = await socket.nextFrame()) {
          must(!frame.isMasked && frame.reserved === 0, `stream ${seed} was answered with a frame that is none`);
          if (frame.opcode !== opcodes.text) continue;
          const { id, err } = JSON.parse(frame.payload.toString());
          if (id !== undefined)
            mustEqual(err?.code === "server.internal", false, `an internal error at stream ${seed}`);
        }
        if (seed % 20 === 0) await alice.isAlive();
      }
      await alice.isAlive();
    },
  },
];
