import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
let node: Awaited<ReturnType<World["openNode"]>>;
beforeAll(async () => {
  world = await openWorld();
  node = await world.openNode();
  // A route of another feature.
  node.app.get("/api/notes", node.identity.requireAccount, (context) => context.text("notes"));
});
afterAll(() => world.close());

type Line = Readonly<Record<string, unknown>>;
/** What the security log tells while something is done. */
async function recordEvents(run: () => Promise<unknown>): Promise<Line[]> {
  const before = node.log.lines.length;
  await run();
  const lines = node.log.lines.slice(before).map((line) => JSON.parse(line) as Line);
  return lines.filter(({ message }) => message === "security");
}

/** Somebody whose device was signed out from elsewhere, with the access token that it still holds. */
async function newEnded() {
  const { person, accountId } = await world.signUpPerson();
  const device = world.device(node);
  await device.signIn(person);
  const token = device.accessToken ?? "";
  const { sessionId } = await node.identity.authenticator.authenticate(token);
  const jar = new Map(device.jar);
  await world.device(node, { jar }).ask("POST", httpPaths.signOut);
  return { device, token, accountId, sessionId };
}

/** What a socket does with the token it is given. */
const connect = (token: string) => node.identity.authenticator.authenticate(token).catch(() => {});
const ended = { event: "session.refused", outcome: "refused", reason: "auth.revoked" };

describe("an access token whose session has ended", () => {
  test("is told of when a socket comes with it", async () => {
    const { token, accountId, sessionId } = await newEnded();
    const logged = await recordEvents(() => connect(token));
    expect(logged).toMatchObject([{ ...ended, accountId, sessionId }]);
    expect(logged[0]).not.toHaveProperty("address");
  });

  test("is told of when a route of another feature is asked with it, and from where", async () => {
    const { device, accountId, sessionId } = await newEnded();
    const logged = await recordEvents(() => device.ask("GET", "/api/notes"));
    const where = { address: expect.stringMatching(/^[0-9a-f]{16}$/), requestId: expect.any(String) };
    expect(logged).toMatchObject([{ ...ended, accountId, sessionId, ...where }]);
  });

  test("is told of once where the route has an event of its own", async () => {
    const { device, accountId, sessionId } = await newEnded();
    const change = () => device.ask("PATCH", httpPaths.me, { body: { intro: "x" } });
    expect(await recordEvents(change)).toMatchObject([
      { event: "profile.change", outcome: "refused", reason: "auth.revoked", accountId, sessionId },
    ]);
    const signOut = () => device.ask("POST", httpPaths.signOut, { jar: new Map() });
    expect(await recordEvents(signOut)).toMatchObject([{ event: "session.end", outcome: "done" }]);
  });

  test("fills no log: one line a session and minute, and the others counted", async () => {
    const [one, two] = [await newEnded(), await newEnded()];
    const flood = async () => {
      for (let count = 0; count < 50; count++) await connect(one.token);
      for (let count = 0; count < 50; count++) await one.device.ask("GET", "/api/notes");
    };
    expect(await recordEvents(flood)).toHaveLength(1);
    expect(await recordEvents(() => connect(two.token))).toMatchObject([
      { sessionId: two.sessionId, heldBackCount: 99 },
    ]);
    await world.clock.advance(61_000);
    expect(await recordEvents(flood)).toMatchObject([{ sessionId: one.sessionId }]);
  });

  test("says so of an account that is suspended", async () => {
    const { device, accountId } = await world.signUpPerson();
    await node.identity.suspendAccount(accountId);
    const logged = await recordEvents(() => connect(device.accessToken ?? ""));
    expect(logged).toMatchObject([{ ...ended, reason: "account.suspended", accountId }]);
  });

  test("is told apart from one that is forged, and from one that ran out: nothing is known of those", async () => {
    const device = world.device(node);
    device.accessToken = (await world.signUpPerson()).device.accessToken;
    expect(await recordEvents(() => connect("x.y.z"))).toEqual([]);
    await world.clock.advance(601_000);
    expect(await recordEvents(() => connect(device.accessToken ?? ""))).toEqual([]);
    expect(await recordEvents(() => device.ask("GET", "/api/notes"))).toEqual([]);
  });
});
