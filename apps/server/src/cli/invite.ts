import { readConfig } from "../config/index.ts";
import { originOfBind } from "../platform/http/own-addresses.ts";
import { parseFlags, readCount } from "./parse-flags.ts";
import { withIdentity } from "./with-identity.ts";

const dayMs = 86_400_000;

/** Makes an invitation for installations where signing up is by invitation, and prints its code. */
export async function invite(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  print = console.log,
): Promise<number> {
  const own = parseFlags(args, { values: ["--uses", "--days"] });
  const uses = readCount(own.values, "--uses", 1, 100_000);
  const days = readCount(own.values, "--days", 14, 3_650);
  const config = readConfig(env, own.rest);
  const code = await withIdentity(config, (identity) => identity.createInvite({ uses, lifeMs: days * dayMs }));
  const origin = config.origins[0] ?? originOfBind(config.bind, config.port);
  print(`Invitation for ${uses} sign-up(s), good for ${days} days: ${code}\n  ${origin}/sign-up?invite=${code}`);
  if (config.signUp !== "invite") print("Note: MARU_SIGN_UP is not `invite`, so nobody is asked for it.");
  return 0;
}
