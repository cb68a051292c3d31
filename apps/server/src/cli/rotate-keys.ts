import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readConfig } from "../config/index.ts";
import { announceSigningKey, parseSigningJwks, rotateSigningJwks } from "../features/identity/index.ts";
import { newId } from "../platform/ids.ts";
import { StartError } from "../platform/start-error.ts";

/**
 * Puts a new signing key in front. Nobody is signed out: the old keys go on verifying the access tokens of the last ten
 * minutes. Keys in the data folder are changed there; keys that nodes share are printed, in the two steps that it takes.
 */
export async function rotateKeys(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  print = console.log,
): Promise<number> {
  const config = readConfig(env, args);
  if (config.signingKeys) {
    const old = parseSigningJwks(config.signingKeys);
    const fresh = await rotateSigningJwks(old, newKid());
    print("1. Give every node these keys and restart each: all of them then know the new key.\n");
    print(`MARU_SIGNING_KEYS='${JSON.stringify(announceSigningKey(old, fresh))}'\n`);
    print("2. Once all nodes run with them, give every node these: they sign with the new key.\n");
    print(`MARU_SIGNING_KEYS='${JSON.stringify(fresh)}'`);
    return 0;
  }
  const path = join(config.data, "signing-keys.json");
  const text = await readFile(path, "utf8").catch(() => {
    throw new StartError(`There are no keys in ${config.data} yet; they are made at the first start.`);
  });
  const fresh = await rotateSigningJwks(parseSigningJwks(text), newKid());
  // Whole beside its place, then renamed: a crash leaves the old keys or the new ones.
  await writeFile(`${path}.new`, JSON.stringify(fresh), { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  print("The new key is in place. Restart Maru to sign with it; nobody is signed out.");
  return 0;
}

const newKid = () => newId().slice(-12);
