import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findPersonWrites } from "./person-writes.ts";

const root = join(import.meta.dir, "..");
const scenarios = "../../../scenarios/late-writers.scenario.test.ts";
const looks = "features/identity/privacy/late-writers.test.ts";
const marks = "features/identity/privacy/late-marks.test.ts";
const waits = "features/matching/late-writers.test.ts";

/** Statements that a test holds over an erasure, with that test and the word by which it drives them. */
const driven: Record<string, readonly [path: string, word: string]> = {
  "features/identity/accounts/store-accounts.ts › insertConsent: insert identity_consents": [
    looks,
    "insertConsent(sql",
  ],
  "features/identity/sign-in/store-attempts.ts › countAttempt: insert identity_attempts": [
    marks,
    "createSharedAttempts({",
  ],
  "features/identity/accounts/store-blocks.ts › insertBlock: insert identity_blocks": [looks, "insertBlock(sql"],
  "features/identity/sign-in/store-devices.ts › rememberDevice: insert identity_devices": [looks, "rememberDevice(sql"],
  "features/identity/sessions/store-ended-tokens.ts › keepEndedTokens: insert identity_ended_tokens": [
    marks,
    "createRetention({",
  ],
  "features/identity/second-factor/store-factors.ts › insertPasskey: insert identity_passkeys": [
    looks,
    "insertPasskey(sql",
  ],
  "features/identity/second-factor/store-factors.ts › putChallenge: insert identity_challenges": [
    looks,
    "putChallenge(sql",
  ],
  "features/identity/second-factor/store-factors.ts › putTotp: insert identity_totp": [looks, "putTotp(sql"],
  "features/identity/second-factor/store-factors.ts › replaceRecoveryCodes: insert identity_recovery_codes": [
    looks,
    "replaceRecoveryCodes(sql",
  ],
  "features/identity/accounts/store-kept-nicknames.ts › insertKeptNicknames: insert identity_kept_nicknames": [
    marks,
    "createKeptNicknames({",
  ],
  "features/identity/privacy/store-leavings.ts › insertLeaving: insert identity_leavings": [looks, "insertLeaving(sql"],
  "features/identity/passwords/store-links.ts › insertLink: insert identity_links": [looks, "insertLink(sql"],
  "features/identity/accounts/store-nicknames.ts › takeFreeLooks: insert identity_nickname_looks": [
    looks,
    "takeFreeLooks(sql",
  ],
  "features/identity/accounts/store-nicknames.ts › takeLooks: insert identity_nickname_looks": [looks, "takeLooks(sql"],
  "features/identity/providers/store-providers.ts › insertProviderAttempt: insert identity_provider_attempts": [
    looks,
    "insertProviderAttempt(sql",
  ],
  "features/identity/providers/store-providers.ts › insertProviderLink: insert identity_provider_links": [
    looks,
    "insertProviderLink(sql",
  ],
  "features/identity/sessions/store-revocations.ts › insertRevocation: insert identity_revocations": [
    looks,
    "insertRevocation(sql",
  ],
  "features/identity/sessions/store-sessions.ts › insertSession: insert identity_auth_sessions": [
    looks,
    "insertSession(sql",
  ],
  "features/identity/sign-in/store-sign-in-passes.ts › insertSignInPass: insert identity_sign_in_passes": [
    looks,
    "insertSignInPass(sql",
  ],
  "features/identity/sign-in/store-steps.ts › insertStep: insert identity_steps": [looks, "insertStep(sql"],
  "features/matching/store.ts › deleteEnded: insert matching_endings": [waits, "deleteEnded("],
  "features/matching/store.ts › deleteRequest: insert matching_endings": [waits, "deleteRequest("],
  "features/matching/store.ts › insertEnding: insert matching_endings": [waits, "insertEnding("],
  "features/matching/store.ts › insertRequest: insert matching_requests": [waits, "insertRequest("],
  "features/matching/store.ts › restoreRequest: insert matching_requests": [waits, "restoreRequest("],
  "features/presence/store.ts › writeSeen: insert presence_accounts": [scenarios, "insert into presence_accounts"],
  "features/rooms/migrations/003-pauses.sql › rooms_append: insert rooms_messages": [scenarios, "/rooms_append/"],
  "features/rooms/migrations/004-send-key.sql › rooms_append: insert rooms_messages": [scenarios, "/rooms_append/"],
  "features/rooms/migrations/007-message-extras.sql › rooms_append: insert rooms_messages": [
    scenarios,
    "/rooms_append/",
  ],
  "features/rooms/store-rooms.ts › insertRoomRows: insert rooms_rooms": [scenarios, '"direct.open"'],
  "features/rooms/store-rooms.ts › insertRooms: insert rooms_members": [scenarios, '"direct.open"'],
  "features/rooms/store-rooms.ts › insertRooms: insert rooms_messages": [scenarios, '"direct.open"'],
  "platform/jobs/store-jobs.ts › insertJob: insert platform_jobs": [marks, "platform_jobs"],
  "platform/shared-limits.ts › ask: insert platform_rate_counts": [marks, "createSharedLimits({"],
};

const ownRow = "changes a row that the erasure takes along; there is none afterwards";
const nobody = "names no person";

