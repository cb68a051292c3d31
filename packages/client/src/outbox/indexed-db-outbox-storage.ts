import { openDatabase } from "../connection/browser.ts";
import type { OutboxEntry, OutboxStorage } from "../ports.ts";

const databaseName = "maru";
const storeName = "outbox";

/**
 * Keeps the outbox in the browser, over reloads and crashes. Rejects when the browser refuses; a connection that the
 * browser has closed (another version, cleared data, a full disk) is opened again by the next call.
 */
export class IndexedDbOutboxStorage implements OutboxStorage {
  #database: Promise<IDBDatabase> | null = null;

  list(accountId: string): Promise<OutboxEntry[]> {
    return this.#run("readonly", (store) => store.index("account").getAll(accountId) as IDBRequest<OutboxEntry[]>);
  }

  async put(entry: OutboxEntry): Promise<void> {
    await this.#run("readwrite", (store) => store.put(entry));
  }

  async remove(clientMessageId: string): Promise<void> {
    await this.#run("readwrite", (store) => store.delete(clientMessageId));
  }

  async adopt(accountId: string, from: string, to: string): Promise<OutboxEntry[]> {
    const adopted: OutboxEntry[] = [];
    // One transaction reads and writes, so that of two tabs that adopt at once only one does.
    const transaction = await this.#begin("readwrite");
    const cursorRequest = transaction.objectStore(storeName).index("account").openCursor(accountId);
    cursorRequest.onsuccess = () => {
      const cursor = cursorRequest.result;
      if (!cursor) return;
      const entry = cursor.value as OutboxEntry;
      if (entry.owner === from) {
        const mine = { ...entry, owner: to };
        adopted.push(mine);
        cursor.update(mine);
      }
      cursor.continue();
    };
    await finished(transaction);
    return adopted;
  }

  async clear(accountId: string): Promise<void> {
    for (const entry of await this.list(accountId)) await this.remove(entry.clientMessageId);
  }

  async clearAll(): Promise<void> {
    await this.#run("readwrite", (store) => store.clear());
  }

  async #run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = await this.#begin(mode);
    const request = act(transaction.objectStore(storeName));
    await finished(transaction);
    return request.result;
  }

  async #begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
    const database = await this.#open();
    try {
      return database.transaction(storeName, mode);
    } catch {
      // The browser closed it and has not said so.
      this.#forget(database);
      return (await this.#open()).transaction(storeName, mode);
    }
  }

  #open(): Promise<IDBDatabase> {
    if (this.#database) return this.#database;
    const opening = openDatabase(databaseName, 1, (database) => {
      const store = database.createObjectStore(storeName, { keyPath: "clientMessageId" });
      store.createIndex("account", "accountId");
    });
    this.#database = opening;
    opening.then(
      (database) => {
        database.onclose = () => this.#forget(database);
        // Somebody wants to change or delete it: whoever holds on to it would block them.
        database.onversionchange = () => this.#forget(database);
      },
      () => {
        if (this.#database === opening) this.#database = null;
      },
    );
    return opening;
  }

  #forget(database: IDBDatabase): void {
    database.close();
    this.#database = null;
  }
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
