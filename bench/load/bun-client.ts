/**
 * The load client where no C compiler is: takes the same plan and commands as load/epoll-client.c and tells the same.
 * It costs as much as the server it loads.
 */
import { readFileSync } from "node:fs";
import { Histogram } from "../histogram.ts";
import { RuntimeSocket } from "../runtime-socket.ts";
import { decodePlan, type PlannedSocket } from "./plan.ts";

const marker = '"push":"message.sent"';
const firstSendNumber = 500;
const slots = 64;

type Peer = {
  readonly planned: PlannedSocket;
  socket: Bun.WebSocket | null;
  isReady: boolean;
  greeted: number;
  nextId: number;
  /** Intended time of each unanswered send by its number. */
  readonly unanswered: Map<number, number>;
};

type Run = {
  readonly isClosed: boolean;
  readonly rotate: boolean;
  readonly rate: number;
  readonly isPoisson: boolean;
  readonly expect: number;
  readonly senders: readonly Peer[];
  readonly startedNs: number;
  readonly stopNs: number;
  readonly cpu: NodeJS.CpuUsage;
  isDraining: boolean;
  turn: number;
  intendedNs: number;
  lastArrivalNs: number;
  readonly counts: Record<
    | "sent"
    | "acked"
    | "ackedInWindow"
    | "refused"
    | "deliveries"
    | "deliveriesInWindow"
    | "others"
    | "lostSockets"
    | "frames"
    | "reads"
    | "bytes",
    number
  >;
  readonly reply: Histogram;
  readonly late: Histogram;
  readonly delivery: readonly Histogram[];
};

const plan = decodePlan(readFileSync(process.argv[2] ?? "", "utf8"));
const runKey = Bun.nanoseconds().toString(16);
const peers: Peer[] = plan.sockets.map((planned) => ({
  planned,
  socket: null,
  isReady: false,
  greeted: 0,
  nextId: firstSendNumber,
  unanswered: new Map(),
}));
let run: Run | null = null;
let keyCount = 0;
let firstError = "";

function noteError(text: string): void {
  if (firstError === "") firstError = text.slice(0, 500);
}

