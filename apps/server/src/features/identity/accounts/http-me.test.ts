import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { accountSelfSchema, httpPaths, nicknameAvailabilitySchema, usualAccountLimits } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("one's own account", () => {
  test("is told whole, and holds no secret", async () => {
    const { device, person } = await world.signUpPerson();
    const answer = await device.ask("GET", httpPaths.me);
    expect(accountSelfSchema.strict().parse(answer.body)).toMatchObject({ email: person.email, intro: "" });
  });

  test("changes by what is given and keeps the rest; again is the same", async () => {
    const { device, person } = await world.signUpPerson();
    for (let index = 0; index < 2; index++) {
      const answer = await device.ask("PATCH", httpPaths.me, {
        body: { intro: " 안녕하세요\n반가워요 ", locale: "en" },
      });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ nickname: person.nickname, intro: "안녕하세요\n반가워요", locale: "en" });
    }
    const renamed = await device.ask("PATCH", httpPaths.me, { body: { nickname: "  새  이름 1 " } });
    expect(renamed.body).toMatchObject({ nickname: "새 이름 1", locale: "en" });
    expect((await device.ask("PATCH", httpPaths.me, { body: {} })).body).toEqual(renamed.body);
  });

  test("tells others of a new nickname, and of nothing else", async () => {
    const { device, accountId } = await world.signUpPerson();
    const events: unknown[] = [];
    const stop = world.identity.onProfileChanged((event) => events.push(event));
    await device.ask("PATCH", httpPaths.me, { body: { intro: "x" } });
    await device.ask("PATCH", httpPaths.me, { body: { nickname: "이름 소식" } });
    await device.ask("PATCH", httpPaths.me, { body: { nickname: "이름 소식" } });
    stop();
    expect(events).toEqual([{ accountId }]);
  });

  test("cannot take another's nickname, also when two reach for it at once", async () => {
    const [one, two] = [await world.signUpPerson(), await world.signUpPerson()];
    const taken = await two.device.ask("PATCH", httpPaths.me, {
      body: { nickname: one.person.nickname.toUpperCase() },
    });
    expect([taken.status, taken.code]).toEqual([409, "nickname.taken"]);
    const answers = await Promise.all(
      [one, two].map(({ device }) => device.ask("PATCH", httpPaths.me, { body: { nickname: "하나뿐인 이름" } })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(answers.find((answer) => answer.status === 409)?.code).toBe("nickname.taken");
  });

  test("nothing but the profile can be changed, and only one's own", async () => {
    const [owner, other] = [await world.signUpPerson(), await world.signUpPerson()];
    const before = (await owner.device.ask("GET", httpPaths.me)).body;
    const extra = {
      id: `acc_${other.accountId}`,
      accountId: other.accountId,
      email: "new@maru.example",
      emailVerified: true,
      email_verified_at: "2020-01-01",
      kind: "operator",
      role: "operator",
      state: "active",
      rev: 9,
      avatarSeed: "mine",
      createdAt: "2000-01-01T00:00:00.000Z",
      passwordHash: "x",
    };
    const answer = await owner.device.ask("PATCH", httpPaths.me, { body: { ...extra, intro: "그대로" } });
    expect(answer.body).toEqual({ ...before, intro: "그대로" });
    const [row] = await world.db
      .sql`select kind, rev, email_verified_at from identity_accounts where id = ${owner.accountId}`;
    expect({ ...row }).toEqual({ kind: "person", rev: 0, email_verified_at: null });
    expect((await other.device.ask("GET", httpPaths.me)).body).toMatchObject({ intro: "" });
  });

  const wrong: [string, object, number, string][] = [
    [
      "an intro that is too long",
      { intro: "가".repeat(usualAccountLimits.introCharacters + 1) },
      400,
      "request.invalid",
    ],
    ["a NUL in the intro", { intro: "a\u0000" }, 400, "request.invalid"],
    ["a lone surrogate in the intro", { intro: "\udc00" }, 400, "request.invalid"],
    ["a nickname of one letter", { nickname: "a" }, 422, "nickname.invalid"],
    ["a nickname that hides a mark", { nickname: "ab\u200bcd" }, 422, "nickname.invalid"],
    ["an unknown language", { locale: "jp" }, 400, "request.invalid"],
    ["a number for a nickname", { nickname: 12 }, 400, "request.invalid"],
  ];
  for (const [name, body, status, code] of wrong) {
    test(`${name} is refused by field`, async () => {
      const { device } = await world.signUpPerson();
      const answer = await device.ask("PATCH", httpPaths.me, { body });
      expect([answer.status, answer.code]).toEqual([status, code]);
      expect(answer.body).toMatchObject({ error: { fields: [{ path: Object.keys(body)[0] as string }] } });
    });
  }

  test("an intro may be as long as it may be, counted as people count", async () => {
    const { device } = await world.signUpPerson();
    const intro = "🏠".repeat(usualAccountLimits.introCharacters);
    expect((await device.ask("PATCH", httpPaths.me, { body: { intro } })).body).toMatchObject({ intro });
  });
});

describe("the check of a nickname", () => {
  const check = async (nickname: string) =>
    nicknameAvailabilitySchema.parse(
      (await world.device().ask("GET", `/api/nicknames/${encodeURIComponent(nickname)}`)).body,
    );

  test("says free, taken or unusable", async () => {
    const { person } = await world.signUpPerson();
    expect(await check("아무도 안 쓴 이름")).toEqual({ isAvailable: true });
    expect(await check(` ${person.nickname} `)).toEqual({ isAvailable: false, code: "nickname.taken" });
    for (const nickname of ["a", "a@b", "a\u0000b", "가".repeat(21), "<b>", "a/b"]) {
      expect(await check(nickname)).toEqual({ isAvailable: false, code: "nickname.invalid" });
    }
  });

  test("survives what is no proper address", async () => {
    for (const path of ["/api/nicknames/%ff%fe", "/api/nicknames/%", `/api/nicknames/${"a".repeat(601)}`]) {
      expect((await world.device().ask("GET", path)).status).toBeLessThan(500);
    }
  });
});
