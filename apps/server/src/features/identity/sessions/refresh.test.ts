import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fromWireId, httpPaths, limits } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import type { Revoked } from "./revocations.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const minuteMs = 60_000;

/** A device that presents the token of another's jar, and keeps what it gets. */
function thiefWith(token: string | undefined) {
  const thief = world.device();
  thief.jar.set("maru_refresh", token ?? "");
  return thief;
}

describe("refreshing", () => {
  test("gives a new right and a new token; the right speaks for the same session", async () => {
    const { device, accountId } = await world.signUpPerson();
    const [token, access] = [device.refreshToken, device.accessToken ?? ""];
    await world.clock.advance(minuteMs);
    const answer = await device.refresh();
    expect(answer.status).toBe(200);
    expect(fromWireId(answer.body.account.id)).toBe(accountId);
    expect(device.refreshToken).not.toBe(token);
    const [before, after] = await Promise.all(
      [access, answer.body.accessToken].map(world.identity.authenticator.authenticate),
    );
    expect(after?.sessionId).toBe(before?.sessionId as string);
    expect(after?.expiresAt).toBe((before?.expiresAt ?? 0) + minuteMs);
  });

  test("a lost answer signs nobody out: the same successor comes again", async () => {
    const { device } = await world.signUpPerson();
    const lost = [];
    for (let index = 0; index < 3; index++) lost.push(await device.refresh({ keepsCookies: false }));
    const tokens = lost.map((answer) => answer.headers.getSetCookie()[0]?.split(";")[0]);
    expect(new Set(tokens).size).toBe(1);
    expect((await device.refresh()).status).toBe(200);
    expect(`maru_refresh=${device.refreshToken}`).toBe(tokens[0] as string);
  });

  test("a laptop that slept for days over a lost answer wakes signed in", async () => {
    const { device } = await world.signUpPerson();
    await device.refresh({ keepsCookies: false });
    await world.clock.advance(30 * 24 * 60 * minuteMs);
    expect((await device.refresh()).status).toBe(200);
    expect((await device.refresh()).status).toBe(200);
  });

  test("twenty tabs at once are all refreshed, and any of their answers goes on", async () => {
    const { device } = await world.signUpPerson();
    const jar = new Map(device.jar);
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.device().refresh({ jar })));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    const tokens = new Set(answers.map((answer) => answer.headers.getSetCookie()[0]?.split(";")[0]));
    expect(tokens.size).toBe(1);
    const next = world.device();
    next.jar.set("maru_refresh", [...tokens][0]?.split("=")[1] ?? "");
    expect((await next.refresh()).status).toBe(200);
    expect((await next.refresh()).status).toBe(200);
  });

  test("while an answer that was handed out again may be on its way, no other successor is made", async () => {
    const { device } = await world.signUpPerson();
    await device.refresh({ keepsCookies: false });
    await world.clock.advance(50_000);
    const slow = await device.refresh({ keepsCookies: false });
    await world.clock.advance(20_000);
    // 70 s after the successor was made, 20 s after it was handed out: its second answer may still be on its way.
    const between = await device.refresh();
    expect([between.status, between.headers.getSetCookie()]).toEqual([200, []]);
    device.jar.set("maru_refresh", /maru_refresh=([^;]+)/.exec(slow.headers.getSetCookie()[0] ?? "")?.[1] ?? "");
    expect((await device.refresh()).status).toBe(200);
    expect((await device.refresh()).status).toBe(200);
  });

  test("who holds a copy and repeats it every 50 s does not ride along: the owner goes on alone", async () => {
    const { device } = await world.signUpPerson();
    const thief = thiefWith(device.refreshToken);
    const copy = new Map(thief.jar);
    const handed = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const answer = await thief.refresh({ jar: copy, keepsCookies: false });
      const token = answer.headers.getSetCookie()[0]?.split(";")[0];
      if (token) handed.add(token);
      await world.clock.advance(50_000);
    }
    expect((await device.refresh()).status).toBe(200);
    await world.clock.advance(10 * minuteMs);
    expect((await device.refresh()).status).toBe(200);
    for (const token of handed) thief.jar.set("maru_refresh", token.split("=")[1] ?? "");
    const codes = [(await thief.refresh()).code, (await device.refresh()).code];
    expect(codes).toContain("auth.revoked");
  });

  test("a predecessor used again after its successor ends the session everywhere", async () => {
    const { device, accountId } = await world.signUpPerson();
    const events: Revoked[] = [];
    const stop = world.identity.onRevoked((event) => events.push(event));
    const thief = thiefWith(device.refreshToken);
    await device.refresh();
    await device.refresh();
    const reused = await thief.refresh();
    expect([reused.status, reused.code]).toEqual([403, "auth.revoked"]);
    expect(events).toEqual([{ kind: "session", accountId, sessionId: events[0]?.sessionId ?? "", reason: "reused" }]);
    expect((await device.ask("GET", "/api/me")).code).toBe("auth.revoked");
    await world.clock.advance(minuteMs);
    const own = await device.refresh();
    expect([own.status, own.code]).toEqual([403, "auth.revoked"]);
    expect(device.refreshToken).toBeUndefined();
    expect((await thiefWith(device.refreshToken).refresh()).status).toBe(403);
    stop();
    expect(events).toHaveLength(1);
  });

  test("a thief who was faster is found out by the owner's next steps", async () => {
    const { device } = await world.signUpPerson();
    const thief = thiefWith(device.refreshToken);
    expect((await thief.refresh()).status).toBe(200);
    await world.clock.advance(2 * minuteMs);
    expect((await device.refresh()).status).toBe(200);
    await world.clock.advance(2 * minuteMs);
    expect((await thief.refresh()).status).toBe(200);
    expect((await device.refresh()).code).toBe("auth.revoked");
    expect((await thief.refresh()).code).toBe("auth.revoked");
  });

  test("other devices of the account stay when one is ended for reuse", async () => {
    const { person, device } = await world.signUpPerson();
    const other = world.device();
    await other.signIn({ email: person.email, password: person.password });
    const thief = thiefWith(device.refreshToken);
    await device.refresh();
    await device.refresh();
    await thief.refresh();
    expect((await other.refresh()).status).toBe(200);
  });

  test("a request that came before the one that spent its token gets access, and no token", async () => {
    const { device } = await world.signUpPerson();
    const early = new Map(device.jar);
    await device.refresh();
    const arrived = world.clock.now();
    await world.clock.advance(50);
    await device.refresh();
    // The database got to it last: the arrival is what counts.
    const now = world.clock.now;
    world.clock.now = () => arrived;
    const late = await world.device().refresh({ jar: early });
    world.clock.now = now;
    expect([late.status, late.headers.getSetCookie()]).toEqual([200, []]);
    expect((await device.refresh()).status).toBe(200);
  });

  test("the answer to another tab takes no cookie from a browser that has just signed in anew", async () => {
    const { person, device } = await world.signUpPerson();
    const before = new Map(device.jar);
    expect((await device.signIn(person)).status).toBe(200);
    // Asked before the new cookie came, answered after it.
    const late = await world.device().refresh({ jar: new Map(before) });
    expect([late.code, late.headers.getSetCookie()]).toEqual(["auth.revoked", []]);
    expect((await device.refresh()).status).toBe(200);
    await world.clock.advance(minuteMs);
    const later = await world.device().refresh({ jar: new Map(before) });
    expect(later.code).toBe("auth.revoked");
    expect(later.headers.getSetCookie()[0]).toContain("Max-Age=0");
  });

  test("without a cookie one is not signed in, and that is no error; an unknown one is not valid and taken away", async () => {
    // Told as an answer: a browser writes every 401 into the console of whoever comes by.
    expect(await world.device().refresh()).toMatchObject({ status: 200, body: { signedIn: false } });
    const known = await world.signUpPerson();
    for (const token of ["x", "A".repeat(43), "A".repeat(5_000), `${known.device.refreshToken}x`]) {
      const stranger = thiefWith(token);
      expect(await stranger.refresh()).toMatchObject({ status: 403, code: "auth.invalid" });
      expect(stranger.refreshToken).toBeUndefined();
    }
    expect((await known.device.refresh()).status).toBe(200);
  });

  test("sixty days without use end a session; use prolongs it", async () => {
    const { device } = await world.signUpPerson();
    for (let round = 0; round < 3; round++) {
      await world.clock.advance(limits.refreshTokenMs - minuteMs);
      expect((await device.refresh()).status).toBe(200);
    }
    await world.clock.advance(limits.refreshTokenMs);
    expect(await device.refresh()).toMatchObject({ status: 401, code: "auth.required" });
    expect(device.refreshToken).toBeUndefined();
  });

  test("a session ends some time after its sign-in, however much it is used, and leaves the list of devices", async () => {
    const dayMs = 24 * 60 * minuteMs;
    const node = await world.openNode({ sessionLifeMs: 30 * dayMs });
    const { person } = await world.signUpPerson();
    const device = world.device(node);
    expect((await device.signIn(person)).status).toBe(200);
    for (let day = 0; day < 29; day++) {
      await world.clock.advance(dayMs);
      expect((await device.refresh()).status).toBe(200);
    }
    const other = world.device(node);
    await other.signIn(person);
    await world.clock.advance(dayMs);
    expect(await device.refresh()).toMatchObject({ status: 401, code: "auth.required" });
    expect(device.refreshToken).toBeUndefined();
    expect((await other.refresh()).status).toBe(200);
    const listed = (await other.ask<{ sessions: unknown[] }>("GET", httpPaths.sessions)).body.sessions;
    expect(listed).toHaveLength(1);
    expect((await device.signIn(person)).status).toBe(200);
  });

  test("a suspended account cannot refresh", async () => {
    const { device, accountId } = await world.signUpPerson();
    await world.identity.suspendAccount(accountId);
    expect(await device.refresh()).toMatchObject({ status: 403, code: "account.suspended" });
  });

  test("the database holds no token: neither plain nor usable", async () => {
    const { device } = await world.signUpPerson();
    await device.refresh();
    await device.refresh({ keepsCookies: false });
    const token = device.refreshToken ?? "";
    const rows = await world.db.sql`select to_jsonb(t)::text as row from identity_refresh_tokens t`;
    const text = rows.map((row: { row: string }) => row.row).join("\n");
    expect(text).not.toContain(token);
    for (const [stored] of text.matchAll(/[A-Za-z0-9_-]{43,}/g)) {
      expect((await thiefWith(stored.slice(0, 43)).refresh()).code).toBe("auth.invalid");
    }
  });

  test("long chains leave a bounded trail, still told apart from strangers", async () => {
    const { device } = await world.signUpPerson();
    const remembered = thiefWith(device.refreshToken);
    for (let index = 0; index < 600; index++) expect((await device.refresh()).status).toBe(200);
    const [row] = await world.db.sql`
      select count(*)::int as count from identity_refresh_tokens where session_id =
        ${(await world.identity.authenticator.authenticate(device.accessToken ?? "")).sessionId}`;
    expect(row.count).toBeLessThan(560);
    expect((await remembered.refresh()).code).toBe("auth.invalid");
    expect((await device.refresh()).status).toBe(200);
  });
});
