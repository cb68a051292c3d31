import { expect, test } from "bun:test";
import { connect } from "node:net";
import { startTestServer } from "../apps/server/src/testing/start-test-server.ts";
import { makeHandshake } from "./raw-socket.ts";

/** How long a connection may be without a whole request, in ms. */
const patienceMs = 40_000;

test("who opens connections and never finishes a handshake is let go, also when bytes trickle in", async () => {
  const server = await startTestServer();
  const { bytes } = makeHandshake(new URL(server.url));
  const started = performance.now();
  const ways = { silent: "", half: bytes.slice(0, 80), trickling: bytes.slice(0, -2) };
  const ended = Object.entries(ways).map(async ([way, said]) => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(said);
    const trickle = way === "trickling" ? setInterval(() => socket.write("X-More: 1\r\n"), 2_000) : null;
    await new Promise((resolve) => socket.once("close", resolve));
    if (trickle) clearInterval(trickle);
    return performance.now() - started;
  });
  for (const tookMs of await Promise.all(ended)) expect(tookMs).toBeLessThan(patienceMs);
  await server.stop();
}, 60_000);
