import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { eventually } from "@maru/testkit";
import { type PlantedTree, plantTree } from "./planted-tree.ts";

/** Stands in for npm, which lives outside: brings the runtime and a builder, and keeps a list of what was asked. */
const npm = `#!/bin/sh
echo "npm $*" >>calls.log
[ ! -e npm-fails ] || exit 1
platform=$(uname -s | tr A-Z a-z)-$(uname -m | sed 's/x86_64/x64/; s/arm64/aarch64/')
getconf GNU_LIBC_VERSION >/dev/null 2>&1 || platform=$platform-musl
rm -rf node_modules
mkdir -p "node_modules/@oven/bun-$platform/bin" node_modules/vite/bin
ln -s "$BUN_OF_TEST" "node_modules/@oven/bun-$platform/bin/bun"
cp vite.js node_modules/vite/bin/vite.js
`;

const vite = `
const fs = require("node:fs");
fs.appendFileSync("../../calls.log", "vite\\n");
const folder = process.argv[process.argv.indexOf("--outDir") + 1];
fs.mkdirSync(folder, { recursive: true });
if (fs.readFileSync("src/main.tsx", "utf8") === "broken") process.exit(1);
fs.writeFileSync(folder + "/index.html", fs.readFileSync("src/main.tsx"));
`;

/** What every system has; the lock needs one of two. */
const needed =
  `sh dirname readlink cat uname cksum getconf wc mkdir ln rm find sort tr xargs chmod ${Bun.which("flock") ? "flock" : "perl"}`.split(
    " ",
  );

let checkout: PlantedTree;

beforeEach(() => {
  checkout = plantTree({
    "package-lock.json": "{}",
    "vite.js": vite,
    "calls.log": "",
    "programs/npm": npm,
    "programs/node": "#!/bin/sh\necho v20.1.0\n",
    "apps/server/src/main.ts":
      "console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.MARU_DATA]));",
    "apps/web/src/main.tsx": "first",
    "packages/client/build.ts": 'require("node:fs").appendFileSync("calls.log", "sdk\\n");',
    "packages/protocol/src/index.ts": "",
    "packages/react/src/index.ts": "",
    "packages/ui/src/index.ts": "",
  });
  copyFileSync(join(import.meta.dir, "../maru"), join(checkout.root, "maru"));
  Bun.spawnSync(["chmod", "-R", "700", checkout.root]);
});

afterEach(() => checkout[Symbol.dispose]());

type Outcome = { readonly status: number; readonly output: string };

type MaruOptions = { readonly cwd?: string; readonly path?: string; readonly script?: string };

/** Starts it in a process group of its own. */
function spawnMaru(args: readonly string[], options: MaruOptions = {}) {
  return Bun.spawn([options.script ?? join(checkout.root, "maru"), ...args], {
    cwd: options.cwd ?? checkout.root,
    env: {
      PATH: options.path ?? `${join(checkout.root, "programs")}:/usr/bin:/bin`,
      HOME: checkout.root,
      BUN_OF_TEST: process.execPath,
    },
    stdout: "pipe",
    stderr: "pipe",
    detached: true,
  });
}

async function maru(args: readonly string[], options: MaruOptions = {}): Promise<Outcome> {
  const run = spawnMaru(args, options);
  const [stdout, stderr] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  return { status: await run.exited, output: stdout + stderr };
}

/** What was installed and built since the last time this was asked. */
function calls(): string[] {
  const log = join(checkout.root, "calls.log");
  const lines = readFileSync(log, "utf8").trim().split("\n").filter(Boolean);
  writeFileSync(log, "");
  return lines.map((line) => line.split(" ").slice(0, 2).join(" "));
}

function change(file: string, text: string): void {
  mkdirSync(dirname(join(checkout.root, file)), { recursive: true });
  writeFileSync(join(checkout.root, file), text);
}

test("installs and builds once, and again only what changed", async () => {
  expect((await maru(["up"])).status).toBe(0);
  expect(calls()).toEqual(["npm ci", "sdk", "vite"]);

  await maru(["up"]);
  expect(calls()).toEqual([]);

  change("apps/web/src/main.tsx", "second");
  await maru(["up"]);
  expect(calls()).toEqual(["vite"]);
  expect(readFileSync(join(checkout.root, "apps/web/dist/index.html"), "utf8")).toBe("second");

  change("packages/client/src/new.ts", "");
  await maru(["up"]);
  expect(calls()).toEqual(["sdk", "vite"]);

  rmSync(join(checkout.root, "packages/client/src/new.ts"));
  change("package-lock.json", '{ "changed": true }');
  await maru(["up"]);
  expect(calls()).toEqual(["npm ci", "sdk", "vite"]);
});

test("a change to tests builds nothing", async () => {
  await maru(["up"]);
  calls();
  change("apps/web/src/a.test.ts", "");
  await maru(["up"]);
  expect(calls()).toEqual([]);
});

test("hands words over whole, from any folder and through a link", async () => {
  const elsewhere = join(checkout.root, "some where");
  mkdirSync(elsewhere);
  symlinkSync("../maru", join(elsewhere, "linked"));
  const { output } = await maru(["create-admin", "a b", "*"], { cwd: elsewhere, script: join(elsewhere, "linked") });
  const [args, cwd, data] = JSON.parse(output.trim().split("\n").at(-1) ?? "");
  expect(args).toEqual(["create-admin", "a b", "*"]);
  expect(cwd).toBe(elsewhere);
  expect(data).toBe(join(checkout.root, "data"));
});

