import { type CommandArgument, type CommandName, httpPaths } from "@maru/protocol";

/** What a flood is about: a room of the attacker with a message of theirs, and people whom they do not know. */
export type Ground = {
  readonly roomId: string;
  readonly seq: number;
  /** Somebody else in that room. */
  readonly memberId: string;
  /** A block that the attacker has made. */
  readonly blockId: string;
  readonly token: string;
  /** Stands in every name that this flood takes, so that none is another flood's. */
  readonly tag: string;
  /** How often who asks has asked before: what is switched to and fro goes by it. */
  readonly round: number;
  readonly consents: { readonly terms: string; readonly privacy: string };
  /** Nicknames and mail addresses by the number of an account. */
  readonly nicknameOf: (number: number) => string;
  readonly emailOf: (number: number) => string;
};

type Sample<N extends CommandName> = (ground: Ground, turn: number) => CommandArgument<N>;

/** What a flood says with each command, as dear as it can be; a command without a line here does not compile. */
export const commandSamples: { readonly [N in CommandName]: Sample<N> } = {
  connect: ({ token }) => ({ token }),
  "auth.renew": ({ token }) => ({ token }),
  "connection.beat": () => ({}),
  "account.sync": () => ({ parts: { rooms: null, matching: null } }),
  "room.list": () => ({ limit: 100 }),
  "room.get": ({ roomId }) => ({ roomId: roomId as never }),
  "room.watch": ({ roomId }) => ({ rooms: [{ roomId: roomId as never, mode: "open" }] }),
  "room.unwatch": ({ roomId }) => ({ roomIds: [roomId as never] }),
  "room.changes": ({ roomId }) => ({ roomId: roomId as never, epoch: "0", rev: 0 }),
  "room.leave": ({ roomId }) => ({ roomId: roomId as never }),
  "room.read": ({ roomId, seq }) => ({ roomId: roomId as never, seq }),
  "membership.update": ({ roomId, round }) => ({ roomId: roomId as never, pinned: round % 2 === 0 }),
  // Shifted by the round, so that each attacker names all strangers and not the same few.
  "direct.open": ({ nicknameOf, round }, turn) => ({ nickname: nicknameOf(turn + round) }),
  "message.send": ({ roomId }, turn) => ({
    roomId: roomId as never,
    clientMessageId: `flood-${turn}-${crypto.randomUUID()}` as never,
    text: "가나다라 ".repeat(100),
  }),
  "message.list": ({ roomId }) => ({ roomId: roomId as never, limit: 100 }),
  "message.edit": ({ roomId, seq }, turn) => ({ roomId: roomId as never, seq, text: `${turn} ${"가".repeat(500)}` }),
  "message.delete": ({ roomId, seq }) => ({ roomId: roomId as never, seq }),
  "typing.set": ({ roomId, round }) => ({ roomId: roomId as never, typing: round % 2 === 0 }),
  "presence.set": ({ round }) => ({ presence: round % 2 === 0 ? "away" : "online" }),
  "presence.watch": ({ roomId }) => ({ roomIds: [roomId as never] }),
  "member.block": ({ roomId, memberId }) => ({ roomId: roomId as never, memberId: memberId as never }),
  "block.list": () => ({}),
  "block.remove": ({ blockId }) => ({ blockId: blockId as never }),
  "match.get": () => ({}),
  "match.request": () => ({}),
  "match.cancel": () => ({}),
  "match.next": ({ roomId }) => ({ roomId: roomId as never }),
};

const guess = "a-guess-that-is-wrong-7";

/** Bodies of routes that do their work only with a good one; every other is sent what most of them understand. */
export function sampleBody(name: string, { emailOf, consents, tag, round }: Ground, turn: number): unknown {
  switch (name) {
    case `POST ${httpPaths.signIn}`:
      return { email: emailOf(turn), password: guess };
    case `POST ${httpPaths.signUp}`:
      return {
        email: `flood-${turn}-${crypto.randomUUID()}@maru.test`,
        password: guess,
        nickname: `물결${tag}${turn}`,
        isFourteenOrOver: true,
        consents,
      };
    case `POST ${httpPaths.stepConsent}`:
      return { nickname: `노을${tag}${turn}`, isFourteenOrOver: true, consents };
    case `POST ${httpPaths.passwordReset}`:
      return { email: emailOf(turn) };
    case `POST ${httpPaths.providerStart}`:
      return { returnTo: "/rooms" };
    case `POST ${httpPaths.stepSecondFactor}`:
      return { totp: "000000" };
    case `PATCH ${httpPaths.me}`:
      return { nickname: `바람${tag}${turn}` };
    case `POST ${httpPaths.password}`:
      return { password: guess, newPassword: `${guess}-${turn}` };
    case `POST ${httpPaths.messages}`:
      return { clientMessageId: `flood-${turn}-${crypto.randomUUID()}`, text: "가나다라 ".repeat(100) };
    default:
      return { password: guess, messages: "keep", marketing: round % 2 === 0, code: "000000" };
  }
}
