import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { csrfHeader, httpPaths } from "@maru/protocol";
import { findTraces } from "../apps/server/src/testing/find-traces.ts";
import { holdStatements } from "../apps/server/src/testing/held-statements.ts";
import { type MintedAccount, mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { openTestDatabase, type TestDatabase } from "../apps/server/src/testing/open-test-database.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { RawSocket } from "./raw-person.ts";

let base: TestDatabase;
let server: TestServer;
let statements: ReturnType<typeof holdStatements>;
beforeAll(async () => {
  base = await openTestDatabase();
  statements = holdStatements(base);
  server = await startTestServer({ database: statements.database, config: { eraseAfterDays: 0 } });
});
afterAll(async () => {
  await server?.stop();
  await base?.close();
});

// All of three digits, so that no name is the beginning of another.
let count = 100;
const newPerson = async () => {
  const account = await mintAccount(base.db, `늦은이${++count}`);
  return { account, socket: await RawSocket.open(server.url, account.token) };
};
type Person = Awaited<ReturnType<typeof newPerson>>;

/** Closes and erases an account, as leaving and the look after the grace time do. */
async function erase({ accountId }: MintedAccount): Promise<void> {
  await base.db.sql`
    update identity_accounts set state = 'gone', email_key = null, nickname_key = 'gone ' || id::text where id = ${accountId}`;
  await base.db.sql`
    insert into identity_leavings (account_id, messages, left_at, erase_after) values (${accountId}, 'remove', now(), now())`;
  await server.app.identity.eraseDue();
}

const rename = ({ token }: MintedAccount, nickname: string) =>
  fetch(server.url + httpPaths.me, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", [csrfHeader]: "1" },
    body: JSON.stringify({ nickname }),
  });

type Writer = {
  /** The statement before which it is held. */
  readonly statement: RegExp;
  /** What makes it write about `late`; `friend` shares a direct room with them. */
  write(late: Person, friend: Person, roomId: string): Promise<unknown>;
  /** True when nothing but the look for living accounts keeps it from bringing somebody back. */
  readonly needsLook: boolean;
};

/** Everybody who writes rows that name an account some time after it was decided that they should. */
const writers: Record<string, Writer> = {
  presence: {
    statement: /insert into presence_accounts/,
    write: ({ socket }) => socket.ask("presence.set", { presence: "away" }),
    needsLook: true,
  },
  "a wait for a match": {
    statement: /insert into matching_requests/,
    write: ({ socket }) => socket.ask("match.request", {}),
    needsLook: false,
  },
  "a direct room": {
    statement: /from living_accounts/,
    write: async (late) => (await newPerson()).socket.ask("direct.open", { nickname: late.account.nickname }),
    needsLook: true,
  },
  "a block": {
    statement: /insert into identity_blocks/,
    async write(_late, friend, roomId) {
      const { room } = await friend.socket.expectOk("room.get", { roomId });
      const memberId = room.members.find(({ id }) => id !== room.selfId)?.id ?? "";
      return friend.socket.ask("member.block", { roomId, memberId });
    },
    needsLook: false,
  },
  "a read cursor": {
    statement: /update rooms_members m\s+set read_seq/,
    write: ({ socket }, _friend, roomId) => socket.ask("room.read", { roomId, seq: 2 }),
    needsLook: false,
  },
  "a message": {
    statement: /rooms_append/,
    write: ({ socket }, _friend, roomId) =>
      socket.ask("message.send", { roomId, clientMessageId: "late-writer-1", text: "늦은 말" }),
    needsLook: false,
  },
  "a change of the nickname": {
    statement: /insert into identity_nickname_looks/,
    write: ({ account }) => rename(account, `늦은이 새이름${count}`),
    needsLook: false,
  },
  "a setting of the list": {
    statement: /update rooms_members set\s+pinned_at/,
    write: ({ socket }, _friend, roomId) => socket.ask("membership.update", { roomId, pinned: true }),
    needsLook: false,
  },
};

/** Holds a writer, erases whom it writes about, lets it go on; returns where the account stands afterwards. */
async function play({ statement, write }: Writer): Promise<string[]> {
  const [late, friend] = [await newPerson(), await newPerson()];
  const { room } = await late.socket.expectOk("direct.open", { nickname: friend.account.nickname });
  for (const { socket } of [late, friend]) {
    await socket.expectOk("message.send", { roomId: room.id, clientMessageId: `talk-${++count}-key`, text: "말" });
  }
  const held = statements.hold(statement);
  const writing = write(late, friend, room.id).catch(() => {});
  await held.reached;
  await erase(late.account);
  await held.release();
  // The connection of who is gone is closed by then, so its answer may never come.
  await Promise.race([writing, friend.socket.expectOk("connection.beat", {})]);
  late.socket.close();
  friend.socket.close();
  return findTraces(base.db.sql, late.account);
}

describe("who was erased does not come back by", () => {
  for (const [name, writer] of Object.entries(writers)) {
    test(name, async () => {
      expect(await play(writer)).toEqual([]);
    }, 60_000);
  }

  test("a nickname that they gave up, which goes with them", async () => {
    const { account, socket } = await newPerson();
    for (const nickname of [`옛이름 ${count}`, `새이름 ${count}`]) {
      expect((await rename(account, nickname)).status).toBe(200);
    }
    expect(await findTraces(base.db.sql, { accountId: account.accountId })).toContain("identity_nickname_looks");
    await erase(account);
    expect(await findTraces(base.db.sql, { accountId: account.accountId })).toEqual([]);
    socket.close();
  });

  test("a writer that does not look, which is found", async () => {
    const [row] = await base.db.sql`select pg_get_functiondef('living_accounts'::regproc) as text`;
    await base.db.sql.unsafe(`
      create or replace function living_accounts(p_ids uuid[]) returns setof uuid language sql as 'select unnest(p_ids)'`);
    for (const [name, writer] of Object.entries(writers).filter(([, { needsLook }]) => needsLook)) {
      expect([name, (await play(writer)).length > 0]).toEqual([name, true]);
    }
    await base.db.sql.unsafe(row.text);
  }, 120_000);
});
