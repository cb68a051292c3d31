import { afterEach, expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { type HelperProcess, startProcess } from "../../testing/helper-process.ts";
import { silentLog } from "../log.ts";
import { openBus } from "./open-bus.ts";

setDefaultTimeout(20_000);
const nats = requires("nats-server");
const brokers: HelperProcess[] = [];
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.stop();
});

async function start(...words: string[]): Promise<string> {
  const broker = await startProcess((port) => [nats.path, "-a", "127.0.0.1", "-p", String(port), ...words]);
  brokers.push(broker);
  return `127.0.0.1:${broker.port}`;
}

const open = (url: string) =>
  openBus(url, { log: silentLog }).then(
    async (bus) => {
      const answers = await bus.ping();
      await bus.close();
      return answers ? "open" : "silent";
    },
    (error: Error) => `${error.name}: ${error.message}`,
  );

nats.test("a name and password, or a token, open a broker that asks for them; nothing else does", async () => {
  const named = await start("--user", "maru", "--pass", "a:b/c");
  expect(await open(`nats://maru:${encodeURIComponent("a:b/c")}@${named}`)).toBe("open");
  for (const wrong of [`nats://${named}`, `nats://maru:hush@${named}`, `nats://hush@${named}`]) {
    const words = await open(wrong);
    expect(words).toStartWith(`StartError: The bus at ${named} cannot be used: `);
    expect(words).not.toContain("hush");
  }
  expect(await open(`nats://s3cret@${await start("--auth", "s3cret")}`)).toBe("open");
});

nats.test("of several brokers one that is there is enough", async () => {
  const there = await start();
  expect(await open(`nats://127.0.0.1:1,${there}`)).toBe("open");
  expect(await open(`nats://${there},127.0.0.1:1/`)).toBe("open");
});

nats.test("an address that is none is said in words", async () => {
  for (const url of ["nats://", "nats://u:hush@", "nats://a b@"]) {
    const words = await open(url);
    expect(words).toStartWith("StartError: BUS_URL must be like nats://");
    expect(words).not.toContain("hush");
  }
  expect(await open("redis://u:hush@:x")).toBe("StartError: BUS_URL must be like redis://user:password@host:6379.");
});