function emit(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Opens one socket and says its first frames; false when that failed. */
function openPeer(peer: Peer): Promise<boolean> {
  const target = plan.targets[peer.planned.target];
  if (!target) throw new Error("no such target");
  return new Promise((resolve) => {
    const socket = new RuntimeSocket(`ws://127.0.0.1:${target.port}${target.path}`, {
      headers: { origin: `http://127.0.0.1:${target.port}` },
    });
    Object.assign(peer, { socket, isReady: false, greeted: 0, nextId: firstSendNumber });
    peer.unanswered.clear();
    const greet = () => {
      const frame = peer.planned.first[peer.greeted];
      if (frame !== undefined) return socket.send(frame);
      peer.isReady = true;
      resolve(true);
    };
    socket.addEventListener("open", greet);
    socket.addEventListener("close", ({ code }) => {
      noteError(`closed by the server (code ${code})`);
      if (peer.isReady && run) run.counts.lostSockets++;
      peer.isReady = false;
      resolve(false);
    });
    socket.addEventListener("message", ({ data }) => {
      const text = String(data);
      if (peer.isReady) return receive(peer, text);
      if (!text.startsWith('{"id":')) return;
      if (!/^\{"id":\d+,"ok"/.test(text)) {
        noteError(text);
        return socket.close();
      }
      peer.greeted++;
      greet();
    });
  });
}

async function openPeers(group: number, atOnce: number): Promise<void> {
  const startedNs = Bun.nanoseconds();
  firstError = "";
  const wanted = peers.filter((peer) => !peer.isReady && (group < 0 || peer.planned.group === group));
  let [next, opened, failed] = [0, 0, 0];
  const worker = async () => {
    for (let peer = wanted[next++]; peer !== undefined; peer = wanted[next++]) {
      if (await openPeer(peer)) opened++;
      else failed++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  emit({ event: "opened", sockets: opened, failed, ns: Bun.nanoseconds() - startedNs, firstError });
}

function sendOne(current: Run, peer: Peer, intendedNs: number): boolean {
  if (!peer.isReady || peer.unanswered.size >= slots) return false;
  peer.unanswered.set(peer.nextId, intendedNs);
  const frame = (peer.planned.send ?? "")
    .replace("%I", String(peer.nextId++ * 2))
    .replace("%K", `${runKey}-${keyCount++}`)
    .replace("%T", String(Math.round(intendedNs)).padStart(19, "0"));
  current.counts.sent++;
  peer.socket?.send(frame);
  return true;
}

function sendInTurn(current: Run, intendedNs: number): boolean {
  for (let tries = 0; tries < current.senders.length; tries++) {
    const peer = current.senders[current.turn++ % current.senders.length];
    if (peer && sendOne(current, peer, intendedNs)) return true;
  }
  return false;
}

function receive(peer: Peer, text: string): void {
  const nowNs = Bun.nanoseconds();
  if (run) {
    run.counts.frames++;
    run.counts.reads++;
    run.counts.bytes += text.length;
  }
  if (text.startsWith('{"id":')) return receiveReply(peer, text, nowNs);
  let at = text.indexOf(marker);
  if (at < 0 && run) run.counts.others++;
  while (at >= 0) {
    const next = text.indexOf(marker, at + marker.length);
    const mark = text.indexOf("~", at);
    if (mark >= 0 && (next < 0 || mark < next)) receiveDelivery(peer, Number(text.slice(mark + 1, mark + 20)), nowNs);
    else if (run) run.counts.others++;
    at = next;
  }
}

function receiveDelivery(peer: Peer, intendedNs: number, nowNs: number): void {
  if (!run || intendedNs < run.startedNs) return;
  run.counts.deliveries++;
  if (nowNs < run.stopNs) run.counts.deliveriesInWindow++;
  run.delivery[peer.planned.group]?.record(nowNs - intendedNs);
  run.lastArrivalNs = nowNs;
}

function receiveReply(peer: Peer, text: string, nowNs: number): void {
  const id = Number.parseInt(text.slice(6), 10);
  const intendedNs = peer.unanswered.get(id / 2);
  if (id % 2 === 1 || intendedNs === undefined || !run) return;
  peer.unanswered.delete(id / 2);
  run.lastArrivalNs = nowNs;
  if (text.startsWith(`{"id":${id},"ok"`)) {
    run.reply.record(nowNs - intendedNs);
    run.counts.acked++;
    if (nowNs < run.stopNs) run.counts.ackedInWindow++;
  } else {
    run.counts.refused++;
    noteError(text);
  }
  if (run.isDraining || !run.isClosed) return;
  if (run.rotate) sendInTurn(run, Bun.nanoseconds());
  else sendOne(run, peer, Bun.nanoseconds());
}

function startRun(options: Readonly<Record<string, string>>): void {
  const of = (key: string) => Number(options[key] ?? 0);
  const startedNs = Bun.nanoseconds();
  firstError = "";
  const current: Run = {
    isClosed: options["mode"] === "closed",
    rotate: of("rotate") === 1,
    rate: of("rate"),
    isPoisson: of("poisson") === 1,
    expect: of("expect"),
    senders: peers.filter((peer) => peer.planned.send !== undefined && peer.planned.group === of("senders")),
    startedNs: Math.floor(startedNs),
    stopNs: startedNs + of("ms") * 1e6,
    cpu: process.cpuUsage(),
    isDraining: false,
    turn: 0,
    intendedNs: startedNs,
    lastArrivalNs: startedNs,
    counts: {
      sent: 0,
      acked: 0,
      ackedInWindow: 0,
      refused: 0,
      deliveries: 0,
      deliveriesInWindow: 0,
      others: 0,
      lostSockets: 0,
      frames: 0,
      reads: 0,
      bytes: 0,
    },
    reply: new Histogram(),
    late: new Histogram(),
    delivery: [0, 1, 2, 3].map(() => new Histogram()),
  };
  run = current;
  if (current.isClosed) {
    const total = of("window") * (current.rotate ? 1 : current.senders.length);
    for (let i = 0; i < total; i++) sendInTurn(current, Bun.nanoseconds());
  }
  tick(current);
}

/** Sends what is due and ends the run when its time is over and what it caused has come. */
function tick(current: Run): void {
  const nowNs = Bun.nanoseconds();
  if (nowNs >= current.stopNs) return drain(current, process.cpuUsage(current.cpu));
  while (!current.isClosed && current.intendedNs <= nowNs && sendInTurn(current, current.intendedNs)) {
    current.late.record(nowNs - current.intendedNs);
    current.intendedNs += (1e9 / current.rate) * (current.isPoisson ? -Math.log(1 - Math.random()) : 1);
  }
  // A timer is too coarse for intended times; the loop comes round as often as it can.
  if (current.isClosed) setTimeout(() => tick(current), 5);
  else setImmediate(() => tick(current));
}

function drain(current: Run, cpu: NodeJS.CpuUsage): void {
  current.isDraining = true;
  const { counts } = current;
  const isComplete =
    counts.acked + counts.refused === counts.sent && counts.deliveries >= counts.acked * current.expect;
  const nowNs = Bun.nanoseconds();
  if (!isComplete && nowNs < Math.max(current.lastArrivalNs, current.stopNs) + 2e9) {
    setTimeout(() => drain(current, cpu), 5);
    return;
  }
  emit({
    event: "ran",
    ns: current.stopNs - current.startedNs,
    cpuNs: (cpu.user + cpu.system) * 1_000,
    ...counts,
    firstError,
    reply: current.reply.buckets(),
    late: current.late.buckets(),
    delivery: current.delivery.map((histogram) => histogram.buckets()),
  });
  run = null;
}

function cut(group: number): void {
  const cutPeers = peers.filter((peer) => peer.isReady && peer.planned.group === group);
  for (const peer of cutPeers) {
    peer.isReady = false;
    peer.socket?.terminate();
  }
  emit({ event: "closed", sockets: cutPeers.length });
}

function obey(line: string): void {
  const [word, ...rest] = line.split(" ");
  if (word === "open") void openPeers(Number(rest[0]), Number(rest[1]));
  else if (word === "close") cut(Number(rest[0]));
  else if (word === "run") startRun(Object.fromEntries(rest.map((pair) => pair.split("=", 2))));
  else throw new Error(`unknown command: ${line}`);
}

if (plan.beat) {
  const { everyMs, frame } = plan.beat;
  let turn = 0;
  setInterval(() => {
    const peer = peers[turn++ % peers.length];
    if (peer?.isReady) peer.socket?.send(frame.replace("%I", String(peer.nextId * 2 + 1)));
  }, everyMs / Math.max(1, peers.length));
}
for await (const line of console) if (line !== "") obey(line);
process.exit(0);
