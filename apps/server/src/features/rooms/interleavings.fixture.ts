import { expect } from "bun:test";
import { fromWireId, type Message, type RoomId, toWireId } from "@maru/protocol";
import { seededRandom } from "@maru/testkit";
import { MaruError } from "../../platform/errors.ts";
import { FaultyHub } from "./faulty-bus.fixture.ts";
import type { RoomsFaults } from "./index.ts";
import { ModelClient } from "./model-client.fixture.ts";
import { newKey, openRoomsWorld, type RoomsWorld, type WorldConnection, type WorldNode } from "./rooms.fixture.ts";
import type { Step, Story } from "./story.fixture.ts";

type Sent = {
  readonly who: number;
  readonly room: number;
  readonly key: string;
  readonly text: string;
  acked: Message[];
};

/** Two nodes on one database, joined by a faulty bus, in which stories are played. */
export class Stage {
  readonly counts = { sends: 0, repeats: 0, kills: 0, leaves: 0, refused: 0 };

  private constructor(
    readonly world: RoomsWorld,
    readonly hub: FaultyHub,
    readonly nodes: readonly [WorldNode, WorldNode],
    readonly accounts: readonly string[],
  ) {}

  static async open(faults: RoomsFaults = {}): Promise<Stage> {
    const world = await openRoomsWorld();
    const hub = new FaultyHub();
    const first = await world.openNode({ bus: hub.connect(), faults });
    const second = await world.openNode({ bus: hub.connect(), faults });
    return new Stage(world, hub, [first, second], await world.newAccounts(4));
  }

  close(): Promise<void> {
    return this.world.close();
  }

  /** Plays a story in two fresh rooms and holds the end against everything that is promised. */
  async play(story: Story): Promise<void> {
    this.hub.random = seededRandom(story.seed);
    const rooms = [await this.world.newGroup(this.accounts), await this.world.newGroup(this.accounts)];
    const act = new Act(this, rooms, seededRandom(story.seed + 1));
    try {
      await act.begin();
      for (const step of story.steps) await act.step(step);
      await act.settle();
      await act.check();
    } finally {
      act.end();
    }
  }
}

type StageRoom = { readonly roomId: RoomId; readonly memberIds: readonly string[] };

class Act {
  readonly #sent: Sent[] = [];
  readonly #running = new Set<Promise<unknown>>();
  readonly #senders: WorldConnection[][] = [];
  readonly #watchers: { who: number; room: number; client: ModelClient }[] = [];
  readonly #headWatchers: WorldConnection[] = [];
  readonly #left = new Set<string>();
  readonly #failures: unknown[] = [];

  constructor(
    readonly stage: Stage,
    readonly rooms: readonly StageRoom[],
    readonly random: () => number,
  ) {}

