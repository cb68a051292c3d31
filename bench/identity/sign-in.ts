import { httpPaths } from "@maru/protocol";
import { Histogram } from "../histogram.ts";
import type { Stage } from "../stage.ts";
import { seededEmail, seededPassword } from "../world.ts";

export type SignInRun = {
  readonly signInsPerSecond: number;
  readonly latency: Histogram;
  readonly refused: number;
  readonly firstError: string;
};

/** Signs accounts of a stage in with their passwords, each call from an address of its own. */
export class SignInLoad {
  #next = 0;

  constructor(
    private readonly stage: Stage,
    private readonly accountCount: number,
  ) {}

  /** Keeps `atOnce` sign-ins under way for a time. */
  async run({ ms, atOnce }: { readonly ms: number; readonly atOnce: number }): Promise<SignInRun> {
    const latency = new Histogram();
    let [done, refused, firstError] = [0, 0, ""];
    const startedAt = performance.now();
    const until = startedAt + ms;
    const work = async () => {
      while (performance.now() < until) {
        const sentAt = performance.now();
        const error = await this.#signIn();
        if (error !== null) {
          refused++;
          firstError ||= error;
        } else if (performance.now() <= until) {
          done++;
          latency.record((performance.now() - sentAt) * 1e6);
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return { signInsPerSecond: (done * 1_000) / ms, latency, refused, firstError };
  }

  /** Null when it went well, or what the server said. */
  async #signIn(): Promise<string | null> {
    const turn = this.#next++;
    const response = await fetch(`http://localhost:${this.stage.product.port}${httpPaths.signIn}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-maru-request": "1",
        "x-forwarded-for": `10.${(turn >> 16) & 255}.${(turn >> 8) & 255}.${turn & 255}`,
      },
      body: JSON.stringify({ email: seededEmail(turn % this.accountCount), password: seededPassword }),
    });
    const text = await response.text();
    return response.ok ? null : `${response.status} ${text}`;
  }
}
