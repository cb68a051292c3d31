import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type CommandArgument,
  countExtraBytes,
  errors,
  fromWireId,
  limits,
  type Message,
  messageExtraKind,
  type RoomId,
} from "@maru/protocol";
import * as z from "zod";
import {
  codeOf,
  newKey,
  openRoomsWorld,
  type RoomsWorld,
  type WorldConnection,
  type WorldNode,
} from "./fixtures/rooms.fixture.ts";

type Extra = CommandArgument<"message.send">["extra"];

/** Kinds that only these tests have: one that needs a text, and one that says how its text is made. */
const extraKinds = {
  note: messageExtraKind({ doc: "A note.", body: z.object({ words: z.string() }) }),
  wave: messageExtraKind({
    doc: "A wave.",
    body: z.object({ hands: z.int().min(1) }),
    fallback: ({ hands }, locale) => (locale === "ko" ? `손을 ${hands}번 흔들었어요.` : `Waved ${hands} times.`),
  }),
};

let world: RoomsWorld;
let node: WorldNode;
let [alice, bob, carol]: WorldConnection[] = [];
let roomId: RoomId;

beforeAll(async () => {
  world = await openRoomsWorld();
  node = await world.openNode({ faults: { extraKinds } });
  const [a = "", b = "", c = ""] = await world.newAccounts(3);
  [alice, bob, carol] = [a, b, c].map((accountId) => world.connect(node, accountId));
  ({ roomId } = await world.newGroup([a, b]));
});
afterAll(() => world.close());

const who = (name: "alice" | "bob" | "carol") => ({ alice, bob, carol })[name] as WorldConnection;
const send = async (device: WorldConnection, text: string, extra?: Extra, key = newKey(), room = roomId) => {
  const input = { roomId: room, clientMessageId: key, text, ...(extra === undefined ? {} : { extra }) };
  return (await device.run("message.send", input)).message;
};
const replyTo = (seq: number) => ({ v: 1, reply: { seq } }) as const;
const stored = async ({ seq }: Message, room = roomId) => {
  const [row] = await world.adminSql<{ extra: unknown }[]>`
    select extra from rooms_messages where room_id = ${fromWireId(room)} and seq = ${seq}`;
  return row?.extra;
};