  async begin(): Promise<void> {
    const { stage } = this;
    for (const accountId of stage.accounts) {
      this.#senders.push(stage.nodes.map((node) => stage.world.connect(node, accountId)));
    }
    for (const [who, accountId] of stage.accounts.entries()) {
      for (const [room, { roomId }] of this.rooms.entries()) {
        const node = stage.nodes[(who + room) % 2] as WorldNode;
        this.#watchers.push({ who, room, client: new ModelClient(stage.world.connect(node, accountId), roomId) });
      }
    }
    await Promise.all(this.#watchers.map(({ client }) => client.open()));
    for (const node of stage.nodes) {
      const watcher = stage.world.connect(node, stage.accounts[0] ?? "");
      this.#headWatchers.push(watcher);
      await watcher.run("room.watch", { rooms: this.rooms.map(({ roomId }) => ({ roomId, mode: "head" as const })) });
    }
  }

  end(): void {
    for (const { client } of this.#watchers) client.connection.close();
    for (const connection of [...this.#senders.flat(), ...this.#headWatchers]) connection.close();
  }

  async step({ act, who, node, which }: Step): Promise<void> {
    const room = which % this.rooms.length;
    const { roomId } = this.rooms[room] as StageRoom;
    const connection = this.#senders[who]?.[node] as WorldConnection;
    const { counts } = this.stage;
    switch (act) {
      case "send": {
        const sent: Sent = { who, room, key: newKey(), text: `말 ${which} 👋 "\\'`, acked: [] };
        this.#sent.push(sent);
        counts.sends++;
        return this.#start(this.#send(sent, connection));
      }
      case "repeat": {
        const sent = this.#sent[which % Math.max(1, this.#sent.length)];
        if (sent === undefined) return;
        counts.repeats++;
        return this.#start(this.#send(sent, this.#senders[sent.who]?.[node] as WorldConnection));
      }
      case "edit":
        return this.#start(
          this.#amend(which, (seq) => ["message.edit", { roomId, seq, text: `고침 ${seq}-${who}` }], connection),
        );
      case "delete":
        return this.#start(this.#amend(which, (seq) => ["message.delete", { roomId, seq }], connection));
      case "read":
        return this.#start(this.#persist(() => connection.run("room.read", { roomId, seq: which % 50 })));
      case "leave": {
        // Two stay, so that somebody reads the end.
        if (who < 2) return;
        counts.leaves++;
        this.#left.add(`${who}/${room}`);
        return this.#start(this.#persist(() => connection.run("room.leave", { roomId })));
      }
      case "kill":
        counts.kills++;
        return this.#kill();
      case "settle":
        await Promise.all(this.#running);
    }
  }

  /** Waits until all that runs is answered, and until every watcher was told all of it. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failures.length > 0) throw this.#failures[0];
    const { nodes } = this.stage;
    await Promise.all(nodes.map((node) => node.rooms.compareHeads()));
    const heads = await this.#heads();
    const told = this.#watchers
      .filter(({ who, room }) => !this.#left.has(`${who}/${room}`))
      .map(({ client, room }) => client.whenAt(heads[room]?.rev ?? 0));
    await Promise.all(told);
  }

  async check(): Promise<void> {
    await this.#checkStored();
    for (const { who, room, client } of this.#watchers) {
      expect(client.gaps).toEqual([]);
      if (this.#left.has(`${who}/${room}`)) {
        await this.#checkLeaver(client, this.rooms[room]?.memberIds[who] ?? "");
        continue;
      }
      expect(client.jumps).toBe(0);
      const fresh = await freshPicture(client.connection, client.roomId);
      expect(client.picture).toEqual(fresh);
      for (const watcher of this.#headWatchers) this.#checkHead(watcher, client.roomId, fresh.messages, client.rev);
    }
  }

  /** Who watches the head knows at the end where the room stands and what was said last. */
  #checkHead(watcher: WorldConnection, roomId: RoomId, messages: readonly Message[], rev: number): void {
    const told = watcher.received.filter((push) => push.push === "room.advanced" && push.roomId === roomId);
    const last = told.at(-1);
    const news = told.findLast((push) => push.push === "room.advanced" && push.lastMessage !== undefined);
    if (last?.push !== "room.advanced" || news?.push !== "room.advanced") return expect(messages).toEqual([]);
    expect(last).toMatchObject({ rev, lastSeq: messages.length, lastOrd: messages.at(-1)?.ord ?? 0 });
    expect(news.lastMessage).toEqual(messages.at(-1) as Message);
  }

  async #checkStored(): Promise<void> {
    const { sql } = this.stage.world.database.db;
    const heads = await this.#heads();
    for (const [room, { roomId }] of this.rooms.entries()) {
      const rows = await sql<{ seq: number; ord: number; rev: number; kind: string; key: string; author: string }[]>`
        select seq, ord, rev, kind, client_message_id as key, author_id as author
        from rooms_messages where room_id = ${fromWireId(roomId)} order by seq`;
      expect(rows.map((row) => row.seq)).toEqual(rows.map((_, i) => i + 1));
      let ord = 0;
      for (const row of rows) expect(row.ord).toBe(row.kind === "text" ? ++ord : ord);
      expect(heads[room]).toMatchObject({ lastSeq: rows.length, lastOrd: ord });
      expect(Math.max(0, ...rows.map((row) => row.rev))).toBeLessThanOrEqual(heads[room]?.rev ?? 0);
      expect(new Set(rows.map((row) => row.rev)).size).toBe(rows.length);
      const texts = rows.filter((row) => row.kind === "text");
      expect(new Set(texts.map((row) => `${row.author} ${row.key}`)).size).toBe(texts.length);
      for (const sent of this.#sent.filter((one) => one.room === room)) {
        const seqs = new Set(sent.acked.map((message) => message.seq));
        const stored = texts.filter((row) => row.key === sent.key);
        expect(stored.length).toBe(sent.acked.length > 0 ? 1 : stored.length);
        if (sent.acked.length > 0) expect([...seqs]).toEqual(stored.map((row) => row.seq));
      }
    }
  }

  /** Somebody who left was told of it, and of nothing after it. */
  async #checkLeaver(client: ModelClient, memberId: string): Promise<void> {
    const last = client.pushedRevs.at(-1) ?? 0;
    const { sql } = this.stage.world.database.db;
    const [row] = await sql<{ rev: number }[]>`
      select rev from rooms_members where id = ${memberId.slice(4)} and state = 'left'`;
    expect(last).toBeLessThanOrEqual(row?.rev ?? -1);
  }

  async #heads() {
    const { sql } = this.stage.world.database.db;
    const ids = sql.array(
      this.rooms.map(({ roomId }) => fromWireId(roomId)),
      "UUID",
    );
    const rows = await sql<{ id: string; rev: number; lastSeq: number; lastOrd: number }[]>`
      select id, rev, last_seq as "lastSeq", last_ord as "lastOrd" from rooms_rooms where id = any(${ids}::uuid[])`;
    return this.rooms.map(({ roomId }) => rows.find((row) => toWireId("room", row.id) === roomId));
  }

