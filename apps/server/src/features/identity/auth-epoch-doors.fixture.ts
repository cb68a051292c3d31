import type { Sources } from "../../testing/program-sources.ts";
import type { Journey } from "./auth-epochs.ts";

/**
 * The doors of `auth-epochs.ts` that compare no epoch, and the only files that may go through each. A further caller has
 * to say here why nothing could have been outdated.
 */
export const uncomparedDoors: { readonly [door: string]: readonly string[] } = {
  // The operator's own authority outlives every change of the owner's.
  lockForOperator: ["account-states.ts", "operators.ts"],
  raiseForOperator: ["account-states.ts", "operators.ts"],
  // Whoever is signed in may end everything, themselves included.
  raiseForSignOut: ["sessions.ts"],
  // Nobody else knows of the account yet.
  takeNew: ["account-making.ts"],
};

/** Everything that is sealed, and the journeys that wait in it; what makes an account, or opens none, has none. */
export const sealPurposes: { readonly [purpose: string]: readonly Journey[] } = {
  mail: [],
  "provider attempt": ["provider_sign_in", "provider_connect"],
  "provider consent": [],
  "sign-in step": ["second_factor", "enroll"],
  "totp secret": ["totp_set_up"],
};

const identityFolder = "features/identity/";

/** The files that name a door, besides the one that has it; those of the feature by their names alone. */
export function findCallers(sources: Sources, door: string): string[] {
  const callers = [...sources].filter(([, text]) => new RegExp(`\\b${door}\\b`).test(text)).map(([name]) => name);
  return callers
    .map((name) => (name.startsWith(identityFolder) ? name.slice(identityFolder.length) : name))
    .filter((name) => name !== "auth-epochs.ts")
    .sort();
}

/** The tables in which something of an account waits, and whether each has the epoch. */
export async function findWaitingTables(sql: Bun.SQL): Promise<{ table: string; has_epoch: boolean }[]> {
  return sql<{ table: string; has_epoch: boolean }[]>`
    select table_name as table, bool_or(column_name = 'auth_epoch') as has_epoch from information_schema.columns
    where table_schema = 'public' and table_name like 'identity_%' group by table_name
    having bool_or(column_name = 'account_id') and bool_or(column_name in ('expires_at', 'sealed'))
    order by table_name`;
}

type Schema = { readonly properties?: Readonly<Record<string, unknown>> };
type Route = {
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
};

/** The paths of all routes at which somebody who is signed in shows the password again. */
export function findProofDoors(paths: Readonly<Record<string, unknown>>): string[] {
  const isDoor = ({ security, requestBody }: Route) =>
    security !== undefined &&
    requestBody?.content?.["application/json"]?.schema?.properties?.["password"] !== undefined;
  return Object.entries(paths)
    .filter(([, methods]) => Object.values(methods as Record<string, Route>).some(isDoor))
    .map(([path]) => path)
    .sort();
}
