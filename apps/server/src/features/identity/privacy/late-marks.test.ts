import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import type { Database } from "../../../platform/db/database.ts";
import { newId } from "../../../platform/ids.ts";
import { createJobs } from "../../../platform/jobs/jobs.ts";
import { silentLog } from "../../../platform/log.ts";
import type { Mail } from "../../../platform/mail/mail.ts";
import { createOutbox } from "../../../platform/mail/outbox.ts";
import { createSecretBox, type SecretBox } from "../../../platform/secret-box.ts";
import { createSharedLimits } from "../../../platform/shared-limits.ts";
import { findTraces } from "../../../testing/find-traces.ts";
import { holdStatements } from "../../../testing/held-statements.ts";
import { openTestDatabase, type TestDatabase } from "../../../testing/open-test-database.ts";
import { createKeptNicknames } from "../accounts/kept-nicknames.ts";
import { keysOfNickname } from "../accounts/nicknames.ts";
import { type LatePerson, newLatePerson } from "../fixtures/late-person.fixture.ts";
import { insertLink } from "../passwords/store-links.ts";
import { createRetention } from "../retention.ts";
import { createNotices } from "../security-log/notices.ts";
import { insertSession, insertToken, revokeSessions } from "../sessions/store-sessions.ts";
import { createSharedAttempts } from "../sign-in/shared-attempts.ts";
import { createSteps } from "../sign-in/sign-in-steps.ts";
import { closeAccount, eraseAccount } from "./store-leavings.ts";

let base: TestDatabase;
let db: Database;
let statements: ReturnType<typeof holdStatements>;
beforeAll(async () => {
  base = await openTestDatabase();
  statements = holdStatements(base);
  db = statements.database.connect();
});
afterAll(async () => {
  await db?.close();
  await base?.close();
});

const clock = new FakeClock();
const at = new Date(clock.now());
const secretBox = createSecretBox("a secret that is long enough for this");
const newPerson = () => newLatePerson(base.db);

async function erase({ locked }: LatePerson): Promise<void> {
  await closeAccount(base.db.sql, locked);
  await base.db.transaction((tx) => eraseAccount(tx, locked.accountId));
}

/** A mail server that takes a mail when it is told to, or fails with an error. */
function slowCarrier() {
  const reached = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  const sent: Mail[] = [];
  const send = async (mail: Mail) => {
    sent.push(mail);
    reached.resolve();
    await answer.promise;
  };
  return { sent, reached: reached.promise, answer, transport: { send, close: () => {} } };
}

const openOutbox = (given: SecretBox, transport = slowCarrier().transport) =>
  createOutbox({ jobs: createJobs({ db, clock, log: silentLog }), log: silentLog, secretBox: given, transport });

const noticesOf = (outbox: ReturnType<typeof openOutbox>) =>
  createNotices({ clock, outbox, origin: "https://maru.example" });

type Writer = { readonly table: string; write(secretBox: SecretBox, late: LatePerson): Promise<unknown> };

/** What may be written after the erasure, since it names nobody: sealed, or a mark that only the secret can make again. */
const kept: Record<string, Writer> = {
  "a mail, which goes out or is given up within a day": {
    table: "platform_jobs",
    write: (given, { accountId }) => db.transaction((tx) => noticesOf(openOutbox(given)).send(tx, accountId, "left")),
  },
  "a count of a limit, cleared away with its window": {
    table: "platform_rate_counts",
    write: (given, { accountId }) =>
      createSharedLimits({ db, clock, secretBox: given }).take("link_password", accountId),
  },
  "a count of guesses, forgotten after a day": {
    table: "identity_attempts",
    write: (given, { accountId }) =>
      createSharedAttempts({ db, clock, secretBox: given, limit: "password_account" }).begin(accountId),
  },
  "a nickname kept from others, free after 30 days": {
    table: "identity_kept_nicknames",
    write: (given, { nickname }) =>
      db.transaction((tx) => createKeptNicknames({ clock, secretBox: given }).keep(tx, keysOfNickname(nickname))),
  },
  "a code for an address, which belongs to no account": {
    table: "identity_steps",
    write: (given, { email }) =>
      db.transaction((tx) =>
        createSteps({ db, clock, secretBox: given }).begin(tx, {
          ...{ kind: "code", emailKeyHash: given.fingerprint("email", email), payload: { email }, lifeMs: 600_000 },
        }),
      ),
  },
  "a link to an address, which belongs to no account": {
    table: "identity_links",
    write: (given, { email }) =>
      insertLink(db.sql, {
        ...{ hash: newId(), kind: "reset", owner: null, emailKeyHash: given.fingerprint("email", email) },
        ...{ at, expiresAt: at },
      }),
  },
};

