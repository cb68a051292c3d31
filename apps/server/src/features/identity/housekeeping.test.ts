import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@maru/protocol";
import { createHousekeeping } from "./housekeeping.ts";
import { openWorld, type World } from "./identity-world.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const dayMs = 86_400_000;

test("clears away what is long over, with its tokens, and nothing that can still be used", async () => {
  const { db, clock, log } = world;
  const housekeeping = createHousekeeping({ db, clock, log });
  const [unused, ended, alive] = [await world.signUpPerson(), await world.signUpPerson(), await world.signUpPerson()];
  await ended.device.ask("POST", "/api/auth/sign-out");
  const countOf = async (accountId: string) => {
    const [row] = await db.sql`
      select count(distinct s.id)::int as sessions, count(t.hash)::int as tokens
      from identity_auth_sessions s left join identity_refresh_tokens t on t.session_id = s.id
      where s.account_id = ${accountId}`;
    return { ...row };
  };
  await housekeeping.sweep();
  for (const { accountId } of [unused, ended, alive])
    expect(await countOf(accountId)).toEqual({ sessions: 1, tokens: 1 });

  await clock.advance(31 * dayMs);
  await alive.device.refresh();
  await housekeeping.sweep();
  expect(await countOf(ended.accountId)).toEqual({ sessions: 0, tokens: 0 });
  expect((await countOf(unused.accountId))["sessions"]).toBe(1);

  for (let index = 0; index < 2; index++) {
    await clock.advance(limits.refreshTokenMs - 20 * dayMs);
    await alive.device.refresh();
  }
  await housekeeping.sweep();
  expect(await countOf(unused.accountId)).toEqual({ sessions: 0, tokens: 0 });
  expect((await countOf(alive.accountId))["sessions"]).toBe(1);
  expect((await alive.device.refresh()).status).toBe(200);
});
