import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Config, readConfig, settings } from "../../apps/server/src/config/index.ts";
import { startTestServer, type TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { faultOf, type Line, runLines } from "./command-line.fixture.ts";
import { looksLikeTrace } from "./traces.ts";

const texts = ["", " ", "\t", "a\nb", "abc", "__proto__", "\u001b[2J", "가".repeat(5_000), "null"];
const numbers = ["-1", "0", "1.5", "1e3", "NaN", "65536", "99999999999999999999"];
const json = ["[]", "{}", "{", "[null]", '{"keys":[]}', '{"keys":[null]}', '{"keys":[{}]}', '{"keys":{}}'];
const keys = ['{"keys":[{"kty":"OKP"}]}', '{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"?","d":"?"}]}'];
const web = [
  "http://",
  "https://a b",
  "http://user:pw@a.example",
  "https://*.x",
  "https://a.example/b",
  "https://예.example",
];
const services = ["smtp", "postgres", "nats", "redis"].flatMap((scheme) => [
  `${scheme}://`,
  `${scheme}://127.0.0.1:99999/b`,
  `${scheme}://%zz@127.0.0.1:1`,
  `${scheme}://127.0.0.1:1/%zz`,
  `${scheme}://[::`,
]);
const others = [
  "postgres://127.0.0.1:1/b?sslmode=nothing",
  "10.0.0.0/99",
  "::/0",
  "999.1.1.1",
  "web,,gateway",
  "Maru <a@b>",
];
const values = [...texts, ...numbers, ...json, ...keys, ...web, ...services, ...others];

/** What a setting needs beside itself to be looked at. */
const besides: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  MARU_SMTP_URL: { MARU_MAIL_FROM: "Maru <maru@talk.example>" },
  MARU_MAIL_FROM: { MARU_SMTP_URL: "smtp://127.0.0.1:1" },
  MARU_GOOGLE_CLIENT_ID: { MARU_GOOGLE_CLIENT_SECRET: "secret" },
  MARU_KAKAO_CLIENT_ID: { MARU_KAKAO_CLIENT_SECRET: "secret" },
};

type Tried = { readonly env: string; readonly flag: string | null; readonly value: string };
const tried: Tried[] = Object.values(settings).flatMap(({ env, flag }) =>
  values.map((value) => ({ env, flag, value })),
);

/** What is wrong with a refusal; null when it names the variable, or its flag, in words. */
function faultOfRefusal({ env, flag, value }: Tried, error: unknown): string | null {
  const { name, message } = error as Error;
  const place = `${env}=${JSON.stringify(value.slice(0, 60))}`;
  if (!["ConfigError", "StartError"].includes(name)) return `${place}: ${name}, ${message}`;
  if (looksLikeTrace(message)) return `${place}: ${message}`;
  return message.includes(env) || (flag !== null && message.includes(flag))
    ? null
    : `${place}: does not name it, ${message}`;
}

/** Reads each value of each setting; tells those that are taken, with the settings then in force. */
function readAll(): { faults: string[]; taken: (Tried & { readonly config: Config })[] } {
  const faults: string[] = [];
  const taken = tried.flatMap((each) => {
    try {
      return [{ ...each, config: readConfig({ ...besides[each.env], [each.env]: each.value }) }];
    } catch (error) {
      faults.push(...[faultOfRefusal(each, error)].filter((fault) => fault !== null));
      return [];
    }
  });
  return { faults, taken };
}

/** Settings that a start here does not follow: two lead elsewhere, and the server has a folder already. */
const elsewhere = ["DATABASE_URL", "BUS_URL", "MARU_DATA"];
/** Starts for one setting: one whose words are its operator's own takes whatever stands in it. */
const maxStarts = 10;

const listStarts = <T extends Tried>(taken: readonly T[]): T[] =>
  taken.filter(({ env }) => !elsewhere.includes(env)).slice(0, maxStarts);

describe("every variable, with whatever may stand in it,", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server?.stop());

  /** Starts with settings on the database and the keys that are there, on a free port. */
  async function start(given: readonly Config[]): Promise<void> {
    const own = {
      port: 0,
      data: server.config.data,
      signingKeys: server.config.signingKeys,
      secretKey: server.config.secretKey,
    };
    const defaults = readConfig({});
    const changed = given.flatMap((config) =>
      Object.entries(config).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name as "port"]),
      ),
    );
    const { port: _port, data: _data, ...merged } = Object.fromEntries(changed);
    const started = await startTestServer({
      database: server.database,
      hub: server.hub,
      config: { ...own, ...merged },
    });
    await started.stop();
  }

  /** Starts with the values of several settings; those that a refusal names are left out, and the rest is tried again. */
  async function startTogether(together: readonly (Tried & { readonly config: Config })[]): Promise<string[]> {
    const error = await start(together.map(({ config }) => config)).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error === null) return [];
    const others = together.filter((each) => faultOfRefusal(each, error) !== null);
    if (others.length < together.length) return startTogether(others);
    return together.length === 1 ? others.map((each) => faultOfRefusal(each, error) ?? "") : startEach(together);
  }

  async function startEach(list: readonly (Tried & { readonly config: Config })[]): Promise<string[]> {
    const faults: string[] = [];
    for (const each of list) faults.push(...(await startTogether([each])));
    return faults;
  }

  test("is taken, and the server starts with it, or refused in words that name it", async () => {
    const { faults, taken } = readAll();
    expect(faults).toEqual([]);
    const kinds = Object.values(settings).map(({ env }) => listStarts(taken.filter((each) => each.env === env)));
    // One value of each setting at a time, since each start takes a while.
    for (let i = 0; i < maxStarts; i++) faults.push(...(await startTogether(kinds.flatMap((list) => list[i] ?? []))));
    expect(faults).toEqual([]);
    expect(taken.length).toBeGreaterThan(100);
  }, 120_000);

  test("leads to a database and a bus, or is refused in words", async () => {
    const shared = {
      DATABASE_URL: server.database.url,
      MARU_SIGNING_KEYS: server.config.signingKeys ?? "",
      MARU_SECRET_KEY: server.config.secretKey ?? "",
    };
    const lines: Line[] = values
      .filter((value) => value.trim() !== "")
      .flatMap((value) => [
        { words: ["migrate", "--data", "/proc/nothing"], env: { DATABASE_URL: value } },
        { words: ["serve", "--port", "0"], env: { ...shared, BUS_URL: value } },
      ]);
    const { ended } = await runLines(lines);
    const faults = ended.flatMap((end, i) => {
      const name = i % 2 === 0 ? "DATABASE_URL" : "BUS_URL";
      const fault = faultOf(end) ?? (end.output.includes(name) ? null : `does not name it: ${end.output}`);
      return fault === null ? [] : [`${name}=${JSON.stringify(lines[i]?.env?.[name]?.slice(0, 60))}: ${fault}`];
    });
    expect(faults).toEqual([]);
  }, 60_000);
});

test("a planted setting that fails without words, or without its name, is seen", () => {
  const each = { env: "MARU_PORT", flag: "--port", value: "x" };
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });
  expect(faultOfRefusal(each, new TypeError("Invalid URL"))).toContain("TypeError");
  expect(faultOfRefusal(each, named("StartError", "It cannot be."))).toContain("does not name it");
  expect(faultOfRefusal(each, named("StartError", "MARU_PORT: TypeError: x\n    at a.ts:1"))).not.toBeNull();
  expect(faultOfRefusal(each, named("ConfigError", "MARU_PORT must be a number."))).toBeNull();
});
