import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { goodPassword } from "../fixtures/identity.fixture.ts";
import { newcomer, openProviderWorld } from "../fixtures/provider-visits.fixture.ts";

let at: Awaited<ReturnType<typeof openProviderWorld>>;
beforeAll(async () => {
  at = await openProviderWorld();
});
afterAll(() => at.close());

describe("connecting in the settings", () => {
  test("needs a sign-in, connects, and disconnects with the password", async () => {
    const owner = await at.world.signUpPerson();
    const person = newcomer();
    expect((await at.connect(at.sun, person, at.world.device())).start.code).toBe("auth.required");
    expect((await at.connect(at.sun, person, owner.device)).location).toBe("/settings");
    expect((await at.connect(at.sun, person, owner.device)).location).toBe("/settings");
    expect(await at.idOf((await at.signInAs(at.sun, person)).device)).toBe(`acc_${owner.accountId}`);
    const path = httpPaths.providerRemove.replace("{providerId}", "sun");
    expect((await owner.device.ask("POST", path, { body: {} })).code).toBe("password.wrong");
    expect((await owner.device.ask("POST", path, { body: { password: goodPassword } })).status).toBe(204);
    expect((await at.signInAs(at.sun, person)).location).toBe("/log-in");
  });

  test.each([0, 11])("adds no way in for who only found an open page, signed in %d minutes ago", async (minutes) => {
    const { device } = await at.world.signUpPerson();
    await at.world.clock.advance(minutes * 60_000);
    await device.refresh();
    const path = httpPaths.providerConnect.replace("{providerId}", "sun");
    const codes = [];
    for (const password of [undefined, "wrong-password-1", goodPassword]) {
      codes.push((await device.ask("POST", path, { body: { password } })).code);
    }
    expect(codes).toEqual(["password.wrong", "password.wrong", undefined]);
  });

  test("by who has no password asks for a sign-in of the last ten minutes", async () => {
    const { device } = await at.arrive(at.sun, newcomer());
    const path = httpPaths.providerConnect.replace("{providerId}", "moon");
    const connect = async () => (await device.ask("POST", path, { body: {} })).code;
    await at.world.clock.advance(10 * 60_000 - 1_000);
    await device.refresh();
    expect(await connect()).toBeUndefined();
    await at.world.clock.advance(2_000);
    await device.refresh();
    expect(await connect()).toBe("auth.fresh_required");
  });

  test("cannot take what is another's, nor a second of one provider", async () => {
    const person = newcomer();
    await at.arrive(at.sun, person);
    const other = await at.world.signUpPerson();
    expect((await at.connect(at.sun, person, other.device)).location).toBe("/settings?fault=provider.taken");
    await at.connect(at.sun, newcomer(), other.device);
    expect((await at.connect(at.sun, newcomer(), other.device)).location).toBe("/settings?fault=provider.taken");
  });

  test("never takes the last way in away; a first password can be set after a fresh sign-in", async () => {
    const person = newcomer();
    const { device } = await at.arrive(at.sun, person);
    const remove = () => device.ask("POST", httpPaths.providerRemove.replace("{providerId}", "sun"), { body: {} });
    expect(await remove()).toMatchObject({ status: 409, code: "provider.last_way" });
    await at.world.clock.advance(11 * 60_000);
    await device.refresh();
    expect((await remove()).code).toBe("auth.fresh_required");
    const setPassword = () => device.ask("POST", httpPaths.password, { body: { newPassword: goodPassword } });
    expect((await setPassword()).code).toBe("auth.fresh_required");
    await at.signInAs(at.sun, person, device);
    expect((await setPassword()).status).toBe(204);
    const done = await device.ask("POST", httpPaths.providerRemove.replace("{providerId}", "sun"), {
      body: { password: goodPassword },
    });
    expect(done.status).toBe(204);
  });

  test("does nothing for who signed out on the way", async () => {
    const owner = await at.world.signUpPerson();
    at.sun.be(newcomer());
    const start = await owner.device.ask<{ url: string }>(
      "POST",
      httpPaths.providerConnect.replace("{providerId}", "sun"),
      { body: { password: goodPassword } },
    );
    const back = new URL(await at.sun.follow(start.body.url));
    await owner.device.ask("POST", httpPaths.signOut);
    const arrived = await owner.device.ask("GET", `${back.pathname}${back.search}`);
    expect(arrived.headers.get("location")).toBe("/log-in?fault=auth.revoked");
  });
});
