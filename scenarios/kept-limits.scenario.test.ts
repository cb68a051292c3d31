import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type CommandName,
  commands,
  guessLimits,
  httpEndpoints,
  httpPaths as p,
  sharedRateLimits,
} from "@maru/protocol";
import * as z from "zod";
import { mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { openInstallation } from "./edges/edge-installation.ts";
import { setStage, withFreshKeys } from "./edges/edge-stage.ts";
import { bring, byPasskey, routeOf } from "./edges/edge-visitor.ts";
import { type JsonSchema, sampleOf } from "./edges/json-schema.ts";
import { keepFaults } from "./edges/kept-log.ts";
import { listRequests } from "./edges/request-edges.ts";
import { type RouteSchema, readRouteSchemas } from "./edges/route-schemas.ts";
import { type Counted, type CountName, fillCounts, listFallen, listRisen, readCounts } from "./kept-counts.ts";

import { newOwner, ownerActions } from "./owner-actions.ts";

let installation: Awaited<ReturnType<typeof openInstallation>>;
let schemas: Map<string, RouteSchema>;
beforeAll(async () => {
  installation = await openInstallation(keepFaults());
  schemas = await readRouteSchemas(installation.door.url);
});
afterAll(() => installation?.close());

let addressCount = 0;
const newAddress = () => `127.3.${++addressCount >> 8}.${addressCount % 256}`;

/** What counted less, and what more, by what was done. */
type Change = { readonly fallen: readonly CountName[]; readonly risen: readonly CountName[] };

/** Does things one after the other, as somebody who has one left of everything. */
async function compare(counted: Counted, runs: readonly (() => Promise<unknown>)[]): Promise<Change> {
  const { db } = installation.door;
  const counts = await fillCounts(db, counted, { left: 1 });
  await db.sql`update identity_steps set attempts = 1, sends = greatest(sends, 2)`;
  const [fallen, risen] = [new Set<CountName>(), new Set<CountName>()];
  let before = await readCounts(db);
  for (const run of runs) {
    await run();
    const after = await readCounts(db);
    for (const name of listFallen(counts, before, after)) fallen.add(name);
    for (const name of listRisen(counts, before, after)) risen.add(name);
    before = after;
  }
  return { fallen: [...fallen].sort(), risen: [...risen] };
}

/** The same body with another secret in it; null where it has none. */
function guessIn(body: string): string | null {
  const guessed = body.replace(
    /"(password|code|totp|token|recoveryCode)":"((?:[^"\\]|\\.)*)"/g,
    (_, name: string, value: string) => `"${name}":"${/^\d{6}$/.test(value) ? "000000" : `wrong-${name}-of-21`}"`,
  );
  return guessed === body ? null : guessed;
}

/** The same route with every field as needed of which the visitor has something to say. */
function withAllKnown(schema: RouteSchema, known: (name: string) => unknown): RouteSchema {
  const { body } = schema;
  if (body === null) return schema;
  // Of two ways to show a second factor one is told.
  const isKnown = (name: string) => known(name) !== undefined && !(name === "passkey" && known("totp") !== undefined);
  const more = Object.keys(body.properties ?? {}).filter(isKnown);
  return { ...schema, body: { ...body, required: [...new Set([...(body.required ?? []), ...more])] } };
}

async function findAccount(email: string | null): Promise<string | null> {
  const [row] = await installation.door.db.sql<{ id: string }[]>`
    select replace(id::text, '-', '') as id from identity_accounts where email_key = ${email}`;
  return row?.id ?? null;
}

/** Asks a route with a wrong secret, as it should be asked, and the very same again; as somebody new. */
async function askRoute(door: string, place = door): Promise<Change> {
  const schema = schemas.get(routeOf(door)) as RouteSchema;
  const visitor = await bring(installation, place, schema);
  const email = (visitor.known("email") as string | undefined) ?? null;
  const address = newAddress();
  const [good] = listRequests(door, withAllKnown(schema, visitor.known), visitor.token, visitor.known);
  const written = good?.request();
  if (!written) throw new Error(`${door} cannot be asked`);
  const body = typeof written.body === "string" ? withFreshKeys(await visitor.fill(written.body)) : undefined;
  const send = (said: string | undefined) =>
    visitor.browser.send({
      method: written.method,
      path: written.path,
      headers: { ...written.headers, "x-forwarded-for": address },
      ...(said === undefined ? {} : { body: said }),
    });
  const guess = body === undefined ? null : guessIn(body);
  const change = await compare({ accountId: await findAccount(email), email, address }, [
    ...(guess === null ? [] : [() => send(guess)]),
    () => send(body),
    () => send(body),
  ]);
  visitor.close();
  return change;
}

