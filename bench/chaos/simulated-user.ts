import { createClient, type MaruClient, MemoryOutboxStorage, type RoomSnapshot } from "@maru/client";
import { type AccountSelf, type Clock, httpPaths, type SignedIn } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import type { TokenMint } from "../tokens.ts";
import type { History } from "./history.ts";
import { tapSockets } from "./tapped-socket.ts";

export type SimulatedUserOptions = {
  readonly index: number;
  readonly url: string;
  readonly accountId: string;
  readonly roomIds: readonly string[];
  readonly mint: TokenMint;
  /** How long tokens of this person live, and whether the SDK is told so: otherwise they end before it renews them. */
  readonly token: { readonly lifeMs: number; readonly knowsLifetime: boolean };
  readonly clock: Clock;
  readonly speed: number;
  readonly random: () => number;
  readonly history: History;
};

type Shown = { lastSeq: number };

/**
 * A person of the chaos run: the real SDK on a real socket with an outbox that outlives it. Only the sign-in is a stand-in,
 * because two hundred passwords would cost more than the run: it hands out tokens that the server takes for its own.
 */
export class SimulatedUser {
  readonly index: number;
  readonly roomIds: readonly string[];
  readonly #options: SimulatedUserOptions;
  readonly #storage = new MemoryOutboxStorage();
  readonly #shown = new Map<string, Shown>();
  #maru: MaruClient | null = null;
  #isTalking = false;

  constructor(options: SimulatedUserOptions) {
    this.#options = options;
    this.index = options.index;
    this.roomIds = options.roomIds;
  }

  /** True while the program runs; it does not between `reopen` and the time it has found what it had not sent. */
  get isOpen(): boolean {
    return this.#isTalking;
  }

  async open(): Promise<void> {
    this.#maru = await this.#start();
    this.#isTalking = true;
  }

  async #start(): Promise<MaruClient> {
    const { url, clock, random, history, index } = this.#options;
    const maru = createClient({
      url,
      clock,
      random,
      storage: this.#storage,
      socket: tapSockets(history, index, { origin: url, random }),
      fetch: (address) => this.#signIn(address),
      deviceName: `chaos ${index}`,
    });
    this.#shown.clear();
    this.#maru = maru;
    await maru.signIn({ email: `chaos-${index}@maru.test`, password: "none" });
    for (const roomId of this.roomIds) {
      const { room } = maru.rooms.open(roomId);
      room.subscribe(() => {
        if (this.#maru === maru) this.#look(roomId, room.getSnapshot());
      });
    }
    return maru;
  }

  /** Closes the program and opens it again on the same outbox; open when what it had not sent is in line again. */
  async reopen(): Promise<void> {
    this.close();
    const { history, accountId } = this.#options;
    history.record({ is: "reopened", client: this.index });
    const leftBy = new Set((await this.#storage.list(accountId)).map(({ owner }) => owner));
    this.#maru = await this.#start();
    await eventually("the outbox is taken over", async () =>
      (await this.#storage.list(accountId)).every(({ owner }) => !leftBy.has(owner)),
    );
    this.#isTalking = true;
  }

  post(roomId: string, text: string): void {
    if (!this.#maru) throw new Error("The program is closed.");
    const key = this.#maru.rooms.send(roomId, text);
    this.#options.history.record({ is: "attempted", client: this.index, roomId, key });
  }

  /** What this person has said and the server has not acknowledged. */
  async countUnsent(): Promise<number> {
    return (await this.#storage.list(this.#options.accountId)).length;
  }

  /** The last message that this person sees in a room; 0 while there is none. */
  lastShown(roomId: string): number {
    return this.#shown.get(roomId)?.lastSeq ?? 0;
  }

  hasLoaded(roomId: string): boolean {
    return this.#maru?.rooms.open(roomId).room.getSnapshot().state === "ready";
  }

  /** All messages that stand in a room as this person sees it now. */
  see(roomId: string): readonly { readonly seq: number; readonly key: string }[] {
    const snapshot = this.#maru?.rooms.open(roomId).room.getSnapshot();
    if (snapshot?.state !== "ready") return [];
    return snapshot.messages.map((message) => ({ seq: message.seq, key: message.clientMessageId ?? "" }));
  }

  close(): void {
    this.#isTalking = false;
    this.#maru?.close();
    this.#maru = null;
  }

  /** Writes down what is new in a room since the last look. */
  #look(roomId: string, snapshot: RoomSnapshot): void {
    if (snapshot.state !== "ready") return;
    const { history, index: client } = this.#options;
    const { messages } = snapshot;
    const first = messages[0];
    if (!first) return;
    const shown = this.#shown.get(roomId);
    // A history that begins after what was seen last has been loaded afresh.
    if (!shown || first.seq > shown.lastSeq + 1) {
      history.record({ is: "shown_afresh", client, roomId, seq: first.seq });
    }
    const from = shown && first.seq <= shown.lastSeq + 1 ? indexAfter(messages, shown.lastSeq) : 0;
    for (const { seq, clientMessageId = "" } of messages.slice(from)) {
      history.record({ is: "shown", client, roomId, seq, key: clientMessageId });
    }
    this.#shown.set(roomId, { lastSeq: messages.at(-1)?.seq ?? 0 });
  }

  async #signIn(address: string): Promise<Response> {
    const path = new URL(address).pathname;
    if (path !== httpPaths.signIn && path !== httpPaths.refresh) return new Response(null, { status: 404 });
    const { mint, accountId, token, speed, index } = this.#options;
    const now = Date.now();
    // Told in the time of the accelerated clock. Who is not told truly believes in a day and learns the end from the server.
    const statedLifeMs = token.knowsLifetime ? token.lifeMs * speed : 86_400_000;
    const account: AccountSelf = {
      id: accountId as AccountSelf["id"],
      email: `chaos-${index}@maru.test`,
      emailVerified: true,
      nickname: `chaos ${index}`,
      intro: "",
      locale: "ko",
      avatarSeed: "",
      createdAt: new Date(now).toISOString(),
    };
    return Response.json({
      accessToken: await mint(accountId, token.lifeMs),
      accessTokenExpiresAt: new Date(now + statedLifeMs).toISOString(),
      serverTime: new Date(now).toISOString(),
      account,
    } satisfies SignedIn);
  }
}

/** The place of the first message after `seq`; looks from the end, where news is. */
function indexAfter(messages: readonly { readonly seq: number }[], seq: number): number {
  let place = messages.length;
  while (place > 0 && (messages[place - 1]?.seq ?? 0) > seq) place--;
  return place;
}
