import { closeCodes, type ErrorBody, errors, isErrorCode } from "@maru/protocol";
import { mintAccount } from "../../apps/server/src/testing/mint-account.ts";
import type { TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { newAddress } from "../raw-person.ts";
import { Counter } from "./counter.ts";
import type { FaultLog } from "./kept-log.ts";
import { openLedger } from "./ledger.ts";
import { acceptOf, type RawFrame, RawLine, writeFrame } from "./raw-line.ts";
import { listFirstBytes, listUpgrades, type UpgradeEdge } from "./realtime-edges.ts";
import { looksLikeTrace } from "./traces.ts";

export type RealtimeSweep = {
  readonly server: TestServer;
  readonly log: FaultLog;
  /** Changes what was answered; a planted fault. */
  readonly tamper?: (answer: Outcome, what: string) => Outcome | Promise<Outcome>;
};

/** What came of one edge: a refusal over HTTP, an answer to a command, a close, or the end of the line. */
export type Outcome =
  | { readonly kind: "refused"; readonly status: number; readonly body: string }
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "closed"; readonly code: number; readonly text?: string }
  | { readonly kind: "ended" | "hung" };

export const upgrades = "the request";
export const firstBytes = "the first bytes";

let count = 0;
const key = "dGhlIHNhbXBsZSBub25jZQ==";
const good = (): Readonly<Record<string, string>> => ({
  host: "localhost",
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": key,
  "x-forwarded-for": newAddress(),
});

/** Asks for a socket at every edge of the request, then says every edge of first bytes on a good one; judges what came. */
export async function sweepRealtime({ server, log, tamper = (answer) => answer }: RealtimeSweep): Promise<Counter> {
  const counter = new Counter();
  const ledger = await openLedger(server.db);
  const { token } = await mintAccount(server.db, `모서리 전화${++count}`);
  const connect = writeFrame(JSON.stringify({ id: 1, cmd: "connect", d: { token } }));

  async function judge(door: string, what: string, found: Outcome): Promise<void> {
    const outcome = await tamper(found, what);
    const fault = (words: string) => counter.fault(`${door}, ${what}: ${words}`);
    const code = codeOf(outcome);
    counter.count(door, code);
    for (const line of log.take()) fault(`logged ${line.slice(0, 600)}`);
    for (const words of listFaults(outcome, code)) fault(words);
    const written = await ledger.take();
    if (code !== "ok" && written.length > 0) fault(`refused, and wrote to ${written}`);
  }

  for (const edge of listUpgrades()) await judge(upgrades, edge.what, await askFor(server, edge, connect));
  for (const { what, bytes } of listFirstBytes(token)) {
    await judge(firstBytes, what, await sendFirst(server, [bytes].flat()));
  }
  return counter;
}

/** Asks for a socket; where it is given says who is there, so that what is behind it is reached. */
async function askFor({ port }: TestServer, { target = "/realtime?v=1", headers = {} }: UpgradeEdge, connect: Buffer) {
  const line = new RawLine(port);
  try {
    const all = Object.entries({ ...good(), ...headers }).filter(([, value]) => value !== null);
    const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    line.say(Buffer.from(`GET ${target} HTTP/1.1\r\n${head}\r\n`));
    const answer = await line.readAnswer();
    if (answer === null) return { kind: "ended" } as const;
    const { status, body } = answer;
    if (status !== 101) return { kind: "refused", status, body } as const;
    const asked = headers["sec-websocket-key"] ?? key;
    if (!answer.head.includes(acceptOf(asked))) return { kind: "refused", status, body: "another key" } as const;
    line.say(connect);
    return await readOutcome(line);
  } catch {
    return { kind: "hung" } as const;
  } finally {
    line.close();
  }
}

/** Sends bytes on a socket that was given, all at once and then, of the same socket, waits for what they come to. */
async function sendFirst({ port }: TestServer, bytes: readonly Buffer[]): Promise<Outcome> {
  const line = new RawLine(port);
  try {
    const head = Object.entries(good()).map(([name, value]) => `${name}: ${value}\r\n`);
    line.say(`GET /realtime?v=1 HTTP/1.1\r\n${head.join("")}\r\n`);
    const answer = await line.readAnswer();
    if (answer?.status !== 101) return { kind: "refused", status: answer?.status ?? 0, body: "no socket" };
    line.say(Buffer.concat(bytes));
    // A ping behind it: where nothing else comes, its pong says that the server is there and waits for more.
    line.say(writeFrame("there?", { opcode: 9 }));
    return await readOutcome(line);
  } catch {
    return { kind: "hung" };
  } finally {
    line.close();
  }
}

async function readOutcome(line: RawLine): Promise<Outcome> {
  for (;;) {
    const frame = await line.readFrame();
    if (frame === null) return { kind: "ended" };
    const outcome = outcomeOf(frame);
    if (outcome) return outcome;
  }
}

function outcomeOf({ opcode, payload }: RawFrame): Outcome | null {
  if (opcode === 8) {
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
    return { kind: "closed", code, text: payload.subarray(2).toString() };
  }
  if (opcode === 10) return payload.toString() === "there?" ? { kind: "answered", text: '{"pong":true}' } : null;
  return opcode === 1 ? { kind: "answered", text: payload.toString() } : null;
}

/** Ends of the line protocol itself (RFC 6455, 7.4.1), beside our own; a close is answered with what it said. */
const plainCloses = new Set([1000, 1001, 1002, 1005, 1007, 1009, 3000, 4999]);
/** Statuses with which the runtime refuses a head that nobody of ours reads. */
const runtimeRefusals = new Set([400, 426, 431]);

function listFaults(outcome: Outcome, code: string): string[] {
  switch (outcome.kind) {
    case "hung":
      return ["never answered"];
    case "ended":
      return ["ended without a word"];
    case "closed":
      return Object.hasOwn(closeCodes, outcome.code) || plainCloses.has(outcome.code)
        ? traceIn(outcome.text ?? "")
        : [`closed with ${outcome.code}, which no table has`];
    case "answered":
      return code === "ok" || isErrorCode(code) ? traceIn(outcome.text) : [`answered ${outcome.text.slice(0, 200)}`];
    case "refused": {
      const { status, body } = outcome;
      if (status >= 500) return [`${status} ${body.slice(0, 200)}`];
      if (body === "" && runtimeRefusals.has(status)) return [];
      if (!isErrorCode(code)) return [`${status} that is no error of the catalogue, ${body.slice(0, 200)}`];
      return errors[code].status === status ? traceIn(body) : [`${code} with status ${status}`];
    }
  }
}

const traceIn = (text: string): string[] => (looksLikeTrace(text) ? [`told a trace, ${text.slice(0, 300)}`] : []);

function codeOf(outcome: Outcome): string {
  if (outcome.kind === "closed") return `closed ${outcome.code}`;
  if (outcome.kind !== "refused" && outcome.kind !== "answered") return outcome.kind;
  const text = outcome.kind === "refused" ? outcome.body : outcome.text;
  try {
    const { err, error, ok, push, pong } = JSON.parse(text) as Record<string, ErrorBody>;
    return ok || push || pong ? "ok" : ((err ?? error)?.code ?? "no code");
  } catch {
    return outcome.kind === "refused" ? `status ${outcome.status}` : "no JSON";
  }
}
