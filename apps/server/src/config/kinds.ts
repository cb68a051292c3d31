import { isIP } from "node:net";
import { resolve } from "node:path";
import { readNetwork } from "../platform/http/addresses.ts";
import type { ProxyTrust } from "../platform/http/client-address.ts";

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

/** Secrets of a least length, each once: separated by commas, or a JSON list where one has a comma in it. */
export function secrets(env: string, flag: string | null, minLength: number, doc: string): Setting<readonly string[]> {
  const read = (value: string) => {
    const found = value.trim().startsWith("[") ? readTextList(value) : splitList(value);
    // None is said again: what is wrong with it is named by its place.
    const short = found.findIndex((secret) => secret.length < minLength);
    if (short >= 0) {
      throw new Error(
        `must list secrets of at least ${minLength} characters, and number ${short + 1} has ${found[short]?.length}`,
      );
    }
    const twice = found.findIndex((secret, index) => found.indexOf(secret) < index);
    if (twice >= 0) throw new Error(`must list each secret once, and number ${twice + 1} was there before`);
    return found;
  };
  return { env, flag, fallback: [], kind: "secrets", doc, isSecret: true, read };
}

function readTextList(value: string): string[] {
  const wrong = new Error('must be secrets separated by commas, or a JSON list of texts, ["…", "…"]');
  try {
    const found: unknown = JSON.parse(value);
    if (Array.isArray(found) && found.every((one) => typeof one === "string")) return found;
  } catch {
    throw wrong;
  }
  throw wrong;
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
    if (!isDecodable(found)) throw new Error("has a % that stands for nothing; write it as %25");
    return found;
  };
  return { env, flag: flagName, fallback: null, kind: "address", doc, isSecret, read };
}

/** Whether what is percent-encoded in a text can be read. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Origins: scheme, host and port, nothing else, in the form in which browsers send them. */
export function origins(
  env: string,
  flagName: string | null,
  fallback: readonly string[],
  doc: string,
): Setting<readonly string[]> {
  const read = (value: string) => [...new Set(splitList(value).map(readOrigin))];
  return { env, flag: flagName, fallback, kind: "origins", doc, isSecret: false, read };
}

/** Takes what a browser would make of an address; throws words about what it cannot be. */
function readOrigin(word: string): string {
  if (word.includes("*")) {
    throw new Error(`must name each address by itself; «${word}» stands for several, and wildcards are not known`);
  }
  const hasScheme = /^https?:\/\//i.test(word);
  if (!hasScheme) throw new Error(`must list addresses that begin with https:// or http://, and «${word}» does not`);
  if (!URL.canParse(word)) throw new Error(`must list addresses such as https://talk.example; «${word}» names no host`);
  const url = new URL(word);
  if (url.username !== "" || url.password !== "") {
    throw new Error(`must list addresses without a name or password in them; «${url.host}» has one`);
  }
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new Error(`must list addresses without a path, such as ${url.origin}; «${word}» has one`);
  }
  return url.origin;
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** Address to listen on: an IP address or a name. */
export function bindAddress(env: string, flagName: string | null, fallback: string, doc: string): Setting<string> {
  const read = (value: string) => {
    const found = value.trim().replace(/^\[([^\]]*:[^\]]*)\]$/, "$1");
    const isName = /^[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)*\.?$/u.test(found) && !/^[\d.]+$/.test(found);
    // Longer ones are no names of the domain name system, and no address can be made of them.
    const isShort = found.length <= 253 && found.split(".").every((label) => label.length <= 63);
    if (isIP(found) === 0 && !(isName && isShort && URL.canParse(`http://${found}`))) {
      throw new Error(
        `must be an IP address or a name of this machine, not «${value}»; the port is a setting of its own`,
      );
    }
    return found;
  };
  return { env, flag: flagName, fallback, kind: "address", doc, isSecret: false, read };
}

/** A place to listen at besides the port: `PORT` of this machine alone, or `ADDRESS:PORT`; null where nothing is said. */
export function listenAddress(
  env: string,
  flagName: string | null,
  doc: string,
): Setting<{ readonly host: string; readonly port: number } | null> {
  const read = (value: string) => {
    const found = value.trim();
    if (/^(no|off|)$/i.test(found)) return null;
    const [, bracketed, plain, digits = ""] = /^(?:\[([^\]]+)\]:|([^:]+):)?(\d{1,5})$/.exec(found) ?? [];
    const host = bracketed ?? plain ?? "127.0.0.1";
    const port = Number(digits);
    if (isIP(host) === 0 || digits === "" || port > 65_535) {
      throw new Error(`must be a port such as 9464, or an IP address and a port such as 10.0.0.5:9464, not «${value}»`);
    }
    return { host, port };
  };
  return { env, flag: flagName, fallback: null, kind: "address and port", doc, isSecret: false, read };
}

/** Proxies in front: none, so many in a row, or those of some networks. */
export function proxyTrust(env: string, flagName: string | null, doc: string): Setting<ProxyTrust> {
  const read = (value: string) => {
    const found = value.trim();
    if (/^(false|no|off|)$/i.test(found)) return 0;
    if (/^(true|yes|on)$/i.test(found)) return 1;
    if (/^\d{1,2}$/.test(found)) return Number(found);
    const networks = splitList(found);
    const wrong = networks.find((word) => readNetwork(word) === null);
    if (networks.length > 0 && wrong === undefined) return networks;
    throw new Error(
      `must be yes, no, a number of proxies in a row, or networks such as 10.0.0.0/8,fd00::/8, not «${wrong ?? value}»`,
    );
  };
  return { env, flag: flagName, fallback: 0, kind: "no / yes / number / networks", doc, isSecret: false, read };
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
