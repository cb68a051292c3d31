import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "@maru/testkit";
import type { Database } from "../../../platform/db/database.ts";
import { newId } from "../../../platform/ids.ts";
import { findTraces } from "../../../testing/find-traces.ts";
import { holdStatements } from "../../../testing/held-statements.ts";
import { openTestDatabase, type TestDatabase } from "../../../testing/open-test-database.ts";
import { insertConsent } from "../accounts/store-accounts.ts";
import { insertBlock } from "../accounts/store-blocks.ts";
import { takeFreeLooks, takeLooks } from "../accounts/store-nicknames.ts";
import { type LatePerson, newLatePerson } from "../fixtures/late-person.fixture.ts";
import { insertLink } from "../passwords/store-links.ts";
import { insertProviderAttempt, insertProviderLink } from "../providers/store-providers.ts";
import { insertPasskey, putChallenge, putTotp, replaceRecoveryCodes } from "../second-factor/store-factors.ts";
import { insertRevocation } from "../sessions/store-revocations.ts";
import { insertSession, revokeSessions } from "../sessions/store-sessions.ts";
import { rememberDevice } from "../sign-in/store-devices.ts";
import { insertSignInPass } from "../sign-in/store-sign-in-passes.ts";
import { insertStep } from "../sign-in/store-steps.ts";
import { closeAccount, eraseAccount, insertLeaving } from "./store-leavings.ts";

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

const at = new Date();
const newPerson = () => newLatePerson(base.db);

/** Closes an account as leaving does. */
async function close({ locked, accountId }: LatePerson): Promise<void> {
  await closeAccount(base.db.sql, locked);
  await insertLeaving(base.db.sql, { accountId, messages: "remove", leftAt: at, eraseAfter: at });
}

const erase = ({ accountId }: LatePerson) => base.db.transaction((tx) => eraseAccount(tx, accountId));

type Writer = { readonly table: string; write(sql: Bun.SQL, late: LatePerson): Promise<unknown> };

/** Those that ask in their statement whether the account lives, so that a closed one gets none either. */
const looking: Record<string, Writer> = {
  "a revocation": {
    table: "identity_revocations",
    write: (sql, { accountId }) =>
      insertRevocation(sql, { kind: "session", accountId, sessionId: newId(), reason: "signed_out" }),
  },
  "a device": {
    table: "identity_devices",
    write: (sql, { accountId, key }) => rememberDevice(sql, { accountId, hash: key, at }),
  },
  "a pass": {
    table: "identity_sign_in_passes",
    write: (sql, { accountId, key }) => insertSignInPass(sql, { accountId, visitorHash: key, expiresAt: at }),
  },
  "a link": {
    table: "identity_links",
    write: (sql, { locked: owner, key }) =>
      insertLink(sql, { hash: key, kind: "reset", owner, emailKeyHash: "hash", at, expiresAt: at }),
  },
  "a step": {
    table: "identity_steps",
    write: (sql, { accountId, locked, key }) =>
      insertStep(sql, {
        ...{ hash: key, kind: "enroll", accountId, authEpoch: locked.authEpoch, emailKeyHash: null },
        ...{ sealed: "sealed", sentAt: null, at, expiresAt: at },
      }),
  },
  "a block": {
    table: "identity_blocks",
    write: async (sql, { accountId }) => {
      const { accountId: blockerId } = await newPerson();
      const label = { avatarSeed: "seed" };
      return insertBlock(sql, {
        ...{ id: newId(), blockerId, blockedId: accountId, scope: { of: "person" } as const, label, blockedAt: at },
      });
    },
  },
};

