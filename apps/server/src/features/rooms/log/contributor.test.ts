import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { MembershipId, RoomId, SyncPart } from "@maru/protocol";
import * as fc from "fast-check";
import type { AccountContributor } from "../../../platform/account-log/contributor.ts";
import { assertContributor, type ContributorStage } from "../../../testing/contributor-kit.ts";
import { FaultyHub } from "../../../testing/faulty-hub.ts";
import {
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "../fixtures/rooms.fixture.ts";
import { ModelList } from "../fixtures/sync.fixture.ts";

let world: RoomsWorld;
beforeAll(async () => {
  world = await openRoomsWorld();
});
afterAll(() => world.close());

const acts = ["send", "send", "send", "read", "leave", "direct", "match", "update", "edit", "delete", "block"] as const;
const anyAct = fc.record({ is: fc.constantFrom(...acts), who: fc.nat(2), which: fc.nat(1_000), node: fc.nat(1) });
type Act = typeof anyAct extends fc.Arbitrary<infer T> ? T : never;
type Plant = (contributor: AccountContributor<"rooms">) => AccountContributor<"rooms">;

/** Three people who know each other, on two nodes; `plant` puts a fault into what the nodes contribute. */
async function openStage(options: { plant?: Plant; runs?: number; patienceMs?: number } = {}) {
  const { plant, runs = 15, patienceMs = 5_000 } = options;
  const hub = new FaultyHub();
  hub.lossRate = 0;
  const openNode = () => world.openNode({ bus: hub.connect(), ...(plant ? { plant } : {}) });
  const nodes = [await openNode(), await openNode()] as [WorldNode, WorldNode];
  let people: Awaited<ReturnType<RoomsWorld["newAccount"]>>[] = [];
  let rooms: RoomId[] = [];
  const stage: ContributorStage<"rooms", WorldConnection, Act> = {
    name: "rooms",
    acts: anyAct,
    runs,
    patienceMs,
    async newPeople() {
      people = [await world.newAccount(), await world.newAccount(), await world.newAccount()];
      rooms = [];
      return people.map(({ accountId }) => accountId);
    },
    connect: (node, accountId) => world.connect(nodes[node], accountId),
    createModel: (device) => new ModelList(device),
    async act({ is, who, which, node }, devices) {
      const device = devices[who]?.[node] as WorldConnection;
      const other = people[(who + 1 + (which % 2)) % 3] as (typeof people)[number];
      const roomId = rooms[which % Math.max(1, rooms.length)];
      if (is === "direct") {
        const { room } = await device.run("direct.open", { nickname: other.nickname });
        if (!rooms.includes(room.id)) rooms.push(room.id);
      } else if (is === "match") {
        rooms.push(await world.newMatch(nodes[node] as WorldNode, device.accountId, other.accountId));
      } else if (roomId !== undefined) {
        // Whoever is not there is refused, which changes nothing.
        await run(device, is, roomId, which).catch(() => null);
      }
    },
    setLoss(losesAll) {
      hub.lossRate = losesAll ? 1 : 0;
    },
    async heal() {
      for (const node of nodes) await node.compare();
    },
  };
  return stage;
}

async function run(device: WorldConnection, act: string, roomId: RoomId, which: number): Promise<unknown> {
  switch (act) {
    case "send":
      return device.run("message.send", { roomId, clientMessageId: newKey(), text: `말 ${which}` });
    case "read":
      return device.run("room.read", { roomId, seq: which % 12 });
    case "leave":
      return device.run("room.leave", { roomId });
    case "edit":
      return device.run("message.edit", { roomId, seq: 1 + (which % 6), text: `고침 ${which}` });
    case "delete":
      return device.run("message.delete", { roomId, seq: 1 + (which % 6) });
    case "update": {
      const setting = { pinned: which % 2 === 0, archived: which % 5 === 0, markedUnread: which % 3 === 0 };
      return device.run("membership.update", { roomId, ...setting });
    }
    default: {
      const { room } = await device.run("room.get", { roomId });
      const memberId = room.members.find(({ id }) => id !== room.selfId)?.id as MembershipId;
      return device.run("member.block", { roomId, memberId });
    }
  }
}

test("the room list: whatever is held becomes the fresh list, by one sync as by the pushes", async () => {
  const result = await assertContributor(await openStage());
  expect(result.compared).toBeGreaterThan(100);
  expect(result.stayed).toBe(45);
  expect(result.lost).toBeGreaterThan(5);
}, 120_000);

describe("a contributor that lies is found:", () => {
  const without = <P extends SyncPart<"rooms">>(part: P): P => ({ ...part, rooms: part.rooms.slice(1) });

  const plants: Record<string, Plant> = {
    "one that drops a change": (real) => ({
      ...real,
      changesSince: async (asked) => {
        const part = await real.changesSince(asked);
        return asked.held === null || part.reset ? part : without(part);
      },
    }),
    "one that tells an old list as fresh": (real) => {
      const first = new Map<string, SyncPart<"rooms">>();
      return {
        ...real,
        snapshot: async (accountId) => {
          const held = first.get(accountId) ?? (await real.snapshot(accountId));
          first.set(accountId, held);
          return held;
        },
      };
    },
    "one that says it has told more than it has": (real) => ({
      ...real,
      snapshot: async (accountId) => ({ ...(await real.snapshot(accountId)), since: "9".repeat(18) }),
    }),
    "one that heals nothing": (real) => ({ ...real, toPushes: () => [] }),
    "one that heals all but a change": (real) => ({
      ...real,
      toPushes: (part) => real.toPushes?.(without(part)) ?? [],
    }),
  };

  test.each(Object.keys(plants))(
    "%s",
    async (name) => {
      const stage = await openStage({ plant: plants[name] as Plant, patienceMs: 200 });
      await expect(assertContributor(stage)).rejects.toThrow("is not the fresh state");
    },
    120_000,
  );
});
