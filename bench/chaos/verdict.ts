import { limits } from "@maru/protocol";
import { checkPushes } from "./check-pushes.ts";
import type { Recorded } from "./history.ts";
import type { Stored } from "./stored.ts";

/** What a person sees in a room in the end. */
export type FinalView = {
  readonly client: number;
  readonly roomId: string;
  readonly messages: readonly { readonly seq: number; readonly key: string }[];
};

/** What came of a run. The first five must be nothing; `faults` says for each what it was, up to a bound. */
export type Verdict = {
  /** Acknowledged and not in the database, or never acknowledged although the person may rely on it. */
  readonly lost: number;
  /** Said once and stored twice, or told twice. */
  readonly doubled: number;
  /** Places where a client was told another order than the database's, or a hole. */
  readonly orderMismatches: number;
  /** Resets that nothing explains. */
  readonly unexplainedResets: number;
  /** Sends that the server refused for good. */
  readonly refused: number;
  readonly resets: number;
  readonly attempted: number;
  readonly acked: number;
  readonly repeated: number;
  readonly pushed: number;
  readonly shown: number;
  readonly reconnects: number;
  readonly renewals: number;
  readonly expiries: number;
  readonly faults: readonly string[];
};

type FaultKey = "lost" | "doubled" | "orderMismatches" | "unexplainedResets" | "refused";

/** Faults of a kind told by their words; the rest only counts. */
const maxDescribed = 6;

/** Holds what the clients were told, when they were told it, against what the database has. */
export function checkHistory(entries: readonly Recorded[], stored: Stored, views: readonly FinalView[]): Verdict {
  return new HistoryCheck(entries, stored, views).verdict();
}

