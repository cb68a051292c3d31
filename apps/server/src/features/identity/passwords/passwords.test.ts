import { describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { createHashQueue } from "./hash-queue.ts";
import { createPasswords } from "./passwords.ts";

const right = "hanok-floor-4";
const anybody = { address: "here", account: "one", isKnown: true };
/** People who take no turn of each other's. */
const somebody = (number: number) => ({ address: `device ${number}`, account: `account ${number}`, isKnown: true });
const openPasswords = (bound = 64) => createPasswords(createHashQueue({ clock: new FakeClock(), bound }));

describe("passwords", () => {
  test("are stored as argon2id with 19 MB and two passes, salted", async () => {
    const passwords = openPasswords();
    const [one, two] = await Promise.all([passwords.hash(right, anybody), passwords.hash(right, anybody)]);
    expect(one).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
    expect(one).not.toBe(two);
    expect(await passwords.verify(right, one, anybody)).toBe(true);
    expect(await passwords.verify(`${right}!`, one, anybody)).toBe(false);
  });

  test("are the same however a keyboard composes Hangul", async () => {
    const passwords = openPasswords();
    const hangul = "마루에서만나요우리함께";
    const hash = await passwords.hash(hangul.normalize("NFD"), anybody);
    expect(await passwords.verify(hangul.normalize("NFC"), hash, anybody)).toBe(true);
  });

  test("nobody's password is checked like anybody's and never right", async () => {
    const passwords = openPasswords();
    const hash = await passwords.hash(right, anybody);
    const time = async (known: string | null) => {
      const times: number[] = [];
      for (let index = 0; index < 9; index++) {
        const start = performance.now();
        expect(await passwords.verify("some-other-word", known, anybody)).toBe(false);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[4] ?? 0;
    };
    const [known, unknown] = [await time(hash), await time(null)];
    expect(unknown).toBeGreaterThan(known / 4);
    expect(unknown).toBeLessThan(known * 4);
  });

  test("a megabyte is refused before any work", async () => {
    const passwords = openPasswords(0);
    const hash = await passwords.hash(right, anybody);
    // With both places taken and no queue, whatever still asked for work would be told that the server is busy.
    const busy = [1, 2].map((number) => passwords.verify(right, hash, somebody(number)));
    expect(await passwords.verify("a1b2".repeat(250_000), hash, anybody)).toBe(false);
    expect(await passwords.verify("short", hash, anybody)).toBe(false);
    expect(await Promise.all(busy)).toEqual([true, true]);
  });

  test("beyond the queue the answer is server.busy with a time, and the queue drains", async () => {
    const passwords = openPasswords(3);
    const hash = await passwords.hash(right, anybody);
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, number) => passwords.verify(right, hash, somebody(number))),
    );
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused).toHaveLength(7);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: "server.busy", retryAfterMs: 2_000 });
    expect(await passwords.verify(right, hash, anybody)).toBe(true);
  });

  test("a hash that cannot be read frees its place", async () => {
    const passwords = openPasswords(0);
    for (let index = 0; index < 5; index++)
      await expect(passwords.verify(right, "not a hash", anybody)).rejects.toThrow();
    const hash = await passwords.hash(right, anybody);
    expect(await passwords.verify(right, hash, anybody)).toBe(true);
  });
});
