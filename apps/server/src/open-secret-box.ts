import { join } from "node:path";
import type { Config } from "./config/index.ts";
import { newSecret } from "./platform/ids.ts";
import { readOrMakeSecretFile } from "./platform/key-file.ts";
import { createSecretBox, type SecretBox } from "./platform/secret-box.ts";
import { StartError } from "./platform/start-error.ts";

/** Opens the seals of the settings' secret, or of the data folder's, which is made at the first start. */
export async function openSecretBox(config: Config, { makes = true } = {}): Promise<SecretBox> {
  const path = join(config.data, "secret-key");
  const make = async () => {
    if (makes) return newSecret();
    throw new StartError(`There is no secret: neither MARU_SECRET_KEY is set, nor is ${path} there.`);
  };
  const secret = config.secretKey ?? (await readOrMakeSecretFile(path, make)).trim();
  if (secret.length < 32) throw new StartError(`${path} has fewer than 32 characters; restore it.`);
  if (config.secretKeysOld.includes(secret)) {
    throw new StartError(
      `MARU_SECRET_KEYS_OLD names the present secret, that of ${path}; take it out, or put a new one there.`,
    );
  }
  return createSecretBox(secret, config.secretKeysOld);
}