/** The others, and why none brings anybody back. */
const harmless: Record<string, string> = {
  "features/identity/accounts/store-accounts.ts › insertAccount: insert identity_accounts":
    "makes a new account, whose id nobody has had",
  "features/identity/accounts/store-accounts.ts › markEmailVerified: update identity_accounts": ownRow,
  "features/identity/accounts/store-accounts.ts › updateProfile: update identity_accounts": `asks for the state; ${ownRow}`,
  "features/identity/sign-up/store-invites.ts › insertInvite: insert identity_invites": nobody,
  "features/identity/privacy/store-leavings.ts › closeAccount: update identity_accounts": ownRow,
  "features/identity/accounts/store-nicknames.ts › handLooks: update identity_nickname_looks":
    "reads the account in the same statement, and refers to it, so that the database refuses who is gone",
  "features/identity/store-seal-mark.ts › readOrWriteSealMark: insert identity_seal_mark": nobody,
  "features/identity/sessions/store-sessions.ts › insertToken: insert identity_refresh_tokens":
    "refers to the session, which goes with the account",
  "features/identity/sessions/store-sessions.ts › makeTokenCurrent: update identity_refresh_tokens": ownRow,
  "features/identity/sessions/store-sessions.ts › retireToken: update identity_refresh_tokens": ownRow,
  "features/identity/sessions/store-sessions.ts › revokeSessions: update identity_refresh_tokens": ownRow,
  "features/identity/sign-in/store-steps.ts › countStepAttempt: update identity_steps": "keeps what it holds sealed",
  "features/identity/sign-in/store-steps.ts › updateStep: update identity_steps": "keeps what it holds sealed",
  "features/matching/store-matches.ts › insertMatches: insert matching_matches":
    "the pairer has locked the living before, in the same transaction",
  "features/matching/store-matches.ts › shortenSide: update matching_matches":
    "compares the account, and sets times alone",
  "features/presence/store.ts › beat: insert presence_nodes": nobody,
  "features/rooms/migrations/001-rooms.sql › nobody: insert rooms_installation": nobody,
  "features/rooms/migrations/002-write-path.sql › rooms_amend: update rooms_messages": "dropped by a later migration",
  "features/rooms/migrations/002-write-path.sql › rooms_append: insert rooms_messages": "dropped by a later migration",
  "features/rooms/migrations/003-pauses.sql › rooms_amend: update rooms_messages":
    "asks for an active member of that account; after the erasure there is none",
  "features/rooms/events/store-backlogs.ts › routePending: insert rooms_backlogs": nobody,
  "features/rooms/events/store-backlogs.ts › storePositions: insert rooms_positions": nobody,
  "features/rooms/events/store-consumers.ts › saveConsumers: insert rooms_consumers": nobody,
  "features/rooms/migrations/005-room-events.sql › rooms_note_change: insert rooms_pending": nobody,
  "features/rooms/members/store-endings.ts › insertSystemLine: insert rooms_messages":
    "names members, who are nobody's after the erasure",
  "features/rooms/members/store-erasing.ts › forgetMember: update rooms_members": "is the erasure",
  "features/rooms/members/store-erasing.ts › removeMessages: update rooms_messages": "is the erasure",
  "features/rooms/members/store-joining.ts › insertJoiningMember: insert rooms_members":
    "joining has locked the living before, in the same transaction",
  "features/rooms/members/store-pauses.ts › setPauses: update rooms_members":
    "compares the account, and sets a pause alone",
  "platform/db/migrate.ts › runAll: insert platform_migrations": nobody,
  "platform/db/background-indexes.ts › buildIndex: insert platform_indexes": nobody,
  "platform/db/store-write-probe.ts › probeWrite: insert platform_write_probes": nobody,
  "platform/jobs/store-jobs.ts › scheduleJob: insert platform_jobs": nobody,
  "platform/mail/migrations/002-mails-as-jobs.sql › nobody: insert platform_jobs": "moves what is sealed",
  "platform/leases.ts › hold: insert platform_leases": nobody,
};

const known = [...Object.keys(driven), ...Object.keys(harmless)].sort();

async function listWrites(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["features", "platform"]) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      if (!/\.(ts|sql)$/.test(name) || /\.(test|fixture)\.ts$/.test(name)) continue;
      found.push(...findPersonWrites(join(folder, name), await readFile(join(root, folder, name), "utf8")));
    }
  }
  return found.sort();
}

test("every statement that may write of a person is driven over an erasure, or told why it need not be", async () => {
  expect(await listWrites()).toEqual(known);
});

test("what is said to be driven is driven there", async () => {
  for (const [write, [path, word]] of Object.entries(driven)) {
    expect([write, (await readFile(join(root, path), "utf8")).includes(word)]).toEqual([write, true]);
  }
});

test("a new statement is found, in TypeScript as in SQL, and a second one beside a known one", () => {
  const typescript = `
export async function insertVisit(sql, accountId) {
  await sql\`
    insert into identity_visits (account_id) values (\${accountId})\`;
  await sql\`insert into identity_visits (account_id) values (\${accountId})\`;
}
export const rename = (sql) => sql\`update rooms_members m set seen_at = now() where account_id = 1\`;
async function readdress(sql) {
  await sql\`update identity_accounts set rev = 1, email = \${null} where id = 1\`;
}`;
  const sql =
    "create or replace function note(p uuid) returns void as $$\n  insert into notes (account_id) values (p);\n$$;";
  expect([...findPersonWrites("store-a.ts", typescript), ...findPersonWrites("1.sql", sql)]).toEqual([
    "store-a.ts › insertVisit: insert identity_visits",
    "store-a.ts › insertVisit: insert identity_visits",
    "store-a.ts › readdress: update identity_accounts",
    "1.sql › note: insert notes",
  ]);
});
