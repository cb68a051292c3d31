/**
 * Floods one endpoint at intended times, whatever the answers do, and prints what came of it. A process of its own, less
 * urgent than everything else on the machine; what it costs is told. Its plan is the first line of its input.
 */
import { type CommandName, csrfHeader, protocolVersion } from "@maru/protocol";
import { RuntimeSocket } from "../runtime-socket.ts";
import type { FloodAttacker, FloodPlan, FloodResult } from "./flood-process.ts";
import type { Use } from "./prepare-attackers.ts";
import { nameAnswer } from "./reach.ts";
import { commandSamples, type Ground, sampleBody } from "./samples.ts";

const tickMs = 10;
/** Calls under way; beyond it they are counted as held back, since the server has ours wait. */
const maxUnderWay = 400;
const [readyWithinMs, lateMs] = [5_000, 3_000];

const plan = JSON.parse(await Bun.stdin.text()) as FloodPlan;
const result: FloodResult = { asked: 0, heldBack: 0, allowed: 0, refused: 0, failed: 0, codes: {}, cpuPercent: 0 };
let underWay = 0;

const nobody: FloodAttacker = { token: "", roomId: "", seq: 1, memberId: "", blockId: "", uses: [] };

const ground = (attacker: number, round: number): Ground => {
  const { uses: _uses, ...own } = plan.attackers[attacker] ?? nobody;
  return {
    ...own,
    round,
    tag: plan.tag,
    consents: plan.consents,
    nicknameOf: (number) => plan.nicknames[number % plan.nicknames.length] ?? "",
    emailOf: (number) => plan.emails[number % plan.emails.length] ?? "",
  };
};

/** By a limit, or for a sign-in or a step that the flood itself has ended, which is refused before an account is counted. */
const refusals: ReadonlySet<string> = new Set(["rate.limited", "429", "auth.revoked", "step.expired"]);

function note(code: string): void {
  underWay--;
  result.codes[code] = (result.codes[code] ?? 0) + 1;
  if (refusals.has(code)) result.refused++;
  else if (code === "failed") result.failed++;
  else result.allowed++;
}

/** One address has all attackers; one attacker has many addresses. */
const addressOf = (turn: number) => (plan.attacker === "address" ? "198.51.100.1" : `198.51.${turn % 200}.2`);
const attackerOf = (turn: number) => (plan.attacker === "address" ? turn % plan.attackers.length : 0);

/** What a request of an attacker says that is theirs: one use after the other, and again from the first. */
function useOf(attacker: number, round: number): Use {
  const uses = plan.attackers[attacker]?.uses ?? [];
  return uses[round % Math.max(1, uses.length)] ?? {};
}

function pathFor({ params = {}, query }: Use, about: Ground, turn: number): string {
  const known: Readonly<Record<string, string>> = {
    roomId: about.roomId,
    nickname: about.nicknameOf(turn),
    providerId: plan.providerId,
    ...params,
  };
  const pattern = plan.name.slice(plan.name.indexOf(" ") + 1);
  const path = pattern
    .replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(known[name] ?? "none"))
    .replace("/*", "/");
  return query === undefined ? path : `${path}?${query}`;
}

async function askHttp(turn: number): Promise<void> {
  const [method = "GET"] = plan.name.split(" ");
  const attacker = attackerOf(turn);
  const round = plan.attacker === "address" ? Math.floor(turn / plan.attackers.length) : turn;
  const about = ground(attacker, round);
  const use = useOf(attacker, round);
  const hasBody = method !== "GET" && method !== "DELETE";
  const bodyText = () => JSON.stringify({ ...(sampleBody(plan.name, about, turn) as object), ...use.body });
  try {
    const response = await fetch(`http://127.0.0.1:${plan.port}${pathFor(use, about, turn)}`, {
      method,
      redirect: "manual",
      headers: {
        [csrfHeader]: "1",
        "content-type": "application/json",
        "x-forwarded-for": addressOf(turn),
        authorization: `Bearer ${about.token}`,
        ...(use.cookie === undefined ? {} : { cookie: use.cookie }),
      },
      ...(hasBody ? { body: bodyText() } : {}),
    });
    note(nameAnswer(response.status, await response.text(), response.headers.get("location") ?? ""));
  } catch {
    note("failed");
  }
}

