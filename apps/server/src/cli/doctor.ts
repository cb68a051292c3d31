import { existsSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/index.ts";
import { listDisputedNicknames } from "../features/identity/index.ts";
import { describeConsumer, findConsumerFault, listConsumers } from "../features/rooms/index.ts";
import { indexFolders, migrationFolders } from "../migrations.ts";
import { systemClock } from "../platform/clock.ts";
import { listUnbuiltIndexes, readBackgroundIndexes } from "../platform/db/background-indexes.ts";
import type { Database } from "../platform/db/database.ts";
import { compareSchema, findWeakDurability } from "../platform/db/inspect.ts";
import { readMigrations } from "../platform/db/migrate.ts";
import { describeJob, failingTries, findJobFault } from "../platform/jobs/inspect-jobs.ts";
import { listJobStates } from "../platform/jobs/store-jobs.ts";
import { silentLog } from "../platform/log.ts";
import { Shutdown } from "../platform/shutdown.ts";
import { findOpenMode } from "./folder-mode.ts";
import { openDatabaseToLook, webRoot } from "./open-platform.ts";

/** What a look found: null when all is well, else words that say what to do. */
type Finding = string | null;

/** Looks at an installation, whether it runs or not, and says what is wrong; the exit code is the number of findings. */
export async function doctor(config: Config): Promise<number> {
  const shutdown = new Shutdown(systemClock, silentLog);
  let faults = 0;
  const print = (name: string, finding: Finding) => {
    if (finding) faults++;
    console.log(`${finding ? "✗" : "✓"} ${name}${finding ? `: ${finding}` : ""}`);
  };
  try {
    print("data folder", await lookAtData(config));
    print("web app", existsSync(join(webRoot, "index.html")) ? null : "It is not built. Run: ./maru build");
    const opened = await openDatabaseToLook(config, shutdown).then(
      (db) => ({ db, why: null }),
      (error: Error) => ({ db: null, why: error.message }),
    );
    const doesAnswer = (await opened.db?.ping()) === true;
    print("database", doesAnswer ? null : (opened.why ?? "It does not answer, or takes no writes."));
    if (opened.db && doesAnswer) {
      print("durability", await lookAtDurability(opened.db));
      const schema = await lookAtSchema(opened.db);
      print("schema", schema);
      if (schema === null) {
        print("indexes", await lookAtIndexes(opened.db));
        print("nicknames", await lookAtNicknames(opened.db));
        for (const line of await lookAtConsumers(opened.db, (finding) => print("room events", finding)))
          console.log(`    ${line}`);
        for (const line of await lookAtJobs(opened.db, (finding) => print("jobs", finding))) console.log(`    ${line}`);
      }
    }
  } finally {
    await shutdown.run();
  }
  return faults;
}

async function lookAtData(config: Config): Promise<Finding> {
  try {
    await mkdir(config.data, { recursive: true, mode: 0o700 });
    await access(config.data, constants.R_OK | constants.W_OK | constants.X_OK);
    return await findOpenMode(config.data);
  } catch (error) {
    return `${config.data} cannot be written (${(error as Error).message}).`;
  }
}

async function lookAtDurability(db: Database): Promise<Finding> {
  const weak = await findWeakDurability(db);
  return weak.length > 0 ? `${weak.join(", ")} is off: a power failure loses acknowledged messages.` : null;
}

async function lookAtSchema(db: Database): Promise<Finding> {
  const { isEmpty, missing, changed } = await compareSchema(db, await readMigrations(migrationFolders));
  if (isEmpty) return "It is empty. It is made at the first start.";
  if (changed.length > 0) return `${changed.join(", ")} changed after it had run.`;
  return missing.length > 0 ? `${missing.length} steps are missing. Run: ./maru migrate` : null;
}

async function lookAtIndexes(db: Database): Promise<Finding> {
  const unbuilt = await listUnbuiltIndexes(db, await readBackgroundIndexes(indexFolders));
  if (unbuilt.length === 0) return null;
  return `${unbuilt.join(", ")} not built yet. A running server builds them by itself; until then some pages are slow.`;
}

/** Finds what is wrong with the work that is owed, and prints how each kind of it stands. */
async function lookAtJobs(db: Database, printFinding: (finding: Finding) => void): Promise<string[]> {
  const states = await listJobStates(db.sql, failingTries);
  const faults = states.map(findJobFault).filter((fault) => fault !== null);
  printFinding(faults.length > 0 ? faults.join(" ") : null);
  return states.map(describeJob);
}

/** Recounts what consumers of rooms have yet to take from the rooms themselves, and returns how each stands. */
async function lookAtConsumers(db: Database, printFinding: (finding: Finding) => void): Promise<string[]> {
  const states = await listConsumers(db);
  const faults = states.map(findConsumerFault).filter((fault) => fault !== null);
  printFinding(faults.length > 0 ? faults.join(" ") : null);
  return states.map(describeConsumer);
}

async function lookAtNicknames(db: Database): Promise<Finding> {
  const disputed = await listDisputedNicknames(db);
  if (disputed.length === 0) return null;
  const lines = disputed.map(({ accountId, nickname, like }) => {
    const liked = like?.isGivenUp
      ? `what ${like.accountId} was called until lately`
      : `${spellOut(like?.nickname ?? "")} (${like?.accountId})`;
    const why = like ? `looks like ${liked}` : "is reserved";
    return `\n    ${spellOut(nickname)} (${accountId}) ${why}`;
  });
  return `${disputed.length} from before the rules may stay, but could be mistaken:${lines.join("")}`;
}

/** A name with what cannot be seen of it, and what is no letter of ASCII or Hangul, as code points. */
function spellOut(name: string): string {
  const letters = [...name].map((letter) =>
    /[ -~\p{Script=Hangul}]/u.test(letter) && !/\p{Default_Ignorable_Code_Point}/u.test(letter)
      ? letter
      : `\\u{${letter.codePointAt(0)?.toString(16)}}`,
  );
  return `"${letters.join("")}"`;
}
