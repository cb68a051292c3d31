import { join } from "node:path";
import { readOrMakeSecretFile } from "../../platform/key-file.ts";
import type { SignUpMode } from "./accounts/account-creation.ts";
import type { FetchPort } from "./providers/provider-client.ts";
import { type ProviderConfig, readProviders } from "./providers/provider-settings.ts";
import { generateSigningJwks, parseSigningJwks, type SigningJwks } from "./sessions/keys.ts";

const dayMs = 86_400_000;

/** The settings of a node as identity reads them. */
export type IdentityConfig = ProviderConfig & {
  /** Folder of what a node keeps besides the database. */
  readonly data: string;
  readonly signingKeys: string | null;
  readonly signUp: SignUpMode;
  readonly eraseAfterDays: number;
  readonly sessionDays: number;
  readonly operatorName: string;
  readonly operatorContact: string;
};

/** Reads from the settings of a node what identity is made with. */
export async function readIdentitySettings(deps: {
  readonly config: IdentityConfig;
  readonly newId: () => string;
  readonly fetch: FetchPort;
}) {
  const { config } = deps;
  return {
    signingKeys: await readSigningKeys(config, deps.newId),
    signUpMode: config.signUp,
    eraseAfterMs: config.eraseAfterDays * dayMs,
    sessionLifeMs: config.sessionDays * dayMs,
    providers: { settings: readProviders(config), fetch: deps.fetch },
    operator: {
      operatorName: config.operatorName || undefined,
      operatorContact: config.operatorContact || undefined,
    },
    legalFolder: join(config.data, "legal"),
  };
}

async function readSigningKeys({ signingKeys, data }: IdentityConfig, newId: () => string): Promise<SigningJwks> {
  const text =
    signingKeys ??
    (await readOrMakeSecretFile(join(data, "signing-keys.json"), async () =>
      JSON.stringify(await generateSigningJwks(newId().slice(-12))),
    ));
  return parseSigningJwks(text);
}
