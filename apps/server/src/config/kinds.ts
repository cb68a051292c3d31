import { resolve } from "node:path";

/** One setting: where it comes from, what it is when nothing is said, and what it means. */
export type Setting<T> = {
  readonly env: string;
  readonly flag: string | null;
  readonly fallback: T;
  /** What values look like, for people. */
  readonly kind: string;
  readonly doc: string;
  readonly isSecret: boolean;
  /** Reads a value; throws words that finish the sentence «NAME …». */
  readonly read: (value: string) => T;
};

export function text(env: string, flag: string | null, fallback: string, doc: string): Setting<string> {
  return { env, flag, fallback, kind: "text", doc, isSecret: false, read: (value) => value.trim() };
}

export function optionalText(env: string, flag: string | null, doc: string, isSecret = false): Setting<string | null> {
  return { env, flag, fallback: null, kind: "text", doc, isSecret, read: (value) => value.trim() || null };
}

export function path(env: string, flag: string | null, fallback: string, doc: string): Setting<string> {
  const read = (value: string) => {
    if (value.trim() === "") throw new Error("must name a folder");
    return resolve(value);
  };
  return { env, flag, fallback: resolve(fallback), kind: "folder", doc, isSecret: false, read };
}

export function number(
  env: string,
  flag: string | null,
  fallback: number,
  range: { min: number; max: number },
  doc: string,
): Setting<number> {
  const read = (value: string) => {
    const found = Number(value);
    if (!/^-?\d+$/.test(value.trim()) || found < range.min || found > range.max) {
      throw new Error(`must be a whole number from ${range.min} to ${range.max}, not «${value}»`);
    }
    return found;
  };
  return { env, flag, fallback, kind: `${range.min}–${range.max}`, doc, isSecret: false, read };
}

export function flag(env: string, name: string | null, fallback: boolean, doc: string): Setting<boolean> {
  const read = (value: string) => {
    if (/^(1|true|yes|on)$/i.test(value)) return true;
    if (/^(0|false|no|off|)$/i.test(value)) return false;
    throw new Error(`must be yes or no, not «${value}»`);
  };
  return { env, flag: name, fallback, kind: "yes / no", doc, isSecret: false, read };
}

export function oneOf<T extends string>(
  env: string,
  flagName: string | null,
  fallback: T,
  words: readonly T[],
  doc: string,
): Setting<T> {
  const read = (value: string) => {
    const found = words.find((word) => word === value);
    if (!found) throw new Error(`must be one of ${words.join(", ")}, not «${value}»`);
    return found;
  };
  return { env, flag: flagName, fallback, kind: words.join(" / "), doc, isSecret: false, read };
}

/** The address of a service, with one of the schemes given. */
export function address(
  env: string,
  flagName: string | null,
  schemes: readonly string[],
  doc: string,
  isSecret = false,
): Setting<string | null> {
  const read = (value: string) => {
    const found = value.trim();
    if (found === "") return null;
    if (!URL.canParse(found) || !schemes.includes(new URL(found).protocol) || new URL(found).hostname === "") {
      throw new Error(`must begin with ${schemes.map((scheme) => `${scheme}//`).join(" or ")} and name a host`);
    }
    return found;
  };
  return { env, flag: flagName, fallback: null, kind: "address", doc, isSecret, read };
}

/** Origins: scheme, host and port, nothing else. */
export function list(
  env: string,
  flagName: string | null,
  fallback: readonly string[],
  doc: string,
): Setting<readonly string[]> {
  const read = (value: string) => {
    const words = value
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "");
    for (const word of words) {
      if (!URL.canParse(word) || new URL(word).origin !== word || !/^https?:/.test(word)) {
        throw new Error(`must list origins such as https://talk.example, without a path; «${word}» is none`);
      }
    }
    return words;
  };
  return { env, flag: flagName, fallback, kind: "origins", doc, isSecret: false, read };
}

/** Some of a few words, separated by commas. */
export function someOf<T extends string>(
  env: string,
  flagName: string | null,
  words: readonly T[],
  doc: string,
): Setting<readonly T[]> {
  const read = (value: string) => {
    const named = value.split(",").map((word) => word.trim());
    const unknown = named.find((name) => !words.some((word) => word === name));
    if (unknown !== undefined) throw new Error(`must name some of ${words.join(", ")}, not «${unknown}»`);
    return words.filter((word) => named.includes(word));
  };
  return { env, flag: flagName, fallback: words, kind: words.join(","), doc, isSecret: false, read };
}
