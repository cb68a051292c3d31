import { type AccountLimits, usualAccountLimits } from "@maru/protocol";
import type { AccountSync } from "./account-sync.ts";
import type { Connection } from "./connection/connection.ts";
import { type Observable, Subject } from "./observable.ts";

/** What the account may, as the server told last; the usual limits until it has told. */
export class OwnLimits {
  readonly #limits = new Subject<AccountLimits>(usualAccountLimits);
  #newsCount = 0;
  /** News heard before the sync that is on its way was asked for. */
  #newsCountAtSync = 0;

  constructor(connection: Connection, sync: AccountSync) {
    // No news to the question that goes out at the same moment: its answer is newer.
    connection.onOnline((answer) => this.#set(answer.limits));
    connection.onPush("limits.changed", ({ limits }) => {
      this.#newsCount++;
      this.#set(limits);
    });
    sync.registerSync("limits", {
      ask: () => {
        this.#newsCountAtSync = this.#newsCount;
        return [];
      },
      // Unless something newer was heard while the answer was on its way.
      take: ({ limits }) => {
        if (this.#newsCountAtSync === this.#newsCount) this.#set(limits);
      },
    });
  }

  get snapshot(): Observable<AccountLimits> {
    return this.#limits;
  }

  /** Forgets those of the account that was signed in. */
  clear(): void {
    this.#newsCount++;
    this.#limits.set(usualAccountLimits);
  }

  /** Limits that this client does not know are left out, and those that the server does not tell are as usual. */
  #set(pushed: Readonly<Record<string, number>>): void {
    const names = Object.keys(usualAccountLimits) as (keyof AccountLimits)[];
    const limits = { ...usualAccountLimits } as Record<keyof AccountLimits, number>;
    for (const name of names) limits[name] = pushed[name] ?? limits[name];
    const now = this.#limits.getSnapshot();
    if (names.some((name) => now[name] !== limits[name])) this.#limits.set(limits);
  }
}
