/**
 * Floods one endpoint at intended times, whatever the answers do, and prints what came of it. A process of its own, less
 * urgent than everything else on the machine; what it costs is told. Its plan is the first line of its input.
 */
import { type CommandName, csrfHeader, protocolVersion } from "@maru/protocol";
import { RuntimeSocket } from "../runtime-socket.ts";
import type { FloodPlan, FloodResult } from "./flood-process.ts";
import { commandSamples, type Ground, sampleBody } from "./samples.ts";

const tickMs = 10;
/** Calls under way; beyond it they are counted as held back, since the server has ours wait. */
const maxUnderWay = 400;

const plan = JSON.parse(await Bun.stdin.text()) as FloodPlan;
const result: FloodResult = { asked: 0, heldBack: 0, allowed: 0, refused: 0, failed: 0, codes: {}, cpuPercent: 0 };
let underWay = 0;

const ground = (attacker: number): Ground => {
  const { token = "", roomId = "", seq = 1 } = plan.attackers[attacker] ?? {};
  return {
    token,
    roomId,
    seq,
    consents: plan.consents,
    nicknameOf: (number) => plan.nicknames[number % plan.nicknames.length] ?? "",
    emailOf: (number) => plan.emails[number % plan.emails.length] ?? "",
  };
};

function note(code: string): void {
  underWay--;
  result.codes[code] = (result.codes[code] ?? 0) + 1;
  if (code === "rate.limited" || code === "429") result.refused++;
  else if (code === "failed") result.failed++;
  else result.allowed++;
}

/** One address has all attackers; one attacker has many addresses. */
const addressOf = (turn: number) => (plan.attacker === "address" ? "198.51.100.1" : `198.51.${turn % 200}.2`);
const attackerOf = (turn: number) => (plan.attacker === "address" ? turn % plan.attackers.length : 0);

async function askHttp(turn: number): Promise<void> {
  const [method = "GET", pattern = "/"] = plan.name.split(" ");
  const about = ground(attackerOf(turn));
  const path = pattern
    .replace("{roomId}", about.roomId)
    .replace("{nickname}", encodeURIComponent(about.nicknameOf(turn)))
    .replaceAll(/\{\w+\}/g, "none")
    .replace("/*", "/");
  const hasBody = method !== "GET" && method !== "DELETE";
  try {
    const response = await fetch(`http://127.0.0.1:${plan.port}${path}`, {
      method,
      redirect: "manual",
      headers: {
        [csrfHeader]: "1",
        "content-type": "application/json",
        "x-forwarded-for": addressOf(turn),
        authorization: `Bearer ${about.token}`,
      },
      ...(hasBody ? { body: JSON.stringify(sampleBody(plan.name, about, turn)) } : {}),
    });
    await response.arrayBuffer();
    note(String(response.status));
  } catch {
    note("failed");
  }
}

type Line = { readonly socket: Bun.WebSocket; isReady: boolean; lastId: number };

/** Several connections, as many as an attacker may well have. */
function openLines(): Line[] {
  return Array.from({ length: plan.connections }, (_, number) => {
    const socket = new RuntimeSocket(`ws://127.0.0.1:${plan.port}/realtime?v=${protocolVersion}`, {
      headers: { origin: `http://127.0.0.1:${plan.port}`, "x-forwarded-for": addressOf(number) },
    });
    const line: Line = { socket, isReady: false, lastId: 1 };
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ id: 1, cmd: "connect", d: { token: ground(attackerOf(number)).token } }));
    });
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as { id?: number; err?: { code: string } };
      if (frame.id === undefined) return;
      if (frame.id === 1) line.isReady = !frame.err;
      else note(frame.err?.code ?? "ok");
    });
    socket.addEventListener("close", () => {
      line.isReady = false;
    });
    return line;
  });
}

function sayCommand(lines: readonly Line[], turn: number): void {
  const number = turn % lines.length;
  const line = lines[number];
  if (!line?.isReady) return note("failed");
  const sample = commandSamples[plan.name as CommandName] as (about: Ground, turn: number) => unknown;
  line.socket.send(JSON.stringify({ id: ++line.lastId, cmd: plan.name, d: sample(ground(attackerOf(number)), turn) }));
}

/** Opens one more connection and closes it once it is answered. */
function connectOnce(turn: number): void {
  const socket = new RuntimeSocket(`ws://127.0.0.1:${plan.port}/realtime?v=${protocolVersion}`, {
    headers: { origin: `http://127.0.0.1:${plan.port}`, "x-forwarded-for": addressOf(turn) },
  });
  let code = "rate.limited";
  socket.addEventListener("open", () => {
    code = "ok";
    socket.send(JSON.stringify({ id: 1, cmd: "connect", d: { token: ground(attackerOf(turn)).token } }));
  });
  socket.addEventListener("message", () => socket.close());
  socket.addEventListener("close", () => note(code));
}

const isHttp = plan.kind === "http" || plan.name === "connect";
const lines = isHttp ? [] : openLines();
while (!isHttp && !lines.some((line) => line.isReady)) await Bun.sleep(tickMs);

const cpuAtStart = process.cpuUsage();
const startedAt = performance.now();
console.log("flooding");
for (let turn = 0; ; ) {
  const elapsed = performance.now() - startedAt;
  if (elapsed >= plan.ms) break;
  for (const due = (elapsed * plan.perSecond) / 1_000; turn < due; turn++) {
    result.asked++;
    if (underWay >= maxUnderWay) result.heldBack++;
    else {
      underWay++;
      if (plan.name === "connect") connectOnce(turn);
      else if (isHttp) void askHttp(turn);
      else sayCommand(lines, turn);
    }
  }
  await Bun.sleep(tickMs);
}
const { user, system } = process.cpuUsage(cpuAtStart);
result.cpuPercent = (user + system) / 10 / (performance.now() - startedAt);
console.log(JSON.stringify(result));
process.exit(0);
