import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type CommandArgument, type CommandName, type CommandOutput, commands, type Push } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { RawSocket } from "./raw-person.ts";
import {
  canonical,
  changeSides,
  inOrder,
  playOnce,
  type Stage,
  setStage,
  settle,
  type TwinServer,
  type Watcher,
} from "./twin-play-world.ts";

let running: TestServer;
let server: TwinServer;
beforeAll(async () => {
  running = await startTestServer();
  const { url, app, db } = running;
  server = { url, app, db, mint: (nickname) => mintAccount(db, nickname) };
});
afterAll(() => running?.stop());

const self = ({ one }: Stage) => one.devices[0];
const key = "twin-play-key-1";

/** How each command is played in a match room, by one of the two. A command that is not here turns the test red. */
const plays: Record<CommandName, (stage: Stage) => Promise<unknown>> = {
  connect: async ({ one }) => (await RawSocket.open(server.url, one.account.token)).close(),
  "auth.renew": (stage) => self(stage).expectOk("auth.renew", { token: stage.one.account.token }),
  "connection.beat": (stage) => self(stage).expectOk("connection.beat", {}),
  "account.sync": (stage) =>
    self(stage).expectOk("account.sync", { rooms: [{ roomId: stage.match, epoch: "none", rev: 0 }] }),
  "room.list": (stage) => self(stage).expectOk("room.list", {}),
  "room.get": (stage) => self(stage).expectOk("room.get", { roomId: stage.match }),
  "room.watch": (stage) => self(stage).expectOk("room.watch", { rooms: [{ roomId: stage.match, mode: "open" }] }),
  "room.unwatch": (stage) => self(stage).expectOk("room.unwatch", { roomIds: [stage.match] }),
  "room.changes": (stage) => self(stage).expectOk("room.changes", { roomId: stage.match, epoch: "none", rev: 0 }),
  "room.leave": (stage) => self(stage).expectOk("room.leave", { roomId: stage.match }),
  "room.read": (stage) => self(stage).expectOk("room.read", { roomId: stage.match, seq: 1 }),
  "membership.update": (stage) =>
    self(stage).expectOk("membership.update", { roomId: stage.match, pinned: true, muted: true, markedUnread: true }),
  "direct.open": (stage) => self(stage).expectOk("direct.open", { nickname: stage.one.acquaintance.nickname }),
  "message.send": (stage) =>
    self(stage).expectOk("message.send", { roomId: stage.match, clientMessageId: key, text: "반가워요" }),
  "message.list": (stage) => self(stage).expectOk("message.list", { roomId: stage.match }),
  "message.edit": async (stage) => {
    const { message } = (await plays["message.send"](stage)) as { message: { seq: number } };
    return self(stage).expectOk("message.edit", { roomId: stage.match, seq: message.seq, text: "고쳤어요" });
  },
  "message.delete": async (stage) => {
    const { message } = (await plays["message.send"](stage)) as { message: { seq: number } };
    return self(stage).expectOk("message.delete", { roomId: stage.match, seq: message.seq });
  },
  "typing.set": (stage) => self(stage).expectOk("typing.set", { roomId: stage.match, typing: true }),
  "presence.set": async (stage) => {
    for (const device of stage.one.devices) await device.expectOk("presence.set", { presence: "online" });
  },
  "presence.watch": (stage) =>
    self(stage).expectOk("presence.watch", { roomIds: [stage.match, stage.one.direct, stage.one.witnessed] }),
  "member.block": (stage) => self(stage).expectOk("member.block", { roomId: stage.match, memberId: stage.partnerId }),
  "block.list": (stage) => self(stage).expectOk("block.list", {}),
  "block.remove": async (stage) => {
    const { block } = (await plays["member.block"](stage)) as { block: { id: string } };
    return self(stage).expectOk("block.remove", { blockId: block.id });
  },
  "match.get": (stage) => self(stage).expectOk("match.get", {}),
  "match.request": async (stage) => {
    await self(stage).expectOk("match.request", {});
    return self(stage).expectOk("match.cancel", {});
  },
  "match.cancel": (stage) => self(stage).expectOk("match.cancel", {}),
  "match.next": async (stage) => {
    await self(stage).expectOk("match.next", { roomId: stage.match });
    return self(stage).expectOk("match.cancel", {});
  },
};

type Actor = "one" | "other";

/**
 * The same command twice: where the two in the match room know each other elsewhere, and where they do not. The two differ
 * there: `one` opened the direct room.
 */
