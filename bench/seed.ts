/**
 * Fills a data folder for a bench through the product's own doors: the server is put together in this process, accounts
 * and match rooms are made by identity and rooms, and everything is stopped before the bench starts a server on it.
 *
 * Usage: bun bench/seed.ts DATA PLAN.json, prints `{accountIds, roomIds, operatorTokens}`. Two things are not as in real use: all
 * accounts share one password hash, because making it takes 40 ms of a core each, and a match room may have more than
 * two members.
 */
import { toWireId } from "@maru/protocol";
import { startApp } from "../apps/server/src/app.ts";
import { openConfiguredDatabase, openLog } from "../apps/server/src/cli/open-platform.ts";
import { readConfig } from "../apps/server/src/config/index.ts";
import type { NewMatchRoom } from "../apps/server/src/features/rooms/index.ts";
import { indexFolders, migrationFolders } from "../apps/server/src/migrations.ts";
import { openBus } from "../apps/server/src/platform/bus/open-bus.ts";
import { systemClock } from "../apps/server/src/platform/clock.ts";
import { buildIndexes, readBackgroundIndexes } from "../apps/server/src/platform/db/background-indexes.ts";
import { migrate, readMigrations } from "../apps/server/src/platform/db/migrate.ts";
import { Shutdown } from "../apps/server/src/platform/shutdown.ts";
import { seededEmail, seededPassword, type WorldPlan } from "./world.ts";

/** Accounts that are made at the same time: as many as the pool has connections. */
const atOnce = 16;
/** Members of the rooms that are made in one transaction. */
const membersAtOnce = 1_000;

const [data = "", planFile = ""] = process.argv.slice(2);
const plan: WorldPlan = await Bun.file(planFile).json();

const passwordHash = await Bun.password.hash(seededPassword);
Bun.password.hash = () => Promise.resolve(passwordHash);

const config = readConfig({ MARU_DATA: data, MARU_PORT: "0", MARU_LOG: "warn" });
const log = openLog(config);
const shutdown = new Shutdown(systemClock, log);
try {
  const db = await openConfiguredDatabase(config, log, shutdown);
  await migrate(db, await readMigrations(migrationFolders), log);
  await buildIndexes(db, await readBackgroundIndexes(indexFolders), log);
  const bus = await openBus(null, { log });
  const app = await startApp({ config, db, bus, log, shutdown, webRoot: `${data}/no-web`, isDev: true });

  const accounts: string[] = new Array(plan.accountCount).fill("");
  let next = 0;
  const makeAccounts = async () => {
    for (let index = next++; index < plan.accountCount; index = next++) {
      const account = { email: seededEmail(index), password: seededPassword, nickname: `bench ${index}` };
      accounts[index] = (await app.identity.createReadyAccount(account)).accountId;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, makeAccounts));

  const roomIds: string[] = [];
  for (const rooms of inPortions(plan.rooms)) {
    const made = await db.transaction((tx) =>
      app.rooms.createMatchRooms(
        tx,
        rooms.map((members) => matchOf(members.map((index) => accounts[index] ?? ""))),
      ),
    );
    roomIds.push(...made.roomIds);
  }
  const operatorTokens: string[] = [];
  for (let index = 0; index < (plan.operatorCount ?? 0); index++) {
    const operator = { email: `keeper-${index}@maru.test`, nickname: `keeper ${index}`, resetsSecondFactor: false };
    operatorTokens.push(new URL((await app.identity.createOperator(operator)).url).hash.slice(1));
  }
  const output = {
    accountIds: accounts.map((id) => toWireId("account", id)),
    roomIds: roomIds.map((id) => toWireId("room", id)),
    operatorTokens,
  };
  await Bun.write(Bun.stdout, JSON.stringify(output));
} finally {
  await shutdown.run();
}
process.exit(0);

function matchOf(accountIds: readonly string[]): NewMatchRoom {
  const members = accountIds.map((accountId, index) => ({
    accountId,
    alias: { adjective: index % 32, noun: index >> 5 },
  }));
  // The door is typed for the two of a match; the rooms behind it have no such bound.
  return { members: members as unknown as NewMatchRoom["members"] };
}

function* inPortions(rooms: WorldPlan["rooms"]): Generator<WorldPlan["rooms"][number][]> {
  let portion: WorldPlan["rooms"][number][] = [];
  let count = 0;
  for (const members of rooms) {
    portion.push(members);
    count += members.length;
    if (count < membersAtOnce) continue;
    yield portion;
    [portion, count] = [[], 0];
  }
  if (portion.length > 0) yield portion;
}
