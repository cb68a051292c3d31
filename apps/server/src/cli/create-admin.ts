import { readConfig } from "../config/index.ts";
import { StartError } from "../platform/start-error.ts";
import { parseFlags } from "./parse-flags.ts";
import { withIdentity } from "./with-identity.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Makes an operator, or of an account that is there one, and prints the link of the first sign-in. With
 * `--reset-second-factor` it also lets an operator in again who lost authenticator app, passkeys and recovery codes.
 */
export async function createAdmin(env: Environment, args: readonly string[], print = console.log): Promise<number> {
  const own = parseFlags(args, { values: ["--nickname"], switches: ["--reset-second-factor"] });
  const [email, ...more] = own.words;
  if (email === undefined || more.length > 0) {
    throw new StartError("Usage: ./maru create-admin EMAIL [--nickname NAME] [--reset-second-factor]");
  }
  const nickname = own.values["--nickname"] ?? "운영자";
  const resetsSecondFactor = own.switches.has("--reset-second-factor");
  const { url } = await withIdentity(readConfig(env, own.rest), (identity) =>
    identity.createOperator({ email, nickname, resetsSecondFactor }),
  );
  print(`Open this link within a day to set a password and a second factor. It works once:\n\n  ${url}\n`);
  return 0;
}
