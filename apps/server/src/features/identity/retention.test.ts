import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@maru/protocol";
import { openWorld, type World } from "./fixtures/identity.fixture.ts";
import { insertLink } from "./passwords/store-links.ts";
import { insertProviderAttempt } from "./providers/store-providers.ts";
import { createRetention } from "./retention.ts";
import { insertStep } from "./sign-in/store-steps.ts";
import { insertInvite } from "./sign-up/store-invites.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

test("clears away what is long over, with its tokens, and nothing that can still be used", async () => {
  const { db, clock } = world;
  const retention = createRetention({ db, clock });
  const [unused, ended, alive] = [await world.signUpPerson(), await world.signUpPerson(), await world.signUpPerson()];
  await ended.device.ask("POST", "/api/auth/sign-out");
  const countOf = async (accountId: string) => {
    const [row] = await db.sql`
      select count(distinct s.id)::int as sessions, count(t.hash)::int as tokens
      from identity_auth_sessions s left join identity_refresh_tokens t on t.session_id = s.id
      where s.account_id = ${accountId}`;
    return { ...row };
  };
  await retention.sweep();
  for (const { accountId } of [unused, ended, alive])
    expect(await countOf(accountId)).toEqual({ sessions: 1, tokens: 1 });

  await clock.advance(31 * dayMs);
  await alive.device.refresh();
  await retention.sweep();
  expect(await countOf(ended.accountId)).toEqual({ sessions: 0, tokens: 0 });
  expect((await countOf(unused.accountId))["sessions"]).toBe(1);

  for (let index = 0; index < 2; index++) {
    await clock.advance(limits.refreshTokenMs - 20 * dayMs);
    await alive.device.refresh();
  }
  await retention.sweep();
  expect(await countOf(unused.accountId)).toEqual({ sessions: 0, tokens: 0 });
  expect((await countOf(alive.accountId))["sessions"]).toBe(1);
  expect((await alive.device.refresh()).status).toBe(200);
});

test("lets go of nicknames that were given up long ago, and of no others", async () => {
  const { db, clock } = world;
  const { device, accountId } = await world.signUpPerson();
  for (const nickname of ["first of three", "second of three", "third of three"]) {
    expect((await device.ask("PATCH", "/api/me", { body: { nickname } })).status).toBe(200);
  }
  const [kept] = await db.sql`
    update identity_nickname_looks set free_at = ${new Date(clock.now())}
    where account_id = ${accountId} and look like 'first%' returning account_id`;
  expect(kept).toBeDefined();
  await createRetention({ db, clock }).sweep();
  const rows = await db.sql`select look from identity_nickname_looks where account_id = ${accountId} order by look`;
  const left = rows.map(({ look }: { look: string }) => look.replace(/ofthree$/, ""));
  expect(left.filter((look: string) => /^[a-z]+$/.test(look))).toEqual(["second", "third"]);
});

test("leaves a nickname to who bears it, also where an older version took it back", async () => {
  const { db, clock } = world;
  const { device, accountId } = await world.signUpPerson();
  const rename = async (nickname: string) =>
    expect((await device.ask("PATCH", "/api/me", { body: { nickname } })).status).toBe(200);
  await rename("paypaI home");
  await rename("elsewhere");
  // As the version does that knows of looks, but not of their ends: those of before are deleted, the own are just there.
  await db.sql`
    update identity_accounts set nickname = 'paypaI home', nickname_key = 'paypaihome', looks_of = 'paypaI home'
    where id = ${accountId}`;
  await db.sql`delete from identity_nickname_looks where account_id = ${accountId} and free_at is null`;
  const retention = createRetention({ db, clock });
  await db.sql`update identity_nickname_looks set free_at = ${new Date(clock.now() + hourMs)} where account_id = ${accountId}`;
  await retention.sweep();
  await db.sql`update identity_nickname_looks set free_at = ${new Date(clock.now())} where free_at is not null`;
  await retention.sweep();
  for (const nickname of ["paypal home", "PayPaI Home"]) {
    const answer = await world.device().signUp({ ...world.newPerson(), nickname });
    expect([nickname, answer.code]).toEqual([nickname, "nickname.taken"]);
  }
});

