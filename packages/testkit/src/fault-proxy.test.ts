import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import { eventually } from "./eventually.ts";
import { FaultProxy } from "./fault-proxy.ts";

/** A server that gives back what it gets. */
let server: Server;
let proxy: FaultProxy;
const atServer: Socket[] = [];

beforeEach(async () => {
  atServer.length = 0;
  server = createServer((socket) => {
    atServer.push(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => socket.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await FaultProxy.start((server.address() as { port: number }).port);
});

afterEach(async () => {
  await proxy.stop();
  for (const socket of atServer) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

type Client = { socket: Socket; text: string; pieces: number[]; error: string; isClosed: boolean };

async function open(): Promise<Client> {
  const socket = connect({ port: proxy.port, host: "127.0.0.1", noDelay: true });
  const client: Client = { socket, text: "", pieces: [], error: "", isClosed: false };
  socket.on("data", (bytes: Buffer) => {
    client.text += bytes.toString();
    client.pieces.push(bytes.length);
  });
  socket.on("error", (error: Error & { code?: string }) => {
    client.error = error.code ?? "";
  });
  socket.on("close", () => {
    client.isClosed = true;
  });
  await eventually("it is connected", () => proxy.connectionCount > 0 && !socket.connecting);
  return client;
}

async function say(client: Client, text: string): Promise<void> {
  client.socket.write(text);
  await eventually("it comes back", () => client.text.endsWith(text));
}

test("lets everything through, in both directions, until one side ends", async () => {
  const client = await open();
  await say(client, "hello");
  atServer[0]?.end();
  await eventually("the client is told", () => client.isClosed);
  expect(proxy.connectionCount).toBe(0);
});

test("passes bytes on unchanged and in order while it slices and delays", async () => {
  const client = await open();
  proxy.slice(3);
  proxy.delay(2);
  await say(client, "abcdefghij");
  expect(client.text).toBe("abcdefghij");
  expect(Math.max(...client.pieces)).toBeLessThanOrEqual(3);
});

test("delays", async () => {
  const client = await open();
  proxy.delay(40);
  const startedAt = performance.now();
  await say(client, "slow");
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79);
});

test("cuts in the middle of what the server sends", async () => {
  const client = await open();
  const cut = proxy.cut({ afterBytes: 4 });
  client.socket.write("abcdefghij");
  await cut;
  await eventually("the client is told", () => client.isClosed);
  expect(client.text).toBe("abcd");
});

test("cuts in the middle of what the client sends, over several writes", async () => {
  const client = await open();
  const heard: string[] = [];
  const cut = proxy.cut({ afterBytes: 7, direction: "up" });
  await eventually("the server has it", () => atServer[0]);
  atServer[0]?.on("data", (bytes) => heard.push(bytes.toString()));
  await say(client, "abcde");
  client.socket.write("fghij");
  await cut;
  await eventually("both are told", () => client.isClosed && atServer[0]?.destroyed);
  expect(heard.join("")).toBe("abcdefg");
});

test("resets, and the client learns that nobody is there", async () => {
  const client = await open();
  await say(client, "hello");
  proxy.reset();
  await eventually("the client is told", () => client.isClosed);
  expect(client.error).toBe("ECONNRESET");
});

test("stalls without telling anybody, not even of an end, and goes on where it stopped", async () => {
  const client = await open();
  await say(client, "before");
  proxy.stall();
  client.socket.write("between");
  const late = await open();
  late.socket.write("late");
  const [, lateAtServer] = await eventually("both are through", () => atServer.length === 2 && atServer);
  lateAtServer?.end("bye");
  const other = await FaultProxy.start(proxy.targetPort);
  const free = connect(other.port, "127.0.0.1");
  const freeText = new Promise((resolve) => free.on("data", resolve));
  free.write("x");
  await freeText;
  expect([client.text, client.isClosed, late.text, late.isClosed]).toEqual(["before", false, "", false]);
  proxy.heal();
  await eventually("what was held goes on", () => client.text === "beforebetween" && late.text === "bye");
  await eventually("and so does the end", () => late.isClosed);
  free.destroy();
  await other.stop();
});

test("refuses new connections until it is healed", async () => {
  const held = await open();
  proxy.refuse();
  const refused = connect(proxy.port, "127.0.0.1");
  refused.on("error", () => {});
  await new Promise((resolve) => refused.on("close", resolve));
  await say(held, "still here");
  proxy.heal();
  await say(await open(), "again");
});

test("leads elsewhere once the server came back on another port", async () => {
  const other = createServer((socket) => socket.on("error", () => {}).write("other"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  proxy.targetPort = (other.address() as { port: number }).port;
  const client = await open();
  await eventually("the other one answers", () => client.text === "other");
  await proxy.cut();
  await new Promise((resolve) => other.close(resolve));
});
