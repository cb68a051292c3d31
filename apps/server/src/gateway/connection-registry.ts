import type { LiveConnection } from "./connection.ts";

/** Knows the open connections of this node, by account and, while they have none, by address. */
export class ConnectionRegistry {
  readonly all = new Set<LiveConnection>();
  readonly #byAccount = new Map<string, LiveConnection[]>();
  readonly #strangers = new Map<string, number>();

  /**
   * Counts the sockets of an address that have not said who they are. Those that have are bounded by their accounts: a
   * school or an office may share one address.
   */
  countStrangers(address: string): number {
    return this.#strangers.get(address) ?? 0;
  }

  ofAccount(accountId: string): readonly LiveConnection[] {
    return this.#byAccount.get(accountId) ?? [];
  }

  get accountCount(): number {
    return this.#byAccount.size;
  }

  opened(connection: LiveConnection): void {
    this.all.add(connection);
    this.#strangers.set(connection.address, this.countStrangers(connection.address) + 1);
  }

  signedIn(connection: LiveConnection, accountId: string): void {
    this.#forgetStranger(connection.address);
    const others = this.#byAccount.get(accountId);
    if (others) others.push(connection);
    else this.#byAccount.set(accountId, [connection]);
  }

  closed(connection: LiveConnection): void {
    this.all.delete(connection);
    const { signedIn } = connection;
    if (!signedIn) return this.#forgetStranger(connection.address);
    const others = this.ofAccount(signedIn.accountId).filter((other) => other !== connection);
    if (others.length > 0) this.#byAccount.set(signedIn.accountId, others);
    else this.#byAccount.delete(signedIn.accountId);
  }

  #forgetStranger(address: string): void {
    const left = this.countStrangers(address) - 1;
    if (left > 0) this.#strangers.set(address, left);
    else this.#strangers.delete(address);
  }
}