/** Sends a command as it should be said, and the very same again; as somebody new. */
async function sayCommand(name: CommandName): Promise<Change> {
  const { door } = installation;
  const stage = await setStage(door, { makesMatch: name === "match.next" });
  const stranger = await mintAccount(door.db, `처음보는이${names.indexOf(name)}`);
  const known = (field: string) => (field === "nickname" ? stranger.nickname : stage.known(field));
  const { sub } = JSON.parse(Buffer.from(stage.token.split(".")[1] ?? "", "base64url").toString()) as { sub: string };
  const input = sampleOf(z.toJSONSchema(commands[name].input, { io: "input" }) as JsonSchema, known);
  const said = withFreshKeys(JSON.stringify(input));
  const say = () => stage.socket.ask(name, said);
  const change = await compare({ accountId: sub.slice(4), email: null, address: newAddress() }, [say, say]);
  stage.close();
  return change;
}

/** Every route with the place from which it is asked; a sign-in also by a browser that the account knows. */
const doors: readonly (readonly [string, string?])[] = [
  ...[...Object.keys(httpEndpoints), byPasskey].map((door) => [door] as const),
  [`POST ${p.signIn}`, `POST ${p.refresh}`],
];
const names = Object.keys(commands) as CommandName[];

/** What a success forgets, which who guesses does not have: at the account, browser or device that had it. */
const forgiven: Readonly<Record<string, readonly CountName[]>> = {
  ...Object.fromEntries(
    Object.entries(httpEndpoints)
      .filter(([, { limits }]) => limits.includes("password_proof"))
      .map(([door]) => [door, ["password_proof"]]),
  ),
  [`POST ${p.signIn}`]: ["password_account", "password_device"],
  [`POST ${p.stepSecondFactor}`]: ["second_factor"],
  [byPasskey]: ["second_factor"],
  [`POST ${p.totpConfirm}`]: ["set_up_code"],
};

describe("whatever one does, what one has done stays counted", () => {
  const risen = new Set<CountName>();
  const fallen: Record<string, readonly CountName[]> = {};

  test("at every route, also when it is asked again", async () => {
    for (const [door, place] of doors) {
      const change = await askRoute(door, place);
      if (change.fallen.length > 0) fallen[door] = [...new Set([...(fallen[door] ?? []), ...change.fallen])].sort();
      for (const name of change.risen) risen.add(name);
    }
    expect(fallen).toEqual(forgiven);
  }, 120_000);

  test("at every command, also when it is said again", async () => {
    const fallen: string[] = [];
    for (const name of names) {
      const change = await sayCommand(name);
      if (change.fallen.length > 0) fallen.push(`${name}: ${change.fallen.join(" ")}`);
      for (const name of change.risen) risen.add(name);
    }
    expect(fallen).toEqual([]);
  }, 120_000);

  test("under keys that are those of the server: each limit was met by something", () => {
    const met = new Set([...risen, ...Object.values(fallen).flat()]);
    const all = [...Object.keys(sharedRateLimits), ...Object.keys(guessLimits), "set_up_code"] as CountName[];
    // These are met where the one before them is full, in the table below.
    expect(all.filter((name) => !met.has(name))).toEqual(["sign_up_code_late", "reset_link_late"]);
  });
});

describe("a planted fault turns it red:", () => {
  const plant = async (event: string, harm: string, door: string) => {
    const { sql } = installation.door.db;
    await sql.unsafe(`
      create function planted() returns trigger language plpgsql as $$ begin ${harm}; return null; end $$;
      create trigger planted after ${event} for each statement execute function planted();`);
    const { fallen } = await askRoute(door);
    await sql.unsafe("drop function planted cascade");
    return fallen;
  };

  test("a step that is given up takes with it how many codes were sent", async () => {
    const harm = "delete from platform_rate_counts";
    expect(await plant("delete on identity_steps", harm, `POST ${p.stepCode}`)).toContain("sign_up_code");
  });

  test("a new name begins a new count of guesses", async () => {
    const harm = "update identity_attempts set failures = failures - 1";
    expect(await plant("update on identity_accounts", harm, `PATCH ${p.me}`)).toContain("second_factor");
  });

  test("a code that is sent again may be tried from the start", async () => {
    const harm = "if pg_trigger_depth() = 1 then update identity_steps set attempts = 0 where sends > 2; end if";
    expect(await plant("update on identity_steps", harm, `POST ${p.stepResend}`)).toEqual(["step_code"]);
  });
});

describe("whoever is at a limit is refused, and its owner has a way:", () => {
  test.each(Object.entries(ownerActions))("%s", async (limit, { of, fills = [], isFilled, isRefused, way }) => {
    const owner = await newOwner(installation, of);
    const { accountId, email, address } = owner;
    await fillCounts(
      installation.door.db,
      { accountId, email, address },
      {
        left: 0,
        isFilled: ({ name, of: whom }) => [limit, ...fills].includes(name) && (isFilled?.(whom, owner) ?? true),
      },
    );
    expect(await isRefused(owner)).toBe("rate.limited");
    expect(await way(owner)).toBe("ok");
    owner.close();
  });
});
