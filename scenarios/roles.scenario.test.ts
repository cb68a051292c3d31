import { afterAll, beforeAll, expect } from "bun:test";
import { csrfHeader, type SignedIn } from "@maru/protocol";
import { eventually, requires } from "@maru/testkit";
import { startBalancer } from "../apps/server/src/testing/balancer.ts";
import { type HelperProcess, startRedis } from "../apps/server/src/testing/helper-process.ts";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { type SpawnedServer, spawnServer } from "../apps/server/src/testing/spawn-server.ts";
import { newPerson, password } from "./person.ts";

const needs = requires("redis-server").path === "" ? requires("redis-server") : requires("nginx");

/** One role a process, over Redis, as an operator splits them who has outgrown one machine. */
needs.describe("a process for each role", () => {
  let database: TestDatabase;
  let redis: HelperProcess;
  let web: SpawnedServer;
  let gateway: SpawnedServer;
  let worker: SpawnedServer;
  let balancer: Awaited<ReturnType<typeof startBalancer>>;

  beforeAll(async () => {
    database = await openTestDatabase();
    redis = await startRedis();
    const start = (role: string) =>
      spawnServer({
        databaseUrl: database.url,
        busUrl: `redis://127.0.0.1:${redis.port}`,
        args: ["--roles", role],
      });
    [web, gateway, worker] = await Promise.all([start("web"), start("gateway"), start("worker")]);
    balancer = await startBalancer({ web: [web.port], gateway: [gateway.port] });
  });
  afterAll(async () => {
    await balancer?.stop();
    await Promise.all([web, gateway, worker].map((node) => node?.stop()));
    await redis?.stop();
    await database?.close();
  });

  needs.test("two people sign up, meet and talk through all three", async () => {
    const [one, two] = await Promise.all([newPerson(balancer.url), newPerson(balancer.url)]);
    await Promise.all([one.maru.match.request(), two.maru.match.request()]);
    const roomId = await eventually("they are matched", () => {
      const match = two.maru.match.snapshot.getSnapshot();
      return match.state === "matched" && match.roomId;
    });
    const { room } = two.maru.rooms.open(roomId);
    one.maru.rooms.send(roomId, "안녕");
    await eventually("it is heard", () => {
      const snapshot = room.getSnapshot();
      return snapshot.state === "ready" && snapshot.messages.some(({ text }) => text === "안녕");
    });
  });

  needs.test("a message posted over HTTP reaches those who are connected elsewhere", async () => {
    const [one, two] = await Promise.all([newPerson(balancer.url), newPerson(balancer.url)]);
    const { id } = await one.maru.rooms.openDirect(two.nickname);
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${balancer.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", [csrfHeader]: "1", ...headers },
        body: JSON.stringify(body),
      });
    const { accessToken } = (await (
      await post("/api/auth/sign-in", { email: one.email, password })
    ).json()) as SignedIn;
    const sent = await post(
      `/api/rooms/${id}/messages`,
      { clientMessageId: "over-http-1", text: "소켓 없이" },
      { authorization: `Bearer ${accessToken}` },
    );
    expect(sent.status).toBe(200);
    await eventually("it is in the other list", () =>
      two.maru.rooms.list.getSnapshot().rooms.some((room) => room.lastMessage?.text === "소켓 없이"),
    );
  });

  needs.test("each answers for its own part only, and all say whether they are ready", async () => {
    const statusOf = async (node: SpawnedServer, path: string, headers: Record<string, string> = {}) =>
      (await fetch(`${node.url}${path}`, { headers })).status;
    for (const node of [web, gateway, worker]) {
      expect([await statusOf(node, "/healthz"), await statusOf(node, "/readyz")]).toEqual([200, 200]);
    }
    const upgrade = { connection: "upgrade", upgrade: "websocket" };
    expect([await statusOf(web, "/api/legal"), await statusOf(web, "/realtime?v=1", upgrade)]).toEqual([200, 404]);
    for (const node of [gateway, worker]) expect(await statusOf(node, "/api/legal")).toBe(404);
    expect(await statusOf(worker, "/realtime?v=1", upgrade)).toBe(404);
  });

  needs.test("nobody is paired while no worker runs, and all are once one does", async () => {
    await worker.kill("SIGTERM");
    const [one, two] = await Promise.all([newPerson(balancer.url), newPerson(balancer.url)]);
    await Promise.all([one.maru.match.request(), two.maru.match.request()]);
    expect(one.maru.match.snapshot.getSnapshot().state).toBe("waiting");
    await worker.restart();
    await eventually("they are matched", () => two.maru.match.snapshot.getSnapshot().state === "matched", 20_000);
  });
});
