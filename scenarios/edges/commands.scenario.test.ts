import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { commands, toErrorBody } from "@maru/protocol";
import { recountUnread } from "../../apps/server/src/features/rooms/index.ts";
import { startTestServer, type TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { type Ask, sweepCommands } from "./command-sweep.ts";
import { keepFaults } from "./kept-log.ts";

const log = keepFaults();
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ log: log.log });
});
afterAll(() => server?.stop());

test("every command answers every edge of what it takes from the catalogue, stays open and writes nothing by halves", async () => {
  const counter = await sweepCommands({ server, log });
  expect(counter.faults).toEqual([]);
  expect(counter.doors.sort()).toEqual(Object.keys(commands).sort());
  // What is good is taken, so that the edges beside it do reach what is behind the schema.
  expect(counter.doors.filter((name) => counter.countOf("ok", name) === 0)).toEqual([]);
  expect(counter.total).toBeGreaterThan(1_500);
  expect(counter.countOf("rate.limited") / counter.total).toBeLessThan(0.05);
  const { faults } = await recountUnread(server.db);
  expect(faults).toEqual([]);
}, 120_000);

describe("a planted fault turns it red:", () => {
  /** Edits with every edge, with something else in between. */
  const editWith = async (ask?: Ask) =>
    (await sweepCommands({ server, log, names: ["message.edit"], ...(ask && { ask }) })).faults.join("\n");

  test("a database that cannot take one of the texts", async () => {
    await server.db.sql.unsafe(`
      create function planted() returns trigger language plpgsql as
        $$ begin raise exception 'planted'; end $$;
      create trigger planted before update on rooms_messages for each row
        when (new.text like '%drop table%') execute function planted();`);
    const faults = await editWith();
    await server.db.sql.unsafe("drop trigger planted on rooms_messages");
    expect(faults).toContain("message.edit, text: quotes: server.internal");
    expect(faults).toContain("logged");
  });

  test("a handler that has written something when it refuses", async () => {
    const faults = await editWith(async (socket, name, json) => {
      if (!json.includes("zzz_")) return socket.ask(name, json);
      await server.db.sql`update identity_accounts set intro = intro || '.'`;
      return { err: toErrorBody("request.invalid", "ko") };
    });
    expect(faults).toContain("roomId: an id of another kind: refused, and wrote to identity_accounts");
  });

  test("a code of no catalogue, a trace, an answer of another shape, a connection that ends", async () => {
    const answers: readonly [string, Awaited<ReturnType<Ask>>, string][] = [
      [
        "\\u0000",
        { err: { code: "room.broken" as never, message: "", temporary: false } },
        "room.broken is not in the catalogue",
      ],
      ["_proto_", { ok: {} }, "answered what the protocol does not say"],
      [
        "[[[",
        { err: { ...toErrorBody("request.invalid", "ko"), message: "TypeError: x\n    at a.ts:3" } },
        "told a trace",
      ],
      ["\\u001b", { ended: "closed with 1006" }, "closed with 1006"],
    ];
    const faults = await editWith(async (socket, name, json) => {
      const planted = answers.find(([part]) => json.includes(part));
      return planted ? planted[1] : socket.ask(name, json);
    });
    for (const [, , words] of answers) expect(faults).toContain(words);
  });
});
