import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fromWireId, usualAccountLimits } from "@maru/protocol";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("signing in", () => {
  test("works with the e-mail however it is written, again and again", async () => {
    const { person, accountId } = await world.signUpPerson();
    for (const email of [person.email, `  ${person.email.toUpperCase()} `]) {
      const answer = await world.device().signIn({ email, password: person.password, deviceName: "phone" });
      expect(answer.status).toBe(200);
      expect(fromWireId(answer.body.account.id)).toBe(accountId);
    }
  });

  test("says one thing of an unknown e-mail, a wrong password and what cannot be either", async () => {
    const { person } = await world.signUpPerson();
    const attempts = [
      { email: person.email, password: "wrong-password-1" },
      { email: "nobody@maru.example", password: "wrong-password-1" },
      { email: "nobody@maru.example", password: "x" },
      { email: "no e-mail", password: "wrong-password-1" },
      { email: "' or 1=1 --", password: goodPassword },
      { email: "a\u0000@maru.example", password: goodPassword },
      { email: person.email, password: `${person.password}\u0000` },
      { email: person.email, password: "\ud800".repeat(12) },
      { email: person.email, password: "" },
    ];
    const answers = await Promise.all(attempts.map((attempt) => world.device().signIn(attempt)));
    const bodies = answers.map(({ status, body }) => {
      const { requestId, ...error } = (body as unknown as { error: Record<string, unknown> }).error;
      expect(requestId).toBeString();
      return JSON.stringify({ status, error });
    });
    expect(new Set(bodies).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 401, code: "sign_in.failed" });
    for (const answer of answers) expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("takes as long for an unknown e-mail as for a wrong password", async () => {
    const { person } = await world.signUpPerson();
    const timeOf = async (email: string) => {
      const times: number[] = [];
      for (let index = 0; index < 7; index++) {
        const start = performance.now();
        const answer = await world.device().signIn({ email, password: "wrong-password-1" });
        times.push(performance.now() - start);
        expect(answer.code).toBe("sign_in.failed");
      }
      return times.sort((a, b) => a - b)[3] ?? 0;
    };
    const [known, unknown] = [await timeOf(person.email), await timeOf("not.there@maru.example")];
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
  });

  test("slows down guessing at one account from many addresses, known or not, and lets its owner in afterwards", async () => {
    const { person } = await world.signUpPerson();
    for (const email of [person.email, "never.was@maru.example"]) {
      const waits: number[] = [];
      let failures = 0;
      for (let index = 0; index < 40 && waits.length < 4; index++) {
        const from = { headers: { "x-from": `198.51.100.${index}` } };
        const answer = await world.device().signIn({ email, password: `guess-number-${index}` }, from);
        if (answer.code === "sign_in.failed") failures++;
        else {
          expect(answer).toMatchObject({ status: 429, code: "rate.limited" });
          const wait = (answer.body as unknown as { error: { retryAfterMs: number } }).error.retryAfterMs;
          waits.push(wait);
          await world.clock.advance(wait);
        }
      }
      expect([failures, waits]).toEqual([12, [1_000, 2_000, 4_000, 8_000]]);
    }
    await world.clock.advance(8_000);
    expect((await world.device().signIn({ email: person.email, password: person.password })).status).toBe(200);
    // Being there clears the count: the next typing error costs nothing.
    expect((await world.device().signIn({ email: person.email, password: "a-typing-error" })).code).toBe(
      "sign_in.failed",
    );
  });

  test("a thousand guesses at once are no more than the free ones", async () => {
    const { person } = await world.signUpPerson();
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        world
          .device()
          .signIn(
            { email: person.email, password: `guess-${index}-xyz` },
            { headers: { "x-from": `198.51.101.${index % 250}` } },
          ),
      ),
    );
    expect(answers.filter((answer) => answer.code === "sign_in.failed").length).toBeLessThanOrEqual(9);
    expect(answers.filter((answer) => answer.code === "rate.limited").length).toBeGreaterThanOrEqual(291);
  });

  test("slows down one address that tries many accounts", async () => {
    const codes = new Set<string | undefined>();
    let tried = 0;
    while (tried < 60 && !codes.has("rate.limited")) {
      const from = { headers: { "x-from": "198.51.102.1" } };
      codes.add(
        (await world.device().signIn({ email: `many${tried++}@maru.example`, password: "Summer-2026!" }, from)).code,
      );
    }
    expect(codes.has("rate.limited")).toBe(true);
    expect(tried).toBeGreaterThan(30);
    const elsewhere = { headers: { "x-from": "198.51.102.2" } };
    expect(
      (await world.device().signIn({ email: "many0@maru.example", password: "Summer-2026!" }, elsewhere)).code,
    ).toBe("sign_in.failed");
  });

  test("tells of a suspension only who knows the password", async () => {
    const { person, accountId } = await world.signUpPerson();
    expect(await world.identity.suspendAccount(accountId)).toBe(true);
    expect(await world.identity.suspendAccount(accountId)).toBe(false);
    expect((await world.device().signIn({ email: person.email, password: "wrong-password-1" })).code).toBe(
      "sign_in.failed",
    );
    const answer = await world.device().signIn({ email: person.email, password: person.password });
    expect([answer.status, answer.code]).toEqual([403, "account.suspended"]);
    expect(await world.identity.restoreAccount(accountId)).toBe(true);
    expect(await world.identity.restoreAccount(accountId)).toBe(false);
    expect((await world.device().signIn({ email: person.email, password: person.password })).status).toBe(200);
  });

  test("gives a new session each time: one planted before stays outside, one held before ends", async () => {
    const [attacker, victim] = [await world.signUpPerson(), await world.signUpPerson()];
    const planted = attacker.device.refreshToken ?? "";
    const browser = world.device();
    browser.jar.set("maru_refresh", planted);
    const answer = await browser.signIn({ email: victim.person.email, password: victim.person.password });
    expect(fromWireId(answer.body.account.id)).toBe(victim.accountId);
    expect(browser.refreshToken).not.toBe(planted);
    expect((await attacker.device.refresh()).code).toBe("auth.revoked");
  });

  test("a sixth device signs the least recently used one out, also when many come at once", async () => {
    const { person, device: first, accountId } = await world.signUpPerson();
    const devices = [first];
    for (let index = 1; index < usualAccountLimits.authSessions; index++) {
      await world.clock.advance(1_000);
      const device = world.device();
      await device.signIn({ email: person.email, password: person.password });
      devices.push(device);
    }
    await world.clock.advance(1_000);
    expect((await first.refresh()).status).toBe(200);
    await world.device().signIn({ email: person.email, password: person.password });
    const codes: (string | undefined)[] = [];
    for (const device of devices) codes.push((await device.refresh()).code);
    expect(codes).toEqual([undefined, "auth.revoked", undefined, undefined, undefined]);

    await Promise.all(
      Array.from({ length: 7 }, () => world.device().signIn({ email: person.email, password: person.password })),
    );
    const [row] = await world.db.sql`
      select count(*)::int as count from identity_auth_sessions where account_id = ${accountId} and revoked_at is null`;
    expect(row.count).toBe(usualAccountLimits.authSessions);
  });

  test("a server that is too busy to check says so and counts no failure", async () => {
    const { person } = await world.signUpPerson();
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        world
          .device()
          .signIn(
            { email: `busy${index}@maru.example`, password: "wrong-password-1" },
            { headers: { "x-from": `198.51.103.${index}` } },
          ),
      ),
    );
    const busy = answers.filter((answer) => answer.code === "server.busy");
    expect(busy.length).toBeGreaterThan(0);
    expect(busy[0]).toMatchObject({ status: 503, body: { error: { temporary: true, retryAfterMs: 2_000 } } });
    expect((await world.device().signIn({ email: person.email, password: person.password })).status).toBe(200);
  });

  const malformed: [string, unknown][] = [
    ["a password beyond the form's own limit", { email: "a@maru.example", password: "x".repeat(1_025) }],
    ["a password that is an object", { email: "a@maru.example", password: { length: 12 } }],
    ["no password", { email: "a@maru.example" }],
    ["a list", [["email", "a@maru.example"]]],
  ];
  for (const [name, body] of malformed) {
    test(`${name} is a malformed request`, async () => {
      const answer = await world.device().signIn(body as object);
      expect([answer.status, answer.code]).toEqual([400, "request.invalid"]);
    });
  }
});
