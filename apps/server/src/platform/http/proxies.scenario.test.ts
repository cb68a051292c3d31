import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { requires } from "@maru/testkit";
import { startBalancer } from "../../testing/balancer.ts";
import { type ClientReader, createClientReader, type ProxyTrust } from "./client-address.ts";
import { listen } from "./listener.ts";

setDefaultTimeout(60_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A server that replies whom it takes for its client, behind so many real proxies in a row. */
async function openRow(trust: ProxyTrust, proxyCount: number) {
  const clients: ClientReader = createClientReader(trust);
  const server = listen<unknown>({
    port: 0,
    hostname: "127.0.0.1",
    clients,
    fetch: (request, { server }) =>
      Response.json([clients.addressOf(request, server), clients.isSecure(request, server)]),
    websocket: { message() {} },
  });
  ends.push(() => server.stop());
  let { port } = server;
  for (let n = 0; n < proxyCount; n++) {
    const proxy = await startBalancer({ web: [port] });
    ends.push(() => proxy.stop());
    port = proxy.port;
  }
  return (headers: Record<string, string> = {}) =>
    new Promise<readonly [address: string, isSecure: boolean]>((resolve, reject) => {
      // All of 127.0.0.0/8 is this machine, so that a client can come from elsewhere than its proxies.
      const socket = { host: "127.0.0.1", port, localAddress: client, agent: false };
      get({ ...socket, headers }, async (answer) => resolve(JSON.parse(await text(answer)))).on("error", reject);
    });
}

const client = "127.0.0.5";
const nginx = requires("nginx");
const proxies = "127.0.0.1/32";
const forged = { "x-forwarded-for": "198.51.100.1, 203.0.113.1", "x-forwarded-proto": "https" };

nginx.describe("behind nginx", () => {
  const rows: [what: string, trust: ProxyTrust, proxyCount: number, address: string][] = [
    ["one proxy, trusted", 1, 1, client],
    ["one proxy, trusted by its network", [proxies], 1, client],
    ["two proxies, both trusted", 2, 2, client],
    ["two proxies, trusted by their network", [proxies], 2, client],
    ["two proxies, one trusted: its neighbour is the client", 1, 2, "127.0.0.1"],
    ["one proxy, not trusted", 0, 1, "127.0.0.1"],
    ["no proxy, and one of another network is trusted", ["192.0.2.0/24"], 0, client],
    ["no proxy, none trusted", 0, 0, client],
  ];
  for (const [what, trust, proxyCount, address] of rows) {
    test(`${what}: the client is ${address}, whatever it says of itself`, async () => {
      const ask = await openRow(trust, proxyCount);
      expect(await ask()).toEqual([address, false]);
      expect(await ask(forged)).toEqual([address, false]);
    });
  }

  test("what nginx passes on without a look is not believed either", async () => {
    const ask = await openRow(1, 1);
    expect(await ask({ forwarded: "for=198.51.100.1;proto=https" })).toEqual(["127.0.0.1", false]);
  });
});
