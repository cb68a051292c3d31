import type { LiveConnection } from "./connection.ts";

/** Knows the open connections of this node, by account and by address. */
export class Census {
  readonly all = new Set<LiveConnection>();
  readonly #byAccount = new Map<string, LiveConnection[]>();
  readonly #byAddress = new Map<string, number>();

  countOfAddress(address: string): number {
    return this.#byAddress.get(address) ?? 0;
  }

  ofAccount(accountId: string): readonly LiveConnection[] {
    return this.#byAccount.get(accountId) ?? [];
  }

  get accountCount(): number {
    return this.#byAccount.size;
  }

  opened(connection: LiveConnection): void {
    this.all.add(connection);
    this.#byAddress.set(connection.address, this.countOfAddress(connection.address) + 1);
  }

  signedIn(connection: LiveConnection, accountId: string): void {
    const others = this.#byAccount.get(accountId);
    if (others) others.push(connection);
    else this.#byAccount.set(accountId, [connection]);
  }

  closed(connection: LiveConnection, accountId: string | null): void {
    this.all.delete(connection);
    const left = this.countOfAddress(connection.address) - 1;
    if (left > 0) this.#byAddress.set(connection.address, left);
    else this.#byAddress.delete(connection.address);
    if (accountId === null) return;
    const others = (this.#byAccount.get(accountId) ?? []).filter((other) => other !== connection);
    if (others.length > 0) this.#byAccount.set(accountId, others);
    else this.#byAccount.delete(accountId);
  }
}