test("up serves with the flags that it was given", async () => {
  const { output } = await maru(["up", "--port", "0"]);
  expect(output).toContain('["serve","--port","0"]');
});

test("two at once on a fresh clone install once", async () => {
  const [first, second] = await Promise.all([maru(["up"]), maru(["doctor"])]);
  expect([first.status, second.status]).toEqual([0, 0]);
  expect(calls().filter((call) => call === "npm ci")).toHaveLength(1);
});

test("takes over the work of one that was killed, at once", async () => {
  change("programs/npm", "#!/bin/sh\necho $PPID >held\nexec sleep 60\n");
  const working = spawnMaru(["doctor"]);
  await eventually("it holds the checkout", () => existsSync(join(checkout.root, "held")));
  // A whole group, as a closed terminal ends it: the program that it had started is one of those that work.
  process.kill(-working.pid, "SIGKILL");
  await working.exited;

  change("programs/npm", npm);
  const { status, output } = await maru(["doctor"]);
  expect([status, output.includes("Waiting")]).toEqual([0, false]);
});

test("waits for one that works, and says for whom", async () => {
  change("programs/npm", `#!/bin/sh\necho $PPID >held\nread _ <go\n${npm}`);
  Bun.spawnSync(["mkfifo", join(checkout.root, "go")]);
  const working = spawnMaru(["doctor"]);
  await eventually("it holds the checkout", () => existsSync(join(checkout.root, "held")));

  const waiting = spawnMaru(["doctor"]);
  const words = waiting.stdout.getReader();
  expect(new TextDecoder().decode((await words.read()).value)).toContain(`Waiting for process ${working.pid}, which`);
  change("go", "go\n");
  expect(await Promise.all([working.exited, waiting.exited])).toEqual([0, 0]);
  expect(calls().filter((call) => call === "npm ci")).toHaveLength(1);
});

test.each([
  ["that lives but never worked here", () => `${process.pid}`],
  ["of nobody", () => "4194305"],
  ["of the first of all", () => "1"],
])("a number %s in the file holds up nobody", async (_, pid) => {
  mkdirSync(join(checkout.root, ".maru"));
  change(".maru/lock", `${pid()}\n`);
  // As earlier versions kept it.
  symlinkSync(pid(), join(checkout.root, ".maru/working"));
  const { status, output } = await maru(["doctor"]);
  expect([status, output.includes("Waiting")]).toEqual([0, false]);
});

test("without flock it is perl that locks", async () => {
  const few = join(checkout.root, "few");
  mkdirSync(few);
  const programs = new Set([...needed, "perl", "cp", "mv", "sed"]).difference(new Set(["flock"]));
  for (const program of programs) symlinkSync(Bun.which(program) ?? "", join(few, program));
  const path = `${join(checkout.root, "programs")}:${few}`;
  const [first, second] = await Promise.all([maru(["up"], { path }), maru(["doctor"], { path })]);
  expect([first.status, second.status]).toEqual([0, 0]);
  expect(calls().filter((call) => call === "npm ci")).toHaveLength(1);
});

test.each(["what?", "back\\slash", "two\nlines"])(
  "a folder from which nothing can be loaded is refused in words: %j",
  async (name) => {
    const place = join(checkout.root, name);
    mkdirSync(place);
    copyFileSync(join(checkout.root, "maru"), join(place, "maru"));
    Bun.spawnSync(["chmod", "700", join(place, "maru")]);
    const { status, output } = await maru(["up"], { script: join(place, "maru") });
    expect(status).toBe(1);
    expect(output).toContain("is named with ?, \\ or a line break");
  },
);

test("a failed installation stops, and is tried again", async () => {
  change("npm-fails", "");
  const failed = await maru(["up"]);
  expect(failed.status).not.toBe(0);
  expect(failed.output).not.toContain("serve");

  rmSync(join(checkout.root, "npm-fails"));
  expect((await maru(["up"])).status).toBe(0);
  expect(calls()).toEqual(["npm ci", "npm ci", "sdk", "vite"]);
});

test("a failed build stops and leaves the last good one in place", async () => {
  await maru(["up"]);
  change("apps/web/src/main.tsx", "broken");
  const failed = await maru(["up"]);
  expect(failed.status).not.toBe(0);
  expect(failed.output).not.toContain("serve");
  expect(readFileSync(join(checkout.root, "apps/web/dist/index.html"), "utf8")).toBe("first");
});

test("says what is missing", async () => {
  change("programs/node", "#!/bin/sh\necho v18.4.0\n");
  expect((await maru(["up"])).output).toContain("Node 20 or newer is needed, and this is v18.4.0.");

  const bare = join(checkout.root, "bare");
  mkdirSync(bare);
  for (const program of needed) symlinkSync(Bun.which(program) ?? "", join(bare, program));
  const { output, status } = await maru(["up"], { path: bare });
  expect(output).toContain("Node 20 or newer with npm is needed");
  expect(status).toBe(1);
});

test("works without network once everything is there", async () => {
  await maru(["up"]);
  calls();
  appendFileSync(join(checkout.root, "programs/npm"), "exit 1\n");
  expect((await maru(["up"])).status).toBe(0);
  expect(calls()).toEqual([]);
});

test("help tells the words and touches nothing", async () => {
  const { output, status } = await maru([]);
  expect(output).toContain("Usage: ./maru COMMAND");
  expect([status, calls()]).toEqual([0, []]);
});
