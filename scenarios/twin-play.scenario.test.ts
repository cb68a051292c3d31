import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type CommandName, commands } from "@maru/protocol";
import { mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { changeSides, directOf, type Stage, setStage, type TwinServer } from "./twin-play.fixture.ts";
import { playApart } from "./twin-play-apart.ts";
import { playInside } from "./twin-play-inside.ts";
import { playOnce } from "./twin-play-looks.ts";
import { plays } from "./twin-play-plays.ts";
import { blockInDirect, listen, seeSilence } from "./twin-play-silence.ts";

let running: TestServer;
let server: TwinServer;
beforeAll(async () => {
  running = await startTestServer();
  const { url, app, db } = running;
  server = { url, app, db, mint: (nickname) => mintAccount(db, nickname) };
});
afterAll(() => running?.stop());

type Actor = "one" | "other";
type Played = Promise<readonly unknown[]>;

/** Plays on a stage set for it, by one of the two. */
async function playOn(
  given: Parameters<typeof setStage>[2] & { readonly areAcquainted: boolean; readonly actor?: Actor },
  play: (stage: Stage) => Promise<unknown>,
): Promise<unknown> {
  const { areAcquainted, actor = "one", ...more } = given;
  const stage = await setStage(server, areAcquainted, more);
  try {
    return await play(actor === "one" ? stage : await changeSides(stage));
  } finally {
    stage.close();
  }
}

/**
 * The same command twice: where the two in the match room know each other elsewhere, and where they do not. The two differ
 * there: `one` opened the direct room.
 */
const playTwice = async (name: CommandName, actor: Actor = "one"): Played => {
  const play = (stage: Stage) => playOnce(stage, plays[name]);
  return [await playOn({ areAcquainted: true, actor }, play), await playOn({ areAcquainted: false, actor }, play)];
};

/** The same where nobody has opened a direct room yet. */
const playTwiceApart = async (name: CommandName): Played => {
  const play = (stage: Stage) => playApart(stage, plays[name]);
  return [
    await playOn({ areAcquainted: true, apart: true }, play),
    await playOn({ areAcquainted: false, apart: true }, play),
  ];
};

/**
 * A block of the person, in the direct room: where that is the one behind the alias, where it is somebody else, and where
 * nobody is blocked at all.
 */
const playBlockInside = async (actor: Actor): Played => {
  const block = (stage: Stage) => playInside(stage, blockInDirect);
  return Promise.all([
    playOn({ areAcquainted: true, actor }, block),
    playOn({ areAcquainted: false, actor }, block),
    playOn({ areAcquainted: true, actor }, (stage) => playInside(stage, async () => {})),
  ]);
};

/** Commands that wait for somebody new: played at the same time they would meet each other. */
const alone: ReadonlySet<CommandName> = new Set(["match.request", "match.next"]);
const names = Object.keys(commands) as CommandName[];

type Listed = { readonly title: string; readonly name: CommandName; readonly play: () => Played };
/** Every command by each of the two, and by one where there is no direct room. */
const listed: readonly Listed[] = names.flatMap((name) => [
  { title: `${name}, by one`, name, play: () => playTwice(name) },
  { title: `${name}, by the other`, name, play: () => playTwice(name, "other") },
  { title: `${name}, with no direct room`, name, play: () => playTwiceApart(name) },
]);
const laneCount = 12;

/** Plays all, a few at a time: most of a play is waiting until everything has been told. */
function playAll(): Map<string, Played> {
  const played = new Map<string, PromiseWithResolvers<readonly unknown[]>>();
  for (const { title } of listed) {
    const one = Promise.withResolvers<readonly unknown[]>();
    // Whoever fails is told of by its own test.
    one.promise.catch(() => {});
    played.set(title, one);
  }
  const playLine = async (line: Listed[]) => {
    for (let next = line.shift(); next; next = line.shift()) {
      const { title, play } = next;
      await play().then(played.get(title)?.resolve, played.get(title)?.reject);
    }
  };
  void playLine(listed.filter(({ name }) => alone.has(name)));
  const shared = listed.filter(({ name }) => !alone.has(name));
  for (let lane = 0; lane < laneCount; lane++) void playLine(shared);
  return new Map([...played].map(([title, { promise }]) => [title, promise]));
}

const goAway = async ({ one }: Stage) => one.devices.forEach((device) => void device.close());
const blockAndStay = async (stage: Stage) => {
  await blockInDirect(stage);
  // Whoever blocks is there all the time, and goes on using what they have.
  for (const device of stage.one.devices) {
    await device.expectOk("presence.set", { presence: "away" });
    await device.expectOk("presence.set", { presence: "online" });
    await device.ask("typing.set", { roomId: directOf(stage.one), typing: true });
    await device.expectOk("room.read", { roomId: directOf(stage.one), seq: 2 });
  }
};
const refuse = async (stage: Stage) => {
  await blockInDirect(stage);
  // Whoever may not write is told of nobody any more: the refusal comes after the silence.
  await seeSilence(stage.other);
  await server.db.sql`update rooms_members set may_post = false where room_id = ${directOf(stage.one).slice(5)}`;
};

let played: Map<string, Played>;
let inside: Record<Actor, Played>;
let silences: readonly Promise<unknown>[];
// All at once: what each waits for is not the processor.
beforeAll(() => {
  played = playAll();
  inside = { one: playBlockInside("one"), other: playBlockInside("other") };
  silences = [blockAndStay, goAway, refuse].map((fallSilent) => listen(server, fallSilent));
  for (const begun of [...Object.values(inside), ...silences]) begun.catch(() => {});
});

describe("what is done in a match room shows nowhere else whether the two know each other", () => {
  test("every command is played", () => {
    expect(Object.keys(plays).sort()).toEqual(Object.keys(commands).sort());
  });

  for (const { title } of listed) {
    test(title, async () => {
      const [known, unknown] = (await played.get(title)) ?? [];
      expect(known).toBeDefined();
      expect(known).toEqual(unknown as never);
    }, 240_000);
  }
});

describe("a block of the person shows nothing in the match room of the two", () => {
  test.each(["one", "other"] as const)(
    "to either of them, by %s",
    async (actor) => {
      const [partner, somebodyElse, nobody] = await inside[actor];
      expect(partner).toBeDefined();
      expect(partner).toEqual(somebodyElse as never);
      expect(partner).toEqual(nobody as never);
    },
    240_000,
  );
});

describe("who is blocked as a person", () => {
  test("is answered and told exactly as by somebody who went away and reads nothing", async () => {
    const [blocked, left] = await Promise.all(silences);
    expect(blocked).toEqual(left as never);
  }, 240_000);

  test("would be told by a refusal, which is found", async () => {
    const [, left, refused] = await Promise.all(silences);
    expect(refused).not.toEqual(left as never);
  }, 240_000);
});

describe("a planted block that takes the right to post is found", () => {
  /** Takes it in every room of the two, whatever they are called there: at once, and in each that they open later. */
  const plant = `
    create function planted_block() returns trigger language plpgsql as $$
    begin
      update rooms_members m set may_post = false
      where exists (select from rooms_members x join identity_blocks b on x.account_id = b.blocker_id
          join rooms_members y on y.room_id = x.room_id and y.account_id = b.blocked_id
        where x.room_id = m.room_id);
      return null;
    end $$;
    create trigger planted_block after insert on identity_blocks for each statement execute function planted_block();
    create trigger planted_block after insert on rooms_members for each statement execute function planted_block();`;
  let found: readonly (readonly unknown[])[];
  beforeAll(async () => {
    await Promise.allSettled([...played.values(), ...Object.values(inside), ...silences]);
    await server.db.sql.unsafe(plant);
    found = await Promise.all([playTwice("member.block"), playTwiceApart("member.block"), playBlockInside("one")]);
    await server.db.sql.unsafe(`
      drop trigger planted_block on identity_blocks; drop trigger planted_block on rooms_members;
      drop function planted_block()`);
  }, 240_000);

  test.each([
    ["in the direct room of the two, of an alias", 0],
    ["in one that they open afterwards, of an alias", 1],
    ["in their match room, of the person", 2],
  ])("%s", (_, at) => {
    const [known, unknown] = found[at] ?? [];
    expect(known).toBeDefined();
    expect(known).not.toEqual(unknown as never);
  });
});
