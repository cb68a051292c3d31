import { type Alias, aliasAdjectives, aliasNouns, toWireId } from "@maru/protocol";
import type { NewsDesk } from "./news.ts";
import { choosePairs, type Pair, pairKey } from "./pairing.ts";
import type { MatchingDeps, NewMatchRoom } from "./ports.ts";
import { deleteEnded, insertMatches, listMet, listWaiting, type NewMatch, takePairs } from "./store.ts";

/** People looked at in one round. */
const lineLength = 2_000;
/** Pairs made in one transaction. */
const pairsAtOnce = 64;
/** How long people who met are kept apart while somebody else waits, in hours. */
const metHours = 24;

/** Pairs the waiting while this node holds the lease. */
export class Pairer {
  readonly #deps: MatchingDeps;
  readonly #news: NewsDesk;

  constructor(deps: MatchingDeps, news: NewsDesk) {
    this.#deps = deps;
    this.#news = news;
  }

  /** One round. Does nothing on a node without the lease. */
  async pair(): Promise<void> {
    const { db, identity, lease } = this.#deps;
    if (!(await lease.hold())) return;
    await this.#endOverdue();
    const { waiting, now } = await listWaiting(db.sql, lineLength);
    if (waiting.length < 2) return;
    const accountIds = waiting.map((one) => one.accountId);
    const [blocks, met] = await Promise.all([
      identity.listBlocksAmong(db.sql, accountIds),
      listMet(db.sql, accountIds, metHours),
    ]);
    const pairs = choosePairs(waiting, {
      blocked: new Set(blocks.map((block) => pairKey(block.blockerId, block.blockedId))),
      met: new Set(met.map(([low, high]) => pairKey(low, high))),
      now,
    });
    for (let i = 0; i < pairs.length; i += pairsAtOnce) await this.#make(pairs.slice(i, i + pairsAtOnce));
  }

  async #endOverdue(): Promise<void> {
    for (const { waiting, reason } of await deleteEnded(this.#deps.db.sql)) {
      this.#news.tell({ ...waiting, match: { state: "idle", reason } });
    }
  }

  /** One transaction: the lease still ours, exactly two rows gone for each pair, a room and a match in their place. */
  async #make(pairs: readonly Pair[]): Promise<void> {
    const { db, lease, rooms, newId } = this.#deps;
    const made = await db.transaction(async (tx) => {
      await lease.fence(tx);
      const whole = await takePairs(tx, pairs);
      if (whole.length === 0) return null;
      const announcement = await rooms.createMatchRooms(
        tx,
        whole.map((pair) => this.#roomOf(pair)),
      );
      const matches: NewMatch[] = whole.map((pair, i) => {
        return { id: newId(), roomId: announcement.roomIds[i] as string, pair };
      });
      await insertMatches(tx, matches);
      return { matches, announcement };
    });
    if (!made) return;
    made.announcement.announce();
    const matchedAt = new Date(this.#deps.clock.now()).toISOString();
    for (const { roomId, pair } of made.matches) {
      const match = { state: "matched", roomId: toWireId("room", roomId), matchedAt } as const;
      for (const one of [pair.first, pair.second]) this.#news.tell({ ...one, match });
    }
  }

  #roomOf({ first, second }: Pair): NewMatchRoom {
    const [a, b] = this.#drawAliases();
    return {
      members: [
        { accountId: first.accountId, alias: a },
        { accountId: second.accountId, alias: b },
      ],
    };
  }

  /** Two aliases that share no word, drawn anew for each room, so that nobody is known by one. */
  #drawAliases(): [Alias, Alias] {
    const [adjectiveA, adjectiveB] = this.#drawTwo(aliasAdjectives.length);
    const [nounA, nounB] = this.#drawTwo(aliasNouns.length);
    return [
      { adjective: adjectiveA, noun: nounA },
      { adjective: adjectiveB, noun: nounB },
    ];
  }

  #drawTwo(count: number): [number, number] {
    const first = Math.floor(this.#deps.random() * count);
    const second = (first + 1 + Math.floor(this.#deps.random() * (count - 1))) % count;
    return [first, second];
  }
}
