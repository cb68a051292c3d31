import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateSigningJwks } from "../features/identity/index.ts";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { createAdmin } from "./create-admin.ts";
import { invite } from "./invite.ts";
import { rotateKeys } from "./rotate-keys.ts";

const main = join(import.meta.dir, "../main.ts");
let database: TestDatabase;
let data: string;
beforeAll(async () => {
  database = await openTestDatabase();
  data = await mkdtemp(join(tmpdir(), "maru-commands-"));
});
afterAll(async () => {
  await database.close();
  await rm(data, { recursive: true });
});

type Command = typeof createAdmin;

async function run(command: Command, args: string[], env: Record<string, string> = {}): Promise<string> {
  const lines: string[] = [];
  const exit = await command({ DATABASE_URL: database.url, ...env }, [...args, "--data", data], (line: string) => {
    lines.push(line);
  });
  expect(exit).toBe(0);
  return lines.join("\n");
}

describe("create-admin", () => {
  test("makes an operator and prints a link to the address of this installation", async () => {
    const printed = await run(createAdmin, ["op@maru.example", "--nickname=마루지기"], {
      MARU_ORIGIN: "https://talk.example",
    });
    expect(printed).toMatch(/https:\/\/talk\.example\/first-sign-in#[\w-]{43}\n/);
    const [row] = await database.db.sql`select kind, nickname from identity_accounts where email = 'op@maru.example'`;
    expect({ ...row }).toEqual({ kind: "operator", nickname: "마루지기" });
    expect(await run(createAdmin, ["op@maru.example", "--reset-second-factor"])).toContain("/first-sign-in#");
  });

  test("writes one line of the security log on stderr, and its own words alone on stdout", async () => {
    const email = "night@maru.example";
    /** Runs the command as an operator does; returns the lines that it adds to the security log. */
    const readSecurity = async (args: string[]) => {
      const command = Bun.spawn([process.execPath, main, "create-admin", email, ...args, "--data", data], {
        env: { ...process.env, DATABASE_URL: database.url },
        stdout: "pipe",
        stderr: "pipe",
      });
      const [said, securityLines] = await Promise.all([
        new Response(command.stdout).text(),
        new Response(command.stderr).text(),
      ]);
      expect(await command.exited).toBe(0);
      expect(said).toMatch(/^Open this link within a day [^\n]+\n\n {2}http\S+\/first-sign-in#[\w-]{43}\n\n$/);
      expect(securityLines).not.toContain(email);
      const lines = securityLines.trimEnd().split("\n");
      return lines.map((line) => JSON.parse(line)).filter(({ message }) => message === "security");
    };
    const made = await readSecurity(["--nickname=밤지기"]);
    const [row] = await database.db.sql`
      select replace(id::text, '-', '') as id from identity_accounts where email = ${email}`;
    const line = { level: "info", event: "operator.create", outcome: "done", accountId: row.id };
    expect(made).toMatchObject([line]);
    expect(await readSecurity([])).toMatchObject([line]);
    expect(await readSecurity(["--reset-second-factor"])).toMatchObject([line]);
  });

  test.each([[[]], [["a@maru.example", "b@maru.example"]], [["no-address"]], [["a@maru.example", "--nickname"]]])(
    "says in words what is wrong with %p",
    async (args) => {
      const refused = await createAdmin({ DATABASE_URL: database.url }, args, () => {}).catch(
        (error: Error) => error.name,
      );
      expect(refused).toBe("StartError");
    },
  );
});

describe("invite", () => {
  test("prints a code, and says when nobody is asked for one", async () => {
    const printed = await run(invite, ["--uses", "3"], { MARU_SIGN_UP: "invite" });
    expect(printed).toMatch(/for 3 sign-up\(s\), good for 14 days: (\w{4}-){3}\w{4}/);
    const [row] = await database.db.sql`select uses_left from identity_invites`;
    expect(row.uses_left).toBe(3);
    expect(await run(invite, [])).toContain("MARU_SIGN_UP is not `invite`");
    const refused = await invite({ DATABASE_URL: database.url }, ["--uses", "no"], () => {}).catch(String);
    expect(refused).toContain("whole number");
  });
});

describe("rotate-keys", () => {
  test("puts a new key in front in the data folder", async () => {
    const path = join(data, "signing-keys.json");
    expect(await rotateKeys({}, ["--data", data]).catch(String)).toContain("no keys");
    await writeFile(path, JSON.stringify(await generateSigningJwks("old")));
    await run(rotateKeys, []);
    const { keys } = JSON.parse(await readFile(path, "utf8"));
    expect(keys).toMatchObject([{ d: expect.any(String) }, { kid: "old" }]);
    expect(keys[1].d).toBeUndefined();
  });

  test("prints both steps where nodes share their keys", async () => {
    const shared = JSON.stringify(await generateSigningJwks("old"));
    const printed = await run(rotateKeys, [], { MARU_SIGNING_KEYS: shared });
    const [announced, fresh] = [...printed.matchAll(/MARU_SIGNING_KEYS='(.+)'/g)].map(([, text = ""]) =>
      JSON.parse(text),
    );
    expect(announced.keys[0]).toMatchObject({ kid: "old", d: expect.any(String) });
    expect(fresh.keys[0].kid).toBe(announced.keys[1].kid);
    expect(fresh.keys[1]).toMatchObject({ kid: "old" });
  });
});
