import { describe, expect, test } from "bun:test";
import { commands, httpAnswers, pushes } from "@maru/protocol";
import fc from "fast-check";
import { aMember, aMessage, aRoom } from "../fixtures/entities.fixture.ts";
import { httpShapes, named, pushShapes, replyShapes, type Shape } from "./answer-shapes.ts";
import { invalid, readAnswer, unknown } from "./read-answer.ts";

type Schema = { safeParse(value: unknown): { success: boolean; data?: unknown } };

/** All that a server may answer: its name, the schema that it is held to, and the shape that the client reads it by. */
const answers: readonly (readonly [string, Schema, Shape])[] = [
  ...Object.entries(httpShapes).flatMap(([call, shape]) =>
    shape === null ? [] : [[call, httpAnswers[call as keyof typeof httpAnswers] as Schema, shape] as const],
  ),
  ...Object.entries(replyShapes).map(
    ([cmd, shape]) => [cmd, commands[cmd as keyof typeof commands].output as Schema, shape] as const,
  ),
  ...Object.entries(pushShapes).map(
    ([push, shape]) => [push, pushes[push as keyof typeof pushes] as Schema, shape] as const,
  ),
];

const plain: Record<string, fc.Arbitrary<unknown>> = {
  anything: fc.jsonValue(),
  null: fc.constant(null),
  text: fc.stringMatching(/^[a-z]{8,12}$/),
  moment: fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString()),
  yesno: fc.boolean(),
  number: fc.double({ noNaN: true, noDefaultInfinity: true }),
  whole: fc.integer(),
  count: fc.nat(),
};

/** Values of a shape. */
function valuesOf(shape: Shape): fc.Arbitrary<unknown> {
  if (typeof shape === "string") {
    const other = named[shape];
    if (other !== undefined) return valuesOf(other);
    return plain[shape] ?? fc.stringMatching(/^[0-9a-f]{32}$/).map((digits) => shape + digits);
  }
  if (!Array.isArray(shape)) return objectsOf(shape as Record<string, Shape>);
  const [kind, ...parts] = shape as [string, ...Shape[]];
  if (kind === "list") return fc.array(valuesOf(parts[0] as Shape), { maxLength: 3 });
  if (kind === "tuple") return fc.tuple(...parts.map(valuesOf));
  if (kind === "words") return fc.constantFrom(...(parts as unknown[]));
  if (kind === "record") return fc.dictionary(fc.string(), valuesOf(parts[0] as Shape), { maxKeys: 3 });
  if (kind === "or") return fc.oneof(...parts.map(valuesOf));
  if (kind === "kinds") return fc.oneof(...Object.values(parts[1] as Record<string, Shape>).map(valuesOf));
  if (kind === "else" || kind === "loose" || kind === "partial") return valuesOf(parts[0] as Shape);
  throw new Error(`No values for "${kind}".`);
}

function objectsOf(fields: Record<string, Shape>): fc.Arbitrary<unknown> {
  const values = Object.entries(fields).map(([name, shape]) => [name.replace("?", ""), valuesOf(shape)] as const);
  const requiredKeys = Object.keys(fields).filter((name) => !name.endsWith("?"));
  return fc.record(Object.fromEntries(values), { requiredKeys, noNullPrototype: true });
}

/** Adds a field that no schema has to every object. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withMore(field)]);
  return { ...Object.fromEntries(fields), newerField: { nested: [1] } };
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, field]) => placesIn(field, [...place, key]))];
}

function replaced(value: unknown, [key, ...rest]: Place, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((entry, at) => (String(at) === key ? replaced(entry, rest, by) : entry));
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: replaced(fields[String(key)], rest, by) };
}

const runs = { numRuns: 40 };

describe.each(answers.map(([name, schema, shape]) => [name, schema, shape] as const))("%s", (_, schema, shape) => {
  test("is read as its schema reads it, whole", () => {
    fc.assert(
      fc.property(valuesOf(shape), (value) => {
        const parsed = schema.safeParse(value);
        expect(parsed.success).toBe(true);
        expect(readAnswer(shape, value)).toEqual(parsed.data);
      }),
      runs,
    );
  });

  test("with something else in any place is no answer, where its schema says so", () => {
    const odd = fc.constantFrom<unknown>(5, true, null, [], {}, "?", -1, 0.5, Number.MAX_VALUE);
    fc.assert(
      fc.property(valuesOf(shape), fc.nat(), odd, (value, at, by) => {
        const places = placesIn(value);
        const other = replaced(value, places[at % places.length] as Place, by);
        const read = readAnswer(shape, other);
        // Whatever is taken is an answer, once what this client does not know is left out of it.
        if (schema.safeParse(other).success) expect(read).not.toBe(invalid);
        if (read !== invalid && read !== unknown) expect(schema.safeParse(withKnownKinds(read)).success).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("with fields that only a newer server has is read without them", () => {
    fc.assert(
      fc.property(valuesOf(shape), (value) => {
        const read = readAnswer(shape, withMore(value));
        if (!holdsAnything(shape)) expect(read).toEqual(readAnswer(shape, value));
        else expect(read).not.toBe(invalid);
      }),
      runs,
    );
  });
});

/** Some shapes keep whatever is in them. */
function holdsAnything(shape: Shape): boolean {
  const whole = typeof shape === "string" ? named[shape] : shape;
  return JSON.stringify(whole).match(/"(loose|record|anything)"/) !== null;
}

