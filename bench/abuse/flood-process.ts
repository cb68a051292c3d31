import { join } from "node:path";
import { thisCheckout } from "../against/checkout.ts";
import { endWithUs } from "../processes.ts";
import type { Attacker } from "./endpoint-list.ts";
import type { Use } from "./prepare-attackers.ts";
import type { Ground } from "./samples.ts";

/** Somebody who floods, and what is theirs. */
export type FloodAttacker = Pick<Ground, "token" | "roomId" | "seq" | "memberId" | "blockId"> & {
  /** What their requests say, in turn; nothing of their own where this is empty. */
  readonly uses: readonly Use[];
};

export type FloodPlan = {
  readonly port: number;
  readonly name: string;
  readonly kind: "http" | "command";
  readonly attacker: Attacker;
  readonly perSecond: number;
  readonly ms: number;
  /** Connections of a flood of commands, shared out among the attackers. */
  readonly connections: number;
  readonly attackers: readonly FloodAttacker[];
  /** Has each connection open its attacker's room first, so that what happens there is pushed to it. */
  readonly opensRooms: boolean;
  readonly providerId: string;
  readonly tag: string;
  /** What a sign-up has to agree to. */
  readonly consents: { readonly terms: string; readonly privacy: string };
  /** Whom it names: strangers of the attackers. */
  readonly nicknames: readonly string[];
  readonly emails: readonly string[];
};

/** What came of a flood; `allowed` is whatever was refused neither for its rate nor for a sign-in that is over. */
export type FloodResult = {
  asked: number;
  heldBack: number;
  allowed: number;
  refused: number;
  failed: number;
  codes: Record<string, number>;
  /** Share of one core. */
  cpuPercent: number;
};

/** Starts a flood with the least urgency there is; resolves when it has begun, and `result` when it is over. */
export async function startFlood(plan: FloodPlan): Promise<{ readonly result: Promise<FloodResult> }> {
  const { root, runtime } = thisCheckout;
  const words = ["nice", "-n", "19", runtime, "--no-install", join(root, "bench/abuse/flood.ts")];
  const child = endWithUs(Bun.spawn(words, { cwd: root, stdin: new Blob([JSON.stringify(plan)]), stdout: "pipe" }));
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const readUntil = async (isEnough: () => boolean) => {
    while (!isEnough()) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
    }
  };
  await readUntil(() => text.includes("flooding\n"));
  const read = async (): Promise<FloodResult> => {
    await readUntil(() => false);
    const line = text.trim().split("\n").at(-1) ?? "";
    if (!line.startsWith("{")) throw new Error(`the flood of ${plan.name} ended with ${await child.exited}`);
    return JSON.parse(line) as FloodResult;
  };
  return { result: read() };
}
