import { requires } from "@maru/testkit";
import { findFreePort } from "./free-port.ts";
import { untilPortAnswers } from "./port.ts";
import { endWithUs, stopProcess } from "./processes.ts";

/** A NATS server that can be killed and brought back on its port. */
export class BusProcess {
  readonly port = findFreePort();
  #child: Bun.Subprocess | null = null;

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const program = requires("nats-server").path;
    if (program === "") throw new Error("This bench needs nats-server.");
    const words = [program, "-a", "127.0.0.1", "-p", String(this.port)];
    this.#child = endWithUs(Bun.spawn(words, { stdout: "ignore", stderr: "ignore" }));
    await untilPortAnswers(this.port);
  }

  /** Ends it at once, as a machine that lost its power. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
    this.#child = null;
  }

  async stop(): Promise<void> {
    if (this.#child) await stopProcess(this.#child);
    this.#child = null;
  }
}
