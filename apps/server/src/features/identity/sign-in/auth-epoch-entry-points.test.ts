import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { findSealPurposes, readSources, type Sources } from "../../../testing/program-sources.ts";
import type { AuthEpoch, LockedAccount, OperatedAccount } from "../accounts/locked-account.ts";
import { type EpochWorld, openEpochWorld } from "../fixtures/auth-epoch.fixture.ts";
import {
  findCallers,
  findProofEntryPoints,
  findWaitingTables,
  sealPurposes,
  uncomparedEntryPoints,
} from "../fixtures/auth-epoch-entry-points.fixture.ts";
import { flowDrivers } from "../fixtures/auth-epoch-flows.fixture.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { type AuthEpochs, type AuthFlow, authFlows } from "./auth-epochs.ts";

let at: EpochWorld;
let sources: Sources;
beforeAll(async () => {
  at = await openEpochWorld();
  sources = await readSources();
});
afterAll(() => at.close());

/** The program with a file more. */
const withFile = (name: string, text: string): Sources => new Map([...sources, [name, text]]);

describe("the list of flows", () => {
  /** What makes an account has none to be compared with. */
  const ofNobody = ["identity_steps.code"];
  /** What only says whose guesses are counted together. */
  const opensNothing = ["identity_sign_in_passes"];
  const stored = new Set<string>(Object.values(authFlows).flatMap((flow) => flow.stored));
  const known = [...stored].map((name) => name.split(".")[0] ?? "").filter((name) => name !== "identity_auth_sessions");
  const knownTables = [...new Set([...known, ...opensNothing])].sort();

  test("names every kind of step and link that the tables take", async () => {
    const rows = await at.sql<{ table: string; definition: string }[]>`
      select conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition from pg_constraint
      where contype = 'c' and conrelid in ('identity_steps'::regclass, 'identity_links'::regclass)`;
    const kinds = rows.flatMap(({ table, definition }) =>
      [...definition.matchAll(/'(\w+)'::text/g)].map(([, kind]) => `${table}.${kind}`),
    );
    expect(kinds.length).toBeGreaterThanOrEqual(5);
    const ofRegistry = [...stored].filter((name) => name.includes("."));
    expect(kinds.sort()).toEqual([...ofRegistry, ...ofNobody].sort());
  });

  test("names every table in which something of an account waits, and each has the epoch", async () => {
    const rows = await findWaitingTables(at.sql);
    expect(rows.map(({ table }) => table)).toEqual(knownTables);
    expect(rows.filter((row) => !row.has_epoch && !opensNothing.includes(row.table))).toEqual([]);
  });

  test("misses a table that is planted", async () => {
    await at.sql`create table identity_planted (account_id uuid, expires_at timestamptz)`;
    try {
      const rows = await findWaitingTables(at.sql);
      expect(rows.map(({ table }) => table)).not.toEqual(knownTables);
      expect(rows).toContainEqual({ table: "identity_planted", has_epoch: false });
    } finally {
      await at.sql`drop table identity_planted`;
    }
  });
});

describe("the list of what is sealed", () => {
  const known = Object.keys(sealPurposes).sort();

  test("has every purpose, and names flows that are there", () => {
    expect(findSealPurposes(sources)).toEqual(known);
    const named = Object.values(sealPurposes).flat();
    expect(named.filter((flow) => !(flow in authFlows))).toEqual([]);
  });

  test.each([
    ["a literal", 'const cookie = secretBox.seal("door ticket", text);', "door ticket"],
    ["a constant", 'const purpose = "door ticket";\nconst cookie = deps.secretBox.seal(purpose, text);', "door ticket"],
    ["what cannot be read", "const cookie = secretBox.seal(nameOf(door), text);", "planted.ts: nameOf"],
    ["an alias", "const { seal } = deps.secretBox;", "planted.ts: seal by another name"],
    ["a function handed on", "const close = secretBox.seal;", "planted.ts: ;"],
  ])("misses one that is planted: %s", (_name, text, expected) => {
    const found = findSealPurposes(withFile("planted.ts", text));
    expect(found).not.toEqual(known);
    expect(found.filter((purpose) => !known.includes(purpose)).map((purpose) => purpose.split("\n")[0])).toEqual([
      expected,
    ]);
  });
});

describe("a locked account", () => {
  const casts = /\bas (A & )?(LockedAccount|OperatedAccount|ChangingAccount|OwnChangingAccount)\b/;
  const findMakers = (files: Sources) => [...files].filter(([, text]) => casts.test(text)).map(([name]) => name);

  test("comes out of one file: nothing else makes one", () => {
    // @ts-expect-error an account counts as locked only when auth-epochs.ts has locked it
    const forged: LockedAccount = { accountId: "x", authEpoch: "1" as AuthEpoch, sessionId: null };
    expect(forged.accountId).toBe("x");
    expect(findMakers(sources)).toEqual(["features/identity/sign-in/auth-epochs.ts"]);
    expect(findMakers(withFile("planted.ts", "open(tx, found as LockedAccount)"))).toContain("planted.ts");
  });

  test.each(Object.entries(uncomparedEntryPoints))(
    "comes without a comparison only from those who may: %s",
    (door, files) => {
      expect(findCallers(sources, door)).toEqual([...files]);
      const planted = withFile(
        "features/identity/planted.ts",
        `const { account } = await epochs.${door}(tx, accountId);`,
      );
      expect(findCallers(planted, door)).not.toEqual([...files]);
    },
  );

  test("of the operator's opens no session, and serves no change but the operator's", () => {
    const never = async (
      { epochs, sessions, tx }: { epochs: AuthEpochs; sessions: Sessions; tx: Bun.SQL },
      operated: OperatedAccount,
      locked: LockedAccount,
    ) => {
      // @ts-expect-error nobody has proved to own it
      await sessions.open(tx, operated, "phone");
      // @ts-expect-error nor once it was changed
      await sessions.open(tx, await epochs.raiseForOperator(tx, operated, "promoted"), "phone");
      // @ts-expect-error the password is the owner's to change
      await epochs.raiseForOperator(tx, operated, "password_changed");
      // @ts-expect-error and who is promoted is the operator's to say
      await epochs.raise(tx, locked, "promoted");
      // @ts-expect-error this takes no proof, and goes by a door of its own
      await epochs.raise(tx, locked, "signed_out_everywhere");
    };
    expect(never).toBeFunction();
  });
});

describe("a route that asks for the password again", () => {
  const drivenBy = (flow: AuthFlow) =>
    flowDrivers[flow].flatMap(({ path }) => (path === undefined ? [] : [path])).sort();
  const document = () =>
    at.world.app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Maru", version: "1" } }).paths ?? {};

  test("has a driver, each of them", () => {
    const doors = findProofEntryPoints(document());
    expect(doors).toHaveLength(9);
    expect(drivenBy("password_proof")).toEqual(doors);
    for (const path of drivenBy("recent_sign_in")) expect(doors).toContain(path);
  });

  test("is missed when it is planted", () => {
    const schema = { properties: { password: { type: "string" } } };
    const post = { security: [{ accessToken: [] }], requestBody: { content: { "application/json": { schema } } } };
    expect(findProofEntryPoints({ ...document(), "/api/me/planted": { post } })).not.toEqual(
      drivenBy("password_proof"),
    );
  });
});
