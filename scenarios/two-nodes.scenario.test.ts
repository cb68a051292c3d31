import { afterAll, beforeAll, expect, test } from "bun:test";
import type { MaruClient } from "@maru/client";
import { eventually, requires } from "@maru/testkit";
import { startBalancer } from "../apps/server/src/testing/balancer.ts";
import { type HelperProcess, startNats } from "../apps/server/src/testing/helper-process.ts";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";
import { newDevice, newPerson, untilOnline } from "./person.ts";

const needs = requires("nats-server").path === "" ? requires("nats-server") : requires("nginx");

/** Two nodes as an operator would run them: one database, one bus, nginx before them, in turn. */
needs.describe("two nodes behind nginx", () => {
  let database: TestDatabase;
  let nats: HelperProcess;
  let nodes: [SpawnedServer, SpawnedServer];
  const balancers: Awaited<ReturnType<typeof startBalancer>>[] = [];

  const startNode = () => spawnServer({ databaseUrl: database.url, busUrl: `nats://127.0.0.1:${nats.port}` });

  beforeAll(async () => {
    database = await openTestDatabase();
    nats = await startNats();
    nodes = await Promise.all([startNode(), startNode()]);
  });
  afterAll(async () => {
    for (const balancer of balancers) await balancer.stop();
    await Promise.all((nodes ?? []).map((node) => node.stop()));
    await nats?.stop();
    await database?.close();
  });

  /** A balancer that has not seen any node fail yet; nginx turns away from one for ten seconds. */
  async function before(): Promise<string> {
    const balancer = await startBalancer({ web: nodes.map((node) => node.port) });
    balancers.push(balancer);
    return balancer.url;
  }

  /** Two people on different nodes who met. */
  async function meet() {
    const [one, two] = await Promise.all(nodes.map((node) => newPerson(node.url)));
    if (!one || !two) throw new Error("two people were asked for");
    await Promise.all([one.maru.match.request(), two.maru.match.request()]);
    const room = (maru: MaruClient) =>
      eventually("they are matched", () => {
        const match = maru.match.snapshot.getSnapshot();
        return match.state === "matched" && match.roomId;
      });
    const [roomId, other] = await Promise.all([room(one.maru), room(two.maru)]);
    expect(roomId).toBe(other);
    return { one, two, roomId };
  }

  const texts = (maru: MaruClient, roomId: string): string[] => {
    const { room } = maru.rooms.open(roomId);
    const snapshot = room.getSnapshot();
    return snapshot.state === "ready" ? snapshot.messages.flatMap(({ text }) => text ?? []) : [];
  };
  const hears = (maru: MaruClient, roomId: string, text: string) =>
    eventually(`«${text}» is heard`, () => texts(maru, roomId).includes(text), 20_000);

  test("matching, messages and edits cross the nodes", async () => {
    const { one, two, roomId } = await meet();
    one.maru.rooms.send(roomId, "안녕");
    await hears(two.maru, roomId, "안녕");
    two.maru.rooms.send(roomId, "반가워요");
    await hears(one.maru, roomId, "반가워요");
    const snapshot = one.maru.rooms.open(roomId).room.getSnapshot();
    const own = snapshot.state === "ready" ? snapshot.messages.find(({ text }) => text === "안녕") : undefined;
    await one.maru.rooms.edit(roomId, own?.seq ?? 0, "안녕하세요");
    await hears(two.maru, roomId, "안녕하세요");
  });

  test("a block on one node takes the right to post on the other within a second", async () => {
    const { one, two, roomId } = await meet();
    const row = (maru: MaruClient) => maru.rooms.list.getSnapshot().rooms.find(({ id }) => id === roomId);
    const summary = () => row(two.maru);
    const self = await eventually("the room is in both lists", () => summary()?.canPost && row(one.maru));
    const partner = self.members.find((member) => member.id !== self.selfId);
    const started = performance.now();
    await one.maru.rooms.block(roomId, partner?.id as never);
    await eventually("posting is over", () => summary()?.canPost === false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test("signing out everywhere ends a device on the other node within a second", async () => {
    const { maru, email } = await newPerson(nodes[0].url);
    const laptop = await newDevice(nodes[1].url, email);
    await maru.signOutEverywhere();
    const started = performance.now();
    await eventually("the other device is signed out", () => laptop.session.getSnapshot().state === "signed_out");
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test("a node that is killed loses nothing: its clients come back through the other", async () => {
    const url = await before();
    const [one, two] = await Promise.all([newPerson(url), newPerson(url)]);
    const { id: roomId } = await one.maru.rooms.openDirect(two.nickname);
    const said = Array.from({ length: 30 }, (_, i) => `${i}`);
    for (const text of said.slice(0, 10)) one.maru.rooms.send(roomId, text);
    await nodes[0].kill("SIGKILL");
    for (const text of said.slice(10)) one.maru.rooms.send(roomId, text);
    two.maru.rooms.open(roomId);
    await hears(two.maru, roomId, "29");
    expect(texts(two.maru, roomId)).toEqual(said);
    nodes[0] = await restart(nodes[0]);
  }, 40_000);

  test("a node that drains sends its clients over without losing or doubling anything", async () => {
    const url = await before();
    const [one, two] = await Promise.all([newPerson(url), newPerson(url)]);
    const { id: roomId } = await one.maru.rooms.openDirect(two.nickname);
    two.maru.rooms.open(roomId);
    const said = Array.from({ length: 60 }, (_, i) => `${i}`);
    const draining = (async () => {
      await hears(one.maru, roomId, "10");
      return nodes[1].kill("SIGTERM");
    })();
    for (const text of said) {
      one.maru.rooms.send(roomId, text);
      await eventually("it is sent", () => texts(one.maru, roomId).includes(text), 20_000);
    }
    expect(await draining).toBe(0);
    await Promise.all([untilOnline(one.maru), untilOnline(two.maru)]);
    await hears(two.maru, roomId, "59");
    expect(texts(two.maru, roomId)).toEqual(said);
    nodes[1] = await restart(nodes[1]);
  }, 60_000);

  /** Brings a node back on its port, as a supervisor would. */
  async function restart(node: SpawnedServer): Promise<SpawnedServer> {
    await node.restart(node.port);
    return node;
  }

  test("pushes cross again after the bus was away, and what it lost is found", async () => {
    const { one, two, roomId } = await meet();
    one.maru.rooms.send(roomId, "전");
    await hears(two.maru, roomId, "전");
    await nats.kill();
    one.maru.rooms.send(roomId, "동안");
    await hears(one.maru, roomId, "동안");
    await hears(two.maru, roomId, "동안");
    await nats.start();
    one.maru.rooms.send(roomId, "뒤");
    await hears(two.maru, roomId, "뒤");
  }, 40_000);
});
