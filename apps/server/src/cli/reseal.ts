import { readConfig } from "../config/index.ts";
import { isSecretInUse, noteResealed } from "../features/identity/index.ts";
import { openSecretBox } from "../open-secret-box.ts";
import { systemClock } from "../platform/clock.ts";
import { silentLog } from "../platform/log.ts";
import { type ResealCount, reseal as resealColumns } from "../platform/reseal.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { StartError } from "../platform/start-error.ts";
import { sealedColumns } from "../sealed-columns.ts";
import { parseFlags } from "./parse-flags.ts";
import { openDatabaseBeside } from "./with-identity.ts";

/**
 * Seals everything anew that is not under the present secret, beside the nodes that run or without them. Returns what it did;
 * the exit code is 1 while something is left that no known secret opens, or that others kept writing.
 */
export async function reseal(
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  print = console.log,
): Promise<number> {
  const { words, switches, rest } = parseFlags(args, { switches: ["--give-up"] });
  if (words[0] !== undefined) throw new StartError(`\`reseal\` takes no more words, and «${words[0]}» is one.`);
  const givesUp = switches.has("--give-up");
  const config = readConfig(env, rest);
  const secretBox = await openSecretBox(config, { makes: false });
  const shutdown = new Shutdown(systemClock, silentLog);
  try {
    const db = await openDatabaseBeside(config, shutdown);
    // A secret that no node has, from a shell with other settings, would shut all of them out.
    if (!givesUp && !(await isSecretInUse({ sql: db.sql, secretBox }))) {
      throw new StartError(
        "No node has sealed under this secret yet, and nothing was done. Start one with these settings first; or run this with the settings of your nodes.",
      );
    }
    const counts = await resealColumns({ db, secretBox, columns: sealedColumns, givesUp });
    const isWhole = counts.every(({ unreadableCount, leftCount }) => unreadableCount + leftCount === 0);
    if (isWhole) await noteResealed({ sql: db.sql, secretBox });
    for (const line of describe(counts)) print(line);
    return isWhole ? 0 : 1;
  } finally {
    await shutdown.run();
  }
}

function describe(counts: readonly ResealCount[]): string[] {
  const lines = counts.flatMap(({ label, resealedCount, givenUpCount, unreadableCount, leftCount }) => [
    ...(resealedCount > 0 ? [`${label}: ${resealedCount} sealed anew`] : []),
    ...(givenUpCount > 0 ? [`${label}: ${givenUpCount} given up`] : []),
    ...(unreadableCount > 0 ? [`${label}: ${unreadableCount} that no known secret opens`] : []),
    ...(leftCount > 0 ? [`${label}: ${leftCount} that others hold or wrote meanwhile`] : []),
  ]);
  if (lines.length === 0) return ["Nothing to do: everything is sealed under the present secret."];
  if (counts.some(({ leftCount }) => leftCount > 0)) {
    lines.push(
      "A node has these in hand, or seals under an earlier secret still. Run this again in a minute; if it says the same then, restart the node that lacks the new secret.",
    );
  }
  if (counts.some(({ unreadableCount }) => unreadableCount > 0)) {
    lines.push(
      "Put the secret that is missing into MARU_SECRET_KEYS_OLD and run this again; if it is lost for good, with --give-up.",
    );
  }
  return lines;
}
