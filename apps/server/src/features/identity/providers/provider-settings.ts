import { findNameFault, normalizeName } from "@maru/protocol";
import * as z from "zod";
import { StartError } from "../../../platform/start-error.ts";

/** An OpenID Connect provider that people may sign in through. */
export type ProviderSettings = {
  /** Part of addresses: `/api/auth/providers/{id}/callback`. */
  readonly id: string;
  /** As people know it. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
};

const further = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
    name: z
      .string()
      .refine(
        (name) => findNameFault(name, "provider") === null,
        "must be 1 to 40 characters, all of which can be seen",
      )
      .transform(normalizeName),
    issuer: z.url({ protocol: /^https?$/ }),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    scope: z.string().default("openid email profile"),
  }),
);

/** What the operator gave for each provider; see `docs/operate/identity.md`. */
export type ProviderConfig = {
  readonly googleClientId: string;
  readonly googleClientSecret: string | null;
  readonly kakaoClientId: string;
  readonly kakaoClientSecret: string | null;
  /** JSON list of further providers. */
  readonly providers: string | null;
};

/** Puts the operator's providers together; throws a {@link StartError} in words when they cannot be used. */
export function readProviders(config: ProviderConfig): ProviderSettings[] {
  const found: ProviderSettings[] = [];
  const addPreset = (preset: Omit<ProviderSettings, "clientSecret">, clientSecret: string | null) => {
    if (preset.clientId === "") return;
    if (!clientSecret) throw new StartError(`${preset.name} sign-in has a client id but no client secret.`);
    found.push({ ...preset, clientSecret });
  };
  addPreset(
    {
      id: "google",
      name: "Google",
      issuer: "https://accounts.google.com",
      clientId: config.googleClientId,
      scope: "openid email profile",
    },
    config.googleClientSecret,
  );
  addPreset(
    {
      id: "kakao",
      name: "카카오",
      issuer: "https://kauth.kakao.com",
      clientId: config.kakaoClientId,
      scope: "openid account_email profile_nickname",
    },
    config.kakaoClientSecret,
  );
  found.push(...readFurther(config.providers));
  const ids = found.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new StartError(`Two sign-in providers have the id ${twice}.`);
  return found;
}

function readFurther(text: string | null): ProviderSettings[] {
  if (!text) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StartError("MARU_OIDC_PROVIDERS is not JSON.");
  }
  const parsed = further.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new StartError(`MARU_OIDC_PROVIDERS is not right: ${faults.join("; ")}.`);
}
