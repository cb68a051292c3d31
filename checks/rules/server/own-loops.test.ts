import { expect, test } from "bun:test";
import { plantTree } from "../../planted-tree.ts";
import { ownLoops } from "./own-loops.ts";

async function faultsOf(text: string, file = "apps/server/src/features/rooms/a.ts"): Promise<string[]> {
  using tree = plantTree({ [file]: text });
  return (await ownLoops.run(tree)).faults.map(({ line, message }) => `${line}: ${message}`);
}

const loops = {
  "a function that sets itself again": `
    function schedule() { timer = clock.setTimeout(() => { void look(); schedule(); }, 500); }`,
  "one that is handed over by its name alone": `
    async function sweepAndGoOn() {
      await sweep();
      timer = clock.setTimeout(() => void sweepAndGoOn(), pollMs);
    }`,
  "one that goes on after a promise": `
    const poll = () => { clock.setTimeout(() => void deliver().finally(() => isRunning && poll()), 5_000); };`,
  "methods that go round over others": `
    class Hub {
      #schedule() { this.#timer = this.#deps.clock.setTimeout(() => this.#look(), 5_000); }
      async #look() { await this.#compare(); this.#goOn(); }
      #goOn() { this.#schedule(); }
    }`,
};

for (const [name, text] of Object.entries(loops)) {
  test(`turns red for ${name}`, async () => {
    expect(await faultsOf(text)).toEqual([expect.stringContaining("sets its timer again: a loop of its own.")]);
  });
}

test("turns red for a lease of a feature's own, but for the pairing's", async () => {
  const text = 'const lease = createLease(db, { name: "identity.erasure", holder, termMs, clock });';
  expect(await faultsOf(text)).toEqual([expect.stringContaining("1: A lease of its own; make it a job")]);
  expect(await faultsOf(text, "apps/server/src/features/matching/a.ts")).toEqual([]);
  expect(await faultsOf('const lease = ports.openLease("identity.erasure", termMs);')).toHaveLength(1);
});

test.each([
  "const wait = () => new Promise((resolve) => clock.setTimeout(resolve, 5));",
  "class Gather { #wait() { this.#timer ??= clock.setTimeout(() => this.#flush(), 20); } #flush() { this.#publish(); } }",
  "const looking = new PeriodicTask(clock, 500, look, report);",
  "function settle() {\n  // re-arms: only while something waits to be written\n  clock.setTimeout(() => settle(), 5);\n}",
])("is content with %s", async (text) => {
  expect(await faultsOf(text)).toEqual([]);
});

test("an exemption needs a reason", async () => {
  expect(await faultsOf("function go() {\n  // re-arms:\n  clock.setTimeout(() => go(), 5);\n}")).toHaveLength(1);
});

test.each(["apps/server/src/platform/a.ts", "apps/server/src/features/rooms/a.test.ts"])(
  "leaves %s alone",
  async (file) => {
    expect(await faultsOf(loops["a function that sets itself again"], file)).toEqual([]);
  },
);
