import type { Log } from "../../platform/log.ts";
import type { SecretBox } from "../../platform/secret-box.ts";
import { StartError } from "../../platform/start-error.ts";
import { addSealingMark, readOrWriteSealMark, replaceSealMarks } from "./store-seal-mark.ts";

const purpose = "seal mark";
const text = "maru";

type Deps = { readonly sql: Bun.SQL; readonly secretBox: Pick<SecretBox, "fingerprint" | "fingerprints"> };

/**
 * Holds the secrets of a node against the marks that the database keeps of them. Without the one that the database was
 * sealed with the node does not start: it would take what the others have sealed for broken. That another node seals under
 * one that is not known here is said loudly, and that there is something to seal anew.
 */
export async function checkSealMark({ sql, secretBox, log }: Deps & { readonly log: Log }): Promise<void> {
  const own = secretBox.fingerprint(purpose, text);
  const known = secretBox.fingerprints(purpose, text);
  const { mark, sealingMarks } = await readOrWriteSealMark(sql, own);
  if (!known.includes(mark)) {
    throw new StartError(
      "The secret is not the one that this database was sealed with. Give this node the earlier one too, in MARU_SECRET_KEYS_OLD; or, if it is not meant to change, as MARU_SECRET_KEY or as the file secret-key of the data folder. If it is lost for good: ./maru reseal --give-up",
    );
  }
  await addSealingMark(sql, own);
  if (sealingMarks.some((other) => !known.includes(other))) {
    log.error(
      "Another node seals under a secret key that this one does not have: authenticator apps and mails of that node cannot be read here. Put it into MARU_SECRET_KEYS_OLD, or give every node the same MARU_SECRET_KEY.",
    );
  }
  if (mark !== own) {
    log.warn("Some things are sealed under an earlier secret key. Once every node has the new one, run: ./maru reseal");
  }
}

/** Whether a node has sealed under the present secret: whatever seals under another one by mistake does great harm. */
export async function isSecretInUse({ sql, secretBox }: Deps): Promise<boolean> {
  const own = secretBox.fingerprint(purpose, text);
  const { mark, sealingMarks } = await readOrWriteSealMark(sql, own);
  return mark === own || sealingMarks.includes(own);
}

/** Notes that nothing is left that is sealed under another secret than the present one. */
export async function noteResealed({ sql, secretBox }: Deps): Promise<void> {
  await replaceSealMarks(sql, secretBox.fingerprint(purpose, text));
}
