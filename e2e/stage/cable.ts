import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** The network between one browser and the server: a cable that can be pulled out. */
export class Cable {
  readonly #ends = new Set<Socket>();
  #isPulled = false;

  private constructor(
    readonly url: string,
    readonly stop: () => void,
  ) {}

  /** Lays a cable to a port of this machine; browsers use `url`. */
  static async to(port: number): Promise<Cable> {
    const server = createServer((near) => {
      if (cable.#isPulled) return near.destroy();
      const far = connect(port, "127.0.0.1");
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        cable.#ends.add(end);
        end.on("error", () => end.destroy());
        end.on("close", () => {
          cable.#ends.delete(end);
          other.destroy();
        });
        end.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const cable: Cable = new Cable(`http://localhost:${(server.address() as AddressInfo).port}`, () => {
      cable.pull();
      server.close();
    });
    return cable;
  }

  /** Cuts everything that runs through it, and lets nothing more through. */
  pull(): void {
    this.#isPulled = true;
    for (const end of this.#ends) end.destroy();
  }

  plugIn(): void {
    this.#isPulled = false;
  }
}
