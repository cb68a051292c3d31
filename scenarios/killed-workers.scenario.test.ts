import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "@maru/client";
import { eventually } from "@maru/testkit";
import { openSmtpServer } from "../apps/server/src/testing/open-smtp-server.ts";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";

const password = "hanok-floor-4";
let database: TestDatabase;
let smtp: Awaited<ReturnType<typeof openSmtpServer>>;
let nodes: SpawnedServer[];
/** Called with each mail that a node hands over; the server answers it once that resolves. */
let onRecipient: (address: string) => Promise<void> = async () => {};

beforeAll(async () => {
  database = await openTestDatabase();
  smtp = await openSmtpServer({
    onRcptTo: ({ address }, _session, done) => void onRecipient(address).then(() => done()),
  });
  const options = {
    databaseUrl: database.url,
    env: { MARU_SMTP_URL: smtp.url, MARU_MAIL_FROM: "마루 <maru@maru.example>", MARU_ERASE_AFTER_DAYS: "1" },
  };
  nodes = await Promise.all([spawnServer(options), spawnServer(options)]);
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()));
  await smtp.close();
  await database.close();
});

/** As if the leases of all jobs had run out, which takes a minute or two. */
const expireLeases = () => database.db.sql`update platform_jobs set due_at = clock_timestamp()`;
const countJobs = async (kind: string): Promise<number> =>
  (await database.db.sql`select count(*)::int as count from platform_jobs where kind = ${kind}`)[0].count;

async function beginSignUp(node: SpawnedServer, name: string) {
  const device = createClient({ url: node.url, deviceName: name });
  const email = `${name}@maru.example`;
  const legal = await device.getLegal();
  const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
  await device.signUp({ email, password, nickname: name, isFourteenOrOver: true, consents });
  return { device, email };
}

test("mails of a node that is killed while it sends are sent by another, each once, and none is lost", async () => {
  const [killed, other] = nodes as [SpawnedServer, SpawnedServer];
  await other.kill("SIGSTOP");
  const inHand = Promise.withResolvers<void>();
  onRecipient = () => {
    inHand.resolve();
    return new Promise(() => {});
  };
  const names = ["bom", "garam", "narae"];
  const emails: string[] = [];
  for (const name of names) {
    const { device, email } = await beginSignUp(killed, name);
    emails.push(email);
    device.close();
  }
  await inHand.promise;
  expect([await countJobs("mail.send"), smtp.mails.length]).toEqual([3, 0]);
  await killed.kill("SIGKILL");
  onRecipient = async () => {};
  await other.kill("SIGCONT");
  await expireLeases();
  for (const email of emails) await smtp.waitForMail(email);
  await eventually("nothing is owed any more", async () => (await countJobs("mail.send")) === 0);
  expect(smtp.mails.map(({ to }) => to[0]).sort()).toEqual(emails.sort());
  await killed.restart();
}, 60_000);

test("an erasure that is killed in the middle is finished by another node, once", async () => {
  const [killed, other] = nodes as [SpawnedServer, SpawnedServer];
  const { device, email } = await beginSignUp(killed, "sora");
  const mail = await smtp.waitForMail(email);
  await device.account.enterCode(/\b\d{6}\b/.exec(mail.body)?.[0] ?? "");
  await device.account.leave("remove", { password });
  device.close();
  const [leaving] = await database.db.sql`select account_id from identity_leavings`;
  await eventually("every feature has taken it in", async () => {
    const [row] = await database.db.sql`select departed_at from identity_leavings`;
    return row?.departed_at !== null;
  });
  await other.kill("SIGSTOP");
  // The killed node stands still in the middle: what it deletes last is locked by somebody else.
  const release = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const holding = database.db.transaction(async (tx) => {
    await tx`select 1 from identity_accounts where id = ${leaving.account_id} for update`;
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  await database.db.sql`update identity_leavings set erase_after = now() - interval '1 day'`;
  await database.db.sql`update platform_jobs set due_at = clock_timestamp() where kind = 'identity.erasures'`;
  await eventually("the erasure is in hand", async () => {
    const [job] = await database.db.sql`
      select holder is not null as is_held from platform_jobs where kind = 'identity.erasures'`;
    return job?.is_held === true;
  });
  await killed.kill("SIGKILL");
  release.resolve();
  await holding;
  expect(await database.db.sql`select 1 from identity_accounts where id = ${leaving.account_id}`).toHaveLength(1);
  await other.kill("SIGCONT");
  await expireLeases();
  await eventually("the person is gone", async () => {
    const rows = await database.db.sql`select 1 from identity_accounts where id = ${leaving.account_id}`;
    return rows.length === 0;
  });
  expect(await database.db.sql`select 1 from identity_leavings`).toHaveLength(0);
}, 60_000);
