import { type JsonSchema, kindOf, sampleOf } from "./json-schema.ts";

/** A value at the edge of a type, and the words for it. */
export type Edge = { readonly what: string; readonly value: unknown };

/** JSON as it is written, where no value of the language is written so: numbers past what it can hold. */
export class Written {
  constructor(readonly json: string) {}
}

/** JSON of a value, with what was written by hand left as it was. */
export function writeJson(value: unknown): string {
  const written: string[] = [];
  const text = JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Written ? `<written ${written.push(part.json) - 1}>` : part,
  );
  return text.replace(/"<written (\d+)>"/g, (_whole, index: string) => written[Number(index)] ?? "null");
}

const edge = (what: string, value: unknown): Edge => ({ what, value });
const named = (value: unknown): Edge => edge(String(value), value);

/** Arrays or objects in each other, so deep; together with their frame they stay within the depth that one may have. */
function nest(depth: number, isArray: boolean): unknown {
  let value: unknown = "bottom";
  for (let i = 0; i < depth; i++) value = isArray ? [value] : { a: value };
  return value;
}

const int32 = 2_147_483_647;
const numbers = [
  0,
  1,
  -1,
  int32 - 1,
  int32,
  int32 + 1,
  -int32 - 2,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  0.5,
  1e21,
  1e308,
];
const writtenNumbers = ["9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e999", "-0", "1E-400"];

function numberEdges({ minimum, maximum }: JsonSchema): Edge[] {
  const bounds = [minimum, maximum].flatMap((bound) => (bound === undefined ? [] : [bound - 1, bound, bound + 1]));
  return [
    ...[...new Set([...numbers, ...bounds])].map(named),
    ...writtenNumbers.map((json) => edge(`${json} as it stands`, new Written(json))),
    ...["1", "NaN", "Infinity", ""].map((text) => edge(`the text «${text}»`, text)),
  ];
}

/** Texts that go wrong somewhere: in a database, an address, a log, an object, a reader of numbers. */
export const texts: readonly Edge[] = [
  edge("empty", ""),
  edge("5,000 characters", "가".repeat(5_000)),
  edge("NUL", "\u0000"),
  edge("NUL inside", "가\u0000나"),
  edge("the first half of a pair", "가\ud83d"),
  edge("the second half of a pair", "\ude00가"),
  edge("a character that is none", "\uffff"),
  edge("a control character", "\u001b[2J"),
  edge("lines", "a\r\nset-cookie: a=b"),
  edge("what cannot be seen", "\u200b\u2060\u00ad"),
  edge("marks without a letter", "\u0301".repeat(50)),
  edge("the name of a prototype", "__proto__"),
  edge("quotes", `'"; drop table rooms_rooms; --`),
  edge("percent", "%00%ff%"),
];

const instants = [
  "0000-01-01T00:00:00Z",
  "0001-01-01T00:00:00.000Z",
  "1969-12-31T23:59:59.999Z",
  "9999-12-31T23:59:59.999Z",
  "+275760-09-13T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "2026-02-29T00:00:00Z",
  "2026-06-30T23:59:60Z",
  "2026-01-01T24:00:00Z",
  `2026-01-01T00:00:00.${"1".repeat(400)}Z`,
];

function textEdges(schema: JsonSchema, sample: unknown): Edge[] {
  const { minLength, maxLength, pattern = "", format } = schema;
  const lengths = [minLength, maxLength].flatMap((bound) => (bound === undefined ? [] : [bound - 1, bound, bound + 1]));
  const found = [...texts, ...lengths.filter((n) => n >= 0).map((n) => edge(`${n} characters`, "가".repeat(n)))];
  if (typeof sample === "string" && sample.length > 3) {
    found.push(edge("one character less", sample.slice(0, -1)), edge("one character more", `${sample}0`));
    found.push(edge("a line's end behind it", `${sample}\n`), edge("in capitals", sample.toUpperCase()));
    found.push(edge("NUL behind it", `${sample}\u0000`), edge("half a pair behind it", `${sample}\ud800`));
  }
  const prefix = /^\^([a-z]+_)\[0-9a-f\]/.exec(pattern)?.[1];
  if (prefix !== undefined) {
    found.push(edge("an id of nothing", prefix + "0".repeat(32)), edge("the last id", prefix + "f".repeat(32)));
    found.push(edge("an id of another kind", `zzz_${"0".repeat(32)}`), edge("an id without its kind", "0".repeat(32)));
  }
  if (format === "date-time") found.push(...instants.map(named));
  if (schema.enum) found.push(...schema.enum.map((word) => edge(`the word ${word}`, word)));
  return found;
}