test("gives a look that is about to be free to who has borne it since before the rules", async () => {
  const { db, clock } = world;
  const owner = await world.signUpPerson();
  const rename = async (nickname: string) =>
    expect((await owner.device.ask("PATCH", "/api/me", { body: { nickname } })).status).toBe(200);
  await rename("구름 위");
  await db.sql`
    insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
    values (gen_random_uuid(), ${"구름 위\uFE0F"}, ${"구름위\uFE0F"}, 'seed', now())`;
  const retention = createRetention({ db, clock });
  await retention.sweep();
  await rename("다른 구름");
  await retention.sweep();
  await rename("구름 위");
  await rename("다른 구름");
  await db.sql`
    update identity_nickname_looks set free_at = ${new Date(clock.now() + hourMs)}
    where account_id = ${owner.accountId} and free_at is not null`;
  await retention.sweep();
  await clock.advance(hourMs);
  expect((await world.device().signUp({ ...world.newPerson(), nickname: "구름 위" })).code).toBe("nickname.taken");
});

test("takes the looks of a nickname that an older version gave meanwhile", async () => {
  const { db, clock } = world;
  const { accountId } = await world.signUpPerson();
  await db.sql`
    update identity_accounts set nickname = '가운데 paypaI', nickname_key = '가운데paypai' where id = ${accountId}`;
  await createRetention({ db, clock }).sweep();
  const answer = await world.device().signUp({ ...world.newPerson(), nickname: "가운데 paypal" });
  expect(answer.code).toBe("nickname.taken");
});

test("a device says the same of a session that was ended, however long ago, as long as it holds its token", async () => {
  const { db, clock } = world;
  const retention = createRetention({ db, clock });
  const { device, person } = await world.signUpPerson();
  const [ended, unused] = [world.device(), world.device()];
  await ended.signIn(person);
  await unused.signIn(person);
  const kept = new Map(ended.jar);
  await ended.ask("POST", "/api/auth/sign-out");
  const codeOf = async (jar: ReadonlyMap<string, string>) =>
    (await world.device().ask("POST", "/api/auth/refresh", { jar })).code;
  const countKept = async () => (await db.sql`select count(*)::int as count from identity_ended_tokens`)[0].count;
  await retention.sweep();
  const countBefore = await countKept();
  for (const wait of [31 * dayMs, limits.refreshTokenMs - 31 * dayMs - 1_000]) {
    await clock.advance(wait);
    await device.refresh();
    await retention.sweep();
    expect([await codeOf(kept), await countKept()]).toEqual(["auth.revoked", countBefore + 1]);
  }
  // What merely ran out is never said to have been ended.
  await clock.advance(1_000);
  expect(await codeOf(unused.jar)).toBe("auth.required");
  await clock.advance(31 * dayMs);
  await device.refresh();
  await retention.sweep();
  expect([await codeOf(unused.jar), await codeOf(kept), await countKept()]).toEqual([
    "auth.invalid",
    "auth.invalid",
    countBefore,
  ]);
});

test("clears away steps, links, invitations and OAuth flows once nothing counts by them", async () => {
  const { db, clock } = world;
  const retention = createRetention({ db, clock });
  const at = new Date(clock.now());
  const [soon, later] = [new Date(clock.now() + 600_000), new Date(clock.now() + 40 * dayMs)];
  const link = { kind: "reset", owner: null, emailKeyHash: "x", at } as const;
  const step = {
    kind: "code",
    accountId: null,
    authEpoch: null,
    emailKeyHash: "x",
    sealed: "x",
    sentAt: at,
    at,
  } as const;
  const flow = {
    providerId: "sun",
    browserHash: "x",
    sealed: "x",
    accountId: null,
    sessionId: null,
    authEpoch: null,
  };
  for (const [name, expiresAt] of Object.entries({ soon, later })) {
    await insertLink(db.sql, { ...link, hash: name, expiresAt });
    await insertStep(db.sql, { ...step, hash: name, expiresAt });
    await insertInvite(db.sql, { hash: name, uses: 1, at, expiresAt });
    await insertProviderAttempt(db.sql, { ...flow, hash: name, expiresAt });
  }
  const left = async () => {
    const rows = await db.sql<{ hash: string }[]>`
      select hash from identity_links union all select hash from identity_steps
      union all select hash from identity_invites union all select hash from identity_provider_attempts`;
    return rows.map(({ hash }) => hash).sort();
  };
  await clock.advance(600_000);
  await retention.sweep();
  expect(await left()).toEqual([...Array(4).fill("later"), ...Array(4).fill("soon")]);
  await clock.advance(3_600_001);
  await retention.sweep();
  expect(await left()).toEqual(Array(4).fill("later"));
});