type Line = { readonly socket: Bun.WebSocket; isReady: boolean; lastId: number };

/** Commands that a connection says before it floods: who it is, and perhaps which room it has open. */
const firstIds = plan.opensRooms ? 2 : 1;

/** Several connections, as many as an attacker may well have. */
function openLines(): Line[] {
  return Array.from({ length: plan.connections }, (_, number) => {
    const socket = new RuntimeSocket(`ws://127.0.0.1:${plan.port}/realtime?v=${protocolVersion}`, {
      headers: { origin: `http://127.0.0.1:${plan.port}`, "x-forwarded-for": addressOf(number) },
    });
    const line: Line = { socket, isReady: false, lastId: firstIds };
    socket.addEventListener("open", () => {
      const { token } = ground(attackerOf(number), 0);
      socket.send(JSON.stringify({ id: 1, cmd: "connect", d: { token } }));
    });
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as { id?: number; err?: { code: string } };
      if (frame.id === undefined) return;
      if (frame.id > firstIds) return note(frame.err?.code ?? "ok");
      line.isReady = frame.id === firstIds && !frame.err;
      if (line.isReady || frame.err) return;
      const rooms = [{ roomId: ground(attackerOf(number), 0).roomId, mode: "open" }];
      socket.send(JSON.stringify({ id: firstIds, cmd: "room.watch", d: { rooms } }));
    });
    socket.addEventListener("close", () => {
      line.isReady = false;
    });
    return line;
  });
}

function sendCommand(lines: readonly Line[], turn: number): void {
  const number = turn % lines.length;
  const line = lines[number];
  if (!line?.isReady) return note("failed");
  const sample = commandSamples[plan.name as CommandName] as (about: Ground, turn: number) => unknown;
  const about = ground(attackerOf(number), Math.floor(turn / lines.length));
  line.socket.send(JSON.stringify({ id: ++line.lastId, cmd: plan.name, d: sample(about, turn) }));
}

/** Opens one more connection and closes it once it is answered. */
function connectOnce(turn: number): void {
  const socket = new RuntimeSocket(`ws://127.0.0.1:${plan.port}/realtime?v=${protocolVersion}`, {
    headers: { origin: `http://127.0.0.1:${plan.port}`, "x-forwarded-for": addressOf(turn) },
  });
  let code = "rate.limited";
  socket.addEventListener("open", () => {
    code = "unanswered";
    socket.send(JSON.stringify({ id: 1, cmd: "connect", d: { token: ground(attackerOf(turn), 0).token } }));
  });
  socket.addEventListener("message", ({ data }) => {
    const frame = JSON.parse(String(data)) as { id?: number; err?: { code: string } };
    if (frame.id !== 1) return;
    code = frame.err?.code ?? "ok";
    socket.close();
  });
  socket.addEventListener("close", () => note(code));
}

const isHttp = plan.kind === "http" || plan.name === "connect";
const lines = isHttp ? [] : openLines();
// Whoever is let in nowhere begins all the same, and is told of as a flood that failed.
const patientUntil = performance.now() + readyWithinMs;
while (!isHttp && !lines.every((line) => line.isReady) && performance.now() < patientUntil) await Bun.sleep(tickMs);

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
      else sendCommand(lines, turn);
    }
  }
  await Bun.sleep(tickMs);
}
const { user, system } = process.cpuUsage(cpuAtStart);
result.cpuPercent = (user + system) / 10 / (performance.now() - startedAt);
// Passwords wait for their turn: what was let in late has been let in, and shows whether the flood came that far.
const answeredUntil = performance.now() + lateMs;
while (underWay > 0 && performance.now() < answeredUntil) await Bun.sleep(tickMs);
console.log(JSON.stringify(result));
process.exit(0);
