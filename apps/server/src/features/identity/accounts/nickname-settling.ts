import type { Database } from "../../../platform/db/database.ts";
import { nameKeysOf } from "../../../platform/names/name-keys.ts";
import { isReservedName } from "../../../platform/names/reserved-names.ts";
import {
  findLookOwners,
  handLooks,
  keepLooks,
  type LookOwner,
  listEndingLooks,
  listUnsettled,
  markSettled,
  takeFreeLooks,
  type UnsettledNickname,
} from "./store-nicknames.ts";

const batchSize = 500;
/** Nicknames in dispute that are named; more would not be read. */
const maxListed = 1_000;

/**
 * Takes the looks of nicknames that were chosen before looks were kept, or under an older version that still runs. The
 * older account has them; who looks like it keeps the name, in dispute. Every node does; doing it twice changes nothing.
 */
export async function settleNicknames(db: Database): Promise<void> {
  for (;;) {
    const batch = await listUnsettled(db.sql, { limit: batchSize, withDisputed: false });
    if (batch.length === 0) return;
    const names = batch.map((name) => ({ ...name, looks: nameKeysOf(name.nickname) }));
    await db.transaction(async (tx) => {
      const claims = new Map<string, string>();
      for (const { accountId, looks } of names) {
        for (const look of looks) if (!claims.has(look)) claims.set(look, accountId);
      }
      await takeFreeLooks(
        tx,
        [...claims].map(([look, accountId]) => ({ look, accountId })),
      );
      const owners = await findLookOwners(tx, [...claims.keys()]);
      const settled = names.map(({ accountId, nickname, looks, isOperator }) => {
        const isOwn = looks.every((look) => owners.get(look)?.accountId === accountId);
        return { accountId, nickname, isDisputed: !isOwn || (!isOperator && isReservedName(nickname)) };
      });
      await markSettled(tx, settled);
    });
  }
}

/**
 * Takes the end away from looks that are worn again: a version from before nicknames were kept takes one back without
 * it, so that a nickname in use would be free at that end. To be called well before.
 */
export async function keepNicknamesInUse(db: Database, before: Date): Promise<void> {
  for (let after = ""; ; ) {
    const ending = await listEndingLooks(db.sql, { before, after, limit: batchSize });
    const worn = ending.filter(({ look, nickname }) => nameKeysOf(nickname).includes(look));
    if (worn.length > 0) await keepLooks(db.sql, worn);
    const last = ending.at(-1);
    if (ending.length < batchSize || !last) return;
    after = last.look;
  }
}

/**
 * Gives looks that are about to be free to whoever has borne a nickname like that since before the rules: free, they would
 * be anybody's, who could then be mistaken for them.
 */
export async function handOverLooks(db: Database, before: Date): Promise<void> {
  const disputed = await listUnsettled(db.sql, { limit: maxListed, withDisputed: true });
  if (disputed.length === 0) return;
  const bearers = new Map<string, UnsettledNickname>();
  for (const name of disputed) {
    for (const look of nameKeysOf(name.nickname)) if (!bearers.has(look)) bearers.set(look, name);
  }
  const handed = [...bearers].map(([look, { accountId, nickname }]) => ({ look, accountId, nickname }));
  await handLooks(db.sql, handed, before);
}

/** A nickname that could be mistaken: for another's, or for the service where `like` is null. */
export type DisputedNickname = {
  readonly accountId: string;
  readonly nickname: string;
  readonly like: LookOwner | null;
};

/** Lists the nicknames that could be mistaken, also where no node has started since looks are kept. Changes nothing. */
export async function listDisputedNicknames(db: Database): Promise<DisputedNickname[]> {
  const names = await listUnsettled(db.sql, { limit: maxListed, withDisputed: true });
  const looksOf = (name: UnsettledNickname) => nameKeysOf(name.nickname);
  const owners = await findLookOwners(db.sql, names.flatMap(looksOf));
  const disputed: DisputedNickname[] = [];
  for (const name of names) {
    const { accountId, nickname, isOperator } = name;
    let like: LookOwner | null = null;
    for (const look of looksOf(name)) {
      const owner = owners.get(look);
      if (owner === undefined) owners.set(look, { ...name, isGivenUp: false });
      else if (owner.accountId !== accountId) like ??= owner;
    }
    if (like || (!isOperator && isReservedName(nickname))) disputed.push({ accountId, nickname, like });
  }
  return disputed;
}