/** Those whose row cannot stand without the account, and that the erasure takes along. */
const referring: Record<string, Writer> = {
  "a consent": {
    table: "identity_consents",
    write: (sql, { accountId }) => insertConsent(sql, { accountId, kind: "marketing", version: "1", givenAt: at }),
  },
  "a session": {
    table: "identity_auth_sessions",
    write: (sql, { locked }) => insertSession(sql, locked, { id: newId(), deviceName: "device", at }),
  },
  "a provider's link": {
    table: "identity_provider_links",
    write: (sql, { locked, key }) =>
      insertProviderLink(sql, locked, { issuer: "sun", subject: key, providerId: "sun", at }),
  },
  "an OAuth flow": {
    table: "identity_provider_attempts",
    write: (sql, { accountId, key, locked: { authEpoch } }) =>
      insertProviderAttempt(sql, {
        ...{ hash: key, providerId: "sun", browserHash: "hash", sealed: "sealed", accountId, sessionId: null },
        ...{ authEpoch, expiresAt: at },
      }),
  },
  "a code generator": {
    table: "identity_totp",
    write: (sql, { locked }) => putTotp(sql, locked, { sealed: "sealed", at }),
  },
  "recovery codes": {
    table: "identity_recovery_codes",
    write: (sql, { locked }) => replaceRecoveryCodes(sql, locked, ["hash"]),
  },
  "a passkey": {
    table: "identity_passkeys",
    write: (sql, { locked, key }) =>
      insertPasskey(sql, locked, {
        ...{ id: key, publicKey: "key", counter: 0, transports: [], name: "key", createdAt: at },
      }),
  },
  "a challenge": {
    table: "identity_challenges",
    write: (sql, { locked }) => putChallenge(sql, locked, { challenge: "challenge", expiresAt: at }),
  },
  "looks of a nickname": {
    table: "identity_nickname_looks",
    write: (sql, { accountId, key }) => takeLooks(sql, accountId, { looks: [key], now: at }),
  },
  "looks of many nicknames": {
    table: "identity_nickname_looks",
    write: (sql, { accountId, key }) => takeFreeLooks(sql, [{ accountId, look: key }]),
  },
  "a leaving": {
    table: "identity_leavings",
    write: (sql, { accountId }) =>
      insertLeaving(sql, { accountId, messages: "keep", leftAt: at, eraseAfter: new Date(at.getTime() + 1) }),
  },
};

/** Holds a writer, lets something happen to its account, lets it go on; returns where the person stands afterwards. */
async function play({ table, write }: Writer, meanwhile: (late: LatePerson) => Promise<unknown>) {
  const late = await newPerson();
  const held = statements.hold(new RegExp(`insert into ${table}`));
  const writing = write(db.sql, late).then(
    () => "written",
    (error: { errno?: string }) => error.errno,
  );
  await held.reached;
  await meanwhile(late);
  // What the database refuses is told by the writer.
  await held.release().catch(() => {});
  return { outcome: await writing, traces: await findTraces(base.db.sql, late) };
}

const closeAndErase = async (late: LatePerson) => {
  await close(late);
  await erase(late);
};

describe("who was erased does not come back by", () => {
  for (const [name, writer] of Object.entries(looking)) {
    test(name, async () => {
      expect(await play(writer, closeAndErase)).toEqual({ outcome: "written", traces: [] });
    });

    test(`${name}, nor who has left and waits for it`, async () => {
      const { traces } = await play(writer, close);
      expect(traces).toEqual(["identity_accounts", "identity_leavings"]);
    });
  }

  for (const [name, writer] of Object.entries(referring)) {
    test(`${name}, which the database refuses`, async () => {
      expect(await play(writer, closeAndErase)).toEqual({ outcome: "23503", traces: [] });
    });
  }

  test("a sign-out for which the erasure waits", async () => {
    const late = await newPerson();
    const { accountId } = late;
    const sessionId = newId();
    await insertSession(base.db.sql, late.locked, { id: sessionId, deviceName: "device", at });
    await close(late);
    const held = statements.hold(/insert into identity_revocations/);
    const signingOut = db.transaction(async (tx) => {
      await revokeSessions(tx, accountId, [sessionId], at);
      await insertRevocation(tx, { kind: "session", accountId, sessionId, reason: "signed_out" });
    });
    await held.reached;
    const erasing = erase(late);
    await eventually("the erasure waits for the session", async () => {
      const rows = await base.db.sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return rows.length > 0;
    });
    await held.release();
    await Promise.all([signingOut, erasing]);
    expect(await findTraces(base.db.sql, late)).toEqual([]);
  });
});

describe("a guard that is missing is found:", () => {
  test("the look for living accounts", async () => {
    const [row] = await base.db.sql`select pg_get_functiondef('living_accounts'::regproc) as text`;
    await base.db.sql.unsafe(
      "create or replace function living_accounts(p_ids uuid[]) returns setof uuid language sql as 'select unnest(p_ids)'",
    );
    for (const [name, writer] of Object.entries(looking)) {
      expect([name, (await play(writer, close)).traces]).toEqual([name, expect.arrayContaining([writer.table])]);
    }
    const { traces } = await play(looking["a revocation"] as Writer, closeAndErase);
    expect(traces).toEqual(["identity_revocations"]);
    await base.db.sql.unsafe(row.text);
  });

  // The last one: what it takes away does not come back.
  test("the reference to the account", async () => {
    const rows = await base.db.sql<{ text: string }[]>`
      select format('alter table %s drop constraint %I', conrelid::regclass, conname) as text from pg_constraint
      where contype = 'f' and confrelid = 'identity_accounts'::regclass`;
    for (const { text } of rows) await base.db.sql.unsafe(text);
    for (const [name, writer] of Object.entries(referring)) {
      const { traces } = await play(writer, closeAndErase);
      expect([name, traces]).toEqual([name, expect.arrayContaining([writer.table])]);
    }
  });
});
