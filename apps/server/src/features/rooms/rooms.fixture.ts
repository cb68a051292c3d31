import {
  type Clock,
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  commands,
  type Push,
  type PushFrame,
  pushes,
  pushesOf,
  toWireId,
  limits as usualLimits,
} from "@maru/protocol";
import { systemClock } from "../../platform/clock.ts";
import type { Database } from "../../platform/db/database.ts";
import { MaruError } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { silentLog } from "../../platform/log.ts";
import { createOutbox } from "../../platform/mail/outbox.ts";
import { createSecretBox } from "../../platform/secret-box.ts";
import { openTestDatabase } from "../../testing/open-test-database.ts";
import { createIdentity, generateSigningJwks } from "../identity/index.ts";
import type { RoomsFaults } from "./index.ts";
import { canPostByDefault, createRooms, type RoomPolicy, type Rooms } from "./index.ts";
import type { RoomsBus, RoomsConnection, RoomsDeps, RoomsGateway, RoomsSockets } from "./ports.ts";
import { insertRooms } from "./store-rooms.ts";

/** What matching will supply for its rooms, and a kind of more than two members for the tests. */
const matchPolicy: RoomPolicy = {
  canRead: (facts) => facts.memberState === "active",
  canPost: canPostByDefault,
  canManage: () => false,
  shows: "alias",
  onLeave: "close",
};
const groupPolicy: RoomPolicy = { ...matchPolicy, onLeave: "part" };

type Handler = (connection: RoomsConnection, input: never) => unknown;

/** A gateway without sockets: validates as the real one does, and keeps what each connection was pushed. */
class WorldGateway implements RoomsGateway, RoomsSockets {
  readonly handlers = new Map<CommandName, Handler>();
  readonly connections = new Set<WorldConnection>();
  readonly closeListeners: ((connection: RoomsConnection) => void)[] = [];
  frameCount = 0;

  command: RoomsGateway["command"] = (name, handle) => void this.handlers.set(name, handle as Handler);

  onClosed(listen: (connection: RoomsConnection) => void): void {
    this.closeListeners.push(listen);
  }

  publish(topic: string, frame: string): void {
    this.frameCount++;
    for (const connection of this.connections) if (connection.topics.has(topic)) connection.receive(frame);
  }

  pushToAccount(accountId: string, push: Push): void {
    for (const connection of this.connectionsOf(accountId)) connection.receive(JSON.stringify(push));
  }

  connectionsOf(accountId: string): WorldConnection[] {
    return [...this.connections].filter((connection) => connection.accountId === accountId);
  }
}

let connectionCount = 0;

/** One device on one node, as a test drives it. */
export class WorldConnection implements RoomsConnection {
  readonly id = `con_${++connectionCount}`;
  readonly topics = new Set<string>();
  readonly received: Push[] = [];
  isOpen = true;
  #slots = new Map<symbol, unknown>();
  #waiting: { isIt: (push: Push) => boolean; resolve: (push: Push) => void }[] = [];
  #seen = 0;
  #listeners: ((push: Push) => void)[] = [];

  constructor(
    readonly accountId: string,
    readonly gateway: WorldGateway,
  ) {
    gateway.connections.add(this);
  }

  subscribe(topic: string): void {
    this.topics.add(topic);
  }

  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }

  push(push: Push): void {
    this.receive(JSON.stringify(push));
  }

  slot<T>(key: symbol, create: () => T): T {
    if (!this.#slots.has(key)) this.#slots.set(key, create());
    return this.#slots.get(key) as T;
  }

  onPush(listen: (push: Push) => void): void {
    this.#listeners.push(listen);
  }

  receive(frame: string): void {
    for (const push of pushesOf(JSON.parse(frame) as PushFrame) ?? []) {
      pushes[push.push].parse(push);
      this.received.push(push);
      for (const listen of this.#listeners) listen(push);
      const waiter = this.#waiting.find(({ isIt }) => isIt(push));
      if (waiter === undefined) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.resolve(push);
    }
  }

  /** Runs a command as the gateway would; the answer is held against the protocol. */
  async run<N extends CommandName>(name: N, d: CommandArgument<N>): Promise<CommandOutput<N>> {
    const handler = this.gateway.handlers.get(name);
    if (handler === undefined) throw new Error(`nobody answers ${name}`);
    const parsed = commands[name].input.safeParse(d);
    if (!parsed.success) throw new MaruError("request.invalid");
    const output = await handler(this, parsed.data as never);
    const wire: unknown = JSON.parse(JSON.stringify(output));
    commands[name].output.parse(wire);
    return wire as CommandOutput<N>;
  }

  /** Waits for the next push of a kind that nobody has waited for yet. */
  expectPush<P extends Push["push"]>(name: P, isIt: (push: Push<P>) => boolean = () => true): Promise<Push<P>> {
    const matches = (push: Push) => push.push === name && isIt(push as unknown as Push<P>);
    for (; this.#seen < this.received.length; this.#seen++) {
      const push = this.received[this.#seen] as Push;
      if (matches(push)) {
        this.#seen++;
        return Promise.resolve(push as unknown as Push<P>);
      }
    }
    return new Promise((resolve) => {
      this.#waiting.push({
        isIt: matches,
        resolve: (push) => {
          this.#seen = this.received.indexOf(push) + 1;
          resolve(push as unknown as Push<P>);
        },
      });
    });
  }

  close(): void {
    this.gateway.connections.delete(this);
    this.isOpen = false;
    for (const listen of this.gateway.closeListeners) listen(this);
  }
}

