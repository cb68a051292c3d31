import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, spyOn, test } from "bun:test";
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../config/index.ts";
import { newId } from "../platform/ids.ts";
import { StartError } from "../platform/start-error.ts";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { testSecretKey } from "../testing/signing-keys.ts";
import { spawnServer } from "../testing/spawn-server.ts";
import { doctor } from "./doctor.ts";
import { doctorUnread } from "./doctor-unread.ts";
import { closeDataFolder } from "./folder-mode.ts";
import { migrateOnly } from "./migrate-only.ts";

let database: TestDatabase;
let data: string;
beforeAll(async () => {
  database = await openTestDatabase();
  data = await mkdtemp(join(tmpdir(), "maru-doctor-"));
});
afterAll(async () => {
  await database.close();
  await rm(data, { recursive: true });
});

/** What `maru doctor` prints about something. */
async function look(what = "nicknames"): Promise<string> {
  const print = spyOn(console, "log").mockImplementation(() => {});
  try {
    await doctor(readConfig({ DATABASE_URL: database.url }, ["--data", data]));
    const lines = print.mock.calls.map(([line]) => String(line));
    return lines.find((line) => line.includes(what)) ?? "";
  } finally {
    print.mockRestore();
  }
}

test("nicknames from before that could be mistaken are named, and a migration leaves them as they are", async () => {
  expect(await look()).toBe("✓ nicknames");
  const ids = [newId(), newId(), newId()];
  const names = ["구름이", "구름이\uFE0F", "аdmin"];
  for (const [at, nickname] of names.entries()) {
    await database.db.sql`
      insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
      values (${ids[at]}, ${nickname}, ${nickname}, 'seed', ${new Date(1_700_000_000_000 + at)})`;
  }
  const finding = [
    "✗ nicknames: 2 from before the rules may stay, but could be mistaken:",
    `    "구름이\\u{fe0f}" (${ids[1]}) looks like "구름이" (${ids[0]})`,
    `    "\\u{430}dmin" (${ids[2]}) is reserved`,
  ].join("\n");
  expect(await look()).toBe(finding);
  const print = spyOn(console, "log").mockImplementation(() => {});
  expect(await migrateOnly(readConfig({ DATABASE_URL: database.url }, ["--data", data]))).toBe(0);
  print.mockRestore();
  expect(await look()).toBe(finding);
  const rows = await database.db.sql<
    { nickname: string }[]
  >`select nickname from identity_accounts order by created_at`;
  expect(rows.map(({ nickname }) => nickname)).toEqual(names);
});

test("a recount of what is not there, or older than what is counted, ends in words", async () => {
  const recount = () => doctorUnread(readConfig({ DATABASE_URL: database.url }, ["--data", data]));
  const wordsOf = (error: Error) => (error instanceof StartError ? error.message : `no words: ${error}`);
  const { sql } = database.db;
  await sql`create table kept_migrations as select * from platform_migrations`;
  await sql`delete from platform_migrations where name = 'rooms/004-send-key'`;
  expect(await recount().catch(wordsOf)).toContain("1 steps are missing. Run: ./maru migrate");
  await sql`alter table platform_migrations rename to away_migrations`;
  expect(await recount().catch(wordsOf)).toContain("The database is empty");
  await sql`drop table away_migrations`;
  await sql`alter table kept_migrations rename to platform_migrations`;
  const print = spyOn(console, "log").mockImplementation(() => {});
  expect(await recount()).toBe(0);
  print.mockRestore();
});

test("work that is owed is told by kind; what fails again and again, or is begun by nobody, is wrong", async () => {
  expect(await look("jobs")).toBe("✓ jobs");
  const addJob = (attempts: number, lateMin: number) => database.db.sql`
    insert into platform_jobs (id, kind, due_at, attempts)
    values (${newId()}, 'mail.send', now() - ${lateMin} * interval '1 min', ${attempts})`;
  await addJob(0, 0);
  expect([await look("jobs"), await look("mail.send")]).toEqual(["✓ jobs", "    mail.send: 1 waits"]);
  await addJob(1, 20);
  expect(await look("jobs")).toStartWith("✗ jobs: mail.send: due for 20 min and not begun.");
  await addJob(5, -20);
  expect(await look("jobs")).toStartWith("✗ jobs: mail.send: a job failed 5 times or more");
  await database.db.sql`delete from platform_jobs`;
  expect(await look("jobs")).toBe("✓ jobs");
});

