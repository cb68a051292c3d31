import { named, type Shape } from "./answer-shapes.ts";

/** What a reading gives for a value with a word that this client does not know: a newer server may say it. */
export const unknown: unique symbol = Symbol("unknown");
/** What a reading gives for a value that has not this shape: no answer of ours. */
export const invalid: unique symbol = Symbol("invalid");

type Read = unknown;
type Reader = (given: unknown, ...parts: never[]) => Read;

/**
 * Reads a value by its shape, in the small language that answer-shapes.ts is written in: the name of a kind of value or of
 * another shape, a prefix of ids (`room_`), an object of shapes (`name?` may be missing), or a list that begins with how it
 * is read. Fields that it does not name are dropped, and what holds an unknown word is left out where
 * something may be missing (an entry of a list, an optional field) or read as its shape says; else the whole is `unknown`.
 */
export function readAnswer(shape: Shape, given: unknown): Read {
  if (typeof shape === "string") return readPlain(shape, given);
  if (!Array.isArray(shape)) return readObject(shape as Fields, given);
  const [name, ...parts] = shape as unknown as readonly [keyof typeof readers, ...never[]];
  return (readers[name] as Reader)(given, ...parts);
}

type Fields = { readonly [name: string]: Shape };

function readPlain(shape: string, given: unknown): Read {
  const isGood = plain[shape];
  if (isGood) return isGood(given) ? given : invalid;
  const other = named[shape];
  if (other !== undefined) return readAnswer(other, given);
  // A prefix of ids.
  return typeof given === "string" && given.startsWith(shape) ? given : invalid;
}

const plain: Readonly<Record<string, (given: unknown) => boolean>> = {
  anything: () => true,
  null: (given) => given === null,
  text: (given) => typeof given === "string",
  moment: (given) => typeof given === "string" && !Number.isNaN(Date.parse(given)),
  yesno: (given) => typeof given === "boolean",
  number: (given) => typeof given === "number",
  whole: (given) => Number.isSafeInteger(given),
  count: (given) => Number.isSafeInteger(given) && (given as number) >= 0,
};

const readers = {
  list: (given: unknown, entry: Shape) => readEach(given, () => entry, true),
  tuple: (given: unknown, ...entries: Shape[]) =>
    Array.isArray(given) && given.length >= entries.length
      ? readEach(given.slice(0, entries.length), (at) => entries[at] as Shape, false)
      : invalid,
  words: (given: unknown, ...words: unknown[]) =>
    words.includes(given) ? given : typeof given === "string" ? unknown : invalid,
  /** Entries under any name; those that are something else are left out. */
  record(given: unknown, entry: Shape) {
    if (!isObject(given)) return invalid;
    const entries = Object.entries(given).map(([key, value]) => [key, readAnswer(entry, value)] as const);
    return Object.fromEntries(entries.filter(([, read]) => read !== invalid && read !== unknown));
  },
  /** The first that fits. */
  or(given: unknown, ...shapes: Shape[]) {
    let worst: unknown = invalid;
    for (const shape of shapes) {
      const read = readAnswer(shape, given);
      if (read !== invalid && read !== unknown) return read;
      if (read === unknown) worst = unknown;
    }
    return worst;
  },
  /** Objects distinguished by one field. */
  kinds(given: unknown, key: string, shapes: Fields) {
    const word = isObject(given) ? given[key] : undefined;
    if (typeof word !== "string" && typeof word !== "boolean") return invalid;
    const name = String(word);
    return Object.hasOwn(shapes, name) ? readAnswer(shapes[name] as Shape, given) : unknown;
  },
  /** Fields that are not named stay too. */
  loose(given: unknown, fields: Fields) {
    const read = readObject(fields, given);
    return isObject(read) ? { ...(given as object), ...read } : read;
  },
  /** Each field by itself: what cannot be read of one that may be missing is left out, and without the others it is nothing. */
  partial(given: unknown, fields: Fields) {
    if (!isObject(given)) return undefined;
    const object: Record<string, unknown> = {};
    for (const field in fields) {
      const read = readObject({ [field]: fields[field] as Shape }, given);
      if (isObject(read)) Object.assign(object, read);
      else if (!field.endsWith("?")) return undefined;
    }
    return object;
  },
  /** Something instead of what is unknown, and of that the fields to keep. */
  else(given: unknown, shape: Shape, instead: unknown, keeping?: readonly string[]) {
    const read = keeping ? readObject(shape as Fields, given, true) : readAnswer(shape, given);
    if (read !== unknown || !keeping) return read === unknown ? instead : read;
    const fields = Object.entries(shape as Fields).filter(([name]) => keeping.includes(name));
    const kept = readObject(Object.fromEntries(fields), given);
    return isObject(kept) ? { ...kept, ...(instead as object) } : kept;
  },
} as const;

/** Reads the fields; `isWhole` where one that may be missing makes all unknown when it is. */
function readObject(fields: Fields, given: unknown, isWhole = false): Read {
  if (!isObject(given)) return invalid;
  const object: Record<string, unknown> = {};
  for (const field in fields) {
    const isOptional = field.endsWith("?");
    const name = isOptional ? field.slice(0, -1) : field;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (isOptional && (value === undefined || value === null)) continue;
    const read = readAnswer(fields[field] as Shape, value);
    if (isOptional && (read === undefined || (read === unknown && !isWhole))) continue;
    if (read === unknown || read === invalid) return read;
    object[name] = read;
  }
  return object;
}

function readEach(given: unknown, shapeAt: (at: number) => Shape, skips: boolean): Read {
  if (!Array.isArray(given)) return invalid;
  const entries: unknown[] = [];
  for (let at = 0; at < given.length; at++) {
    const read = readAnswer(shapeAt(at), given[at]);
    if (read === unknown && skips) continue;
    if (read === unknown || read === invalid) return read;
    entries.push(read);
  }
  return entries;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