/** Holds a writer over the erasure; returns where the person stands afterwards, and how many rows it wrote. */
async function play({ table, write }: Writer, given: SecretBox) {
  const late = await newPerson();
  const countRows = async () => (await base.db.sql.unsafe(`select count(*)::int as count from ${table}`))[0].count;
  const before = await countRows();
  const held = statements.hold(new RegExp(`insert into ${table}`));
  const writing = write(given, late);
  await held.reached;
  await erase(late);
  await held.release();
  await writing;
  return { traces: await findTraces(base.db.sql, late), isWritten: (await countRows()) > before };
}

describe("what outlives an erasure names nobody:", () => {
  for (const [name, writer] of Object.entries(kept)) {
    test(name, async () => {
      expect(await play(writer, secretBox)).toEqual({ traces: [], isWritten: true });
    });
  }

  test("and is found where it is neither sealed nor hashed", async () => {
    const asIs = (_: string, text: string) => text;
    const open: SecretBox = {
      ...secretBox,
      seal: asIs,
      open: asIs,
      fingerprint: asIs,
      fingerprints: (_, text) => [text],
    };
    for (const [name, writer] of Object.entries(kept)) {
      const { traces } = await play(writer, open);
      expect([name, traces]).toEqual([name, expect.arrayContaining([writer.table])]);
    }
    await base.db.sql`delete from platform_jobs`;
  });

  test("a mail that is being sent leaves nothing once the server has taken it", async () => {
    const late = await newPerson();
    const { sent, reached, answer, transport } = slowCarrier();
    const outbox = openOutbox(secretBox, transport);
    await base.db.sql`delete from platform_jobs`;
    await db.transaction((tx) => noticesOf(outbox).send(tx, late.accountId, "left"));
    const sending = outbox.deliverDue();
    await reached;
    await erase(late);
    answer.resolve();
    await sending;
    expect(sent.map(({ to }) => to)).toEqual([late.email]);
    expect(await base.db.sql`select id from platform_jobs`).toHaveLength(0);
  });

  test("a mail that the server does not take is sealed while it waits, and gone when its time is over", async () => {
    const late = await newPerson();
    const { reached, answer, transport } = slowCarrier();
    const outbox = openOutbox(secretBox, transport);
    await db.transaction((tx) => noticesOf(outbox).send(tx, late.accountId, "left"));
    const sending = outbox.deliverDue();
    await reached;
    await erase(late);
    answer.reject(new Error("away"));
    await sending;
    expect(await base.db.sql`select id from platform_jobs`).toHaveLength(1);
    expect(await findTraces(base.db.sql, late)).toEqual([]);
    await base.db.sql`update platform_jobs set due_at = now(), expires_at = now()`;
    await outbox.deliverDue();
    expect(await base.db.sql`select id from platform_jobs`).toHaveLength(0);
  });

  test("retention that is late keeps at most the hash of a token", async () => {
    const late = await newPerson();
    const [sessionId, hash] = [newId(), newId()];
    await insertSession(base.db.sql, late.locked, { id: sessionId, deviceName: "device", at });
    await insertToken(base.db.sql, { hash, sessionId, generation: 0, sealed: null, at });
    await revokeSessions(base.db.sql, late.accountId, [sessionId], new Date(0));
    const held = statements.hold(/insert into identity_ended_tokens/);
    const sweeping = createRetention({ db, clock }).sweep();
    await held.reached;
    await erase(late);
    await held.release();
    await sweeping;
    expect(await base.db.sql`select hash from identity_ended_tokens where hash = ${hash}`).toHaveLength(1);
    expect(await findTraces(base.db.sql, late)).toEqual([]);
  });
});
