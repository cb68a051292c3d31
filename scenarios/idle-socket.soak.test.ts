import { expect } from "bun:test";
import { eventually, requires } from "@maru/testkit";
import { startBalancer } from "../apps/server/src/testing/balancer.ts";
import { startTestServer } from "../apps/server/src/testing/start-test-server.ts";
import { newPerson } from "./person.ts";

/** Longer than every time-out of 60 s on the way, three times over, in ms. */
const idleMs = 185_000;

requires("nginx").test(
  "a socket on which nobody says anything lives for three minutes behind nginx with its own time-outs",
  async () => {
    const server = await startTestServer();
    const balancer = await startBalancer({ web: [server.port] });
    const { maru } = await newPerson(balancer.url);
    const states: string[] = [];
    maru.connection.subscribe(() => states.push(maru.connection.getSnapshot().state));
    const end = performance.now() + idleMs;
    await eventually("three minutes are over", () => states.length > 0 || performance.now() > end, idleMs + 5_000);
    expect(states).toEqual([]);
    expect(maru.connection.getSnapshot().state).toBe("online");
    maru.close();
    await balancer.stop();
    await server.stop();
  },
  idleMs + 30_000,
);
