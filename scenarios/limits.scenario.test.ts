import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type CommandArgument,
  type CommandName,
  commandEndpoints,
  commands,
  httpEndpoints,
  httpPaths,
  nodeRateLimits,
  sharedRateLimits,
} from "@maru/protocol";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { newRawPeople, newRawPerson, type RawSocket } from "./raw-person.ts";

let nodes: [TestServer, TestServer];
beforeAll(async () => {
  const one = await startTestServer();
  nodes = [one, await startTestServer({ database: one.database, hub: one.hub })];
});
afterAll(async () => {
  for (const node of [...(nodes ?? [])].reverse()) await node.stop();
});

/** Somebody new with a connection to each node. */
async function newPersonOnBoth() {
  const person = await newRawPerson(nodes[0].url);
  const sockets = await Promise.all(nodes.map((node) => person.connect(node.url)));
  return { ...person, sockets: sockets as [RawSocket, RawSocket] };
}

/** Does a thing over and over, by turns on each node, all at once; returns how often it was let through. */
async function countAllowed(times: number, run: (turn: number, node: 0 | 1) => Promise<string>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: times }, (_, turn) => run(turn, (turn % 2) as 0 | 1)));
  expect(answers.filter((answer) => answer !== "ok" && answer !== "rate.limited")).toEqual([]);
  return answers.filter((answer) => answer === "ok").length;
}

async function say<N extends CommandName>(socket: RawSocket, cmd: N, d: CommandArgument<N>): Promise<string> {
  return (await socket.ask(cmd, d)).err?.code ?? "ok";
}

/** Sends commands of an account's connections until one is refused by the account's limit, and returns how many were not. */
async function countUntilRefused(sockets: readonly RawSocket[], name: CommandName, times: number): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: times }, (_, turn) => say(sockets[turn % sockets.length] as RawSocket, name, {} as never)),
  );
  return answers.filter((answer) => answer !== "rate.limited").length;
}

describe("the table of endpoints", () => {
  test("names every route that the running server describes, and none that it does not have", async () => {
    const described = (await (await fetch(`${nodes[0].url}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const routes = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.length).toBeGreaterThan(40);
    expect(routes.filter((route) => !Object.hasOwn(httpEndpoints, route))).toEqual([]);
    const api = Object.values(httpPaths) as string[];
    const stale = Object.keys(httpEndpoints).filter((route) => {
      const path = route.slice(route.indexOf(" ") + 1);
      return api.some((known) => path.startsWith(known)) && path !== httpPaths.realtime && !routes.includes(route);
    });
    expect(stale).toEqual([]);
    expect(Object.keys(commandEndpoints).sort()).toEqual(Object.keys(commands).sort());
  });
});

describe("limits that hold over all nodes together", () => {
  test("edits and deletions", async () => {
    const [one, two] = [await newPersonOnBoth(), await newRawPerson(nodes[1].url)];
    const { room } = await one.sockets[0].expectOk("direct.open", { nickname: two.nickname });
    const send = { roomId: room.id, clientMessageId: "a-first-message" as never, text: "하나" };
    const { message } = await one.sockets[0].expectOk("message.send", send);
    const place = { roomId: room.id, seq: message.seq };
    const { count } = sharedRateLimits.edit;
    const allowed = await countAllowed(count + 30, (turn, node) =>
      say(one.sockets[node], "message.edit", { ...place, text: `고침 ${turn}` }),
    );
    expect(allowed).toBe(count);
    expect(await say(one.sockets[1], "message.delete", place)).toBe("rate.limited");
  });

  test("first contacts, but not talks that are there already", async () => {
    const one = await newPersonOnBoth();
    const { count } = sharedRateLimits.first_contact;
    const others = await newRawPeople(nodes[0].url, count + 6);
    const open = (turn: number, node: 0 | 1) =>
      say(one.sockets[node], "direct.open", { nickname: others[turn]?.nickname ?? "" });
    expect(await countAllowed(others.length, open)).toBe(count);
    const again = await Promise.all(others.map((_, turn) => open(turn, 0)));
    expect(again.filter((answer) => answer === "ok")).toHaveLength(count);
  });

  test("renames, but not the wish for a name that somebody has", async () => {
    const [one, other] = [await newPersonOnBoth(), await newRawPerson(nodes[0].url)];
    const rename = async (node: 0 | 1, nickname: string) => {
      const headers = { authorization: `Bearer ${one.accessToken}` };
      const answer = await one.browser.ask("PATCH", nodes[node].url + httpPaths.me, { nickname }, headers);
      return answer.body.error?.code ?? "ok";
    };
    for (let i = 0; i < 8; i++) expect(await rename((i % 2) as 0 | 1, other.nickname)).toBe("nickname.taken");
    const { count } = sharedRateLimits.rename;
    expect(await countAllowed(count + 5, (turn, node) => rename(node, `${one.nickname}${turn}`))).toBe(count);
  });

  test("match requests", async () => {
    const one = await newPersonOnBoth();
    const { count } = sharedRateLimits.match_request;
    expect(await countAllowed(count + 10, (_, node) => say(one.sockets[node], "match.request", {}))).toBe(count);
    expect(await say(one.sockets[0], "match.cancel", {})).toBe("ok");
  });
});

describe("limits of which each node has its share", () => {
  test("are one count for all connections of an account on a node, and another node's are its own", async () => {
    const one = await newPersonOnBoth();
    const more = await Promise.all([1, 2, 3].map(() => one.connect(nodes[0].url)));
    const { burst } = nodeRateLimits.block;
    const here = [one.sockets[0], ...more];
    expect(await countUntilRefused(here, "block.list", burst + 40)).toBeLessThan(burst + 10);
    expect(await countUntilRefused([one.sockets[1]], "block.list", burst)).toBe(burst);
    for (const socket of more) socket.close();
  });

  const listed = Object.entries(commandEndpoints) as [CommandName, (typeof commandEndpoints)[CommandName]][];
  test.each(
    listed.flatMap(([name, { limits }]) => {
      const own = limits.find((limit) => nodeRateLimits[limit as "block"]?.per === "account" && limit !== "send");
      // A request for a match needs nothing, so what is counted over all nodes refuses it first.
      return own === undefined || name === "match.request"
        ? []
        : [[name, own] as [CommandName, keyof typeof nodeRateLimits]];
    }),
  )("refuse a flood of %s", async (name, limit) => {
    const one = await newRawPerson(nodes[0].url);
    const sockets = await Promise.all(Array.from({ length: 3 }, () => one.connect(nodes[0].url)));
    const { burst } = nodeRateLimits[limit];
    // What it asks for is nonsense: it is counted before it is read.
    const passed = await countUntilRefused(sockets, name, burst * 2 + 100);
    expect(passed).toBeGreaterThanOrEqual(burst);
    expect(passed).toBeLessThan(burst * 2 + 100);
    for (const socket of sockets) socket.close();
  });
});
