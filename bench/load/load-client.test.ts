import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { bunCommand, prepareLoadClient } from "./compile.ts";
import { LoadClient } from "./load-client.ts";
import { decodePlan, encodePlan, type Plan } from "./plan.ts";

const compiled = await prepareLoadClient();
afterAll(() => compiled.remove());

type Command = { id: number; cmd: string; d?: { text: string } };
type Peer = Bun.ServerWebSocket<undefined>;

const clients: LoadClient[] = [];
const servers: Bun.Server<undefined>[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
  for (const server of servers.splice(0)) await server.stop(true);
});

/** A server that answers every command and keeps what it was told. */
function serve(answer: (peer: Peer, command: Command) => void): {
  port: number;
  received: Command[];
  publish(frame: string): void;
} {
  const received: Command[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: {
      open: (peer: Peer) => void peer.subscribe("room"),
      message(peer: Peer, frame) {
        const command: Command = JSON.parse(String(frame));
        received.push(command);
        answer(peer, command);
      },
    },
  });
  servers.push(server);
  return { port: server.port ?? 0, received, publish: (frame) => void server.publish("room", frame) };
}

const ok = (peer: Peer, { id }: Command) => void peer.send(`{"id":${id},"ok":{}}`);
const pushOf = (text: string) => `{"push":"message.sent","message":{"text":${JSON.stringify(text)}}}`;
const sendFrame = '{"id":%I,"cmd":"message.send","d":{"key":"%K","text":"~%T~ 안녕"}}';

function planOf(port: number, count: number, first: readonly string[] = []): Plan {
  const socket = { target: 0, group: 0, first, send: sendFrame };
  return { targets: [{ port, path: "/realtime?v=1" }], sockets: Array.from({ length: count }, () => socket) };
}