/** What is no value of the kind at all. */
const strangers: readonly (Edge & { readonly kind: string })[] = [
  { ...edge("null", null), kind: "null" },
  { ...edge("true", true), kind: "boolean" },
  { ...edge("a number", 7), kind: "number" },
  { ...edge("a text", "text"), kind: "string" },
  { ...edge("a list", []), kind: "array" },
  { ...edge("an object", {}), kind: "object" },
];

/** Every edge of one value: those of its kind, all other kinds, and for what has parts the edges of each part. */
export function edgesOf(schema: JsonSchema, sample: unknown, known: (name: string) => unknown): Edge[] {
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return branches.flatMap((branch) => edgesOf(branch, sample, known));
  const kind = kindOf(schema);
  const others = strangers.filter((each) => each.kind !== kind).map(({ what, value }) => edge(what, value));
  const deep = [edge("lists in lists", nest(9, true)), edge("objects in objects", nest(9, false))];
  return [...others, ...deep, ...partEdges(schema, sample, known)];
}

function partEdges(schema: JsonSchema, sample: unknown, known: (name: string) => unknown): Edge[] {
  switch (kindOf(schema)) {
    case "object":
      return objectEdges(schema, (sample ?? {}) as Record<string, unknown>, known);
    case "array":
      return arrayEdges(schema, Array.isArray(sample) ? sample : [], known);
    case "number":
      return numberEdges(schema);
    case "string":
      return textEdges(schema, sample);
    case "boolean":
      return [edge("false", false), edge("the text «true»", "true")];
    default:
      return [...numberEdges(schema), ...textEdges(schema, sample)];
  }
}

function arrayEdges(schema: JsonSchema, sample: readonly unknown[], known: (name: string) => unknown): Edge[] {
  const [first] = sample;
  const lengths = [schema.minItems ?? 0, schema.maxItems ?? 100].flatMap((bound) => [bound - 1, bound, bound + 1]);
  const many = [...new Set(lengths), 1_000].filter((n) => n >= 0);
  return [
    ...many.map((n) =>
      edge(
        `${n} times the same`,
        Array.from({ length: n }, () => first ?? null),
      ),
    ),
    ...edgesOf(schema.items ?? {}, first, known).map(({ what, value }) => edge(`[0] ${what}`, [value])),
    edge("a good one and null", [first, null]),
  ];
}

function objectEdges(schema: JsonSchema, sample: Record<string, unknown>, known: (name: string) => unknown): Edge[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const good = sample[name] ?? sampleOf(field, known, name);
    const edges = edgesOf(field, good, known).map(({ what, value }) =>
      edge(`${name}: ${what}`, { ...sample, [name]: value }),
    );
    const { [name]: _left, ...without } = sample;
    return [...edges, edge(`${name}: as it should be`, { ...sample, [name]: good }), edge(`without ${name}`, without)];
  });
  const added = ["extra", "__proto__", "constructor"].map((name) =>
    edge(`with a field «${name}» more`, new Written(addField(sample, name))),
  );
  const crowd = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`, i]));
  return [...fields, ...added, edge("with 500 fields more", { ...crowd, ...sample })];
}

/** By hand: a literal would set the prototype instead of making a field. */
function addField(sample: Record<string, unknown>, name: string): string {
  const body = writeJson(sample).slice(1, -1);
  return `{${[body, `${JSON.stringify(name)}:{"isAdmin":true}`].filter((part) => part !== "").join(",")}}`;
}