describe("a reply", () => {
  test("is the same wherever its message is told: answer, repeat, push, head, page, list, changes, export", async () => {
    await who("bob").run("room.watch", { rooms: [{ roomId, mode: "open" }] });
    const asked = await send(who("alice"), "점심 먹었어요?");
    const key = newKey();
    const answer = await send(who("bob"), "네!", replyTo(asked.seq), key);
    expect(answer).toMatchObject({ text: "네!", extra: { v: 1, reply: { seq: asked.seq } } });
    expect(await send(who("bob"), "네!", replyTo(asked.seq), key)).toEqual(answer);
    const push = await who("bob").expectPush("message.sent", ({ rev }) => rev === answer.rev);
    expect(push.message).toEqual(answer);
    const { messages, rev } = await who("alice").run("message.list", { roomId });
    expect(messages.find(({ seq }) => seq === answer.seq)).toEqual(answer);
    expect((await who("alice").run("room.get", { roomId })).room.lastMessage).toEqual(answer);
    expect((await who("alice").run("room.list", {})).rooms[0]?.lastMessage).toEqual(answer);
    const { epoch } = (await who("alice").run("room.get", { roomId })).room;
    const missed = await who("alice").run("room.changes", { roomId, epoch, rev: answer.rev - 1 });
    expect(missed).toMatchObject({ changes: [{ message: answer }], toRev: rev });
    const exported = (await node.rooms.exportAccount(who("bob").accountId)) as { messages: unknown[] };
    expect(exported.messages).toContainEqual({
      roomId,
      seq: answer.seq,
      sentAt: answer.sentAt,
      text: "네!",
      extra: answer.extra,
    });
  });

  test("stays with its message when that is edited, and goes when it is deleted, from the row too", async () => {
    const asked = await send(who("alice"), "어디예요?");
    const answer = await send(who("bob"), "집", replyTo(asked.seq));
    const { message: edited } = await who("bob").run("message.edit", { roomId, seq: answer.seq, text: "집이에요" });
    expect(edited).toMatchObject({ text: "집이에요", extra: replyTo(asked.seq) });
    const { message: deleted } = await who("bob").run("message.delete", { roomId, seq: answer.seq });
    expect(deleted.extra).toBeUndefined();
    expect(await stored(answer)).toBeNull();
  });

  test("to a message that is deleted, before it or after, leads to the tombstone", async () => {
    const asked = await send(who("alice"), "지울 말");
    const before = await send(who("bob"), "뭐라고요?", replyTo(asked.seq));
    await who("alice").run("message.delete", { roomId, seq: asked.seq });
    const after = await send(who("bob"), "지웠네요", replyTo(asked.seq));
    expect([before.extra, after.extra]).toEqual([replyTo(asked.seq), replyTo(asked.seq)]);
    const { messages } = await who("bob").run("message.list", { roomId, after: asked.seq - 1, limit: 1 });
    expect(messages).toMatchObject([{ seq: asked.seq, deletedAt: expect.any(String) }]);
    expect(JSON.stringify(messages)).not.toContain("지울 말");
  });

  test("answers a line that people of this room wrote, and nothing else", async () => {
    const { seq } = await send(who("alice"), "마지막");
    expect(await codeOf(send(who("bob"), "나중 것", replyTo(seq + 1)))).toBe("message.not_found");
    expect(await codeOf(send(who("bob"), "없는 것", replyTo(2_147_483_647)))).toBe("message.not_found");
    expect(await codeOf(send(who("bob"), "없는 것", replyTo(0)))).toBe("message.not_found");
    for (const wrong of [-1, 1.5, 2 ** 40]) {
      expect(await codeOf(send(who("bob"), "틀린 것", replyTo(wrong)))).toBe("request.invalid");
    }
    const match = await world.newMatch(node, who("alice").accountId, who("carol").accountId);
    const { room } = await who("carol").run("room.get", { roomId: match });
    expect(room.lastMessage?.kind).toBe("system");
    expect(await codeOf(send(who("carol"), "안내에", replyTo(1), newKey(), match))).toBe("message.not_found");
    // A stranger learns neither of the room nor of its lines.
    expect(await codeOf(send(who("carol"), "엿보기", replyTo(seq)))).toBe("room.not_found");
  });

  test("that is refused holds up nobody in its batch", async () => {
    const { seq } = await send(who("alice"), "기준");
    const [good, bad, plain] = await Promise.allSettled([
      send(who("alice"), "하나", replyTo(seq)),
      send(who("bob"), "둘", replyTo(seq + 1_000)),
      send(who("alice"), "셋"),
    ]);
    expect(good).toMatchObject({ status: "fulfilled", value: { seq: seq + 1, extra: replyTo(seq) } });
    expect(bad).toMatchObject({ status: "rejected", reason: { code: "message.not_found" } });
    expect(plain).toMatchObject({ status: "fulfilled", value: { seq: seq + 2 } });
    expect(plain.status === "fulfilled" && "extra" in plain.value).toBe(false);
  });

  test("does not reach what was said while one was paused", async () => {
    const [left, right] = [await world.newAccount(), await world.newAccount()];
    const [one, two] = [world.connect(node, left.accountId), world.connect(node, right.accountId)];
    const { room } = await one.run("direct.open", { nickname: right.nickname });
    const first = await send(one, "하나", undefined, newKey(), room.id);
    await send(two, "둘", undefined, newKey(), room.id);
    const other = (await one.run("room.get", { roomId: room.id })).room.members.find(({ id }) => id !== room.selfId);
    const { block } = await one.run("member.block", { roomId: room.id, memberId: other?.id ?? ("" as never) });
    const unheard = await send(two, "들리지 않는 말", replyTo(first.seq), newKey(), room.id);
    await one.run("block.remove", { blockId: block.id });
    expect(await codeOf(send(one, "무슨 말?", replyTo(unheard.seq), newKey(), room.id))).toBe("message.not_found");
    expect((await send(two, "내 말", replyTo(unheard.seq), newKey(), room.id)).extra).toEqual(replyTo(unheard.seq));
    const { messages } = await one.run("message.list", { roomId: room.id });
    expect(messages.map(({ seq }) => seq)).not.toContain(unheard.seq);
  });
});

