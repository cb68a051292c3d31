import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, type SignInStep } from "@maru/protocol";
import { createSecretBox } from "../../platform/secret-box.ts";
import { codeOf } from "../../testing/authenticator-app.ts";
import { createKeptNicknames } from "./accounts/kept-nicknames.ts";
import { keysOfNickname } from "./accounts/nicknames.ts";
import { goodPassword, openWorld, type World } from "./fixtures/identity.fixture.ts";
import { addTotp } from "./fixtures/second-factor.fixture.ts";
import { createDeviceMarks } from "./sign-in/device-marks.ts";
import { createKnownBrowsers } from "./sign-in/known-browsers.ts";
import { createSharedAttempts } from "./sign-in/shared-attempts.ts";

const [first, second] = ["the first secret, which is long enough", "the second secret, which is long enough"];
/** A node before the change, one that has begun it, one that was left out of it, and one after it. */
const [before, changed, leftOut, after] = [
  createSecretBox(first, [second]),
  createSecretBox(second, [first]),
  createSecretBox(first),
  createSecretBox(second),
];

type Node = Awaited<ReturnType<World["openNode"]>>;
let world: World;
let [changedNode, leftOutNode]: Node[] = [];
beforeAll(async () => {
  world = await openWorld({ secretBox: before });
  changedNode = await world.openNode({ secretBox: changed });
  leftOutNode = await world.openNode({ secretBox: leftOut });
});
afterAll(() => world.close());

const stepOf = ({ body }: { body: unknown }) => (body as SignInStep).next;

/** Goes on with a browser at another node. */
const at = (node: Node | undefined, { jar }: ReturnType<World["device"]>) => world.device(node, { jar });

describe("while the secret changes node by node", () => {
  test("a sign-in begins at one node and ends at the other, with an app that either of them set up", async () => {
    for (const [here, there] of [
      [undefined, changedNode],
      [changedNode, undefined],
    ]) {
      const { person, device } = await world.signUpPerson();
      const { secret } = await addTotp(world, await signedIn(person, device, here));
      const browser = world.device(here);
      expect(stepOf(await browser.signIn(person))).toBe("second_factor");
      const totp = codeOf(secret, world.clock.now());
      expect((await at(there, browser).enter(httpPaths.stepSecondFactor, { totp })).status).toBe(200);
    }
  });

  test("a node that was left out counts nothing against who comes to it, and another one lets them in", async () => {
    const { person, device } = await world.signUpPerson();
    const { secret } = await addTotp(world, await signedIn(person, device, changedNode));
    const browser = world.device(leftOutNode);
    expect(stepOf(await browser.signIn(person))).toBe("second_factor");
    const totp = codeOf(secret, world.clock.now());
    // More often than anybody may guess.
    for (let i = 0; i < 12; i++) {
      expect((await browser.enter(httpPaths.stepSecondFactor, { totp })).code).toBe("server.busy");
    }
    expect((await at(changedNode, browser).enter(httpPaths.stepSecondFactor, { totp })).status).toBe(200);
    const started = world.device(changedNode);
    await started.signIn(person);
    expect((await at(leftOutNode, started).enter(httpPaths.stepSecondFactor, { totp: "000000" })).code).toBe(
      "server.busy",
    );
  });

  /** The same browser, signed in at a node. */
  async function signedIn(person: { email: string }, device: ReturnType<World["device"]>, node: Node | undefined) {
    const moved = at(node, device);
    expect((await moved.signIn({ ...person, password: goodPassword })).status).toBe(200);
    return moved;
  }
});

describe("what is known by a keyed hash", () => {
  test("a browser stays known by its mark, which is signed anew as it comes back", async () => {
    const { device } = await world.signUpPerson();
    const keyOf = (secretBox: typeof after, shown: string | undefined) =>
      createDeviceMarks(secretBox).read(shown ?? null).signedKey;
    const earlier = device.jar.get("maru_device");
    expect(keyOf(after, earlier)).toBeNull();
    expect(keyOf(changed, earlier)).not.toBeNull();
    const back = at(changedNode, device);
    expect((await back.refresh()).status).toBe(200);
    const renewed = back.jar.get("maru_device");
    expect(renewed).not.toBe(earlier);
    expect(keyOf(after, renewed)).toBe(keyOf(changed, earlier));
    // It is written once, not each time.
    const again = await back.refresh();
    expect(again.headers.getSetCookie().filter((cookie) => cookie.startsWith("maru_device"))).toEqual([]);
  });

  test("a nickname that is kept stays kept as long as the earlier secret is known", async () => {
    const { sql } = world.db;
    const keys = keysOfNickname("떠난 사람");
    await createKeptNicknames({ clock: world.clock, secretBox: before }).keep(sql, keys);
    const isKept = (secretBox: typeof after) =>
      createKeptNicknames({ clock: world.clock, secretBox }).isKept(sql, keys);
    expect([await isKept(before), await isKept(changed), await isKept(after)]).toEqual([true, true, false]);
  });

  test("the address of a reset counts for itself for its hour, on whichever side of the change", async () => {
    const { accountId } = await world.signUpPerson();
    const { db, clock } = world;
    const visit = { deviceSecret: "the browser of the reset", address: "198.51.100.7" };
    await db.transaction((tx) => createKnownBrowsers({ db, clock, secretBox: before }).welcome(tx, accountId, visit));
    const other = { deviceSecret: "another browser there", address: visit.address };
    const find = (secretBox: typeof after, of: typeof visit) =>
      createKnownBrowsers({ db, clock, secretBox }).find(accountId, of);
    expect(await find(changed, other)).not.toBeNull();
    expect(await find(changed, { ...other, address: "198.51.100.8" })).toBeNull();
    // The browser itself is known by a hash that needs no secret.
    expect(await find(after, visit)).not.toBeNull();
    expect(await find(after, other)).toBeNull();
  });

  test("guesses are counted anew: whoever had to wait does so no longer, and nobody has to who did not", async () => {
    const { db, clock } = world;
    const of = (secretBox: typeof after) => createSharedAttempts({ db, clock, secretBox, limit: "password_account" });
    const guess = async (secretBox: typeof after) => {
      for (let i = 0; i < 30; i++) {
        const error = await of(secretBox)
          .begin("봄@maru.example")
          .catch((fault: { code: string }) => fault.code);
        if (error) return error;
      }
      return null;
    };
    expect(await guess(before)).toBe("rate.limited");
    expect(await of(changed).begin("봄@maru.example")).toBeUndefined();
    expect(await guess(changed)).toBe("rate.limited");
  });
});