/** What a client makes of an unknown kind is its own word, which no schema has; ids are held to their prefix alone. */
function withKnownKinds(read: unknown): unknown {
  const text = JSON.stringify(read).replaceAll('"kind":"unknown"', '"kind":"text"');
  return JSON.parse(text.replaceAll(/"(acc|ses|blk|con|match|mem|room)_[^"]*"/g, `"$1_${"0".repeat(32)}"`), keyFilled);
}

function keyFilled(this: unknown, key: string, value: unknown): unknown {
  // The client's own key of a send is any text here.
  return key === "clientMessageId" ? "a".repeat(8) : value;
}

describe("a word that only a newer server has", () => {
  test("leaves out the entry of a list that holds it, and the optional field", () => {
    const room = { ...aRoom(), members: [{ ...aMember(), state: "invited" }, aMember()] };
    const list = { rooms: [room, { ...aRoom(), kind: "stage" }, { ...aRoom(), state: "frozen" }] };
    expect(readAnswer(replyShapes["room.list"], list)).toEqual({ rooms: [{ ...aRoom(), members: [aMember()] }] });
    expect(readAnswer(httpShapes["GET nickname"], { isAvailable: false, code: "nickname.rude" })).toEqual({
      isAvailable: false,
    });
  });

  test("makes a message one of unknown kind, which keeps its place", () => {
    const { seq, ord, rev, sentAt } = aMessage({ seq: 4 });
    const place = { seq, ord, rev, sentAt, kind: "unknown" };
    const poll = { ...aMessage({ seq: 4 }), kind: "poll", choices: [] };
    const line = { seq, ord, rev, sentAt, kind: "system", system: { event: "room.painted" } };
    for (const message of [poll, line]) {
      expect(readAnswer("Message", message)).toEqual(place);
      expect(readAnswer("RoomChange", { rev, message })).toEqual({ rev, message: place });
    }
    expect(readAnswer("Message", { ...poll, seq: "4" })).toBe(invalid);
  });

  test("leaves a message its text, whatever else it carries", () => {
    const message = aMessage({ seq: 4 });
    const reply = { v: 1, reply: { seq: 2 } };
    const carried: [unknown, unknown][] = [
      [reply, reply],
      [{ ...reply, poll: { choices: [] } }, reply],
      [{ v: 1, reply: { seq: 2, part: "b" } }, reply],
      [{ v: 1, poll: { choices: [] } }, { v: 1 }],
      [{ v: 1, reply: { seq: "2" } }, { v: 1 }],
    ];
    for (const [extra, read] of carried) {
      expect(readAnswer("Message", { ...message, extra })).toEqual({ ...message, extra: read });
    }
    // What a client of before there was such content makes of it.
    const [, { "extra?": _, ...older }] = named.Message as readonly [string, Record<string, Shape>];
    expect(readAnswer(older, { ...message, extra: reply })).toEqual(message);
    for (const extra of [{ v: 2, reply: { seq: 2 } }, { reply: { seq: 2 } }, "poll", 7, [reply]]) {
      expect(readAnswer("RoomChange", { rev: 4, message: { ...message, extra } })).toEqual({ rev: 4, message });
    }
  });

  test("leaves a change of a room with its place alone", () => {
    const member = { ...aMember(), state: "invited" };
    expect(readAnswer("RoomChange", { rev: 4, member })).toEqual({ rev: 4 });
  });

  test("is read as what comes closest where something has to stand", () => {
    expect(readAnswer("MatchState", { state: "idle", reason: "curfew" })).toEqual({ state: "idle", reason: "none" });
    expect(readAnswer("MatchState", { state: "auditioning" })).toEqual({ state: "idle", reason: "none" });
    const options = { signUp: "lottery", isMailOn: true, providers: [] };
    expect(readAnswer("AuthOptions", options)).toEqual({ ...options, signUp: "closed" });
  });

  test("makes the whole unknown where nothing may be missing", () => {
    expect(readAnswer("SignInStep", { next: "retina_scan" })).toBe(unknown);
    expect(readAnswer("Entered", { next: "retina_scan" })).toBe(unknown);
    expect(
      readAnswer(pushShapes["presence.changed"], { roomId: "room_1", memberId: "mem_1", presence: "asleep" }),
    ).toBe(unknown);
  });

  test("is a word: anything else in its place is no answer", () => {
    expect(readAnswer("MatchState", { state: 7 })).toBe(invalid);
    expect(readAnswer("MatchState", { state: "idle", reason: 7 })).toBe(invalid);
    expect(readAnswer("Message", { ...aMessage({ seq: 1 }), kind: null })).toBe(invalid);
  });
});

test("names of an object's own machinery are fields like others, and change nothing", () => {
  const exported = JSON.parse('{"exportedAt":"2026-01-01T00:00:00Z","parts":{"__proto__":{"polluted":true}}}');
  const read = readAnswer("AccountExport", exported) as { parts: object };
  expect(Object.keys(read.parts)).toEqual(["__proto__"]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(readAnswer("SignInStep", { next: "constructor" })).toBe(unknown);
  expect(readAnswer("Alias", Object.create({ adjective: 1, noun: 1 }))).toBe(invalid);
});
