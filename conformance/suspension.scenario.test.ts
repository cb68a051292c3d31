import { afterAll, beforeAll, expect, test } from "bun:test";
import { fromWireId } from "@maru/protocol";
import { seededRandom } from "@maru/testkit";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { Stage } from "./case.ts";
import { type Person, signIn, signUp } from "./person.ts";

let server: TestServer;
let url: URL;
let alice: Person;
beforeAll(async () => {
  server = await startTestServer();
  url = new URL(server.url);
  alice = await signUp(url, "alice");
}, 30_000);
afterAll(() => server.stop(), 30_000);

/** Does something some turns of the event loop later. */
async function after<T>(turns: number, act: () => Promise<T>): Promise<T> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  return act();
}

test("a suspension at any moment of a connect leaves no connection open", async () => {
  const { identity, gateway } = server.app;
  const accountId = fromWireId(alice.accountId);
  const random = seededRandom(11);
  const endings = new Set<number | null>();
  for (let round = 0; round < 40; round++) {
    const person = await signIn(url, alice.email, alice.password);
    const stage = new Stage(url, [person, person, person]);
    const speaker = await stage.openSpeaker();
    // The one comes before, during or after the other: both take some turns of the event loop.
    const suspended = after(random() * 12, () => identity.suspendAccount(accountId));
    await after(random() * 12, async () => speaker.send("connect", { token: person.token }));
    expect(await suspended).toBe(true);
    endings.add(await speaker.expectClose());
    expect(gateway.connectionsOf(accountId)).toEqual([]);
    const late = await stage.openSpeaker();
    await late.expectError("account.suspended", "connect", { token: person.token });
    stage.close();
    expect(await identity.restoreAccount(accountId)).toBe(true);
  }
  expect([...endings]).toEqual([4501]);
}, 30_000);
