import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { silentLog } from "../log.ts";
import { createMetrics } from "./metrics.ts";
import { serveMetrics } from "./serve-metrics.ts";

let served: ReturnType<typeof serveMetrics>;
let port: number;
beforeAll(() => {
  const info = (_message: string, facts: object = {}) => {
    port = (facts as { port: number }).port;
  };
  served = serveMetrics(createMetrics(), { host: "127.0.0.1", port: 0 }, { ...silentLog, info });
});
afterAll(() => served.stop());

/** Sends these bytes on a socket of its own and returns the status of what comes back. */
function say(request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(request, "latin1")));
    socket.once("data", (part) => {
      socket.end();
      resolve(Number(/^HTTP\/1\.1 (\d{3}) /.exec(part.toString("latin1"))?.[1]));
    });
    socket.on("error", reject);
  });
}

test.each([
  ["without a Host", "GET /metrics HTTP/1.0\r\n\r\n", 200],
  ["with an empty Host", "GET /metrics HTTP/1.1\r\nHost:\r\n\r\n", 200],
  ["by name", "GET /metrics HTTP/1.1\r\nHost: node-1:9464\r\n\r\n", 200],
  ["with a query", "GET /metrics?name[]=x HTTP/1.1\r\nHost: a\r\n\r\n", 200],
  ["with a Host that is none", "GET /metrics HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
  ["with half an IPv6 address", "GET /metrics HTTP/1.1\r\nHost: [::\r\n\r\n", 400],
  ["with a port that is none", "GET /metrics HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400],
  ["with no place as the target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["for something else without a Host", "GET / HTTP/1.0\r\n\r\n", 404],
])("a question for metrics %s", async (_, request, status) => {
  expect(await say(request)).toBe(status);
});
