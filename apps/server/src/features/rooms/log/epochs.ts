import type { Sql } from "../ports.ts";
import { findInstallationEpoch } from "./store-changes.ts";

/**
 * Names the numbering that `seq`, `rev` and account revs belong to: the installation's word (new after a restore), the
 * database's timeline (new after a promotion), and for rooms the room's own number. Numbers of two epochs do not compare.
 */
export class Epochs {
  #installation = "";

  /** Reads the installation's part; says whether it changed since it was read last. */
  async refresh(sql: Sql): Promise<boolean> {
    const before = this.#installation;
    this.#installation = await findInstallationEpoch(sql);
    return before !== "" && before !== this.#installation;
  }

  /** The epoch of account revs. */
  get account(): string {
    return this.#installation;
  }

  ofRoom(roomEpoch: number): string {
    return `${this.#installation}.${roomEpoch}`;
  }
}