  async #send(sent: Sent, connection: WorldConnection): Promise<void> {
    const { roomId } = this.rooms[sent.room] as StageRoom;
    const { key, text } = sent;
    const answer = await this.#persist(() => connection.run("message.send", { roomId, clientMessageId: key, text }));
    if (answer) sent.acked.push(answer.message);
  }

  async #amend(
    which: number,
    asked: (
      seq: number,
    ) =>
      | ["message.edit" | "message.delete", { roomId: RoomId; seq: number; text: string }]
      | ["message.delete", { roomId: RoomId; seq: number }],
    connection: WorldConnection,
  ): Promise<void> {
    const known = this.#sent.flatMap((sent) => sent.acked);
    const seq = known[which % Math.max(1, known.length)]?.seq ?? 1;
    const [name, input] = asked(seq);
    await this.#persist(() => connection.run(name, input as never));
  }

  /** As an outbox does: tries again while an error says that it may pass; permanent refusals are answers. */
  async #persist<T>(run: () => Promise<T>): Promise<T | null> {
    for (let attempt = 0; attempt < 200; attempt++) {
      try {
        return await run();
      } catch (error) {
        if (error instanceof MaruError && !error.temporary) {
          if (error.code === "request.invalid") throw error;
          this.stage.counts.refused++;
          return null;
        }
        if (!(error instanceof MaruError) && !isDatabaseError(error)) throw error;
      }
    }
    throw new Error("it never went through");
  }

  async #start(running: Promise<unknown>): Promise<void> {
    const settled = running.catch((error) => this.#failures.push(error));
    this.#running.add(settled);
    void settled.finally(() => this.#running.delete(settled));
    // Lets what is queued go on now and then, so that stories interleave in more ways than one.
    if (this.random() < 0.4) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async #kill(): Promise<void> {
    const share = this.random();
    await this.stage.world.adminSql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${this.stage.world.database.name} and pid <> pg_backend_pid() and random() < ${share}`;
  }
}

const isDatabaseError = (error: unknown) => error instanceof Error && error.name === "PostgresError";

/** Loads all of a room anew, as a client that holds nothing would. */
async function freshPicture(connection: WorldConnection, roomId: RoomId) {
  const { room } = await connection.run("room.get", { roomId });
  const messages: Message[] = [];
  for (let hasNewer = true; hasNewer; ) {
    const page = await connection.run("message.list", { roomId, after: messages.at(-1)?.seq ?? 0, limit: 100 });
    messages.push(...page.messages);
    hasNewer = page.hasNewer;
  }
  return { messages, members: room.members.toSorted((a, b) => (a.id < b.id ? -1 : 1)), state: room.state };
}
