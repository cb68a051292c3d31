import { expect, test } from "bun:test";
import { FakeClock, settle } from "@maru/testkit";
import { createLog } from "./log.ts";
import { Shutdown } from "./shutdown.ts";

function openShutdown() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const log = createLog({ level: "info", write: (line) => lines.push(line), now: () => 0 });
  const shutdown = new Shutdown(clock, log, 1_000);
  const ended: string[] = [];
  const add = (name: string, work: () => Promise<void> = async () => {}) =>
    shutdown.add(name, async () => {
      await work();
      ended.push(name);
    });
  return { clock, lines, shutdown, ended, add };
}

test("what came up last goes down first, one after the other", async () => {
  const { shutdown, ended, add } = openShutdown();
  const { promise, resolve } = Promise.withResolvers<void>();
  add("database");
  add("rooms");
  add("gateway", () => promise);
  const end = shutdown.run();
  await settle();
  expect(ended).toEqual([]);
  resolve();
  await end;
  expect(ended).toEqual(["gateway", "rooms", "database"]);
});

test("a step that fails is said and holds up nobody", async () => {
  const { shutdown, ended, lines, add } = openShutdown();
  add("database");
  shutdown.add("at once", () => {
    throw new Error("no");
  });
  shutdown.add("later", async () => {
    throw new Error("no");
  });
  await shutdown.run();
  expect(ended).toEqual(["database"]);
  expect(lines.map((line) => JSON.parse(line).step)).toEqual(["later", "at once"]);
});

test("a step that never ends is left after its time", async () => {
  const { clock, shutdown, ended, lines, add } = openShutdown();
  add("database");
  add("stuck", () => new Promise(() => {}));
  const end = shutdown.run();
  await clock.advance(999);
  expect(ended).toEqual([]);
  await clock.advance(1);
  await end;
  expect(ended).toEqual(["database"]);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ step: "stuck", error: { message: "It took too long." } });
  expect(clock.pendingCount).toBe(0);
});

test("asked again, it is the same run; nothing runs twice", async () => {
  const { shutdown, ended, add } = openShutdown();
  add("database");
  await Promise.all([shutdown.run(), shutdown.run()]);
  await shutdown.run();
  expect(ended).toEqual(["database"]);
});

test("what comes up while it goes down is taken down too", async () => {
  const { shutdown, ended, add } = openShutdown();
  add("database");
  add("starting", async () => add("late"));
  await shutdown.run();
  expect(ended).toEqual(["starting", "late", "database"]);
});
