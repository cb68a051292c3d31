import { type Alias, aliasAdjectives, aliasNouns, toWireId } from "@maru/protocol";
import { MaruError } from "../../platform/errors.ts";
import { LeaseLost } from "../../platform/leases.ts";
import type { MatchNotifier } from "./match-notifier.ts";
import { choosePairs, type Pair, pairKey } from "./pairing.ts";
import type { MatchingDeps, NewMatchRoom, Sql } from "./ports.ts";
import { deleteEnded, deleteOldEndings, deletePairs, listReady, lockPairs } from "./store.ts";
import { insertMatches, listMet, listYoungAmong, type NewMatch } from "./store-matches.ts";

/** People looked at in one round. */
const lineLength = 2_000;
/** Pairs made in one transaction. */
const pairsAtOnce = 64;
/** How long people who met are kept apart while somebody else waits, in hours. */
const metHours = 24;

/** Parts that tests replace by faulty ones, to show that the faults are found. Nothing in the product sets them. */
export type PairingParts = { readonly choosePairs: typeof choosePairs; readonly lockPairs: typeof lockPairs };

/** Pairs the waiting while this node holds the lease. */
export class Pairer {
  readonly #deps: MatchingDeps;
  readonly #notifier: MatchNotifier;
  readonly #parts: PairingParts;

  constructor(deps: MatchingDeps, notifier: MatchNotifier, faults: Partial<PairingParts>) {
    this.#deps = deps;
    this.#notifier = notifier;
    this.#parts = { choosePairs, lockPairs, ...faults };
  }

  /** One round, under the lease: ends what is over, then pairs. */
  async pair(): Promise<void> {
    const { db, identity, limits } = this.#deps;
    await this.#endOverdue();
    const { waiting, now } = await listReady(db.sql, lineLength, limits.matchGraceMs);
    if (waiting.length < 2) return;
    const accountIds = waiting.map((one) => one.accountId);
    const [blocks, met] = await Promise.all([
      identity.listBlocksAmong(db.sql, accountIds),
      listMet(db.sql, accountIds, metHours),
    ]);
    const pairs = this.#parts.choosePairs(waiting, {
      blocked: new Set(blocks.map((block) => pairKey(block.blockerId, block.blockedId))),
      met: new Set(met.map(([low, high]) => pairKey(low, high))),
      now,
    });
    for (let i = 0; i < pairs.length; i += pairsAtOnce) await this.#makeMost(pairs.slice(i, i + pairsAtOnce));
  }

  /** Makes a portion of pairs; if it fails by itself, each one apart, so that one that cannot be made stops no others. */
  async #makeMost(pairs: readonly Pair[]): Promise<void> {
    const { log } = this.#deps;
    try {
      await this.#make(pairs);
    } catch (error) {
      // Another node pairs now, or the database takes nothing at the moment.
      if (error instanceof LeaseLost || error instanceof MaruError) throw error;
      log.warn("A portion of pairs was not made; they are made one by one.", { error });
      for (const pair of pairs) {
        await this.#make([pair]).catch((cause) => {
          if (cause instanceof LeaseLost || cause instanceof MaruError) throw cause;
          log.error("A pair cannot be made.", { error: cause, requestId: pair.first.requestId });
        });
      }
    }
  }

  async #endOverdue(): Promise<void> {
    const { sql } = this.#deps.db;
    const ended = await deleteEnded(sql);
    for (const { waiting, reason } of ended) this.#notifier.publish({ ...waiting, match: { state: "idle", reason } });
    if (ended.length > 0) await deleteOldEndings(sql);
  }

  /** One transaction: the lease still ours, exactly two rows gone for each pair, a room and a match in their place. */
  async #make(pairs: readonly Pair[]): Promise<void> {
    const { db, lease, rooms, newId, limits } = this.#deps;
    const made = await db.transaction(async (tx) => {
      await lease.fence(tx);
      const whole = await this.#claim(tx, pairs);
      if (whole.length === 0) return null;
      const announcement = await rooms.createMatchRooms(
        tx,
        whole.map((pair) => this.#roomOf(pair)),
      );
      const matches: NewMatch[] = whole.map((pair, i) => {
        return { id: newId(), roomId: announcement.roomIds[i] as string, pair };
      });
      const madeAt = await insertMatches(tx, matches, limits.matchGraceMs);
      return { matches, madeAt, announcement };
    });
    if (!made) return;
    made.announcement.announce();
    for (const [i, { roomId, pair }] of made.matches.entries()) {
      const matchedAt = (made.madeAt[i] as Date).toISOString();
      const match = { state: "matched", roomId: toWireId("room", roomId), matchedAt } as const;
      for (const one of [pair.first, pair.second]) this.#notifier.publish({ ...one, match });
    }
  }

  /**
   * Takes the pairs that may still become matches out of the line; the others keep their places. What the choice was
   * made from may be old by now: under the rows' locks it is asked again who waits, who was matched meanwhile and who blocked whom.
   */
  async #claim(tx: Sql, pairs: readonly Pair[]): Promise<readonly Pair[]> {
    const { identity, limits } = this.#deps;
    const present = await this.#parts.lockPairs(tx, pairs, limits.matchGraceMs);
    if (present.length === 0) return present;
    const accountIds = present.flatMap(({ first, second }) => [first.accountId, second.accountId]);
    const young = await listYoungAmong(tx, accountIds);
    const living = await identity.lockLiving(tx, accountIds);
    const blocks = await identity.listBlocksAmong(tx, accountIds);
    const blocked = new Set(blocks.map((block) => pairKey(block.blockerId, block.blockedId)));
    const whole = present.filter(
      ({ first: a, second: b }) =>
        [a, b].every(({ accountId }) => living.has(accountId) && !young.has(accountId)) &&
        !blocked.has(pairKey(a.accountId, b.accountId)),
    );
    if (whole.length > 0) await deletePairs(tx, whole);
    return whole;
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
