import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const accounts = async () => (await world.db.sql`select count(*)::int as count from identity_accounts`)[0].count;

describe("who may sign up", () => {
  test("is told before anybody is signed in", async () => {
    const invited = await world.openNode({ signUpMode: "invite" });
    expect((await world.device(invited).ask("GET", httpPaths.authOptions)).body).toEqual({
      signUp: "invite",
      isMailOn: false,
      providers: [],
    });
  });

  test("nobody where it is closed, and nothing is stored", async () => {
    const closed = await world.openNode({ signUpMode: "closed" });
    const before = await accounts();
    const answer = await world.device(closed).signUp(world.newPerson());
    expect([answer.status, answer.code]).toEqual([403, "sign_up.closed"]);
    expect(await accounts()).toBe(before);
  });

  test("who has an invitation, as often as it says, also when many come at once", async () => {
    const invited = await world.openNode({ signUpMode: "invite" });
    const code = await invited.identity.createInvite({ uses: 3, lifeMs: 86_400_000 });
    const ask = (inviteCode?: string) => world.device(invited).signUp({ ...world.newPerson(), inviteCode });
    for (const wrong of [undefined, "", "x", code.slice(1)]) expect((await ask(wrong)).code).toBe("invite.wrong");
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(` ${code.toLowerCase()} `)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(answers.filter((answer) => answer.code === "invite.wrong")).toHaveLength(5);
  });

  test("an invitation ends, and a sign-up that fails uses none up", async () => {
    const invited = await world.openNode({ signUpMode: "invite" });
    const code = await invited.identity.createInvite({ uses: 1, lifeMs: 60_000 });
    const { person } = await world.signUpPerson();
    const taken = await world.device(invited).signUp({ ...world.newPerson(), email: person.email, inviteCode: code });
    expect(taken.code).toBe("email.taken");
    await world.clock.advance(60_000);
    expect((await world.device(invited).signUp({ ...world.newPerson(), inviteCode: code })).code).toBe("invite.wrong");
    const rows = JSON.stringify(await world.db.sql`select i::text as row from identity_invites i`);
    expect(rows).not.toContain(code);
  });
});
