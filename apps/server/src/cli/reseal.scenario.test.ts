import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@maru/testkit";
import { systemClock } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { createJobs } from "../platform/jobs/jobs.ts";
import { silentLog } from "../platform/log.ts";
import type { MailTransport } from "../platform/mail/mail.ts";
import { createOutbox } from "../platform/mail/outbox.ts";
import { createSecretBox } from "../platform/secret-box.ts";
import { mintAccount } from "../testing/mint-account.ts";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../testing/spawn-server.ts";
import { reseal } from "./reseal.ts";

const main = join(import.meta.dir, "../main.ts");
const [first, second] = [
  "the first secret of the cluster, long enough",
  "the second secret of the cluster, long enough",
];
const nothing = "Nothing to do: everything is sealed under the present secret.";

let database: TestDatabase;
let data: string;
let servers: SpawnedServer[];
beforeEach(async () => {
  database = await openTestDatabase();
  data = await mkdtemp(join(tmpdir(), "maru-reseal-"));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.close();
  await rm(data, { recursive: true });
});

async function startNode(secret: string, ...earlier: string[]): Promise<SpawnedServer> {
  const server = await spawnServer({ databaseUrl: database.url, env: settingsOf(secret, ...earlier) });
  servers.push(server);
  return server;
}

const settingsOf = (secret: string, ...earlier: string[]) => ({
  MARU_SECRET_KEY: secret,
  ...(earlier.length > 0 && { MARU_SECRET_KEYS_OLD: JSON.stringify(earlier) }),
});

/** Runs the command with the settings of a node; returns its exit code and what it prints. */
async function runReseal(env: Record<string, string>, ...args: string[]): Promise<string[]> {
  const lines: string[] = [];
  const settings = { DATABASE_URL: database.url, ...env };
  const exit = await reseal(settings, [...args, "--data", data], (line: string) => lines.push(line));
  return [`exit ${exit}`, ...lines];
}

/** Mails that wait, and people with an authenticator app, sealed under a secret. */
async function fill(secret: string, { mails = 0, apps = 0 }): Promise<void> {
  const { sql } = database.db;
  const secretBox = createSecretBox(secret);
  const transport: MailTransport = { send: async () => {}, close: () => {} };
  const jobs = createJobs({ db: database.db, clock: systemClock, log: silentLog });
  const outbox = createOutbox({ jobs, log: silentLog, secretBox, transport });
  for (let i = 0; i < mails; i++) {
    await outbox.enqueue(sql, { to: "bom@maru.example", subject: `${i}`, text: "", html: "" });
  }
  for (let i = 0; i < apps; i++) {
    const { accountId } = await mintAccount(database.db, `앱 ${newId().slice(-6)}`);
    await sql`
      insert into identity_totp (account_id, auth_epoch, sealed, created_at)
      values (${accountId}, 1, ${secretBox.seal("totp secret", `key ${i}`)}, now())`;
  }
}

/** How many of the mails and of the apps each secret opens. */
async function countOpen(secret: string): Promise<{ mails: number; apps: number }> {
  const { sql } = database.db;
  const secretBox = createSecretBox(secret);
  const count = (rows: { sealed: string }[], purpose: string) =>
    rows.filter(({ sealed }) => secretBox.open(purpose, sealed) !== null).length;
  return {
    mails: count(await sql`select payload as sealed from platform_jobs where kind = 'mail.send'`, "mail"),
    apps: count(await sql`select sealed from identity_totp`, "totp secret"),
  };
}