async function playTwice(name: CommandName, actor: Actor = "one"): Promise<[known: unknown, unknown: unknown]> {
  const seen: unknown[] = [];
  for (const areAcquainted of [true, false]) {
    const stage = await setStage(server, areAcquainted);
    try {
      seen.push(await playOnce(actor === "one" ? stage : await changeSides(stage), plays[name]));
    } finally {
      stage.close();
    }
  }
  return [seen[0], seen[1]];
}

/** Commands that wait for somebody new: played at the same time they would meet each other. */
const alone: ReadonlySet<CommandName> = new Set(["match.request", "match.next"]);

/** Plays every command, a few at a time: most of a play is waiting until everything has been told. */
function playAll(): Map<string, ReturnType<typeof playTwice>> {
  const lanes: Promise<unknown>[] = Array.from({ length: 8 }, () => Promise.resolve());
  const played = new Map<string, ReturnType<typeof playTwice>>();
  const playAfter = (before: Promise<unknown>, { name, actor, title }: (typeof listed)[number]) => {
    const play = before.then(() => playTwice(name, actor));
    played.set(title, play);
    return play.catch(() => {});
  };
  for (const [at, each] of listed.filter(({ name }) => !alone.has(name)).entries()) {
    lanes[at % lanes.length] = playAfter(lanes[at % lanes.length] as Promise<unknown>, each);
  }
  let last: Promise<unknown> = Promise.all(lanes);
  for (const each of listed.filter(({ name }) => alone.has(name))) last = playAfter(last, each);
  return played;
}

/** Every command, by each of the two. */
const listed = (Object.keys(commands) as CommandName[]).flatMap((name) =>
  (["one", "other"] as const).map((actor) => ({
    name,
    actor,
    title: `${name}, by ${actor === "one" ? "one" : "the other"}`,
  })),
);

describe("what is done in a match room shows nowhere else whether the two know each other", () => {
  test("every command is played", () => {
    expect(Object.keys(plays).sort()).toEqual(Object.keys(commands).sort());
  });

  let played: ReturnType<typeof playAll>;
  beforeAll(() => {
    played = playAll();
  });

  for (const { title } of listed) {
    test(title, async () => {
      const [known, unknown] = (await played.get(title)) ?? [];
      expect(known).toBeDefined();
      expect(known).toEqual(unknown as never);
    }, 240_000);
  }

  test("an effect in the direct room of the two is found", async () => {
    // A block that takes the right to post in every room of the two, whatever they are called there.
    await server.db.sql.unsafe(`
      create function planted_block() returns trigger language plpgsql as $$
      begin
        update rooms_members m set may_post = false
        where exists (select from rooms_members x where x.room_id = m.room_id and x.account_id = new.blocker_id)
          and exists (select from rooms_members x where x.room_id = m.room_id and x.account_id = new.blocked_id);
        return new;
      end $$;
      create trigger planted_block after insert on identity_blocks for each row execute function planted_block();`);
    const [known, unknown] = await playTwice("member.block");
    await server.db.sql.unsafe("drop trigger planted_block on identity_blocks; drop function planted_block()");
    expect(known).not.toEqual(unknown as never);
  }, 240_000);
});

/** What is asked in a direct room by whoever cannot know whether they are blocked, in this order. */
function listAsked({ direct, witnessed, acquaintance }: Watcher): [CommandName, object][] {
  const roomId = direct;
  return [
    ["room.get", { roomId }],
    ["message.send", { roomId, clientMessageId: "silent-key-1", text: "들려요?" }],
    ["message.send", { roomId, clientMessageId: "silent-key-1", text: "들려요?" }],
    ["message.edit", { roomId, seq: 3, text: "들리나요?" }],
    ["message.edit", { roomId, seq: 2, text: "고친 말" }],
    ["message.delete", { roomId, seq: 3 }],
    ["message.send", { roomId, clientMessageId: "silent-key-2", text: "아무도 없어요?" }],
    ["message.list", { roomId }],
    ["message.list", { roomId, around: 2_147_483_647 }],
    ["room.changes", { roomId, epoch: "none", rev: 0 }],
    ["room.watch", { rooms: [{ roomId, mode: "open" }] }],
    ["typing.set", { roomId, typing: true }],
    ["room.read", { roomId, seq: 4 }],
    ["membership.update", { roomId, archived: true, markedUnread: true }],
    ["membership.update", { roomId, archived: false, markedUnread: false }],
    ["presence.watch", { roomIds: [roomId, witnessed] }],
    ["direct.open", { nickname: acquaintance.nickname }],
    ["room.leave", { roomId }],
    ["message.send", { roomId, clientMessageId: "silent-key-3", text: "또 저예요" }],
    ["room.list", {}],
    ["account.sync", {}],
  ];
}

