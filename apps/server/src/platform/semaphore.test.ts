import { describe, expect, test } from "bun:test";
import { Semaphore } from "./semaphore.ts";

/** Work that ends when it is told to. */
function openWork(semaphore: Semaphore, started: string[]) {
  const ends = new Map<string, PromiseWithResolvers<string>>();
  return {
    run(name: string, owner = "somebody"): Promise<string> {
      return semaphore.run(owner, () => {
        started.push(name);
        const end = Promise.withResolvers<string>();
        ends.set(name, end);
        return end.promise;
      });
    },
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  };
}

describe("a semaphore", () => {
  test("lets as many run as it has permits, the others in their order, and nobody get in before who waits", async () => {
    const started: string[] = [];
    const work = openWork(new Semaphore({ permits: 2, maxWaiting: 10 }), started);
    const all = ["a", "b", "c", "d"].map((name) => work.run(name));
    expect(started).toEqual(["a", "b"]);
    work.end("b");
    expect(await all[1]).toBe("b");
    const late = work.run("late");
    expect(started).toEqual(["a", "b", "c"]);
    for (const name of ["a", "c"]) work.end(name);
    await Promise.all([all[0], all[2]]);
    expect(started).toEqual(["a", "b", "c", "d", "late"]);
    for (const name of ["d", "late"]) work.end(name);
    await Promise.all([all[3], late]);
  });

  test("lets owners take turns: who asks once waits for one of those who ask often, and each has its own order", async () => {
    const started: string[] = [];
    const work = openWork(new Semaphore({ permits: 1, maxWaiting: 10 }), started);
    const asked = ["a1", "a2", "a3", "a4", "b1", "c1", "c2"];
    const ends = new Map(asked.map((name) => [name, work.run(name, name.slice(0, 1))]));
    for (const name of ["a1", "a2", "b1", "c1", "a3", "c2", "a4"]) {
      expect(started.at(-1)).toBe(name);
      work.end(name);
      await ends.get(name);
    }
    expect(started).toHaveLength(asked.length);
  });

  test("has its permit back from work that fails", async () => {
    const started: string[] = [];
    const work = openWork(new Semaphore({ permits: 1, maxWaiting: 10 }), started);
    const failing = work.run("a");
    const next = work.run("b");
    work.fail("a");
    await expect(failing).rejects.toThrow("a");
    expect(started).toEqual(["a", "b"]);
    work.end("b");
    expect(await next).toBe("b");
  });

  test("refuses what comes when too much waits, and goes on", async () => {
    const started: string[] = [];
    const work = openWork(new Semaphore({ permits: 1, maxWaiting: 1 }), started);
    const [first, second, third] = ["a", "b", "c"].map((name) => work.run(name));
    await expect(third).rejects.toMatchObject({ code: "server.busy" });
    work.end("a");
    await first;
    work.end("b");
    expect(await second).toBe("b");
    expect(started).toEqual(["a", "b"]);
  });
});