describe("a change of the secret", () => {
  test("goes over a live cluster, node by node, and ends with nothing under the earlier one", async () => {
    await startNode(first);
    await fill(first, { mails: 3, apps: 2 });
    expect(await runReseal(settingsOf(first))).toEqual(["exit 0", nothing]);
    // Nobody seals under the new secret yet: a shell with other settings than the nodes' does no harm.
    expect(await runReseal(settingsOf(second, first)).catch(String)).toContain("No node has sealed under this secret");
    const changed = await startNode(second, first);
    expect(changed.output()).toContain("./maru reseal");
    expect(await runReseal(settingsOf(second, first))).toEqual([
      "exit 0",
      "waiting mails: 3 sealed anew",
      "authenticator apps: 2 sealed anew",
    ]);
    expect([await countOpen(first), await countOpen(second)]).toEqual([
      { mails: 0, apps: 0 },
      { mails: 3, apps: 2 },
    ]);
    // The node that seals under the earlier one still goes on; what it seals is found by the next run.
    await fill(first, { mails: 1 });
    expect(await runReseal(settingsOf(second, first))).toEqual(["exit 0", "waiting mails: 1 sealed anew"]);
    expect(await runReseal(settingsOf(second, first))).toEqual(["exit 0", nothing]);
    expect((await startNode(second)).output()).not.toContain("secret key");
  }, 60_000);

  test("goes on where a kill ended it", async () => {
    await startNode(second, first);
    await fill(first, { mails: 30, apps: 3 });
    const env = { ...process.env, DATABASE_URL: database.url, ...settingsOf(second, first) };
    const holder = database.connect();
    const killed = await holder.transaction(async (tx) => {
      await tx`lock table identity_totp in access exclusive mode`;
      const child = Bun.spawn([process.execPath, main, "reseal", "--data", data], { env, stdout: "pipe" });
      await eventually(
        "it waits for the apps, and has done the mails",
        async () => {
          const [row] = await database.db.sql<{ is_waiting: boolean }[]>`
          select exists (
            select from pg_stat_activity where wait_event_type = 'Lock' and query like '%identity_totp%'
          ) as is_waiting`;
          return row?.is_waiting === true;
        },
        30_000,
      );
      child.kill("SIGKILL");
      await child.exited;
      return child.signalCode;
    });
    expect(killed).toBe("SIGKILL");
    expect(await countOpen(second)).toEqual({ mails: 30, apps: 0 });
    expect(await countOpen(first)).toEqual({ mails: 0, apps: 3 });
    expect(await runReseal(settingsOf(second, first))).toEqual(["exit 0", "authenticator apps: 3 sealed anew"]);
    expect(await countOpen(second)).toEqual({ mails: 30, apps: 3 });
  }, 60_000);

  test("without the earlier secret is refused at the start in words, and damages nothing", async () => {
    await (await startNode(first)).stop();
    servers = [];
    await fill(first, { mails: 2, apps: 1 });
    // As versions left them that named no key: to a node without it they look broken.
    await database.db.sql`
      update platform_jobs set payload = split_part(payload, '=', 1) where kind = 'mail.send'`;
    const mail = { MARU_SMTP_URL: "smtp://127.0.0.1:1", MARU_MAIL_FROM: "maru@maru.example" };
    const env = { ...settingsOf(second), ...mail };
    const refusal = await spawnServer({ databaseUrl: database.url, env }).catch(String);
    expect(refusal).toContain("The secret is not the one that this database was sealed with.");
    expect(refusal).toContain("MARU_SECRET_KEYS_OLD");
    expect(await countOpen(first)).toEqual({ mails: 2, apps: 1 });
  }, 60_000);

  test("whose earlier secret is lost can be given up: mails go, apps stay and open nothing, nodes start", async () => {
    await (await startNode(first)).stop();
    servers = [];
    await fill(first, { mails: 2, apps: 1 });
    expect(await runReseal(settingsOf(second), "--give-up")).toEqual([
      "exit 0",
      "waiting mails: 2 given up",
      "authenticator apps: 1 given up",
    ]);
    const rows = await database.db.sql<{ mails: number; apps: string }[]>`
      select
        (select count(*)::int from platform_jobs where kind = 'mail.send') as mails, (select sealed from identity_totp) as apps`;
    expect({ ...rows[0] }).toEqual({ mails: 0, apps: "" });
    expect((await startNode(second)).output()).not.toContain("secret key");
    expect(await runReseal(settingsOf(second))).toEqual(["exit 0", nothing]);
  }, 60_000);

  test("leaves the mail that a worker has in hand, and says so", async () => {
    await startNode(second, first);
    await fill(first, { mails: 2 });
    const [held] = await database.db.sql<{ id: string }[]>`
      update platform_jobs set holder = 'a worker', due_at = now() + interval '1 minute'
      where id = (select id from platform_jobs where kind = 'mail.send' order by id limit 1)
      returning id`;
    const [exit, ...lines] = await runReseal(settingsOf(second, first));
    expect([exit, ...lines.slice(0, 2)]).toEqual([
      "exit 1",
      "waiting mails: 1 sealed anew",
      "waiting mails: 1 that others hold or wrote meanwhile",
    ]);
    await database.db.sql`update platform_jobs set holder = null where id = ${held?.id ?? ""}`;
    expect(await runReseal(settingsOf(second, first))).toEqual(["exit 0", "waiting mails: 1 sealed anew"]);
    expect(await countOpen(second)).toEqual({ mails: 2, apps: 0 });
  }, 60_000);

  test("is told what no known secret opens, and touches none of it", async () => {
    await startNode(second);
    await fill(first, { mails: 2 });
    expect(await runReseal(settingsOf(second))).toEqual([
      "exit 1",
      "waiting mails: 2 that no known secret opens",
      "Put the secret that is missing into MARU_SECRET_KEYS_OLD and run this again; if it is lost for good, with --give-up.",
    ]);
    expect(await countOpen(first)).toEqual({ mails: 2, apps: 0 });
  }, 60_000);

  test("takes no words that it would pass over, and makes no secret of its own", async () => {
    expect(await runReseal(settingsOf(second), "now").catch(String)).toContain("takes no more words, and «now» is one");
    expect(await runReseal({}).catch(String)).toContain("There is no secret: neither MARU_SECRET_KEY is set, nor is");
    await writeFile(join(data, "secret-key"), `${second}\n`, { mode: 0o600 });
    expect(await runReseal({ MARU_SECRET_KEYS_OLD: JSON.stringify([second]) }).catch(String)).toContain(
      "MARU_SECRET_KEYS_OLD names the present secret",
    );
  });
});
