import { eventually } from "@maru/testkit";
import { Requester } from "../requester.ts";
import { type SeededRoom, seededEmail } from "../world.ts";
import type { Target } from "./endpoint-list.ts";
import type { FloodAttacker } from "./flood-process.ts";
import { bring, type Place, signIn } from "./prepare-attackers.ts";

/** Accounts that flood for one target, each with the room that is theirs. */
export type Crowd = {
  readonly accounts: readonly number[];
  readonly rooms: readonly SeededRoom[];
};

/** How long two who ask for a match may take to be one, and the pause between two looks. */
const [matchMs, matchLookMs] = [4_000, 200];

/**
 * Signs attackers in and brings them to where a target's door has something to do. None of them has flooded before, so
 * that nothing of what one flood has used up or revoked spares the next.
 */
export async function prepareAttackers(
  target: Target,
  { accounts, rooms }: Crowd,
  place: Place,
  /** Connections of others, one more than attackers, who are matched with them. */
  askPartners: () => Promise<readonly Requester[]>,
): Promise<FloodAttacker[]> {
  const signedIn = await Promise.all(accounts.map((account) => signIn(place, seededEmail(account))));
  const homes = signedIn.map(({ token }, n) => ({ token, roomId: rooms[n]?.id ?? "" }));
  if (target.kind === "http") {
    const nothing = { seq: 1, memberId: "", blockId: "" };
    const uses = await Promise.all(signedIn.map((attacker) => bring(target.name, place, attacker)));
    return homes.map((home, n) => ({ ...home, ...nothing, uses: uses[n] ?? [] }));
  }
  const requesters = await Promise.all(homes.map(({ token }) => Requester.open(place.port, token)));
  const attackers = await Promise.all(homes.map((home, n) => settle(target, home, requesters[n])));
  const matches = target.name === "match.next" ? await matchUp(requesters, await askPartners()) : [];
  for (const requester of requesters) requester.close();
  return attackers.map((attacker, n) => ({ ...attacker, roomId: matches[n] ?? attacker.roomId }));
}

/** Has an attacker say something in their room, to be edited and read, and find out who else is there. */
async function settle(
  target: Target,
  home: Pick<FloodAttacker, "token" | "roomId">,
  requester: Requester | undefined,
): Promise<FloodAttacker> {
  if (!requester) throw new Error("an attacker has no connection");
  const roomId = home.roomId as never;
  const clientMessageId = `first-${crypto.randomUUID()}` as never;
  const { message } = await requester.ask("message.send", { roomId, clientMessageId, text: "먼저" });
  const { room } = await requester.ask("room.get", { roomId });
  const memberId = room.members.find(({ id }) => id !== room.selfId)?.id ?? "";
  const blocks = async () => (await requester.ask("member.block", { roomId, memberId: memberId as never })).block.id;
  const blockId = target.name === "block.remove" ? await blocks() : "";
  return { ...home, seq: message.seq, memberId, blockId, uses: [] };
}

/** Has attackers and others ask for matches; returns the attackers' rooms, null for who is still waiting when time is up. */
async function matchUp(requesters: readonly Requester[], partners: readonly Requester[]): Promise<(string | null)[]> {
  for (const requester of [...requesters, ...partners]) await requester.ask("match.request", {});
  const findRoom = async (requester: Requester) => {
    const { match } = await requester.ask("match.get", {});
    return match.state === "matched" ? match.roomId : null;
  };
  const rooms = await Promise.all(
    requesters.map((requester) =>
      eventually("a match", () => findRoom(requester), matchMs, matchLookMs).catch(() => null),
    ),
  );
  for (const partner of partners) partner.close();
  return rooms;
}
