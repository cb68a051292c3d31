import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MaruClient } from "@maru/client";
import { type AccountLimits, fromWireId, usualAccountLimits } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { newDevice } from "./person.ts";
import { newRawPerson } from "./raw-person.ts";

/** What is granted to accounts; both nodes read it. */
const granted = new Map<string, Partial<AccountLimits>>();
const limitsSource = {
  list: async (accountIds: readonly string[]) =>
    new Map(accountIds.map((accountId) => [accountId, granted.get(accountId) ?? {}] as const)),
};

let one: TestServer;
let two: TestServer;
beforeAll(async () => {
  one = await startTestServer({ limitsSource });
  two = await startTestServer({ database: one.database, hub: one.hub, limitsSource });
});
afterAll(async () => {
  await two?.stop();
  await one?.stop();
});

/** Somebody with a socket of their own and a client, each on another node. */
async function openAnna() {
  const raw = await newRawPerson(one.url);
  const socket = await raw.connect(one.url);
  const maru = await newDevice(two.url, raw.email);
  const session = maru.session.getSnapshot();
  const accountId = session.state === "signed_in" ? fromWireId(session.account.id) : "";
  const limits = () => maru.limits.getSnapshot();
  return { ...raw, socket, maru, accountId, limits };
}

/** Grants limits, and tells how long it took until both devices knew. */
async function grant(
  { accountId, socket, maru }: Awaited<ReturnType<typeof openAnna>>,
  limits: Partial<AccountLimits>,
) {
  granted.set(accountId, limits);
  const expected = { ...usualAccountLimits, ...limits };
  const toldBefore = socket.pushes.length;
  const startedAt = performance.now();
  one.app.accountLimits.changed([accountId]);
  await eventually("the client knows", () => Bun.deepEquals(maru.limits.getSnapshot(), expected));
  await eventually("the socket is told", () => socket.pushes.length > toldBefore);
  expect(socket.pushes.at(-1)).toEqual({ push: "limits.changed", limits: expected });
  return performance.now() - startedAt;
}

const send = (roomId: string, text: string) => ({ roomId, text, clientMessageId: Bun.randomUUIDv7() }) as never;

test("what is granted, and taken, holds within a second on all devices and nodes, and for nobody else", async () => {
  const [anna, ben] = [await openAnna(), await newRawPerson(two.url)];
  const long = "가".repeat(usualAccountLimits.messageCharacters + 1);
  const { id: roomId } = await anna.maru.rooms.openDirect(ben.nickname);
  expect(() => anna.maru.rooms.send(roomId, long)).toThrow();

  expect(await grant(anna, { messageCharacters: 6_000 })).toBeLessThan(1_000);
  anna.maru.rooms.send(roomId, long);
  const there = await ben.connect(two.url);
  const newest = () => there.expectOk("message.list", { roomId });
  await eventually("the long message is there", async () => (await newest()).messages.at(-1)?.text === long);
  expect((await there.ask("message.send", send(roomId, long))).err?.code).toBe("message.too_long");

  expect(await grant(anna, {})).toBeLessThan(1_000);
  const refused = await anna.socket.ask("message.send", send(roomId, long));
  expect(refused.err).toMatchObject({
    code: "message.too_long",
    params: { max: usualAccountLimits.messageCharacters },
  });
  expect(() => anna.maru.rooms.send(roomId, long)).toThrow();
  anna.maru.close();
});

test("whoever connects is told what is granted, and how many devices there may be is the account's", async () => {
  const anna = await openAnna();
  await grant(anna, { authSessions: 1, introCharacters: 300 });
  const again = await newDevice(two.url, anna.email);
  expect(again.limits.getSnapshot()).toMatchObject({ authSessions: 1, introCharacters: 300 });
  await eventually("the devices before are signed out", () => isSignedOut(anna.maru));
  await again.updateMe({ intro: "가".repeat(300) });
  again.close();
});

function isSignedOut(maru: MaruClient): boolean {
  return maru.session.getSnapshot().state === "signed_out";
}
