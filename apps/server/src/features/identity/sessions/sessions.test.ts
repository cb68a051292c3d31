import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { authSessionsSchema, httpPaths, toWireId } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Person = Awaited<ReturnType<World["signUpPerson"]>>;

async function addDevice({ person }: Person, deviceName = "other") {
  await world.clock.advance(1_000);
  const device = world.device();
  await device.signIn({ email: person.email, password: person.password, deviceName });
  return device;
}

const listOf = async (device: Person["device"]) =>
  authSessionsSchema.parse((await device.ask("GET", httpPaths.sessions)).body).sessions;
const sessionOf = async (device: Person["device"]) =>
  (await world.identity.authenticator.authenticate(device.accessToken ?? "")).sessionId;

describe("devices", () => {
  test("are listed with name and last use, the most recent first, one's own marked", async () => {
    const owner = await world.signUpPerson();
    await addDevice(owner, "거실 노트북");
    expect((await listOf(owner.device)).map(({ deviceName, isCurrent }) => [deviceName, isCurrent])).toEqual([
      ["거실 노트북", false],
      ["test", true],
    ]);
    await world.clock.advance(5_000);
    await owner.device.refresh();
    const [first] = await listOf(owner.device);
    expect(first).toMatchObject({ deviceName: "test", lastUsedAt: new Date(world.clock.now()).toISOString() });
  });

  test("can be ended one by one; again changes nothing", async () => {
    const owner = await world.signUpPerson();
    const other = await addDevice(owner);
    const path = `${httpPaths.sessions}/${toWireId("authSession", await sessionOf(other))}`;
    for (let index = 0; index < 2; index++) expect((await owner.device.ask("DELETE", path)).status).toBe(204);
    expect((await other.ask("GET", httpPaths.me)).code).toBe("auth.revoked");
    expect((await other.refresh()).code).toBe("auth.revoked");
    expect(await listOf(owner.device)).toHaveLength(1);
    expect((await owner.device.refresh()).status).toBe(200);
  });

  test("of others answer like those that do not exist, and stay", async () => {
    const [owner, stranger] = [await world.signUpPerson(), await world.signUpPerson()];
    const ids = [await sessionOf(owner.device), "0198c0de000070008000000000000009"];
    const answers = [];
    for (const id of ids) {
      const { status, body } = await stranger.device.ask(
        "DELETE",
        `${httpPaths.sessions}/${toWireId("authSession", id)}`,
      );
      answers.push({ status, body });
    }
    expect(answers).toEqual([
      { status: 204, body: "" as never },
      { status: 204, body: "" as never },
    ]);
    expect((await owner.device.ask("GET", httpPaths.me)).status).toBe(200);
    expect((await owner.device.refresh()).status).toBe(200);
  });

  for (const id of ["ses_1", "acc_0198c0de000070008000000000000009", "ses_' or 1=1", "%00", "..%2f..%2fme"]) {
    test(`${id} is a malformed request`, async () => {
      const { device } = await world.signUpPerson();
      const answer = await device.ask("DELETE", `${httpPaths.sessions}/${id}`);
      expect([answer.status, answer.code]).toEqual([400, "request.invalid"]);
    });
  }
});

describe("signing out", () => {
  test("ends this device alone and takes its cookie; again is the same", async () => {
    const owner = await world.signUpPerson();
    const other = await addDevice(owner);
    for (let index = 0; index < 2; index++) {
      const answer = await owner.device.ask("POST", httpPaths.signOut);
      expect(answer.status).toBe(204);
      expect(answer.headers.getSetCookie()[0]).toContain("Max-Age=0");
      expect(owner.device.refreshToken).toBeUndefined();
    }
    expect((await owner.device.ask("GET", httpPaths.me)).code).toBe("auth.revoked");
    expect((await other.refresh()).status).toBe(200);
  });

  test("works by the cookie alone, when the access token has long expired", async () => {
    const { device } = await world.signUpPerson();
    const copy = new Map(device.jar);
    await world.clock.advance(3_600_000);
    expect((await device.ask("POST", httpPaths.signOut)).status).toBe(204);
    expect((await device.refresh({ jar: copy })).code).toBe("auth.revoked");
  });

  test("without being signed in is no error", async () => {
    expect((await world.device().ask("POST", httpPaths.signOut)).status).toBe(204);
  });

  test("everywhere ends all devices of this account and of no other", async () => {
    const [owner, stranger] = [await world.signUpPerson(), await world.signUpPerson()];
    const other = await addDevice(owner);
    expect((await owner.device.ask("POST", httpPaths.signOutEverywhere)).status).toBe(204);
    expect((await owner.device.ask("POST", httpPaths.signOutEverywhere)).code).toBe("auth.revoked");
    for (const device of [owner.device, other]) {
      expect((await device.ask("GET", httpPaths.me)).status).toBe(403);
    }
    expect((await other.refresh()).code).toBe("auth.revoked");
    expect((await stranger.device.refresh()).status).toBe(200);
    const signedIn = await world.device().signIn({ email: owner.person.email, password: owner.person.password });
    expect(signedIn.status).toBe(200);
  });
});
