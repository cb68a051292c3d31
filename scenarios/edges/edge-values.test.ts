import { describe, expect, test } from "bun:test";
import * as z from "zod";
import { type Edge, edgesOf, writeJson } from "./edge-values.ts";
import { type JsonSchema, sampleOf } from "./json-schema.ts";

const edgesFor = (schema: z.ZodType): Edge[] => {
  const told = z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  const nobody = () => undefined;
  return edgesOf(told, sampleOf(told, nobody), nobody);
};
const jsonFor = (schema: z.ZodType) => edgesFor(schema).map(({ value }) => writeJson(value));

describe("the edges of a command that nobody has heard of", () => {
  const undelivered = z.object({
    count: z.int().min(2).max(50),
    roomId: z.string().regex(/^room_[0-9a-f]{32}$/),
    names: z.array(z.string().max(20)).max(3).optional(),
    from: z.iso.datetime().optional(),
  });

  test("take its numbers to their bounds, one beyond, and to what machines count in", () => {
    const json = jsonFor(undelivered).join("\n");
    for (const bound of ["1", "2", "50", "51", "0", "-1", "2147483647", "2147483648", "9007199254740991", "0.5"]) {
      expect(json).toContain(`"count":${bound},`);
    }
    for (const written of ["9223372036854775807", "1e999", "-0", '"NaN"', "null"]) {
      expect(json).toContain(`"count":${written},`);
    }
  });

  test("take its texts from nothing to 5,000 characters, to NUL and to halves of a pair", () => {
    const json = jsonFor(z.object({ text: z.string().max(20) }));
    const texts = json.map((each) => (JSON.parse(each) as { text?: unknown } | null)?.text);
    for (const text of ["", "\u0000", "가".repeat(20), "가".repeat(21), "가".repeat(5_000), "가\ud83d"]) {
      expect(texts).toContain(text);
    }
  });

  test("leave each field out, add others, repeat lists beyond their length, and keep the rest as it should be", () => {
    const whats = edgesFor(undelivered).map(({ what }) => what);
    expect(whats).toContain("without count");
    expect(whats).toContain("with a field «__proto__» more");
    expect(whats).toContain("names: 4 times the same");
    expect(whats).toContain("names: [0] NUL");
    expect(whats).toContain("from: 0000-01-01T00:00:00Z");
    const others = edgesFor(undelivered).filter(({ what }) => what.startsWith("count:"));
    for (const { value } of others)
      expect(undelivered.shape.roomId.safeParse((value as { roomId: string }).roomId).success).toBe(true);
  });

  test("have a name of their own each, the same on every run", () => {
    const whats = edgesFor(undelivered).map(({ what }) => what);
    expect(new Set(whats).size).toBe(whats.length);
    expect(edgesFor(undelivered).map(({ what }) => what)).toEqual(whats);
  });
});
