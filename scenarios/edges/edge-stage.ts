import { type Block, type Message, type RateLimitName, type RoomSummary, rateLimits, toWireId } from "@maru/protocol";
import { mintAccount } from "../../apps/server/src/testing/mint-account.ts";
import type { TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { newAddress } from "../raw-person.ts";
import { EdgeSocket } from "./edge-socket.ts";

let count = 0;
const newKey = () => `edge-${String(++count).padStart(8, "0")}`;

/** Stands in an input for a key that nobody has used; a second use of one would only be given the first answer again. */
const freshKey = "edge-fresh-key";

/** Puts a new key wherever one is wanted. */
export const withFreshKeys = (json: string): string => json.replaceAll(freshKey, newKey);

/** Somebody with a room, a message, somebody blocked and a match: whatever a good command can name. */
export type Stage = Awaited<ReturnType<typeof setStage>>;

/** How often one person may do what stands behind these limits before one of them is in the way. */
export function countWithin(limits: readonly RateLimitName[]): number {
  const allowed = limits.map((name) => {
    const limit = rateLimits[name];
    if (limit.scope === "node") return Math.floor(limit.burst / 2);
    if (limit.scope === "shared" && limit.beyond !== undefined) return Infinity;
    return limit.scope === "shared" ? limit.count : Math.max(1, limit.freeFailures - 1);
  });
  return Math.min(40, ...allowed);
}

/** Sets somebody up, or whoever has this token. `makesMatch` gives them a match room too, and a partner in it. */
export async function setStage(
  server: TestServer,
  given: { readonly token?: string; readonly makesMatch?: boolean } = {},
) {
  const mint = () => mintAccount(server.db, `모서리${++count}`);
  const [minted, peer, blocked] = await Promise.all([mint(), mint(), mint()]);
  const token = given.token ?? minted.token;
  const socket = await EdgeSocket.open(server.url, newAddress());
  await socket.expectOk("connect", { token });
  const { room } = await socket.expectOk<{ room: RoomSummary }>("direct.open", { nickname: peer.nickname });
  const say = (text: string) =>
    socket.expectOk<{ message: Message }>("message.send", { roomId: room.id, clientMessageId: newKey(), text });
  await say("하나");
  const { message } = await say("둘");
  const other = await socket.expectOk<{ room: RoomSummary }>("direct.open", { nickname: blocked.nickname });
  const { block } = await socket.expectOk<{ block: Block }>("member.block", {
    roomId: other.room.id,
    memberId: partnerOf(other.room),
  });
  await socket.expectOk("room.watch", { rooms: [{ roomId: room.id, mode: "open" }] });
  const matchId = given.makesMatch ? await makeMatch(server, minted.accountId, peer.accountId) : null;

  /** What a field of this name may well say, for this person. */
  const facts: Readonly<Record<string, () => unknown>> = {
    token: () => token,
    roomId: () => matchId ?? room.id,
    memberId: () => partnerOf(room),
    blockId: () => block.id,
    nickname: () => peer.nickname,
    clientMessageId: () => freshKey,
    text: () => "안녕하세요",
    seq: () => message.seq,
    before: () => message.seq,
    after: () => 1,
    around: () => message.seq,
    epoch: () => room.epoch,
    rev: () => 1,
  };
  return {
    socket,
    token,
    known: (name: string) => (Object.hasOwn(facts, name) ? facts[name]?.() : undefined),
    close: () => socket.close(),
  };
}

function partnerOf({ members, selfId }: RoomSummary): string {
  return members.find(({ id }) => id !== selfId)?.id ?? "";
}

/** Makes a match as the pairing would, with its room. */
async function makeMatch({ app, db }: TestServer, one: string, other: string): Promise<string> {
  const members = [one, other].map((accountId, i) => ({ accountId, alias: { adjective: i, noun: i } }));
  const [low, high] = [one, other].sort();
  const made = await db.transaction(async (tx) => {
    const rooms = await app.rooms.createMatchRooms(tx, [{ members: members as never }]);
    await tx`
      insert into matching_matches (id, room_id, low_account_id, high_account_id, low_request_id, high_request_id,
        low_joined, high_joined)
      values (gen_random_uuid(), ${rooms.roomIds[0] ?? ""}, ${low}, ${high}, gen_random_uuid(), gen_random_uuid(), true, true)`;
    return rooms;
  });
  made.announce();
  return toWireId("room", made.roomIds[0] ?? "");
}
