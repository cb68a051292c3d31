import { expect } from "bun:test";
import { requires } from "@maru/testkit";
import { startBalancer } from "../apps/server/src/testing/balancer.ts";
import { startTestServer } from "../apps/server/src/testing/start-test-server.ts";
import { signUp } from "./person.ts";
import { allCases, runSuite } from "./suite.ts";

/** What does not depend on the node that a connection reaches. */
const areas = /^(commands|delivery|watching|account|people|matching)\./;

requires("nginx").test(
  "two nodes behind a proxy that takes turns keep the protocol as one does",
  async () => {
    const one = await startTestServer();
    const two = await startTestServer({ database: one.database, hub: one.hub });
    const balancer = await startBalancer({ web: [one.port, two.port] });
    const url = new URL(balancer.url);
    const people = [await signUp(url, "alice"), await signUp(url, "bob"), await signUp(url, "carol")] as const;
    const results = await runSuite(url, people, { cases: allCases.filter(({ name }) => areas.test(name)) });
    await balancer.stop();
    await two.stop();
    await one.stop();
    expect(results.length).toBeGreaterThan(30);
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
  },
  60_000,
);
