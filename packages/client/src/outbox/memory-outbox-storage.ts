import type { OutboxEntry, OutboxStorage } from "../ports.ts";

/**
 * Keeps the outbox as long as the program runs; for bots and tests.
 *
 * @example
 * const maru = createClient({ url, storage: new MemoryOutboxStorage() });
 */
export class MemoryOutboxStorage implements OutboxStorage {
  readonly #entries = new Map<string, OutboxEntry>();

  async list(accountId: string): Promise<OutboxEntry[]> {
    return this.#of(accountId);
  }

  async put(entry: OutboxEntry): Promise<void> {
    this.#entries.set(entry.clientMessageId, entry);
  }

  async remove(clientMessageId: string): Promise<void> {
    this.#entries.delete(clientMessageId);
  }

  async adopt(accountId: string, from: string, to: string): Promise<OutboxEntry[]> {
    // Without a pause between reading and writing, so that of two that adopt at once only one does.
    const found = this.#of(accountId).filter((entry) => entry.owner === from);
    const adopted = found.map((entry) => ({ ...entry, owner: to }));
    for (const entry of adopted) this.#entries.set(entry.clientMessageId, entry);
    return adopted;
  }

  async clear(accountId: string): Promise<void> {
    for (const entry of this.#of(accountId)) this.#entries.delete(entry.clientMessageId);
  }

  async clearAll(): Promise<void> {
    this.#entries.clear();
  }

  #of(accountId: string): OutboxEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.accountId === accountId);
  }
}
