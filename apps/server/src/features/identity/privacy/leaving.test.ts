import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type AccountExport, type Consents, httpPaths, type Left, limits } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";
import { addTotp, type Device } from "../fixtures/second-factor.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({ isMailOn: true });
});
afterAll(() => world.close());

const dayMs = 86_400_000;
const leave = (device: Device, more: object = {}) =>
  device.ask<Left>("POST", httpPaths.leave, { body: { password: goodPassword, messages: "keep", ...more } });

/** Everything that the database holds, as text. */
async function readDatabase(): Promise<string> {
  const tables = await world.db.sql<{ name: string }[]>`
    select format('%I', c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'r'`;
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await world.db.sql.unsafe(`select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }: { row: string }) => row));
  }
  return texts.join("\n");
}

describe("leaving", () => {
  test("needs the password, ends everything at once, and tells when what is left is erased", async () => {
    const { person, device, accountId } = await world.signUpPerson();
    const other = world.device();
    await other.signIn(person);
    const ended: unknown[] = [];
    const stop = world.identity.onRevoked((event) => ended.push([event.kind, event.reason]));
    expect((await leave(device, { password: "wrong-password-1" })).code).toBe("password.wrong");
    expect((await leave(device, { messages: "sell" })).code).toBe("request.invalid");
    const answer = await leave(device);
    stop();
    expect(Date.parse(answer.body.erasedAfter)).toBe(world.clock.now() + 7 * dayMs);
    expect(ended).toEqual([
      ["account", "gone"],
      ["session", "gone"],
      ["session", "gone"],
    ]);
    expect([device.refreshToken, (await other.refresh()).code]).toEqual([undefined, "auth.revoked"]);
    expect((await other.ask("GET", httpPaths.me)).code).toBe("auth.revoked");
    expect((await world.device().signIn(person)).code).toBe("sign_in.failed");
    expect(await world.identity.findAccountState(accountId)).toBe("gone");
    expect((await world.identity.getProfiles([accountId])).size).toBe(0);
    expect(await world.identity.findAccountByNickname(person.nickname)).toBeNull();
    expect((await world.mailsTo(person.email)).at(-1)?.subject).toBe("탈퇴했어요");
  });

  test("frees the e-mail, and a reset mails nobody", async () => {
    const { person, device } = await world.signUpPerson();
    await leave(device);
    const before = (await world.mailsTo(person.email)).length;
    await world.device().ask("POST", httpPaths.passwordReset, { body: { email: person.email } });
    expect(await world.mailsTo(person.email)).toHaveLength(before);
    const again = world.device();
    const { nickname } = world.newPerson();
    expect((await again.signUp({ ...person, nickname })).status).toBe(202);
    const code = /\b\d{6}\b/.exec((await world.mailsTo(person.email)).at(-1)?.text ?? "")?.[0];
    const answer = await again.enter(httpPaths.stepCode, { code });
    expect(answer.body.account).toMatchObject({ email: person.email, nickname });
  });

  test.each([
    ["before the erasure", 6],
    ["after the erasure, up to the thirtieth day", 30 * 24 * 60 - 1],
  ])("keeps the nickname from everybody %s", async (_when, minutes) => {
    const { person, device, accountId } = await world.signUpPerson();
    const other = await world.signUpPerson();
    await leave(device);
    await world.clock.advance(minutes * 60_000);
    await world.identity.eraseDue();
    expect(await world.identity.findAccountState(accountId)).toBe(minutes > 7 * 24 * 60 ? null : "gone");
    await other.device.refresh();
    const check = (nickname: string) =>
      world.device().ask("GET", httpPaths.nickname.replace("{nickname}", encodeURIComponent(nickname)));
    const rename = (nickname: string) => other.device.ask("PATCH", httpPaths.me, { body: { nickname } });
    const spellings = [person.nickname, person.nickname.replace(" ", ""), person.nickname.normalize("NFD")];
    for (const nickname of spellings) {
      expect((await check(nickname)).body).toEqual({ isAvailable: false, code: "nickname.taken" });
      expect((await rename(nickname)).code).toBe("nickname.taken");
      const again = world.device();
      const newcomer = { ...world.newPerson(), nickname };
      const begun = await again.signUp(newcomer);
      const code = /\b\d{6}\b/.exec((await world.mailsTo(newcomer.email)).at(-1)?.text ?? "")?.[0];
      const ended = begun.status === 202 ? await again.enter(httpPaths.stepCode, { code }) : begun;
      expect(ended.code).toBe("nickname.taken");
    }
    // Whoever changes something else keeps the name that they have.
    expect((await rename(other.person.nickname)).status).toBe(200);
    await world.clock.advance(30 * dayMs);
    await world.identity.eraseDue();
    await other.device.refresh();
    expect((await check(person.nickname)).body).toEqual({ isAvailable: true });
    expect((await rename(person.nickname)).status).toBe(200);
  });

  test("twice at once is once", async () => {
    const { device } = await world.signUpPerson();
    const answers = await Promise.all([leave(device), leave(device)]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("without a password asks for a fresh sign-in", async () => {
    const { device, accountId } = await world.signUpPerson();
    await world.db.sql`update identity_accounts set password_hash = null where id = ${accountId}`;
    await world.clock.advance(11 * 60_000);
    await device.refresh();
    expect((await leave(device)).code).toBe("auth.fresh_required");
  });
});

describe("erasure", () => {
  test("leaves nothing of a person in the database or the log, after the grace time and not before", async () => {
    const node = await world.openNode();
    const canary = "otterflute";
    const person = {
      ...world.newPerson(),
      email: `${canary}@maru.example`,
      nickname: `${canary} 사람`,
      deviceName: `${canary} phone`,
    };
    const device = world.device(node);
    await device.signUp(person);
    const code = /\b\d{6}\b/.exec((await world.mailsTo(person.email)).at(-1)?.text ?? "")?.[0];
    await device.enter(httpPaths.stepCode, { code });
    await device.ask("PATCH", httpPaths.me, { body: { intro: `${canary} introduces itself` } });
    await addTotp(world, device);
    await world.device(node).signIn({ email: person.email, password: "wrong-password-1" });
    await device.ask("POST", httpPaths.passwordReset, { body: { email: person.email } });
    const stranger = await world.signUpPerson();
    const accountId = (await device.ask<{ id: string }>("GET", httpPaths.me)).body.id.slice(4);
    const label = { name: person.nickname, avatarSeed: canary };
    await world.db.transaction((tx) =>
      world.identity.blockAccount(tx, {
        blockerId: stranger.accountId,
        blockedId: accountId,
        label,
        scope: { of: "person" },
      }),
    );
    expect(await readDatabase()).toContain(canary);

    await leave(device);
    await world.mailsTo(person.email);
    await world.clock.advance(7 * dayMs - 1_000);
    await world.identity.eraseDue();
    expect(await readDatabase()).toContain(canary);
    await world.clock.advance(1_000);
    await world.identity.eraseDue();
    const left = await readDatabase();
    expect(left).not.toContain(canary);
    expect(left.replaceAll("-", "")).not.toContain(accountId);
    expect(node.log.lines.join("\n")).not.toContain(canary);
  });

  test("leaves a device that comes back the word that it was ended, until the device has forgotten it", async () => {
    const { person, device, accountId } = await world.signUpPerson();
    const other = world.device();
    await other.signIn(person);
    const presented = other.refreshToken ?? "";
    await other.refresh();
    await leave(device);
    await world.clock.advance(7 * dayMs);
    await world.identity.eraseDue();
    expect(await world.identity.findAccountState(accountId)).toBeNull();
    const cookie = [...other.jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const comeBack = (text = cookie) => world.device().ask("POST", httpPaths.refresh, { headers: { cookie: text } });
    // The newest token, and the one before it: the answer with the newest may have been lost.
    const codes = [await comeBack(), await comeBack(cookie.replace(other.refreshToken ?? "", presented))];
    expect(codes.map(({ code }) => code)).toEqual(["auth.revoked", "auth.revoked"]);
    expect((await comeBack(cookie.replace(other.refreshToken ?? "", "x".repeat(43)))).code).toBe("auth.invalid");
    await world.clock.advance(limits.refreshTokenMs);
    expect((await comeBack()).code).toBe("auth.invalid");
  });

  test("asks each feature first, and again when one failed", async () => {
    const { device, accountId } = await world.signUpPerson();
    const asked: unknown[] = [];
    let isBroken = true;
    world.identity.registerEraser({
      name: "first",
      erase: async (id, wish) => void (id === accountId && asked.push(["first", wish.messages])),
    });
    world.identity.registerEraser({
      name: "second",
      async erase(id) {
        if (id !== accountId) return;
        asked.push("second");
        if (isBroken) throw new Error("the disk is full");
      },
    });
    await leave(device, { messages: "remove" });
    await world.clock.advance(7 * dayMs);
    await world.identity.eraseDue();
    expect(await world.identity.findAccountState(accountId)).toBe("gone");
    isBroken = false;
    await world.clock.advance(120_000);
    await world.identity.eraseDue();
    expect(asked.length).toBeGreaterThan(2);
    expect([asked.slice(0, 2), asked.slice(-2)]).toEqual(Array(2).fill([["first", "remove"], "second"]));
    expect(await world.identity.findAccountState(accountId)).toBeNull();
    expect(world.identity.listErasers()).toEqual(["first", "second"]);
  });
});

describe("what is held on a person", () => {
  test("can be downloaded, by themselves alone, without what opens doors", async () => {
    const { person, device } = await world.signUpPerson();
    const stranger = await world.signUpPerson();
    world.identity.registerExporter({ name: `notes ${person.email}`, export: async () => ({ count: 3 }) });
    await addTotp(world, device);
    const answer = await device.ask<AccountExport>("GET", httpPaths.exportMe);
    expect(answer.body.parts).toMatchObject({
      account: { email: person.email, nickname: person.nickname },
      consents: [{ kind: "age" }, { kind: "privacy" }, { kind: "terms" }],
      devices: [{ deviceName: "test", isCurrent: true }],
      security: { hasTotp: true, hasPassword: true },
      blocks: [],
      [`notes ${person.email}`]: { count: 3 },
    });
    expect(answer.headers.get("content-disposition")).toContain("attachment");
    expect(JSON.stringify(answer.body)).not.toMatch(/argon2|sealed|hash/i);
    expect(JSON.stringify(answer.body)).not.toContain(stranger.person.email);
    expect((await world.device().ask("GET", httpPaths.exportMe)).code).toBe("auth.required");
  });

  test("consents are seen, and the optional one is given and withdrawn, each with its time", async () => {
    const { device } = await world.signUpPerson();
    const set = (marketing: unknown) => device.ask<Consents>("PATCH", httpPaths.consents, { body: { marketing } });
    const marketing = ({ body }: { body: Consents }) => body.consents.filter(({ kind }) => kind === "marketing");
    expect(marketing(await device.ask<Consents>("GET", httpPaths.consents))).toEqual([]);
    await set(true);
    const given = marketing(await set(true));
    expect(given).toMatchObject([{ withdrawnAt: null }]);
    await world.clock.advance(60_000);
    expect(marketing(await set(false))).toEqual([
      { ...given[0], withdrawnAt: new Date(world.clock.now()).toISOString() } as never,
    ]);
    await world.clock.advance(60_000);
    expect(marketing(await set(true)).map(({ withdrawnAt }) => withdrawnAt === null)).toEqual([false, true]);
    expect((await set("yes")).code).toBe("request.invalid");
    const sneaky = await device.ask<Consents>("PATCH", httpPaths.consents, {
      body: { marketing: false, terms: false },
    });
    expect(sneaky.body.consents.find(({ kind }) => kind === "terms")?.withdrawnAt).toBeNull();
  });
});

describe("a feature with much to take in", () => {
  test("keeps nobody waiting who leaves, and is asked again until it is done, also by the look after a kill", async () => {
    const { device, accountId } = await world.signUpPerson();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const asked: string[] = [];
    let isKilled = true;
    world.identity.registerEraser({
      name: "slow",
      depart: async (id) => {
        if (id !== accountId) return "done";
        asked.push(id);
        await gate;
        if (asked.length === 2 && isKilled) throw new Error("killed");
        return asked.length < 4 ? "more" : "done";
      },
      erase: async () => {},
    });
    await world.jobs.start();
    expect((await leave(device)).status).toBe(200);
    await eventually("the feature was asked", () => asked.length === 1);
    open();
    await eventually("the first try was cut short", () => asked.length === 2);
    isKilled = false;
    await world.identity.eraseDue();
    expect(asked).toHaveLength(4);
    await world.identity.eraseDue();
    expect(asked).toHaveLength(4);
  });
});
