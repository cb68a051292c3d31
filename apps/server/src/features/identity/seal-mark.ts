import type { Log } from "../../platform/log.ts";
import type { SecretBox } from "../../platform/secret-box.ts";
import { readOrWriteSealMark } from "./store-seal-mark.ts";

/** Says loudly when a node seals with another secret than the database was sealed with; true when all is well. */
export async function checkSealMark(deps: { readonly sql: Bun.SQL; readonly secretBox: SecretBox; readonly log: Log }) {
  const mark = deps.secretBox.fingerprint("seal mark", "maru");
  const isSame = (await readOrWriteSealMark(deps.sql, mark)) === mark;
  if (!isSame) {
    deps.log.error(
      "The secret key is not the one that this database was sealed with: authenticator apps and mails of other nodes cannot be read. Give every node the same MARU_SECRET_KEY, or this one its old secret-key file.",
    );
  }
  return isSame;
}
