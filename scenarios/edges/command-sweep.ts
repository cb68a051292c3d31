import { type CommandName, commandEndpoints, commands, isErrorCode, limits } from "@maru/protocol";
import * as z from "zod";
import type { TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { newAddress } from "../raw-person.ts";
import { Counter } from "./counter.ts";
import { type Answer, EdgeSocket } from "./edge-socket.ts";
import { countWithin, type Stage, setStage, withFreshKeys } from "./edge-stage.ts";
import { type Edge, edgesOf, writeJson } from "./edge-values.ts";
import { type JsonSchema, sampleOf } from "./json-schema.ts";
import type { FaultLog } from "./kept-log.ts";
import { type Ledger, openLedger, whenQuiet } from "./ledger.ts";
import { looksLikeTrace } from "./traces.ts";

/** How a command is asked; a planted fault stands in between. */
export type Ask = (socket: EdgeSocket, name: CommandName, json: string) => Promise<Answer>;

export type CommandSweep = {
  readonly server: TestServer;
  readonly log: FaultLog;
  /** All of them unless said. */
  readonly names?: readonly CommandName[];
  readonly ask?: Ask;
};

type Sweep = Required<Omit<CommandSweep, "names">> & { readonly ledger: Ledger; readonly counter: Counter };

/** Sends every command with every edge of what it takes, one after the other, and judges what came of each. */
export async function sweepCommands(given: CommandSweep): Promise<Counter> {
  const { names = Object.keys(commands) as CommandName[] } = given;
  const sweep = { ask: askPlainly, ...given, ledger: await openLedger(given.server.db), counter: new Counter() };
  for (const name of names) {
    const size = countWithin(commandEndpoints[name].limits);
    for (let from = 0, total = 1; from < total; from += size) {
      const stage = await setStage(given.server, { makesMatch: name === "match.next" });
      const edges = edgesFor(name, stage);
      total = edges.length;
      await sweep.ledger.take();
      for (const edge of edges.slice(from, from + size)) await tryEdge(sweep, stage, name, edge);
      stage.close();
    }
  }
  return sweep.counter;
}

const askPlainly: Ask = (socket, name, json) => socket.ask(name, json);

/** What a command is asked with: a good input first, then each edge of it. */
function edgesFor(name: CommandName, stage: Stage): Edge[] {
  const schema = z.toJSONSchema(commands[name].input, { io: "input" }) as JsonSchema;
  const sample = sampleOf(schema, stage.known);
  return [{ what: "as it should be", value: sample }, ...edgesOf(schema, sample, stage.known)];
}

async function tryEdge(sweep: Sweep, stage: Stage, name: CommandName, { what, value }: Edge): Promise<void> {
  const { server, counter, ledger } = sweep;
  const json = withFreshKeys(writeJson(value));
  // A longer frame closes the connection before anybody reads it.
  if (Buffer.byteLength(json) > limits.frameBytes - 200) return;
  const place = `${name}, ${what}`;
  // The first command of a connection needs a new one each time.
  const socket = name === "connect" ? await EdgeSocket.open(server.url, newAddress()) : stage.socket;
  const answer = await sweep.ask(socket, name, json);
  judge(sweep, place, name, answer);
  const written = await ledger.take();
  if (answer.ok === undefined && written.length > 0) {
    // An accepted command before it may have had work left; alone it shows whose writing it is.
    for (const table of await writtenAlone(sweep, name, what))
      counter.fault(`${place}: refused, and wrote to ${table}`);
  }
  if (name === "connect") socket.close();
  else if (!socket.isOpen) counter.fault(`${place}: the connection did not stay`);
}

/** What a refused input writes when it is the only one. */
async function writtenAlone(sweep: Sweep, name: CommandName, what: string): Promise<string[]> {
  const stage = await setStage(sweep.server, { makesMatch: name === "match.next" });
  const edge = edgesFor(name, stage).find((each) => each.what === what);
  await whenQuiet(sweep.ledger);
  const socket = name === "connect" ? await EdgeSocket.open(sweep.server.url, newAddress()) : stage.socket;
  const answer = await sweep.ask(socket, name, withFreshKeys(writeJson(edge?.value)));
  const written = await sweep.ledger.take();
  stage.close();
  return answer.ok === undefined ? written : [];
}

function judge({ counter, log }: Sweep, place: string, name: CommandName, answer: Answer): void {
  for (const line of log.take()) counter.fault(`${place}: logged ${line.slice(0, 600)}`);
  if ("ended" in answer) return counter.fault(`${place}: ${answer.ended}`);
  if (answer.err === undefined) {
    counter.count(name, "ok");
    const told = commands[name].output.safeParse(answer.ok);
    if (!told.success) counter.fault(`${place}: answered what the protocol does not say, ${told.error.message}`);
    return;
  }
  const { code, message } = answer.err;
  counter.count(name, code);
  if (!isErrorCode(code)) counter.fault(`${place}: ${code} is not in the catalogue`);
  else if (code.startsWith("server.")) counter.fault(`${place}: ${code}`);
  if (looksLikeTrace(message)) counter.fault(`${place}: told a trace, ${message}`);
}
