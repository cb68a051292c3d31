import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { createLocalJWKSet, jwtVerify } from "jose";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { announceSigningKey, generateSigningJwks, rotateSigningJwks } from "../index.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Device = ReturnType<World["device"]>;
type Jwks = { keys: { kid: string; d?: string; alg?: string }[] };

/** The same browser at another node. */
function moveTo(node: Awaited<ReturnType<World["openNode"]>>, device: Device): Device {
  const moved = world.device(node);
  for (const [name, value] of device.jar) moved.jar.set(name, value);
  moved.accessToken = device.accessToken;
  return moved;
}

describe("signing keys", () => {
  test("rotate without signing anyone out: old tokens hold, new ones are of the new key", async () => {
    const old = await generateSigningJwks("old");
    const before = await world.openNode({ signingKeys: old });
    const device = world.device(before);
    await device.signUp();
    const fresh = await rotateSigningJwks(old, "new");
    expect(fresh.keys.map(({ kid, d }) => [kid, d !== undefined])).toEqual([
      ["new", true],
      ["old", false],
    ]);
    const after = moveTo(await world.openNode({ signingKeys: fresh }), device);
    expect((await after.ask("GET", httpPaths.me)).status).toBe(200);
    expect((await after.refresh()).status).toBe(200);
    const [head = ""] = (after.accessToken ?? "").split(".");
    expect(JSON.parse(Buffer.from(head, "base64url").toString())).toMatchObject({ kid: "new" });
  });

  test("of many nodes are announced first, so that no node meets a key that it does not know", async () => {
    const old = await generateSigningJwks("old");
    const fresh = await rotateSigningJwks(old, "new");
    const announced = announceSigningKey(old, fresh);
    expect(announced.keys.map(({ kid, d }) => [kid, d !== undefined])).toEqual([
      ["old", true],
      ["new", false],
    ]);
    const [late, early] = [
      await world.openNode({ signingKeys: announced }),
      await world.openNode({ signingKeys: fresh }),
    ];
    for (const [signs, checks] of [
      [late, early],
      [early, late],
    ] as const) {
      const device = world.device(signs);
      await device.signUp();
      expect((await moveTo(checks, device).ask("GET", httpPaths.me)).status).toBe(200);
    }
  });

  test("that were retired long ago verify nothing", async () => {
    let keys = await generateSigningJwks("first");
    const before = await world.openNode({ signingKeys: keys });
    const device = world.device(before);
    await device.signUp();
    for (let index = 0; index < 4; index++) keys = await rotateSigningJwks(keys, `later-${index}`);
    expect(keys.keys).toHaveLength(4);
    const after = moveTo(await world.openNode({ signingKeys: keys }), device);
    expect((await after.ask("GET", httpPaths.me)).code).toBe("auth.invalid");
  });

  test("are told to other services, the public halves alone, and are what tokens are signed with", async () => {
    const { device } = await world.signUpPerson();
    const answer = await world.device().ask<Jwks>("GET", httpPaths.jwks);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
    expect(answer.body.keys.map(({ kid, d, alg }) => [kid, d, alg])).toEqual([["test", undefined, "EdDSA"]]);
    const verified = await jwtVerify(device.accessToken ?? "", createLocalJWKSet(answer.body as never), {
      issuer: "maru",
      audience: "maru-api",
      currentDate: new Date(world.clock.now()),
    });
    expect(verified.payload.sub).toStartWith("acc_");
  });
});
