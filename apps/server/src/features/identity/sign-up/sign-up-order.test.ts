import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { httpPaths, sharedRateLimits } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { newcomer, openProviderWorld } from "../fixtures/provider-visits.fixture.ts";

let [mailing, silent] = [null as unknown as World, null as unknown as World];
beforeAll(async () => {
  mailing = await openWorld({ isMailOn: true });
  silent = await openWorld();
});
afterAll(() => Promise.all([mailing.close(), silent.close()]));

const { hash } = Bun.password;
let hashing: ReturnType<typeof spyOn<typeof Bun.password, "hash">>;
beforeEach(() => {
  hashing = spyOn(Bun.password, "hash").mockImplementation((text) =>
    hash(text, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 }),
  );
});
afterEach(() => hashing.mockRestore());

const { count } = sharedRateLimits.sign_up_code;

describe("a sign-up hashes a password only for who is within the limit", () => {
  test("of codes: whoever is past it costs no hash, one after the other", async () => {
    const { email } = mailing.newPerson();
    const ask = async () => (await mailing.device().signUp({ ...mailing.newPerson(), email })).status;
    for (let i = 0; i < count; i++) expect(await ask()).toBe(202);
    expect(hashing).toHaveBeenCalledTimes(count);
    for (let i = 0; i < 3; i++) expect(await ask()).toBe(429);
    expect(hashing).toHaveBeenCalledTimes(count);
  });

  test("of codes: at the same moment, and over two nodes, no more are hashed than are let through", async () => {
    const other = await mailing.openNode();
    // A node makes a hash of its own when it starts, to compare with where there is none.
    hashing.mockClear();
    const { email } = mailing.newPerson();
    const asked = Array.from({ length: 4 * count }, (_, i) =>
      mailing.device(i % 2 === 0 ? mailing : other).signUp({ ...mailing.newPerson(), email }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(count);
    expect(new Set(statuses)).toEqual(new Set([202, 429]));
    expect(hashing).toHaveBeenCalledTimes(count);
  });

  test("also where the hash then fails: what was counted stays counted", async () => {
    const { email } = mailing.newPerson();
    hashing.mockImplementation(() => Promise.reject(new Error("planted")));
    const ask = async () => (await mailing.device().signUp({ ...mailing.newPerson(), email })).status;
    for (let i = 0; i < count; i++) expect(await ask()).toBe(500);
    expect(await ask()).toBe(429);
    expect(hashing).toHaveBeenCalledTimes(count);
  });

  test("and what is wrong or taken costs neither a code nor a hash, whether mails are sent or not", async () => {
    for (const world of [mailing, silent]) {
      const owner = await world.signUpPerson();
      hashing.mockClear();
      const person = world.newPerson();
      const faults = [
        { isFourteenOrOver: false },
        { nickname: owner.person.nickname },
        { nickname: "운영자" },
        { password: "short" },
        { email: "no address" },
        { deviceName: "a\u200Bb" },
        ...(world === silent ? [{ email: owner.person.email }] : []),
      ];
      for (const fault of Array.from({ length: count + 1 }, () => faults).flat()) {
        expect((await world.device().signUp({ ...person, ...fault })).status).toBeGreaterThanOrEqual(400);
      }
      expect(hashing).not.toHaveBeenCalled();
      expect((await world.device().signUp(person)).status).toBe(world === mailing ? 202 : 200);
      expect(hashing).toHaveBeenCalledTimes(1);
    }
  });

  test("of this address, which each node counts before anything else, where no mail is sent", async () => {
    const limited = await silent.openNode({ rates: { sign_up: { burst: 2, perSecond: 1 / 60 } } });
    hashing.mockClear();
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await silent.device(limited).signUp()).status);
    expect(statuses).toEqual([200, 200, 429, 429, 429]);
    expect(hashing).toHaveBeenCalledTimes(2);
  });
});

test("a taken nickname costs who comes from a provider no code either", async () => {
  const at = await openProviderWorld();
  try {
    const owner = await at.world.signUpPerson();
    const { device } = await at.signInAs(at.sun, newcomer({ email_verified: false }));
    for (let i = 0; i <= count; i++) {
      expect((await at.consent(device, { nickname: owner.person.nickname })).code).toBe("nickname.taken");
    }
    expect((await at.consent(device)).status).toBe(202);
    expect((await device.ask("GET", httpPaths.step)).body).toMatchObject({ next: "code" });
  } finally {
    await at.close();
  }
});
