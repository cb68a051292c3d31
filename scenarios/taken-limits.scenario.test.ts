import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type CommandName,
  commandEndpoints,
  commands,
  type RateLimitName,
  type SharedRateLimitName,
  sharedRateLimits,
} from "@maru/protocol";
import * as z from "zod";
import { createSecretBox } from "../apps/server/src/platform/secret-box.ts";
import { listLimitDifferences } from "../apps/server/src/testing/limit-differences.ts";
import { mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { testSecretKey } from "../apps/server/src/testing/signing-keys.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { setStage, withFreshKeys } from "./edges/edge-stage.ts";
import { type JsonSchema, sampleOf } from "./edges/json-schema.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const names = Object.keys(commands) as CommandName[];
/** The first command of a connection, which the stage says; another one is a fault. */
const said: CommandName = "connect";
const secretBox = createSecretBox(testSecretKey);

/** How many of each shared limit an account has taken, by the table that keeps them. */
async function countsOf(accountId: string): Promise<Record<SharedRateLimitName, number>> {
  const rows = await server.db.sql<{ key: string; taken: number }[]>`
    select key, cardinality(hits) as taken from platform_rate_counts`;
  const keys = new Map(rows.map(({ key, taken }) => [key, taken]));
  const counts = Object.keys(sharedRateLimits).map((name) => [
    name,
    keys.get(secretBox.fingerprint(`rate ${name}`, accountId)) ?? 0,
  ]);
  return Object.fromEntries(counts);
}

/** Sends a command with what is good for it, as somebody of its own; returns which shared limits that took. */
async function sendOnce(name: CommandName): Promise<SharedRateLimitName[]> {
  const { accountId, token } = await mintAccount(server.db, `세는이${names.indexOf(name)}`);
  const stranger = await mintAccount(server.db, `낯선이${names.indexOf(name)}`);
  const stage = await setStage(server, { token });
  const known = (field: string) => {
    if (field === "token") return token;
    return field === "nickname" ? stranger.nickname : stage.known(field);
  };
  const input = sampleOf(z.toJSONSchema(commands[name].input, { io: "input" }) as JsonSchema, known);
  const before = await countsOf(accountId);
  const answer = await stage.socket.ask(name, withFreshKeys(JSON.stringify(input)));
  // Whoever has no match asks for the next one in vain, which counts all the same.
  if (name !== "match.next") expect([name, answer.err?.code]).toEqual([name, undefined]);
  const after = await countsOf(accountId);
  stage.close();
  return (Object.keys(after) as SharedRateLimitName[]).filter((limit) => after[limit] > before[limit]);
}

test("commands take the shared limits that the table names, and no others", async () => {
  const taken = new Map<string, ReadonlySet<RateLimitName>>();
  for (const name of names) if (name !== said) taken.set(name, new Set(await sendOnce(name)));
  expect(listLimitDifferences(commandEndpoints, taken)).toEqual([]);

  const planted = {
    "message.edit": { limits: ["send"] },
    "block.list": { limits: ["block", "rename"] },
  } as const;
  expect(listLimitDifferences(planted, taken).sort()).toEqual([
    "block.list names rename and never takes it",
    "message.edit takes edit unnamed",
  ]);
}, 60_000);
