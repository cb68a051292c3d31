import { expect, test } from "bun:test";
import { openWorld } from "../fixtures/identity.fixture.ts";

const ready = { email: "one@maru.test", password: "maru-dev-one-1", nickname: "하나" };

test("ready accounts can sign in, and are made once", async () => {
  const world = await openWorld({ allowsReadyAccounts: true });
  try {
    const first = await world.identity.createReadyAccount(ready);
    expect(await world.identity.createReadyAccount(ready)).toEqual(first);
    const answer = await world.device().signIn({ email: ready.email, password: ready.password });
    expect(answer.body.account).toMatchObject({ id: `acc_${first.accountId}`, nickname: ready.nickname });
  } finally {
    await world.close();
  }
});

test("ready accounts are refused unless they were allowed", async () => {
  const world = await openWorld();
  try {
    await expect(world.identity.createReadyAccount(ready)).rejects.toThrow("maru dev");
    expect((await world.device().signIn({ email: ready.email, password: ready.password })).code).toBe("sign_in.failed");
  } finally {
    await world.close();
  }
});
