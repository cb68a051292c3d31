import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { closePayload, decodeFrame, encodeFrame } from "./wire-frame.ts";

describe("a frame", () => {
  test("is read as it was written, whatever is behind it", () => {
    const anyFrame = fc.record({
      fin: fc.boolean(),
      reserved: fc.nat(7),
      opcode: fc.nat(15),
      isMasked: fc.boolean(),
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(70_000).map((length) => new Uint8Array(length).fill(7)),
      ),
    });
    fc.assert(
      fc.property(anyFrame, fc.uint8Array({ maxLength: 20 }), (frame, behind) => {
        const decoded = decodeFrame(Buffer.concat([encodeFrame(frame), behind]));
        expect(decoded?.frame).toEqual({ ...frame, payload: Buffer.from(frame.payload) });
        expect([...(decoded?.rest ?? [])]).toEqual([...behind]);
      }),
    );
  });

  test("is not there before its last byte", () => {
    for (const length of [0, 5, 126, 65_536]) {
      const bytes = encodeFrame({ opcode: 1, payload: new Uint8Array(length) });
      for (const end of [0, 1, 2, 4, 9, bytes.length - 1]) {
        if (end < bytes.length) expect(decodeFrame(bytes.subarray(0, end))).toBeNull();
      }
    }
  });

  test("is written as the examples of RFC 6455, section 5.7", () => {
    expect(encodeFrame({ opcode: 1, payload: Buffer.from("Hello"), isMasked: false }).toString("hex")).toBe(
      "810548656c6c6f",
    );
    expect(
      encodeFrame({ opcode: 2, payload: new Uint8Array(256), isMasked: false })
        .subarray(0, 4)
        .toString("hex"),
    ).toBe("827e0100");
    const masked = Buffer.from("818537fa213d7f9f4d5158", "hex");
    expect(decodeFrame(masked)?.frame.payload.toString()).toBe("Hello");
  });
});

test("a close frame carries its code and its reason", () => {
  expect(closePayload(1000, "가").toString("hex")).toBe("03e8eab080");
});