/** Waits until both devices have been told that the acquaintance is offline. */
async function seeSilence({ devices, direct }: Watcher): Promise<void> {
  const isOffline = (push: Push) =>
    push.push === "presence.changed" && push.roomId === direct && push.presence === "offline";
  await eventually("the silence is seen", () => devices.every(({ pushes }) => pushes.some(isOffline)), 60_000);
}

/** Everything that the other one of a direct room is answered and pushed after its `one` fell silent in some way. */
async function listen(fallSilent: (stage: Stage) => Promise<unknown>): Promise<unknown> {
  const stage = await setStage(server, true);
  const { other } = stage;
  const { direct, devices } = other;
  const [device] = devices;
  const before = devices.map(({ pushes }) => pushes.length);
  try {
    await fallSilent(stage);
    await seeSilence(other);
    const answers: unknown[] = [];
    const { selfId } = (await device.expectOk("room.get", { roomId: direct })).room;
    for (const [cmd, words] of listAsked(other)) {
      const { ok, err } = await device.ask(cmd, words as CommandArgument<typeof cmd>);
      if (ok && JSON.stringify(words).includes("silent-key-3")) {
        const isBack = (push: Push) =>
          push.push === "membership.changed" && push.room.id === direct && push.room.lastSeq === 5 && !push.room.hidden;
        await eventually("the room is in the list again", () => device.pushes.some(isBack), 60_000);
      }
      const rooms = ok && "rooms" in ok ? ok.rooms.filter(({ id }) => id === direct) : undefined;
      const presences = cmd === "presence.watch" && ok ? inOrder(ok as CommandOutput<typeof cmd>, direct) : undefined;
      answers.push([cmd, err?.code ?? presences ?? (rooms ? { ...ok, rooms, match: null } : ok)]);
    }
    await settle({ ...stage, one: other }, "away");
    // One's own typing may be dropped under load; the other one's would be news.
    const isThere = (push: Push) =>
      JSON.stringify(push).includes(direct) && !(push.push === "typing.changed" && push.memberId === selfId);
    const told = devices.map(({ pushes }, i) => pushes.slice(before[i]).filter(isThere));
    // How many have not read is told once in a while, of all that was said meanwhile: where it stops is luck, what it says is not.
    const withoutLuck = (push: Push) => (push.push === "readers.counted" ? { ...push, toSeq: 0 } : push);
    const pushed = told
      .map((list) => [...new Set(list.map((push) => JSON.stringify(canonical(withoutLuck(push), other))))])
      .map((list) => list.sort());
    return canonical({ answers, pushed }, other);
  } finally {
    stage.close();
  }
}

const blockInDirect = async ({ one }: Stage) => {
  const [device] = one.devices;
  const { room } = await device.expectOk("room.get", { roomId: one.direct });
  const memberId = room.members.find(({ id }) => id !== room.selfId)?.id ?? "";
  await device.expectOk("member.block", { roomId: one.direct, memberId });
};

describe("who is blocked as a person", () => {
  test("is answered and told exactly as by somebody who went away and reads nothing", async () => {
    const blocked = await listen(async (stage) => {
      await blockInDirect(stage);
      // Whoever blocks is there all the time, and goes on using what they have.
      for (const device of stage.one.devices) {
        await device.expectOk("presence.set", { presence: "away" });
        await device.expectOk("presence.set", { presence: "online" });
        await device.ask("typing.set", { roomId: stage.one.direct, typing: true });
        await device.expectOk("room.read", { roomId: stage.one.direct, seq: 2 });
      }
    });
    const left = await listen(async ({ one }) => one.devices.forEach((device) => void device.close()));
    expect(blocked).toEqual(left as never);
  }, 240_000);

  test("would be told by a refusal, which is found", async () => {
    const refused = await listen(async (stage) => {
      await blockInDirect(stage);
      // Whoever may not write is told of nobody any more: the refusal comes after the silence.
      await seeSilence(stage.other);
      await server.db.sql`update rooms_members set may_post = false where room_id = ${stage.one.direct.slice(5)}`;
    });
    const left = await listen(async ({ one }) => one.devices.forEach((device) => void device.close()));
    expect(refused).not.toEqual(left as never);
  }, 240_000);
});
