import { commands } from "@maru/protocol";
import { encodeFrame } from "./wire-frame.ts";

/** Bytes that a client might send on a bad day: frames of every kind, right, wrong and cut off. The same for one chance. */
export function makeNoise(random: () => number): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const bytes = (count: number) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));
  const names = [...Object.keys(commands), "__proto__", ""];
  const payloads = [
    () => bytes(Math.floor(random() * 140)),
    () =>
      Buffer.from(JSON.stringify({ id: Math.floor(random() * 9), cmd: pick(names), d: pick([{}, [], null, "x", 1]) })),
    () => Buffer.from('{"id":1,"cmd":"connect","d":{"token":"'.slice(0, Math.floor(random() * 40))),
  ];
  const isPolite = random() < 0.7;
  const parts = Array.from({ length: 1 + Math.floor(random() * 12) }, () => {
    const opcode = isPolite ? pick([1, 1, 1, 9, 10]) : Math.floor(random() * 16);
    const frame = encodeFrame({
      fin: random() < 0.9,
      reserved: random() < 0.95 ? 0 : pick([1, 2, 4, 7]),
      opcode,
      isMasked: random() < 0.97,
      payload: pick(payloads)(),
    });
    return random() < 0.9 ? frame : frame.subarray(0, Math.floor(random() * frame.length));
  });
  return Buffer.concat(random() < 0.9 ? parts : [...parts, bytes(300)]);
}
