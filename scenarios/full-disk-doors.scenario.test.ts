import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { type CommandArgument, type CommandName, httpPaths, type Legal, type RoomId } from "@maru/protocol";
import { eventually, requires } from "@maru/testkit";
import { password } from "./person.ts";
import { newBrowser, newRawPerson, type RawSocket } from "./raw-person.ts";
import { SmallDisk } from "./small-disk.ts";

setDefaultTimeout(120_000);

const mounts = requires("private-mounts");

/** How long an answer may take once it is known that nothing can be stored; a password may be hashed before. */
const answerMs = 500;
/** From the first write that failed until it is told, and the longest that write itself may take. */
const noticeMs = 2_000;

/** What came of asking at a door: a code of the catalogue, or none when it was done. */
type Outcome = { readonly code?: string | undefined; readonly temporary?: boolean | undefined };
/** The same wish at each call, however often it is asked. */
type Ask = () => Promise<Outcome>;
type RawPerson = Awaited<ReturnType<typeof newRawPerson>>;

const refused: Outcome = { code: "server.unavailable", temporary: true };
const done: Outcome = { code: undefined, temporary: undefined };

mounts.describe("while the database can store nothing", () => {
  let disk: SmallDisk;
  let alice: RawPerson;
  let socket: RawSocket;
  let filler: RawSocket;
  let roomId: RoomId;
  let legal: Legal;
  let count = 0;
  const said: string[] = [];

  beforeAll(async () => {
    disk = await SmallDisk.mount(mounts.path);
    const { url } = disk.server;
    alice = await newRawPerson(url);
    const bob = await newRawPerson(url);
    [socket, filler] = [await alice.connect(url), await bob.connect(url)];
    roomId = (await socket.expectOk("direct.open", { nickname: bob.nickname })).room.id;
    legal = (await newBrowser().ask<Legal>("GET", url + httpPaths.legal)).body;
  });
  afterEach(async () => {
    disk.free();
    await readinessIs(true);
  });
  afterAll(async () => {
    socket.close();
    filler.close();
    await disk.stop();
  });

  const send = (text: string) => ({ roomId, clientMessageId: crypto.randomUUID(), text });

  const over = async <N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<Outcome> => {
    const { err } = await socket.ask(cmd, d);
    return { code: err?.code, temporary: err?.temporary };
  };

  async function overHttp(method: string, path: string, body: unknown, person?: RawPerson): Promise<Outcome> {
    const browser = person?.browser ?? newBrowser();
    const headers: Record<string, string> = person ? { authorization: `Bearer ${person.accessToken}` } : {};
    const { status, body: answer } = await browser.ask<object>(method, disk.server.url + path, body, headers);
    const { code, temporary } = answer.error ?? {};
    expect([status, code]).toEqual([code === undefined ? 200 : 503, code]);
    return { code, temporary };
  }

  /** A door of each kind that writes, with something new to wish for there. */
  const doors: Readonly<Record<string, () => Ask | Promise<Ask>>> = {
    "message.send": () => {
      const one = send(`안녕 ${++count}`);
      said.push(one.text);
      return () => over("message.send", one);
    },
    async "room.read"() {
      const { message } = await filler.expectOk("message.send", send("읽을 말"));
      return () => over("room.read", { roomId, seq: message.seq });
    },
    "membership.update": () => {
      const pinned = ++count % 2 === 0;
      return () => over("membership.update", { roomId, pinned });
    },
    async "match.request"() {
      await over("match.cancel", {});
      return () => over("match.request", {});
    },
    "sign-up": () => {
      const name = `${process.pid % 1000}${++count}`;
      const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
      const person = { email: `late${name}@maru.example`, nickname: `늦은${name}`, password, isFourteenOrOver: true };
      return () => overHttp("POST", httpPaths.signUp, { ...person, consents });
    },
    "sign-in": () => () => overHttp("POST", httpPaths.signIn, { email: alice.email, password }),
    async rename() {
      const person = await newRawPerson(disk.server.url);
      const nickname = `봄${person.nickname}`;
      return () => overHttp("PATCH", httpPaths.me, { nickname }, person);
    },
  };

  async function wishAtAll(): Promise<[string, Ask][]> {
    const wishes: [string, Ask][] = [];
    for (const [door, wish] of Object.entries(doors)) wishes.push([door, await wish()]);
    return wishes;
  }

  /** Waits until readiness is as told; probes have a limit too. */
  const readinessIs = (isReady: boolean) =>
    eventually(`readiness: ${isReady}`, async () => (await disk.isReady()) === isReady, 60_000, 100);

  async function timed(ask: Ask): Promise<{ outcome: Outcome; tookMs: number }> {
    const startedAt = performance.now();
    return { outcome: await ask(), tookMs: performance.now() - startedAt };
  }

  const troubles = {
    "is read-only": {
      begin: () => disk.setReadOnly(true),
      end: () => disk.setReadOnly(false),
      outcomes: [refused],
    },
    // What fits in the files that are there is stored whole; everything else is refused whole.
    "has a full disk": { begin: async () => disk.fill(), end: async () => disk.free(), outcomes: [refused, done] },
    "has stopped for want of room": {
      async begin() {
        disk.fill();
        await disk.postgres`select pg_switch_wal()`.catch(() => {});
      },
      end: async () => disk.free(),
      outcomes: [refused],
    },
  };

  test.each(Object.entries(troubles))(
    "as it %s, each door answers at once, and does what was wished when that is over",
    async (_, { begin, end, outcomes }) => {
      const wishes = await wishAtAll();
      const logged = disk.server.output().length;
      await begin();
      for (let code: string | undefined; code !== refused.code; ) {
        code = (await filler.ask("message.send", send("가".repeat(2_000)))).err?.code;
      }
      await readinessIs(false);
      const asked = new Map<Ask, Outcome>();
      for (const [door, ask] of wishes) {
        const { outcome, tookMs } = await timed(ask);
        expect([door, tookMs < answerMs]).toEqual([door, true]);
        expect(outcomes).toContainEqual(outcome);
        asked.set(ask, outcome);
      }
      // Nothing of the account's own presence is stored at once.
      expect(await timed(() => over("presence.set", { presence: "away" }))).toMatchObject({ outcome: done });
      await end();
      await readinessIs(true);
      // Nothing half written stands in the way of the same wish.
      for (const [door, ask] of wishes) {
        if (asked.get(ask)?.code !== undefined) expect([door, await ask()]).toEqual([door, done]);
      }
      const { messages } = await socket.expectOk("message.list", { roomId, limit: 100 });
      expect(messages.filter(({ text }) => text === said.at(-1))).toHaveLength(1);
      const lines = disk.server.output().slice(logged).trim().split("\n");
      expect(lines.filter((line) => line.includes("The database cannot store anything."))).toHaveLength(1);
    },
  );

  test.each(Object.keys(doors))("the first write to fail is told within 2 s wherever it was: at %s", async (door) => {
    const ask = (await doors[door]?.()) as Ask;
    await disk.setReadOnly(true);
    // The servers of Postgres read their settings anew between two statements.
    await eventually(
      "it is",
      async () => (await disk.postgres`show default_transaction_read_only`)[0].default_transaction_read_only === "on",
    );
    // The write fails after it was asked for: from there it is longer than from the failure.
    const startedAt = performance.now();
    expect(await ask()).toEqual(refused);
    await readinessIs(false);
    expect(performance.now() - startedAt).toBeLessThan(noticeMs);
    await disk.setReadOnly(false);
    await readinessIs(true);
    expect(await ask()).toEqual(done);
  });
});
