import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accountSelfSchema, httpPaths, signedInSchema } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const countRows = async () => {
  const [row] = await world.db.sql`
    select (select count(*)::int from identity_accounts) + (select count(*)::int from identity_consents)
      + (select count(*)::int from identity_auth_sessions) + (select count(*)::int from identity_refresh_tokens) as count`;
  return row.count as number;
};

describe("signing up", () => {
  test("makes an account, keeps each consent with its version and time, and signs the device in", async () => {
    const device = world.device();
    const person = { ...world.newPerson(), consents: { ...world.newPerson().consents, marketing: true }, locale: "en" };
    const answer = await device.signUp(person);
    expect(answer.status).toBe(200);
    const signedIn = signedInSchema.parse(answer.body);
    expect(signedIn.account).toMatchObject({
      email: person.email,
      emailVerified: false,
      nickname: person.nickname,
      locale: "en",
    });
    expect(await world.identity.authenticator.authenticate(signedIn.accessToken)).toMatchObject({
      accountId: signedIn.account.id.slice(4),
    });
    const consents = await world.db.sql`
      select kind, version, withdrawn_at, given_at from identity_consents
      where account_id = ${signedIn.account.id.slice(4)} order by kind`;
    expect(consents.map((row: { kind: string; version: string }) => [row.kind, row.version])).toEqual([
      ["age", "14"],
      ["marketing", world.legal.privacy.version],
      ["privacy", world.legal.privacy.version],
      ["terms", world.legal.terms.version],
    ]);
    expect(consents.every((row: { given_at: Date }) => row.given_at.getTime() === world.clock.now())).toBe(true);
  });

  test("no one under 14, and nothing of them is stored", async () => {
    const before = await countRows();
    const answer = await world.device().signUp({ ...world.newPerson(), isFourteenOrOver: false, email: "wrong" });
    expect([answer.status, answer.code]).toEqual([403, "age.too_young"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await countRows()).toBe(before);
  });

  test("needs the required consents, to the texts in force", async () => {
    const person = world.newPerson();
    const missing = await world.device().signUp({ ...person, consents: { ...person.consents, terms: "" } });
    expect([missing.status, missing.code]).toEqual([422, "consent.required"]);
    expect(missing.body).toMatchObject({ error: { fields: [{ path: "consents.terms", code: "consent.required" }] } });
    const old = await world
      .device()
      .signUp({ ...person, consents: { ...person.consents, privacy: "2020-01-01.0000000000" } });
    expect([old.status, old.code]).toEqual([409, "consent.outdated"]);
    expect((await world.device().signUp(person)).status).toBe(200);
  });

  test("names every wrong field at once", async () => {
    const before = await countRows();
    const answer = await world
      .device()
      .signUp({ ...world.newPerson(), email: "no", nickname: "a", password: "aaaaaaaaaaaa" });
    expect([answer.status, answer.code]).toEqual([422, "email.invalid"]);
    expect(answer.body).toMatchObject({
      error: {
        fields: [
          { path: "email", code: "email.invalid" },
          { path: "nickname", code: "nickname.invalid" },
          { path: "password", code: "password.weak" },
        ],
      },
    });
    expect(await countRows()).toBe(before);
  });

  test("an e-mail and a nickname belong to one account, however they are written", async () => {
    const { person } = await world.signUpPerson();
    const again = await world.device().signUp(person);
    expect([again.status, again.code]).toEqual([409, "email.taken"]);
    expect(again.body).toMatchObject({
      error: {
        fields: [
          { path: "email", code: "email.taken" },
          { path: "nickname", code: "nickname.taken" },
        ],
      },
    });
    const shouted = await world.device().signUp({ ...world.newPerson(), email: ` ${person.email.toUpperCase()} ` });
    expect(shouted.code).toBe("email.taken");
    const spaced = await world.device().signUp({ ...world.newPerson(), nickname: person.nickname.replace(" ", "　") });
    expect(spaced.code).toBe("nickname.taken");
  });

  test("ten at once with one e-mail end in one account", async () => {
    const person = world.newPerson();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => world.device().signUp({ ...person, nickname: `동시 ${index}` })),
    );
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.code === "email.taken")).toHaveLength(9);
    const [row] = await world.db
      .sql`select count(*)::int as count from identity_accounts where email = ${person.email}`;
    expect(row.count).toBe(1);
  });

  test("nothing can be slipped in", async () => {
    const id: string = "acc_00000000000070008000000000000001";
    const extra = {
      id,
      role: "operator",
      kind: "operator",
      state: "suspended",
      emailVerifiedAt: "2020-01-01T00:00:00Z",
      emailVerified: true,
      email_verified_at: "2020-01-01",
      rev: 99,
      avatarSeed: "x",
      createdAt: "2000-01-01T00:00:00Z",
      password_hash: "x",
    };
    const answer = await world.device().signUp({ ...world.newPerson(), ...extra, ["__proto__"]: { kind: "operator" } });
    expect(answer.status).toBe(200);
    const self = accountSelfSchema.parse(answer.body.account);
    expect(self).toMatchObject({ emailVerified: false, createdAt: new Date(world.clock.now()).toISOString() });
    expect([self.id.endsWith(id), self.avatarSeed === "x"]).toEqual([false, false]);
    const [row] = await world.db.sql`select kind, state, rev from identity_accounts where id = ${self.id.slice(4)}`;
    expect({ ...row }).toEqual({ kind: "person", state: "active", rev: 0 });
  });

  const person = {
    email: "bad@maru.example",
    password: "hanok-floor-4",
    nickname: "나쁜 입력",
    isFourteenOrOver: true,
    consents: { terms: "x", privacy: "x", marketing: false },
  };
  const malformed: [string, unknown][] = [
    ["no body", ""],
    ["no JSON", "{"],
    ["null", "null"],
    ["an array", []],
    ["a text for a truth", { ...person, isFourteenOrOver: "true" }],
    ["an object for an e-mail", { ...person, email: { $ne: null } }],
    ["an array for a password", { ...person, password: ["hanok-floor-4"] }],
    ["a password beyond the form's own limit", { ...person, password: "a1".repeat(600) }],
    ["an unknown language", { ...person, locale: "xx" }],
    ["no consents", { ...person, consents: null }],
  ];
  for (const [name, body] of malformed) {
    test(`${name} is a malformed request`, async () => {
      const answer = await world.device().signUp(body as object);
      expect([answer.status, answer.code]).toEqual([400, "request.invalid"]);
    });
  }

  test("a password of a megabyte never reaches the hash", async () => {
    const answer = await world.device().signUp({ ...world.newPerson(), password: "a1b2".repeat(250_000) });
    expect([answer.status, answer.code]).toEqual([413, "request.too_large"]);
  });

  const unstorable: [string, object, string][] = [
    ["a NUL in the nickname", { nickname: "a\u0000bc" }, "nickname.invalid"],
    ["a lone surrogate in the nickname", { nickname: "ab\ud800" }, "nickname.invalid"],
    ["a direction mark in the nickname", { nickname: "ab\u202ecd" }, "nickname.invalid"],
    ["markup in the nickname", { nickname: "<b>ab</b>" }, "nickname.invalid"],
    ["a NUL in the password", { password: "hanok\u0000floor-4" }, "password.weak"],
    ["a NUL in the device's name", { deviceName: "a\u0000" }, "name.invalid"],
    ["a NUL in the e-mail", { email: "a\u0000@maru.example" }, "email.invalid"],
  ];
  for (const [name, change, code] of unstorable) {
    test(`${name} is refused`, async () => {
      const answer = await world.device().signUp({ ...world.newPerson(), ...change });
      expect(answer.code).toBe(code);
    });
  }

  test("only JSON is read: no form of another page can sign anybody up", async () => {
    const body = JSON.stringify(world.newPerson());
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]) {
      const answer = await world.device().ask("POST", httpPaths.signUp, { body, headers: { "content-type": type } });
      expect([answer.status, answer.code]).toEqual([400, "request.invalid"]);
    }
  });
});

test("signing up is limited per address", async () => {
  const limited = await world.openNode({ rates: { sign_up: { burst: 2, perSecond: 1 / 60 } } });
  const ask = (from: string) => world.device(limited).signUp(world.newPerson(), { headers: { "x-from": from } });
  expect([(await ask("198.51.100.1")).status, (await ask("198.51.100.1")).status]).toEqual([200, 200]);
  const refused = await ask("198.51.100.1");
  expect([refused.status, refused.code]).toEqual([429, "rate.limited"]);
  expect(refused.body).toMatchObject({ error: { retryAfterMs: 60_000 } });
  expect((await ask("198.51.100.2")).status).toBe(200);
});
