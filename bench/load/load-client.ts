import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Buckets, Histogram } from "../histogram.ts";
import { encodePlan, type Plan } from "./plan.ts";

/** How a run sends. Latency counts from the intended time of a send, which in a closed run is when it is written. */
export type RunSpec = {
  readonly ms: number;
  /** Group of the sockets that send. */
  readonly senders?: number;
  /** Deliveries that each acknowledged send must cause; the run waits for them at its end. */
  readonly expect: number;
  /**
   * How long the compiled client looks for more before it sleeps, in µs. With it no sender pays for waking the client, a
   * thing that costs more than the send and that no sender pays for over a network. Not counted as the client's CPU.
   */
  readonly spinUs?: number;
} & (
  | {
      readonly mode: "closed";
      /** Sends kept unanswered: by each sender, or, when they take turns, by all together. */
      readonly window: number;
      readonly rotate: boolean;
    }
  | { readonly mode: "open"; readonly rate: number; readonly poisson?: boolean }
);

/** What came of a run. */
export type RunResult = {
  /** How long sends were made, in s; what came later was waited for, but is in no rate. */
  readonly seconds: number;
  readonly sent: number;
  readonly acked: number;
  readonly sendsPerSecond: number;
  readonly refused: number;
  readonly deliveries: number;
  readonly deliveriesPerSecond: number;
  /** Deliveries that should have come and did not, or came twice (negative). */
  readonly missing: number;
  readonly lostSockets: number;
  /** Pushes that were no delivery. */
  readonly others: number;
  readonly firstError: string;
  /** Deliveries in one read of a socket: 1 when each message was written by itself. */
  readonly deliveriesPerRead: number;
  readonly bytesPerDelivery: number;
  /** Share of one core that the load client itself used, in percent. */
  readonly clientCpuPercent: number;
  readonly reply: Histogram;
  /** By group of the sockets that received. */
  readonly delivery: readonly Histogram[];
  /** How late sends were written after their intended time. */
  readonly late: Histogram;
};

type Line =
  | { event: "opened"; sockets: number; failed: number; ns: number; firstError: string }
  | { event: "closed"; sockets: number }
  | {
      event: "ran";
      ns: number;
      cpuNs: number;
      sent: number;
      acked: number;
      ackedInWindow: number;
      refused: number;
      deliveries: number;
      deliveriesInWindow: number;
      others: number;
      lostSockets: number;
      reads: number;
      frames: number;
      bytes: number;
      firstError: string;
      reply: Buckets;
      late: Buckets;
      delivery: Buckets[];
    };

/** A load client in a process of its own, so that what it costs is seen and is not the server's. */
export class LoadClient {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #folder: string;
  readonly #lines: AsyncGenerator<Line>;

  private constructor(child: Bun.Subprocess<"pipe", "pipe", "inherit">, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#lines = readLines(child.stdout);
  }

  /** Starts `command` (the compiled client, or the one on Bun) with a plan; no socket is open yet. */
  static async start(command: readonly string[], plan: Plan): Promise<LoadClient> {
    const folder = mkdtempSync(join(tmpdir(), "maru-load-"));
    const file = join(folder, "plan");
    await Bun.write(file, encodePlan(plan));
    const child = Bun.spawn([...command, file], { stdin: "pipe", stdout: "pipe", stderr: "inherit" });
    return new LoadClient(child, folder);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Opens a group's sockets, or all; resolves when each has had the replies to its first frames. */
  async open(group: number | "all" = "all", atOnce = 100): Promise<{ sockets: number; seconds: number }> {
    const line = await this.#ask(`open ${group === "all" ? -1 : group} ${atOnce}`, "opened");
    if (line.failed > 0) throw new Error(`${line.failed} sockets did not open; the first: ${line.firstError}`);
    return { sockets: line.sockets, seconds: line.ns / 1e9 };
  }

  async run(spec: RunSpec): Promise<RunResult> {
    const shape =
      spec.mode === "closed"
        ? `window=${spec.window} rotate=${spec.rotate ? 1 : 0}`
        : `rate=${spec.rate} poisson=${spec.poisson ? 1 : 0}`;
    const common = `mode=${spec.mode} ms=${spec.ms} senders=${spec.senders ?? 0} expect=${spec.expect} spin=${spec.spinUs ?? 0}`;
    const line = await this.#ask(`run ${common} ${shape}`, "ran");
    const seconds = line.ns / 1e9;
    return {
      seconds,
      sent: line.sent,
      acked: line.acked,
      sendsPerSecond: line.ackedInWindow / seconds,
      refused: line.refused,
      deliveries: line.deliveries,
      deliveriesPerSecond: line.deliveriesInWindow / seconds,
      missing: line.acked * spec.expect - line.deliveries,
      lostSockets: line.lostSockets,
      others: line.others,
      firstError: line.firstError,
      deliveriesPerRead: line.deliveries / Math.max(1, line.reads),
      bytesPerDelivery: line.bytes / Math.max(1, line.deliveries),
      clientCpuPercent: (100 * line.cpuNs) / line.ns,
      reply: Histogram.from(line.reply),
      delivery: line.delivery.map((buckets) => Histogram.from(buckets)),
      late: Histogram.from(line.late),
    };
  }

  /** Cuts a group's sockets without a close frame; returns how many. */
  async cut(group: number): Promise<number> {
    return (await this.#ask(`close ${group}`, "closed")).sockets;
  }

  async stop(): Promise<void> {
    await this.#child.stdin.end();
    await this.#child.exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ask<E extends Line["event"]>(command: string, event: E): Promise<Extract<Line, { event: E }>> {
    this.#child.stdin.write(`${command}\n`);
    await this.#child.stdin.flush();
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error(`the load client ended with ${await this.#child.exited} at "${command}"`);
    if (value.event !== event) throw new Error(`the load client answered ${value.event} to "${command}"`);
    return value as Extract<Line, { event: E }>;
  }
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield JSON.parse(text.slice(0, end)) as Line;
      text = text.slice(end + 1);
    }
  }
}