for (const [name, command] of [
  ["compiled", compiled.command],
  ["on Bun", bunCommand],
] as const) {
  const start = async (plan: Plan) => {
    const client = await LoadClient.start(command, plan);
    clients.push(client);
    return client;
  };

  describe(`the load client ${name}`, () => {
    test("masks frames of every length, and a server gets them whole", async () => {
      const lengths = [0, 1, 2, 3, 5, 7, 8, 9, 60, 90, 100, 110, 200, 2_000];
      for (const length of lengths) {
        const server = serve(ok);
        const text = "가z".repeat(length);
        const client = await start(planOf(server.port, 1, [JSON.stringify({ id: 1, cmd: "connect", d: { text } })]));
        expect(await client.open()).toMatchObject({ sockets: 1 });
        expect(server.received).toEqual([{ id: 1, cmd: "connect", d: { text } }]);
      }
    });

    test("says the first frames in order, each after the reply to the one before", async () => {
      const server = serve((peer, command) => setImmediate(() => ok(peer, command)));
      const first = ['{"id":1,"cmd":"connect"}', '{"id":2,"cmd":"room.watch"}', '{"id":3,"cmd":"last"}'];
      const client = await start(planOf(server.port, 30, first));
      expect(await client.open("all", 4)).toMatchObject({ sockets: 30 });
      expect(server.received.filter(({ id }) => id === 3)).toHaveLength(30);
    });

    test("tells why sockets did not open", async () => {
      const server = serve((peer, { id }) => void peer.send(`{"id":${id},"err":{"code":"auth.expired"}}`));
      const client = await start(planOf(server.port, 3, ['{"id":1,"cmd":"connect"}']));
      const outcome = await client.open().then(
        () => "opened",
        (error: Error) => error.message,
      );
      expect(outcome).toContain("3 sockets did not open");
      expect(outcome).toContain("auth.expired");
    });

    test("counts every delivery of a closed run, alone and several to a frame", async () => {
      const server = serve((peer, command) => {
        const text = command.d?.text ?? "";
        const frame = `{"pushes":[${pushOf(text)},{"push":"member.joined"},${pushOf(text)}]}`;
        server.publish(pushOf(text));
        server.publish(frame);
        server.publish('{"push":"room.updated"}');
        ok(peer, command);
      });
      const client = await start(planOf(server.port, 5));
      await client.open();
      const result = await client.run({ mode: "closed", ms: 300, window: 2, rotate: false, expect: 15 });
      expect(result.sent).toBeGreaterThan(20);
      expect(result).toMatchObject({
        acked: result.sent,
        refused: 0,
        missing: 0,
        lostSockets: 0,
        others: result.sent * 5,
      });
      expect(result.reply.count).toBe(result.sent);
      expect(result.delivery[0]?.count).toBe(result.sent * 15);
      expect(new Set(server.received.map(({ d }) => JSON.stringify(d))).size).toBe(result.sent);
    });

    test("keeps no more sends unanswered than its window", async () => {
      const waiting: (() => void)[] = [];
      let most = 0;
      const server = serve((peer, command) => {
        waiting.push(() => ok(peer, command));
        most = Math.max(most, waiting.length);
        setImmediate(() => waiting.shift()?.());
      });
      const client = await start(planOf(server.port, 4));
      await client.open();
      const result = await client.run({ mode: "closed", ms: 200, window: 3, rotate: true, expect: 0 });
      expect(most).toBeLessThanOrEqual(3);
      expect(result.acked).toBe(result.sent);
      expect(result.sent).toBeGreaterThan(10);
    });

    test("an open run sends at its rate and counts latency from the intended time while the server stands still", async () => {
      let isFrozen = false;
      const held: (() => void)[] = [];
      const server = serve((peer, command) => {
        if (server.received.length === 100) {
          isFrozen = true;
          setTimeout(() => {
            isFrozen = false;
            for (const answer of held.splice(0)) answer();
          }, 250);
        }
        if (isFrozen) held.push(() => ok(peer, command));
        else ok(peer, command);
      });
      const client = await start(planOf(server.port, 8));
      await client.open();
      const result = await client.run({ mode: "open", ms: 1_000, rate: 500, expect: 0 });
      expect(result.sent).toBeGreaterThanOrEqual(495);
      expect(result.sent).toBeLessThanOrEqual(505);
      expect(result.acked).toBe(result.sent);
      // A quarter of the second stood still: had only unanswered sends been counted late, this would be a few of 500.
      expect(result.reply.percentile(85)).toBeGreaterThan(50e6);
      expect(result.reply.percentile(100)).toBeGreaterThan(200e6);
    });

    test("counts refusals and keeps the first", async () => {
      const server = serve(
        (peer, { id }) => void setImmediate(() => peer.send(`{"id":${id},"err":{"code":"rate.limited"}}`)),
      );
      const client = await start(planOf(server.port, 2));
      await client.open();
      const result = await client.run({ mode: "closed", ms: 50, window: 1, rotate: false, expect: 1 });
      expect(result.acked).toBe(0);
      expect(result.refused).toBe(result.sent);
      expect(result.firstError).toContain("rate.limited");
    });

    test("cuts a group, and opens it again", async () => {
      const server = serve(ok);
      const plan = planOf(server.port, 6);
      const sockets = plan.sockets.map((socket, index) => ({ ...socket, group: index % 2 }));
      const client = await start({ ...plan, sockets });
      await client.open();
      expect(await client.cut(1)).toBe(3);
      expect(await client.open(1)).toMatchObject({ sockets: 3 });
    });

    test("beats on every socket", async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const beaten = new Set<Peer>();
      const server = serve((peer, command) => {
        ok(peer, command);
        if (command.cmd === "connection.beat" && beaten.add(peer).size === 5) resolve();
      });
      const client = await start({
        ...planOf(server.port, 5),
        beat: { everyMs: 50, frame: '{"id":%I,"cmd":"connection.beat"}' },
      });
      await client.open();
      await promise;
      expect(beaten.size).toBe(5);
    });

    test("refuses addresses that are not loopback", async () => {
      const file = `${process.env["TMPDIR"] ?? "/tmp"}/maru-plan-${crypto.randomUUID()}`;
      await Bun.write(file, "target 192.0.2.1 80 / http://a\nsocket 0 0\n");
      const child = Bun.spawn([...command, file], { stdin: "pipe", stdout: "ignore", stderr: "pipe" });
      expect(await child.exited).not.toBe(0);
      expect(await new Response(child.stderr).text()).toContain("only loopback addresses are allowed");
      await Bun.file(file).delete();
    });
  });
}

test("a plan is read back as it was written", () => {
  const plan: Plan = { ...planOf(1234, 2, ['{"id":1}', '{"id":2}']), beat: { everyMs: 25_000, frame: "{beat me}" } };
  expect(decodePlan(encodePlan(plan))).toEqual(plan);
});