export type WorldNode = { readonly rooms: Rooms; readonly gateway: WorldGateway; readonly db: Database };
export type NodeOptions = {
  readonly bus?: RoomsBus;
  readonly faults?: RoomsFaults;
  readonly clock?: Clock;
  readonly limits?: Partial<RoomsDeps["limits"]>;
  readonly deps?: Partial<RoomsDeps>;
};

/** Code of the error that a promise ends in; fails the test when it ends well. */
export async function codeOf(running: Promise<unknown>): Promise<string> {
  try {
    await running;
  } catch (error) {
    if (error instanceof MaruError) return error.code;
    throw error;
  }
  throw new Error("it was expected to be refused");
}

/** A database with accounts, and as many nodes on it as a test asks for. */
export async function openRoomsWorld() {
  const database = await openTestDatabase();
  const secretBox = createSecretBox("the sealing secret of the rooms' world");
  const environment = { db: database.db, clock: systemClock, log: silentLog, secretBox };
  const identity = await createIdentity({
    ...environment,
    outbox: createOutbox({ ...environment, transport: null }),
    signUpMode: "open",
    signingKeys: await generateSigningJwks("test"),
    origin: "http://maru.test",
    allowsOrigin: () => true,
    clientAddress: () => "203.0.113.1",
    operator: {},
    allowsReadyAccounts: true,
  });
  const nodes: WorldNode[] = [];
  const second = database.connect({ poolSize: 4 });
  let accountCount = 0;

  async function openNode(options: NodeOptions = {}): Promise<WorldNode> {
    const gateway = new WorldGateway();
    // Two pools for however many nodes: test files share one Postgres and its connections.
    const db = nodes.length % 2 === 0 ? database.db : second;
    const rooms = createRooms(
      {
        db,
        bus: options.bus ?? quietBus,
        sockets: gateway,
        identity,
        clock: options.clock ?? systemClock,
        newId,
        log: silentLog,
        limits: { ...usualLimits, sendsPerSecond: 1e6, sendsBurst: 1e6, ...options.limits },
        nodeId: newId(),
        ...options.deps,
      },
      options.faults,
    );
    rooms.registerPolicy("match", matchPolicy);
    rooms.registerPolicy("group", groupPolicy);
    rooms.register(gateway);
    await rooms.start();
    const node = { rooms, gateway, db };
    nodes.push(node);
    return node;
  }

  const admin = database.connect({ poolSize: 1 });

  return {
    database,
    /** A connection apart from the nodes', for what tests do to theirs. */
    adminSql: admin.sql,
    identity,
    openNode,

    /** Makes an account; tells its id and nickname. */
    async newAccount(nickname = `사람${++accountCount}`): Promise<{ accountId: string; nickname: string }> {
      const email = `${nickname.replace(/\W/g, "x")}${++accountCount}@maru.example`;
      const { accountId } = await identity.createReadyAccount({ email, password: "hanok-floor-4", nickname });
      return { accountId, nickname };
    },

    /** Makes accounts without passwords, for tests that need many. */
    async newAccounts(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, newId);
      await database.db.sql`
        insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
        select id, 'n' || left(id::text, 8) || right(id::text, 8), id::text, md5(id::text), now()
        from unnest(${database.db.sql.array(ids, "UUID")}::uuid[]) as p (id)`;
      return ids;
    },

    /** Makes a room of aliases for many; tells its wire id and the members' ids in the accounts' order. */
    async newGroup(accountIds: readonly string[]) {
      const id = newId();
      const members = accountIds.map((accountId, i) => ({
        id: newId(),
        roomId: id,
        accountId,
        mayPost: true,
        alias: { adjective: i, noun: i },
        isHidden: false,
      }));
      await database.db.transaction((tx) =>
        insertRooms(tx, [{ id, kind: "group", directKey: null, opening: null, members }]),
      );
      return { roomId: toWireId("room", id), memberIds: members.map((member) => toWireId("membership", member.id)) };
    },

    /** Makes a match room of two as matching would. */
    async newMatch(node: WorldNode, a: string, b: string) {
      const alias = (n: number) => ({ adjective: n, noun: n });
      const made = await node.db.transaction((tx) =>
        node.rooms.createMatchRooms(tx, [
          {
            members: [
              { accountId: a, alias: alias(1) },
              { accountId: b, alias: alias(2) },
            ],
          },
        ]),
      );
      made.announce();
      return toWireId("room", made.roomIds[0] ?? "");
    },

    connect: (node: WorldNode, accountId: string) => new WorldConnection(accountId, node.gateway),

    async close(): Promise<void> {
      for (const node of nodes) await node.rooms.stop();
      await database.close();
    },
  };
}

export type RoomsWorld = Awaited<ReturnType<typeof openRoomsWorld>>;

/** The bus of a node that is alone. */
const quietBus: RoomsBus = { publish: () => {}, subscribe: async () => () => {}, onReconnect: () => {} };

let keyCount = 0;
/** A new key for a send. */
export const newKey = () => `key-${String(++keyCount).padStart(8, "0")}`;
