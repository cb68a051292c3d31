/** A message where the database has it; `key` is the sender's `clientMessageId`, empty for lines that nobody sent. */
export type StoredMessage = { readonly seq: number; readonly key: string };

/** What a client was told, or what it did. Clients are named by whoever records them. */
export type HistoryEntry =
  /** Somebody pressed send; from here on it may not be lost. */
  | { readonly is: "sent"; readonly client: string; readonly roomId: string; readonly key: string }
  /** The server said that a send is stored, and where. */
  | {
      readonly is: "acknowledged";
      readonly client: string;
      readonly roomId: string;
      readonly key: string;
      readonly seq: number;
    }
  /** A message came up in a room as the client shows it. */
  | {
      readonly is: "received";
      readonly client: string;
      readonly roomId: string;
      readonly seq: number;
      readonly key: string;
    }
  /** What the client held of a room is void; the next message may stand anywhere. */
  | { readonly is: "reset"; readonly client: string; readonly roomId: string };

/** What came of holding a history against the database; sound when `faults` is empty. */
export type HistoryReport = {
  readonly faults: readonly string[];
  readonly sentCount: number;
  readonly acknowledgedCount: number;
  readonly receivedCount: number;
  readonly resetCount: number;
};

/**
 * Judges a run: what every client was told, in the order in which it was told, against what the database has in the end.
 * Only ever appended to, and free of I/O.
 *
 * @example
 * const history = new HistoryChecker();
 * history.record({ is: "sent", client: "a", roomId, key });
 * …
 * expect(history.check(new Map([[roomId, rows]])).faults).toEqual([]);
 */
export class HistoryChecker {
  readonly #entries: HistoryEntry[] = [];

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  record(entry: HistoryEntry): void {
    this.#entries.push(entry);
  }

  /** Checks everything recorded; `stored` has all messages of each room by `seq`. */
  check(stored: ReadonlyMap<string, readonly StoredMessage[]>): HistoryReport {
    const count = (is: HistoryEntry["is"]) => this.#entries.filter((entry) => entry.is === is).length;
    return {
      faults: [
        ...findNumberingFaults(stored),
        ...findSendFaults(this.#entries, stored),
        ...findOrderFaults(this.#entries, stored),
        ...findViewFaults(this.#entries, stored),
      ],
      sentCount: count("sent"),
      acknowledgedCount: count("acknowledged"),
      receivedCount: count("received"),
      resetCount: count("reset"),
    };
  }
}

type Stored = ReadonlyMap<string, readonly StoredMessage[]>;

/** A room's messages are numbered 1, 2, 3 … */
function* findNumberingFaults(stored: Stored): Generator<string> {
  for (const [roomId, messages] of stored) {
    for (const [i, { seq }] of messages.entries()) {
      if (seq !== i + 1) yield `The database has ${seq} in ${roomId} where ${i + 1} belongs.`;
    }
  }
}

/** What was said is stored once, and where the acknowledgement said. */
function* findSendFaults(entries: readonly HistoryEntry[], stored: Stored): Generator<string> {
  const places = new Map<string, number[]>();
  for (const [roomId, messages] of stored) {
    for (const { seq, key } of messages) {
      if (key !== "") places.set(`${roomId} ${key}`, [...(places.get(`${roomId} ${key}`) ?? []), seq]);
    }
  }
  const sent = new Set<string>();
  for (const entry of entries) {
    if (entry.is !== "sent" && entry.is !== "acknowledged") continue;
    const { client, roomId, key } = entry;
    const found = places.get(`${roomId} ${key}`) ?? [];
    if (entry.is === "sent") {
      sent.add(`${roomId} ${key}`);
      if (found.length === 0) yield `${key} of ${client} was said in ${roomId} and is lost.`;
    } else if (found.length > 0 && !found.includes(entry.seq)) {
      yield `${key} of ${client} was acknowledged at ${entry.seq} in ${roomId} and stands at ${found.join(", ")}.`;
    } else if (found.length === 0) {
      yield `${key} of ${client} was acknowledged at ${entry.seq} in ${roomId} and is lost.`;
    }
  }
  for (const [place, found] of places) {
    if (found.length > 1) yield `${place} is stored ${found.length} times: ${found.join(", ")}.`;
    if (!sent.has(place)) yield `${place} is stored and nobody said it.`;
  }
}

/** What one client says in a room stands in the order in which it was said. */
function* findOrderFaults(entries: readonly HistoryEntry[], stored: Stored): Generator<string> {
  const seqs = new Map<string, number>();
  for (const [roomId, messages] of stored) for (const { seq, key } of messages) seqs.set(`${roomId} ${key}`, seq);
  const last = new Map<string, number>();
  for (const entry of entries) {
    if (entry.is !== "sent") continue;
    const seq = seqs.get(`${entry.roomId} ${entry.key}`);
    if (seq === undefined) continue;
    const speaker = `${entry.client} ${entry.roomId}`;
    const before = last.get(speaker) ?? 0;
    if (seq < before) yield `${entry.key} of ${entry.client} stands at ${seq} in ${entry.roomId}, before ${before}.`;
    last.set(speaker, Math.max(before, seq));
  }
}

/** What a client was told comes in the database's order, without hole or double, and reaches the end. */
function* findViewFaults(entries: readonly HistoryEntry[], stored: Stored): Generator<string> {
  /** Where each client stands in each room; null after a reset, when any message may come next. */
  const positions = new Map<string, { roomId: string; client: string; seq: number | null }>();
  for (const entry of entries) {
    if (entry.is !== "received" && entry.is !== "reset") continue;
    const { client, roomId } = entry;
    const view = `${client} ${roomId}`;
    if (entry.is === "reset") {
      positions.set(view, { roomId, client, seq: null });
      continue;
    }
    const held = positions.get(view);
    const before = held ? held.seq : null;
    const { seq, key } = entry;
    if (before !== null && seq <= before) yield `${client} was told ${seq} in ${roomId} again after ${before}.`;
    if (before !== null && seq > before + 1) yield `${client} was told ${seq} in ${roomId} after ${before}.`;
    const truth = stored.get(roomId)?.[seq - 1];
    if (truth?.key !== key)
      yield `${client} was told «${key}» at ${seq} in ${roomId}; the database has «${truth?.key ?? "nothing"}».`;
    positions.set(view, { roomId, client, seq: Math.max(before ?? 0, seq) });
  }
  for (const { client, roomId, seq } of positions.values()) {
    const end = stored.get(roomId)?.length ?? 0;
    if (seq !== end) yield `${client} was told up to ${seq ?? "nothing"} of ${end} in ${roomId}.`;
  }
}