describe("content beside the text", () => {
  test("of a kind or a version that this server does not know is refused", async () => {
    for (const extra of [
      { v: 1, poll: {} },
      { v: 2, reply: { seq: 1 } },
      { v: 1, toString: {} },
    ]) {
      expect(await codeOf(send(who("alice"), "말", extra))).toBe("message.extra_unknown");
    }
    expect(await codeOf(send(who("alice"), "말", { v: 1, reply: "1" }))).toBe("request.invalid");
    expect(await codeOf(send(who("alice"), "말", { v: 1, note: { words: "a\u0000" } }))).toBe("request.invalid");
    expect(await codeOf(send(who("alice"), "말", { v: 1, note: { words: "a\ud800" } }))).toBe("request.invalid");
    expect(errors["message.extra_unknown"].temporary).toBe(false);
  });

  test("without any kind is a text alone; fields that a kind does not have are left out", async () => {
    const bare = await send(who("alice"), "말", { v: 1 });
    expect([bare.extra, await stored(bare)]).toEqual([undefined, null]);
    const noted = await send(who("alice"), "말", { v: 1, note: { words: "쪽지\\u0000", more: 1 } });
    expect(await stored(noted)).toEqual({ v: 1, note: { words: "쪽지\\u0000" } });
  });

  test("takes as many bytes as the limit says, and not one more", async () => {
    const note = (words: string) => ({ v: 1, note: { words } });
    const frame = countExtraBytes(note(""));
    const [letters, rest] = [
      Math.floor((limits.messageExtraBytes - frame) / 3),
      (limits.messageExtraBytes - frame) % 3,
    ];
    const most = note("가".repeat(letters) + "a".repeat(rest));
    expect(countExtraBytes(most)).toBe(limits.messageExtraBytes);
    expect(await stored(await send(who("alice"), "가득", most))).toEqual(most);
    const over = note(`${most.note.words}a`);
    expect(await codeOf(send(who("alice"), "넘침", over))).toBe("message.extra_too_large");
  });

  test("needs a text, unless its kind says how that is made: in the sender's language, stored as text", async () => {
    expect(await codeOf(send(who("alice"), " ", { v: 1, note: { words: "쪽지" } }))).toBe("message.empty");
    expect(await codeOf(send(who("alice"), "", replyTo(1)))).toBe("message.empty");
    const waved = await send(who("alice"), "", { v: 1, wave: { hands: 2 } });
    expect(waved.text).toBe("손을 2번 흔들었어요.");
    const english = Object.assign(world.connect(node, who("alice").accountId), { locale: "en" });
    expect((await send(english, "", { v: 1, wave: { hands: 3 } })).text).toBe("Waved 3 times.");
    expect((await send(english, "Hi!", { v: 1, wave: { hands: 3 } })).text).toBe("Hi!");
  });

  test("costs a text without any nothing: its row is as long as before there was such content", async () => {
    const plain = await send(who("alice"), "글뿐");
    const [row] = await world.adminSql<{ now: number; before: number }[]>`
      select pg_column_size(g) as now,
        pg_column_size(row(g.room_id, g.seq, g.rev, g.ord, g.kind, g.author_id, g.client_message_id, g.text, g.system,
          g.sent_at, g.edited_at, g.deleted_at, g.hidden_from, g.kept_text, g.kept_edited_at)) as before
      from rooms_messages g where g.room_id = ${fromWireId(roomId)} and g.seq = ${plain.seq}`;
    expect(row?.now).toBe(row?.before ?? 0);
  });
});

describe("beside nodes of the version before", () => {
  const [room, account] = [() => fromWireId(roomId), () => who("bob").accountId];

  test("their append goes on, in one order with ours", async () => {
    const before = await send(who("alice"), "앞");
    const [row] = await world.adminSql`
      select * from rooms_append(array[${room()}::uuid], array[${account()}::uuid], array[${newKey()}], array['옛 노드'])`;
    expect(row).toMatchObject({ outcome: "new", seq: before.seq + 1, rev: before.rev + 1 });
    expect((await send(who("alice"), "뒤")).seq).toBe(before.seq + 2);
  });

  test("their deletion and their erasure take along what a message carried", async () => {
    const [one, two] = [await send(who("bob"), "하나", replyTo(1)), await send(who("bob"), "둘", replyTo(1))];
    await world.adminSql`select * from rooms_amend(${room()}, ${account()}, ${one.seq}, null)`;
    await world.adminSql`
      update rooms_messages set text = null, deleted_at = now(), rev = -1 where room_id = ${room()} and seq = ${two.seq}`;
    expect([await stored(one), await stored(two)]).toEqual([null, null]);
  });

  // A statement that they have prepared fails once what it selects by `*` has other columns.
  test("what they select whole has the columns that it had", async () => {
    const [row] = await world.adminSql<{ columns: string[] }[]>`
      select array_agg(attname::text order by attnum) as columns from pg_attribute
      where attrelid = 'rooms_summaries'::regclass`;
    expect(row?.columns.slice(-11)).toEqual([
      "author_id",
      "client_message_id",
      "text",
      "system",
      "sent_at",
      "edited_at",
      "deleted_at",
      "hidden_from",
      "kept_text",
      "kept_edited_at",
      "members",
    ]);
    const functions = await world.adminSql<{ columns: string }[]>`
      select pg_get_function_result(oid) as columns from pg_proc
      where oid in ('rooms_append(uuid[],uuid[],text[],text[])'::regprocedure, 'rooms_amend(uuid,uuid,int,text)'::regprocedure)
      order by proname`;
    expect(functions.map(({ columns }) => columns.split(", ").length)).toEqual([17, 9]);
  });
});
