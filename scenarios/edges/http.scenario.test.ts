import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpEndpoints, httpPaths, toErrorBody } from "@maru/protocol";
import { recountUnread } from "../../apps/server/src/features/rooms/index.ts";
import type { EdgeAnswer } from "./edge-browser.ts";
import { openInstallation } from "./edge-installation.ts";
import { byPasskey } from "./edge-visitor.ts";
import { type Send, sweepHttp } from "./http-sweep.ts";
import { keepFaults } from "./kept-log.ts";

const log = keepFaults();
let installation: Awaited<ReturnType<typeof openInstallation>>;
beforeAll(async () => {
  installation = await openInstallation(log);
});
afterAll(() => installation?.close());

/** Routes of which no request here is taken, each with its reason. */
const neverTaken: Readonly<Record<string, string>> = {
  [`GET ${httpPaths.realtime}`]: "asks for a socket, and these are none: `realtime.scenario.test.ts` does",
  "GET /*": "there is no web app here",
};

/** Doors at which most of what is wrong is wrong behind the schema, and the code that says so. */
const deepDoors = [
  [`POST ${httpPaths.passkeys}`, "passkey.failed"],
  [`POST ${httpPaths.stepNewPasskey}`, "passkey.failed"],
  [byPasskey, "second_factor.failed"],
] as const;

test("every route answers every edge of what it takes from the catalogue, and writes nothing by halves", async () => {
  const counter = await sweepHttp({ installation, log });
  expect(counter.faults).toEqual([]);
  expect(counter.doors.sort()).toEqual([...Object.keys(httpEndpoints), byPasskey].sort());
  // What is good is taken, so that the edges beside it do reach what is behind the schema.
  const untaken = counter.doors.filter((endpoint) => counter.countOf("ok", endpoint) === 0);
  expect(untaken.sort()).toEqual(Object.keys(neverTaken).sort());
  // What a browser signs is taken apart where its challenge is open, not turned away before.
  const shallow = deepDoors.filter(
    ([door, code]) => counter.countOf(code, door) < 2 * counter.countOf("step.expired", door),
  );
  expect(shallow).toEqual([]);
  expect(deepDoors.filter(([door, code]) => counter.countOf(code, door) < 60)).toEqual([]);
  expect(counter.total).toBeGreaterThan(3_000);
  expect(counter.countOf("rate.limited") / counter.total).toBeLessThan(0.05);
  expect((await recountUnread(installation.door.db)).faults).toEqual([]);
}, 240_000);

describe("a planted fault turns it red:", () => {
  const patchMe = `PATCH ${httpPaths.me}`;
  const patchWith = async (send?: Send) =>
    (await sweepHttp({ installation, log, endpoints: [patchMe], ...(send && { send }) })).faults.join("\n");

  test("a database that cannot take one of the texts", async () => {
    await installation.door.db.sql.unsafe(`
      create function planted() returns trigger language plpgsql as $$ begin raise exception 'planted'; end $$;
      create trigger planted before update on identity_accounts for each row
        when (new.intro like '%drop table%') execute function planted();`);
    const faults = await patchWith();
    await installation.door.db.sql.unsafe("drop trigger planted on identity_accounts");
    expect(faults).toContain(`${patchMe}, body, intro: quotes: 500 server.internal`);
    expect(faults).toContain("logged");
  });

  test("a store that fails behind a passkey's making, its answer, and a code sent again", async () => {
    const { sql } = installation.door.db;
    const triggers = [
      ["insert", "identity_passkeys", "true"],
      ["update", "identity_passkeys", "true"],
      ["update", "identity_steps", "new.sends > old.sends"],
    ] as const;
    await sql.unsafe(`
      create function planted_store() returns trigger language plpgsql as $$ begin raise exception 'planted'; end $$;`);
    const faultsOf = async (door: string) =>
      (await sweepHttp({ installation, log, endpoints: [door] })).faults.join("\n");
    const found: string[] = [];
    for (const [at, door] of [`POST ${httpPaths.passkeys}`, byPasskey, `POST ${httpPaths.stepResend}`].entries()) {
      const [event, table, when] = triggers[at] ?? [];
      await sql.unsafe(`create trigger planted_store before ${event} on ${table} for each row
        when (${when}) execute function planted_store();`);
      found.push(await faultsOf(door));
      await sql.unsafe(`drop trigger planted_store on ${table}`);
    }
    for (const faults of found) expect(faults).toContain("500 server.internal");
  }, 60_000);

  test("a handler that has written something when it refuses", async () => {
    const faults = await patchWith(async (browser, request) => {
      if (!String(request.body).includes('"__proto__":')) return browser.send(request);
      await installation.door.db.sql`update identity_accounts set intro = intro || '.'`;
      return refusal(400, { error: toErrorBody("request.invalid", "ko") });
    });
    expect(faults).toContain("«__proto__» more: refused, and wrote to identity_accounts");
  });

  test("a page of a proxy, a trace, a code of no catalogue, a status of another code", async () => {
    const planted: readonly [string, EdgeAnswer, string][] = [
      ["[[[", refusal(502, "<html>Bad Gateway</html>"), "502 that is no error of the catalogue"],
      ["\\u0000", { ...refusal(400, "TypeError: x is undefined\n    at a.ts:3"), type: "" }, "told a trace"],
      ["\\u001b", refusal(400, { error: { code: "room.broken" } }), "400 that is no error of the catalogue"],
      ["\\ud83d", refusal(404, { error: toErrorBody("request.invalid", "ko") }), "request.invalid with status 404"],
    ];
    const faults = await patchWith(async (browser, request) => {
      const found = planted.find(([part]) => String(request.body).includes(part));
      return found ? found[1] : browser.send(request);
    });
    for (const [, , words] of planted) expect(faults).toContain(words);
  });
});

function refusal(status: number, body: unknown): EdgeAnswer {
  return { status, text: typeof body === "string" ? body : JSON.stringify(body), location: "", type: "" };
}
