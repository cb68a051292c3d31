import type { OutboxEntry, OutboxStorage } from "./ports.ts";

const databaseName = "maru";
const storeName = "outbox";

/** Keeps the outbox in the browser, over reloads and crashes. */
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
    const database = await this.#open();
    // One transaction reads and writes, so that of two tabs that adopt at once only one does.
    const transaction = database.transaction(storeName, "readwrite");
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

  async #run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await this.#open()).transaction(storeName, mode);
    const request = act(transaction.objectStore(storeName));
    await finished(transaction);
    return request.result;
  }

  #open(): Promise<IDBDatabase> {
    this.#database ??= new Promise((resolve, reject) => {
      // ambient: this file is the adapter to the storage that browsers have.
      const request = indexedDB.open(databaseName, 1);
      request.onupgradeneeded = () => {
        const store = request.result.createObjectStore(storeName, { keyPath: "clientMessageId" });
        store.createIndex("account", "accountId");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return this.#database;
  }
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}
