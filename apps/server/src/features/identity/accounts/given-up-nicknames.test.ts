import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type AccountExport, httpPaths, nicknameAvailabilitySchema } from "@maru/protocol";
import { newId } from "../../../platform/ids.ts";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { keptNicknameChanges, keptNicknameMs } from "./kept-nicknames.ts";
import { listDisputedNicknames, settleNicknames } from "./nickname-settling.ts";

const hourMs = 3_600_000;
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Device = ReturnType<World["device"]>;

const stranger = (): Device => world.device();
const signUp = async (nickname: string) => (await stranger().signUp({ ...world.newPerson(), nickname })).status;
const rename = async (device: Device, nickname: string) =>
  (await device.ask("PATCH", httpPaths.me, { body: { nickname } })).status;
const check = async (nickname: string, device = stranger()) =>
  nicknameAvailabilitySchema.parse((await device.ask("GET", `/api/nicknames/${encodeURIComponent(nickname)}`)).body);
const taken = { isAvailable: false, code: "nickname.taken" } as const;

/** Lets time pass for what was given up; the clock itself would run through weeks of retention. */
const age = async (ms: number) =>
  world.db.sql`update identity_nickname_looks set free_at = free_at - ${ms} * interval '1 millisecond'`;

/** Somebody who was called one thing and is called another now. */
async function personWho(before: string, now: string) {
  const someone = await world.signUpPerson();
  expect(await rename(someone.device, before)).toBe(200);
  expect(await rename(someone.device, now)).toBe(200);
  return someone;
}

describe("a nickname that somebody changed", () => {
  test("is nobody else's for 30 days, nor what looks like it, by a sign-up or a change; then it is free", async () => {
    const { device } = await personWho("paypal", "새 이름");
    const other = await personWho("다른 이", "또 다른 이");
    const alike = ["paypal", "paypaI", "PAYPAL", "рaypal", "pay pal"];
    for (const nickname of alike) {
      expect(await check(nickname)).toEqual(taken);
      expect(await signUp(nickname)).toBe(409);
      expect(await rename(other.device, nickname)).toBe(409);
    }
    await age(keptNicknameMs - 1);
    expect(await check("paypal")).toEqual(taken);
    expect(await signUp("paypaI")).toBe(409);
    await age(1);
    expect(await check("paypal")).toEqual({ isAvailable: true });
    expect(await signUp("paypaI")).toBe(200);
    expect(await rename(device, "paypal")).toBe(409);
  });

  test("is its owner's to take back, in whatever spelling, and the live check tells them so", async () => {
    const { device } = await personWho("coffee", "tea time");
    for (const spelling of ["coffee", "COFFEE", "cоffee"]) {
      expect(await check(spelling)).toEqual(taken);
      expect(await check(spelling, device)).toEqual({ isAvailable: true });
    }
    expect(await check("tea time", device)).toEqual({ isAvailable: true });
    expect(await rename(device, "Coffee")).toBe(200);
    expect(await check("tea time")).toEqual(taken);
    // Held again as any nickname, for as long as they bear it.
    await age(keptNicknameMs);
    expect(await signUp("coffee")).toBe(409);
    expect(await signUp("tea time")).toBe(200);
  });

  test("changes hands for nobody, when two reach for each other's at the same moment", async () => {
    const [one, two] = [await personWho("left one", "left two"), await personWho("right one", "right two")];
    const answers = await Promise.all(
      (
        [
          [one, "right one"],
          [two, "left one"],
          [one, "right two"],
          [two, "left two"],
        ] as const
      ).map(([{ device }, nickname]) => rename(device, nickname)),
    );
    expect(answers).toEqual([409, 409, 409, 409]);
  });

  test("counts against the limit of changes, also when it is taken back, and a refused change keeps nothing", async () => {
    const { device, accountId } = await personWho("one of six", "two of six");
    for (const nickname of ["one of six", "two of six", "one of six"]) expect(await rename(device, nickname)).toBe(200);
    expect(await rename(device, "three of six")).toBe(429);
    expect(await check("three of six")).toEqual({ isAvailable: true });
    const rows = await world.db.sql`
      select look, free_at is null as is_own from identity_nickname_looks where account_id = ${accountId} order by look`;
    const own = rows
      .filter(({ is_own: isOwn }: { is_own: boolean }) => isOwn)
      .map(({ look }: { look: string }) => look);
    expect(own).toContain("oneofsix");
    expect(own).not.toContain("twoofsix");
  });

  test("is kept for the last few changes alone, or one account would keep hundreds from everybody", async () => {
    const names = Array.from({ length: keptNicknameChanges + 3 }, (_, i) => `many ${String.fromCharCode(97 + i)}x`);
    const someone = await personWho(names[0] ?? "", names[1] ?? "");
    for (const name of names.slice(2)) {
      // An hour later, for the limit of changes.
      await world.clock.advance(hourMs);
      await someone.device.refresh();
      expect(await rename(someone.device, name)).toBe(200);
    }
    const kept = await Promise.all(names.map(async (name) => !(await check(name)).isAvailable));
    // The one of today, and as many before it as are kept.
    expect(kept.lastIndexOf(false)).toBe(names.length - keptNicknameChanges - 2);
    expect(kept.filter(Boolean)).toHaveLength(keptNicknameChanges + 1);
  });

  test("is in the download of what is held, and goes with the account", async () => {
    const { device, accountId } = await personWho("옛날의 나", "지금의 나");
    const { body } = await device.ask<AccountExport>("GET", httpPaths.exportMe);
    expect(body.parts["givenUpNicknames"]).toContainEqual({ look: "옛날의나", freeAt: expect.any(String) });
    await world.db.sql`delete from identity_accounts where id = ${accountId}`;
    expect(await check("옛날의 나")).toEqual({ isAvailable: true });
    expect(await signUp("옛날의 나")).toBe(200);
  });

  test("is no clash of a name from before, but what that clashes with is said", async () => {
    const { accountId } = await personWho("구름 위", "구름 밑");
    const id = newId();
    await world.db.sql`
      insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
      values (${id}, ${"구름 위\uFE0F"}, ${"구름위\uFE0F"}, 'seed', now())`;
    await settleNicknames(world.db);
    const listed = await listDisputedNicknames(world.db);
    const like = listed.find((each) => each.accountId === id)?.like;
    expect(like).toMatchObject({ accountId, isGivenUp: true });
    expect(listed.some((each) => each.accountId === accountId)).toBe(false);
  });
});