test("how far consumers of rooms are behind is recounted from the rooms; what was forgotten, fails or is begun by nobody is wrong", async () => {
  const { sql } = database.db;
  expect(await look("room events")).toBe("✓ room events");
  await sql`insert into rooms_consumers (name, kind, aspect) values ('notes', 'group', 'state')`;
  expect(await look("notes")).toBe("    notes: has taken everything");
  const roomId = newId();
  await sql`insert into rooms_rooms (id, kind) values (${roomId}, 'group')`;
  await sql`update rooms_rooms set rev = 2, state_rev = 2 where id = ${roomId}`;
  expect(await look("room events")).toBe("✓ room events");
  expect(await look("notes")).toMatch(/^ {4}notes: a room to take, the earliest for \d+ s$/);
  await sql`update rooms_pending set noted_at = now() - interval '20 min'`;
  expect(await look("room events")).toStartWith("✗ room events: notes: 20 min behind.");
  await sql`delete from rooms_pending`;
  expect(await look("room events")).toStartWith("✗ room events: notes: a room changed and nobody was told.");
  await sql`
    insert into rooms_backlogs (consumer, room_id, from_rev, rev, noted_at, attempts)
    values ('notes', ${roomId}, 1, 2, now(), 5)`;
  expect(await look("room events")).toStartWith("✗ room events: notes: failed 5 times or more at a room");
  await sql`insert into rooms_positions (consumer, room_id, rev) values ('notes', ${roomId}, 2)`;
  await sql`delete from rooms_backlogs`;
  expect(await look("room events")).toBe("✓ room events");
});

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("a data folder that others may enter is told, left as it is by a look, and closed by the next start", async () => {
  expect(await look("data folder")).toBe("✓ data folder");
  for (const mode of ["755", "701", "750"]) {
    await chmod(data, Number.parseInt(mode, 8));
    expect(await look("data folder")).toStartWith(`✗ data folder: ${data} is open to other accounts (mode ${mode}).`);
    expect(await modeOf(data)).toBe(mode);
  }
  await chmod(data, 0o755);
  // With files in it, of Maru and of somebody who put theirs beside them.
  await writeFile(join(data, "secret-key"), testSecretKey, { mode: 0o600 });
  await writeFile(join(data, "notes.txt"), "of the operator", { mode: 0o644 });
  const server = await spawnServer({ data, databaseUrl: database.url });
  await server.stop();
  const securityLines = server
    .output()
    .split("\n")
    .filter((line) => line.includes(data));
  expect(securityLines).toEqual([
    expect.stringContaining("was open to other accounts (mode 755); it is closed now (mode 700)."),
  ]);
  expect(await modeOf(data)).toBe("700");
  expect(await modeOf(join(data, "notes.txt"))).toBe("644");
  expect(await look("data folder")).toBe("✓ data folder");
  await rm(join(data, "secret-key"));
  await rm(join(data, "notes.txt"));
}, 30_000);

describe("a data folder that is open and not ours is refused in words, and left as it is:", () => {
  type Files = Parameters<typeof closeDataFolder>[2];
  const refusalOf = (path: string, uid?: number, files?: Files) =>
    closeDataFolder(path, uid, files).then(
      (line) => line,
      (error: Error) => (error instanceof StartError ? error.message : `no words: ${error}`),
    );
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "maru-folder-"));
    await chmod(folder, 0o755);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("what belongs to another account", async () => {
    const refusal = await refusalOf(folder, (process.getuid?.() ?? 0) + 1);
    expect(refusal).toContain(`belongs to another account (uid ${process.getuid?.()})`);
    expect(refusal).toContain(`chmod 700 ${folder}`);
    expect(await modeOf(folder)).toBe("755");
  });

  test("what is full of other things, by the command too, which ends without a trace and writes nothing there", async () => {
    await writeFile(join(folder, "thesis.txt"), "");
    expect(await refusalOf(folder)).toContain("holds what is not Maru's (thesis.txt)");
    await expect(spawnServer({ data: folder, databaseUrl: database.url })).rejects.toThrow(/holds what is not Maru's/);
    expect(await modeOf(folder)).toBe("755");
    expect(await readdir(folder)).toEqual(["thesis.txt"]);
  });

  test("what the system does not let read or close: without a right of its own, or on a volume that takes no modes", async () => {
    const refused = (call: string) => async () => {
      throw new Error(`EPERM: operation not permitted, ${call}`);
    };
    const cannotRead = { readdir: refused("scandir"), chmod };
    expect(await refusalOf(folder, undefined, cannotRead)).toContain("cannot be read (EPERM: operation not permitted");
    const cannotClose = { readdir: (path: string) => readdir(path), chmod: refused("chmod") };
    expect(await refusalOf(folder, undefined, cannotClose)).toContain("cannot be closed (EPERM: operation not");
    expect(await modeOf(folder)).toBe("755");
  });

  test("but not one that is empty, a new volume, or holds the operator's texts; nor one that is closed already", async () => {
    expect(await refusalOf(folder)).toContain("it is closed now");
    for (const name of ["lost+found", "legal"]) {
      await chmod(folder, 0o777);
      await mkdir(join(folder, name));
      expect(await refusalOf(folder)).toContain("(mode 777); it is closed now");
      expect(await modeOf(folder)).toBe("700");
    }
    await writeFile(join(folder, "thesis.txt"), "");
    expect(await refusalOf(folder, 12_345)).toBeNull();
  });
});

test("a data folder that is made lets nobody else in, nor does what is kept in it", async () => {
  const made = join(data, "made", "by us");
  const server = await spawnServer({ data: made });
  await server.stop();
  expect(server.output()).not.toContain("chmod");
  expect([await modeOf(join(data, "made")), await modeOf(made)]).toEqual(["700", "700"]);
  const kept = (await readdir(made)).filter((name) => !name.endsWith("-libraries"));
  for (const name of kept)
    expect([name, await modeOf(join(made, name))]).toEqual([name, name === "postgres" ? "700" : "600"]);
}, 30_000);