class HistoryCheck {
  readonly #counts: Record<FaultKey, number> = {
    lost: 0,
    doubled: 0,
    orderMismatches: 0,
    unexplainedResets: 0,
    refused: 0,
  };
  readonly #faults: string[] = [];
  readonly #entries: readonly Recorded[];
  readonly #stored: Stored;
  readonly #views: readonly FinalView[];
  /** Where each key stands. */
  readonly #places = new Map<string, { readonly roomId: string; readonly seq: number }[]>();

  constructor(entries: readonly Recorded[], stored: Stored, views: readonly FinalView[]) {
    this.#entries = entries;
    this.#stored = stored;
    this.#views = views;
  }

  verdict(): Verdict {
    this.#readPlaces();
    this.#checkSends();
    this.#checkOrderOfSenders();
    this.#checkShown();
    this.#checkViews();
    for (const words of checkPushes(this.#entries)) this.#fault("orderMismatches", words);
    const resets = this.#checkResets();
    const count = (is: Recorded["is"]) => this.#entries.filter((entry) => entry.is === is).length;
    const sent = this.#entries.filter((entry) => entry.is === "sent");
    const people = new Set(this.#entries.filter((entry) => entry.is === "connected").map((entry) => entry.client));
    return {
      ...this.#counts,
      resets,
      attempted: count("attempted"),
      acked: new Set(this.#entries.filter((entry) => entry.is === "acked").map(({ key }) => key)).size,
      repeated: sent.length - new Set(sent.map(({ key }) => key)).size,
      pushed: count("pushed"),
      shown: count("shown"),
      reconnects: count("connected") - people.size,
      renewals: count("renewed"),
      expiries: this.#entries.filter((entry) => entry.is === "closed" && entry.code === 4001).length,
      faults: this.#faults,
    };
  }

  #fault(kind: FaultKey, words: string): void {
    if (this.#counts[kind]++ < maxDescribed) this.#faults.push(words);
  }

  #readPlaces(): void {
    for (const [roomId, messages] of this.#stored) {
      for (const [i, { seq, key }] of messages.entries()) {
        if (seq !== i + 1) this.#fault("orderMismatches", `${roomId} has seq ${seq} where ${i + 1} belongs`);
        if (key === "") continue;
        const places = this.#places.get(key);
        if (places) places.push({ roomId, seq });
        else this.#places.set(key, [{ roomId, seq }]);
      }
    }
  }

  /** Every send is in the database once, where the acknowledgement said. */
  #checkSends(): void {
    const attempted = new Set<string>();
    const acked = new Map<string, number>();
    const refused = new Set<string>();
    for (const entry of this.#entries) {
      if (entry.is === "attempted") attempted.add(entry.key);
      if (entry.is === "refused") {
        refused.add(entry.key);
        this.#fault("refused", `${entry.key} of client ${entry.client} was refused: ${entry.code}`);
      }
      if (entry.is !== "acked") continue;
      const { key, seq, client, atMs, roomId } = entry;
      const before = acked.get(key);
      acked.set(key, seq);
      if (before !== undefined && before !== seq)
        this.#fault("doubled", `${key} of client ${client} was acknowledged as ${before} and as ${seq}`);
      const isThere = this.#places.get(key)?.some((place) => place.roomId === roomId && place.seq === seq);
      if (!isThere)
        this.#fault("lost", `${key} of client ${client}, acknowledged as ${seq} at ${atMs} ms, is not in the database`);
    }
    for (const key of attempted) {
      if (!this.#places.has(key) && !refused.has(key))
        this.#fault("lost", `${key} was said and is not in the database`);
    }
    for (const [key, places] of this.#places) {
      if (places.length > 1)
        this.#fault("doubled", `${key} is stored ${places.length} times: ${places.map(({ seq }) => seq).join(", ")}`);
      if (!attempted.has(key)) this.#fault("doubled", `${key} is stored and nobody said it`);
    }
  }

  /** What one person says in one room stands in the order in which it was said. */
  #checkOrderOfSenders(): void {
    const last = new Map<string, number>();
    for (const entry of this.#entries) {
      if (entry.is !== "attempted") continue;
      const seq = this.#places.get(entry.key)?.[0]?.seq;
      if (seq === undefined) continue;
      const sender = `${entry.client} ${entry.roomId}`;
      const before = last.get(sender) ?? 0;
      if (seq < before)
        this.#fault("orderMismatches", `${entry.key} of client ${entry.client} stands at ${seq}, before ${before}`);
      last.set(sender, Math.max(before, seq));
    }
  }

  /** What comes up in a room as a person sees it comes in the database's order, without hole or double. */
  #checkShown(): void {
    const shown = new Map<string, number>();
    const afresh = new Set<string>();
    for (const entry of this.#entries) {
      if (entry.is === "reopened") {
        for (const view of shown.keys()) if (view.startsWith(`${entry.client} `)) shown.delete(view);
      }
      if (entry.is === "caught_up" && entry.reset) afresh.add(`${entry.client} ${entry.roomId}`);
      if (entry.is === "shown_afresh") {
        const view = `${entry.client} ${entry.roomId}`;
        if (!afresh.delete(view))
          this.#fault(
            "orderMismatches",
            `client ${entry.client} lost its history before ${entry.seq} at ${entry.atMs} ms`,
          );
        shown.set(view, entry.seq - 1);
      }
      if (entry.is !== "shown") continue;
      const { client, roomId, seq, key, atMs } = entry;
      const view = `${client} ${roomId}`;
      const before = shown.get(view) ?? 0;
      if (seq <= before)
        this.#fault("doubled", `client ${client} was shown ${seq} again after ${before} at ${atMs} ms`);
      if (seq > before + 1)
        this.#fault("orderMismatches", `client ${client} was shown ${seq} after ${before} at ${atMs} ms`);
      this.#compare(client, roomId, { seq, key });
      shown.set(view, Math.max(before, seq));
    }
  }

  /** In the end everybody sees the newest of every room, and nothing between is missing. */
  #checkViews(): void {
    for (const { client, roomId, messages } of this.#views) {
      const end = this.#stored.get(roomId)?.length ?? 0;
      const last = messages.at(-1)?.seq ?? 0;
      if (last !== end) this.#fault("lost", `client ${client} sees ${last} of ${end} messages in the end in ${roomId}`);
      for (const [i, message] of messages.entries()) {
        const before = messages[i - 1];
        if (before && message.seq !== before.seq + 1)
          this.#fault("orderMismatches", `client ${client} sees ${message.seq} after ${before.seq} in the end`);
        this.#compare(client, roomId, message);
      }
    }
  }

  #compare(client: number, roomId: string, { seq, key }: { seq: number; key: string }): void {
    const stored = this.#stored.get(roomId)?.[seq - 1];
    if (stored?.key !== key)
      this.#fault(
        "orderMismatches",
        `client ${client} saw ${key} at ${seq}; the database has ${stored?.key ?? "nothing"}`,
      );
  }

  /** A reset has a reason: another numbering, or more missed than is replayed. */
  #checkResets(): number {
    let resets = 0;
    for (const entry of this.#entries) {
      // Who holds nothing, or says so, asks for a first page.
      if (entry.is !== "caught_up" || !entry.reset || !entry.held || entry.held.epoch === "none") continue;
      resets++;
      const { held, epoch, toRev, client, atMs } = entry;
      if (held.epoch === epoch && toRev - held.rev <= limits.catchUpChanges)
        this.#fault("unexplainedResets", `client ${client} at rev ${held.rev} was reset to ${toRev} at ${atMs} ms`);
    }
    return resets;
  }
}
