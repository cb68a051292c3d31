import { spawnSync } from "node:child_process";
import { StartError } from "../start-error.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";

/**
 * A way to run Postgres, which refuses to run as root. All of them work on the same folder, in place: a machine that
 * allows another way after an upgrade finds the data that was made by the first.
 */
export type PostgresLauncher = {
  readonly name: string;
  /** Words put before each command. */
  readonly prefix: readonly string[];
  /** Whom the files of the cluster must belong to. */
  readonly owner: { readonly uid: number; readonly gid: number };
};

/** The account that owns nothing; every system has it in its list of accounts. */
const nobody = 65_534;

/**
 * The launchers for this account, the best first. As root: `nobody` with the one capability that lets it into folders of
 * others; where that is not to be had, a user namespace in which root's files look like those of `nobody`.
 */
export function listPostgresLaunchers(
  account = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
): PostgresLauncher[] {
  if (account.uid !== 0) return [{ name: "as it is", prefix: [], owner: account }];
  const capability = "-all,+dac_override";
  return [
    {
      name: "as nobody",
      prefix: [
        "setpriv",
        ...[`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"],
        ...[`--inh-caps=${capability}`, `--ambient-caps=${capability}`],
        // Its programs ask before they enter, and the kernel answers for an account without capabilities unless told.
        ...["--securebits=+no_setuid_fixup", "--"],
      ],
      owner: { uid: nobody, gid: nobody },
    },
    {
      name: "in a user namespace",
      prefix: ["unshare", "--user", `--map-user=${nobody}`, `--map-group=${nobody}`, "--"],
      owner: account,
    },
  ];
}

/** Chooses the first launcher by which Postgres runs and reaches the data folder; throws words when none does. */
export function choosePostgresLauncher(
  launchers: readonly PostgresLauncher[],
  binaries: PostgresBinaries,
  data: string,
): PostgresLauncher {
  const refusals: string[] = [];
  for (const launcher of launchers) {
    // Tells what it would do, having looked for the server and its files, and does nothing.
    const look = ["/bin/sh", "-c", 'cd "$1" && exec "$2" --show -D "$1"', "sh", data, binaries.initdb];
    const [program = "", ...words] = [...launcher.prefix, ...look];
    const { status, stderr, error } = spawnSync(program, words, {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      env: environmentOf(binaries),
    });
    if (status === 0) return launcher;
    refusals.push(`${launcher.name}: ${(error?.message ?? stderr).trim()}`);
  }
  throw new StartError(
    `The embedded Postgres does not run here with the data folder ${data}.\n` +
      `${refusals.map((refusal) => `  - ${refusal}`).join("\n")}\n` +
      "Start Maru as an ordinary account of this system (in /etc/passwd) that owns the data folder and may read the program, or set DATABASE_URL to a Postgres of your own.",
  );
}

/** What Postgres' programs see of the environment. */
export function environmentOf({ libraryPath }: PostgresBinaries): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    LC_ALL: "C",
    TZ: "UTC",
    ...(libraryPath === null ? {} : { LD_LIBRARY_PATH: libraryPath }),
  };
}
