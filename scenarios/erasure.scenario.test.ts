import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, type MaruClient } from "@maru/client";
import { eventually } from "@maru/testkit";
import { recountUnread } from "../apps/server/src/features/rooms/index.ts";
import { createLog } from "../apps/server/src/platform/log.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";

const password = "hanok-floor-4";
const logged: string[] = [];
let server: TestServer;
beforeAll(async () => {
  const log = createLog({ level: "debug", write: (line) => logged.push(line), now: () => Date.now() });
  server = await startTestServer({ log, config: { eraseAfterDays: 0 } });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await server.stop();
});

const clients: MaruClient[] = [];
let count = 0;

async function signUp(nickname: string, email: string): Promise<MaruClient> {
  const from = `198.51.100.${++count}`;
  const fetchFrom = (url: string, init: RequestInit) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), "x-forwarded-for": from } });
  const client = createClient({ url: server.url, fetch: fetchFrom, deviceName: `${nickname}'s device` });
  clients.push(client);
  const legal = await client.getLegal();
  const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
  await client.signUp({ email, password, nickname, isFourteenOrOver: true, consents });
  await eventually("the socket is there", () => client.connection.getSnapshot().state === "online");
  return client;
}

const accountIdOf = (client: MaruClient) => {
  const session = client.session.getSnapshot();
  return session.state === "signed_in" ? session.account.id.slice(4) : "";
};

/** Everything that database and data folder hold, as text. */
async function readKept(): Promise<string> {
  const texts: string[] = [];
  const tables = await server.db.sql<{ name: string }[]>`
    select format('%I', c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')`;
  for (const { name } of tables) {
    const rows = await server.db.sql.unsafe(`select t::text as row from ${name} t`);
    texts.push(...rows.map(({ row }: { row: string }) => row));
  }
  for (const entry of await readdir(server.config.data, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) texts.push(await readFile(join(entry.parentPath, entry.name), "latin1"));
  }
  return texts.join("\n");
}

/** The same and the log: an event there names an account by its id, and after the erasure that id names nobody. */
const readEverything = async () => [...logged, await readKept()].join("\n");

async function talk(canary: string) {
  const leaver = await signUp(`${canary} 사람`, `${canary}@maru.example`);
  const friend = await signUp(`friend ${count}`, `friend${count}@maru.example`);
  const accountId = accountIdOf(leaver);
  await leaver.updateMe({ intro: `${canary} introduces itself` });
  const roomId = await server.app.rooms.openDirect(accountId, accountIdOf(friend));
  leaver.rooms.send(`room_${roomId}`, `${canary} says hello`);
  await eventually("the first message is there", async () => (await messagesOf(roomId)).length === 1);
  friend.rooms.send(`room_${roomId}`, "a friend answers");
  await eventually("the second message is there", async () => (await messagesOf(roomId)).length === 2);
  await leaver.match.request();
  return { leaver, friend, roomId, accountId };
}

async function messagesOf(roomId: string): Promise<[text: string | null, isDeleted: boolean][]> {
  const rows = await server.db.sql<{ text: string | null; deleted: boolean }[]>`
    select text, deleted_at is not null as deleted from rooms_messages
    where room_id = ${roomId} and kind = 'text' order by seq`;
  return rows.map(({ text, deleted }) => [text, deleted]);
}

describe("who has left", () => {
  test("is not written to any more, and leaves nothing behind when the messages are to go", async () => {
    const canary = "canaryremove";
    const { leaver, friend, roomId, accountId } = await talk(canary);
    expect(await readEverything()).toContain(canary);
    const parts = (await leaver.account.export()).parts as { rooms: { messages: unknown[] } };
    expect(parts.rooms.messages).toMatchObject([{ roomId: `room_${roomId}`, text: `${canary} says hello` }]);

    await leaver.account.leave("remove", { password });
    await eventually("the friend sees that it is over", async () => {
      const room = friend.rooms.list.getSnapshot().rooms.find(({ id }) => id === `room_${roomId}`);
      return room !== undefined && !room.canPost;
    });
    const { room } = friend.rooms.open(`room_${roomId}`);
    friend.rooms.send(`room_${roomId}`, "are you there?");
    const refused = await eventually("the message is refused", () => {
      const shown = room.getSnapshot();
      return "unsent" in shown && shown.unsent.find(({ state }) => state === "failed");
    });
    expect(refused.error?.code).toBe("room.closed");

    await server.app.identity.eraseDue();
    const left = await readEverything();
    expect(left).not.toContain(canary);
    expect((await readKept()).replaceAll("-", "")).not.toContain(accountId);
    expect(await messagesOf(roomId)).toEqual([
      [null, true],
      ["a friend answers", false],
    ]);
    // Badges and counts are still what the messages say.
    expect((await recountUnread(server.db)).faults).toEqual([]);
  });

  test("leaves the messages without an author when they are to stay", async () => {
    const canary = "canarykeep";
    const { leaver, friend, roomId, accountId } = await talk(canary);
    await leaver.account.leave("keep", { password });
    await server.app.identity.eraseDue();
    const left = await readEverything();
    expect(left.split("\n").filter((line) => line.includes(canary))).toEqual([
      expect.stringContaining(`${canary} says hello`),
    ]);
    expect((await readKept()).replaceAll("-", "")).not.toContain(accountId);
    const room = await server.app.rooms.getRoom(accountIdOf(friend), roomId);
    const others = room.members.filter(({ id }) => id !== room.selfId);
    expect(others.map(({ name, alias }) => [name, alias])).toEqual([[undefined, undefined]]);
    await server.app.identity.eraseDue();
  });
});

test("every feature that keeps accounts has an eraser", async () => {
  const columns = await server.db.sql<{ table_name: string }[]>`
    select distinct table_name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE'
      and (column_name like '%account\\_id' or column_name in ('blocker_id', 'blocked_id'))`;
  const features = new Set(columns.map(({ table_name }) => table_name.split("_")[0] ?? ""));
  features.delete("identity");
  expect(features.size).toBeGreaterThan(2);
  expect([...features].filter((name) => !server.app.identity.listErasers().includes(name))).toEqual([]);
});
