import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { FakeClock } from "@maru/testkit";
import { openSmtpServer } from "../../testing/open-smtp-server.ts";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
import { newId } from "../ids.ts";
import { createJobs } from "../jobs/jobs.ts";
import { silentLog } from "../log.ts";
import { createSecretBox } from "../secret-box.ts";
import { layOutMail } from "./layout.ts";
import { type Mail, MailRefused, type MailTransport } from "./mail.ts";
import { createOutbox } from "./outbox.ts";
import { createSmtpTransport } from "./smtp-transport.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
afterEach(async () => {
  await database.db.sql`delete from platform_jobs`;
});

const secretBox = createSecretBox("a secret that is long enough for this");
const letter = { subject: "확인 코드", paragraphs: ["안녕하세요 <b>봄</b>"], code: "012345", footnote: "끝" };
const mail = layOutMail("bom@maru.example", "ko", letter);

function openOutbox(transport: MailTransport | null, given = secretBox) {
  const clock = new FakeClock();
  const jobs = createJobs({ db: database.db, clock, log: silentLog });
  const outbox = createOutbox({ jobs, log: silentLog, secretBox: given, transport });
  const enqueue = (given: Mail | null = mail, lifeMs?: number) =>
    database.db.transaction((tx) => outbox.enqueue(tx, given, lifeMs === undefined ? {} : { lifeMs }));
  return { jobs, outbox, enqueue };
}

/** A mail server that does as a test decides. */
function obedient() {
  const sent: Mail[] = [];
  let fault: Error | null = null;
  const transport: MailTransport = {
    async send(given) {
      if (fault) throw fault;
      sent.push(given);
    },
    close: () => {},
  };
  const failWith = (error: Error | null) => {
    fault = error;
  };
  return { sent, transport, failWith };
}

/** As if a time had gone by on the database's clock, which no node's clock can say. */
const pass = (ms: number) =>
  database.db.sql`
    update platform_jobs set
      due_at = due_at - ${ms} * interval '1 ms', expires_at = expires_at - ${ms} * interval '1 ms'`;

const countWaiting = async () => (await database.db.sql`select count(*)::int as count from platform_jobs`)[0].count;

describe("the outbox", () => {
  test("hands a mail over to a real SMTP server, in text and HTML, Korean unharmed", async () => {
    const server = await openSmtpServer();
    const { outbox, enqueue } = openOutbox(createSmtpTransport({ url: server.url, from: "마루 <maru@maru.example>" }));
    await enqueue();
    await outbox.deliverDue();
    const taken = await server.waitForMail("bom@maru.example");
    expect(taken.from).toBe("maru@maru.example");
    const subject = /Subject: =\?UTF-8\?\w\?(\S+?)\?=/.exec(taken.head)?.[1] ?? "";
    expect(taken.head).toContain("multipart/alternative");
    expect(taken.head.toLowerCase()).toContain("auto-submitted: auto-generated");
    expect(subject).not.toBe("");
    const [text = "", html = ""] = taken.body.split("=====");
    expect(text).toContain("안녕하세요 <b>봄</b>\n\n    012345");
    expect(html).toContain("안녕하세요 &lt;b&gt;봄&lt;/b&gt;");
    expect(html).toContain("012345");
    expect(await countWaiting()).toBe(0);
    await outbox.stop();
    await server.close();
  });

  test("keeps nothing readable in the database", async () => {
    const { enqueue } = openOutbox(obedient().transport);
    await enqueue();
    const rows = await database.db.sql`select m::text as row from platform_jobs m`;
    expect(JSON.stringify(rows)).not.toMatch(/bom@|012345|확인/);
  });

  test("a transaction that rolls back writes to nobody", async () => {
    const { sent, transport } = obedient();
    const { outbox } = openOutbox(transport);
    const failed = database.db.transaction(async (tx) => {
      await outbox.enqueue(tx, mail);
      throw new Error("no");
    });
    expect(await failed.catch((error: Error) => error.message)).toBe("no");
    await outbox.deliverDue();
    expect(sent).toEqual([]);
  });

  test("a mail to nobody leaves a row like any other and goes nowhere", async () => {
    const { sent, transport } = obedient();
    const { outbox, enqueue } = openOutbox(transport);
    await enqueue(null);
    expect(await countWaiting()).toBe(1);
    await outbox.deliverDue();
    expect([sent, await countWaiting()]).toEqual([[], 0]);
  });

  test("tries again with growing pauses while the server is away, until nobody needs the mail", async () => {
    const { sent, transport, failWith } = obedient();
    const { outbox, enqueue } = openOutbox(transport);
    failWith(new Error("ECONNREFUSED"));
    await enqueue();
    await outbox.deliverDue();
    failWith(null);
    await outbox.deliverDue();
    expect(sent).toEqual([]);
    await pass(15_000);
    await outbox.deliverDue();
    expect(sent).toEqual([mail]);

    failWith(new Error("ECONNREFUSED"));
    await enqueue(mail, 60_000);
    await outbox.deliverDue();
    failWith(null);
    await pass(60_000);
    await outbox.deliverDue();
    expect([sent.length, await countWaiting()]).toEqual([1, 0]);
  });

  test("a refused mail is given up and holds up nothing", async () => {
    const { sent, transport, failWith } = obedient();
    const { outbox, enqueue } = openOutbox(transport);
    failWith(new MailRefused("550"));
    await enqueue();
    await outbox.deliverDue();
    failWith(null);
    await enqueue();
    await outbox.deliverDue();
    expect([sent.length, await countWaiting()]).toEqual([1, 0]);
  });

  test("a node that dies while it sends leaves the mail to another", async () => {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const send = () => {
      begin();
      return new Promise<never>(() => {});
    };
    const dying = openOutbox({ send, close: () => {} });
    await dying.enqueue();
    void dying.outbox.deliverDue();
    await begun;
    const { sent, transport } = obedient();
    const other = openOutbox(transport);
    await other.outbox.deliverDue();
    expect(sent).toEqual([]);
    await pass(120_000);
    await other.outbox.deliverDue();
    expect(sent).toEqual([mail]);
  });

  test("a mail that another node's secret seals waits for a node that has it, and goes when its time is over", async () => {
    const { sent, transport } = obedient();
    const here = openOutbox(transport);
    const there = openOutbox(transport, createSecretBox("the secret of a node that changed first"));
    for (const lifeMs of [3_600_000, 600_000]) await there.enqueue(mail, lifeMs);
    await here.outbox.deliverDue();
    expect([sent, await countWaiting()]).toEqual([[], 2]);
    await pass(700_000);
    await here.outbox.deliverDue();
    expect([sent, await countWaiting()]).toEqual([[], 1]);
    await pass(120_000);
    await there.outbox.deliverDue();
    expect([sent, await countWaiting()]).toEqual([[mail], 0]);
  });

  test("two nodes send each mail once", async () => {
    const { sent, transport } = obedient();
    const [one, two] = [openOutbox(transport), openOutbox(transport)];
    for (let index = 0; index < 20; index++) await one.enqueue({ ...mail, subject: String(index) });
    await Promise.all([one.outbox.deliverDue(), two.outbox.deliverDue()]);
    expect(sent.map(({ subject }) => Number(subject)).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  });

  test("sends what a node of the version before keeps, and leaves alone what that node has in hand", async () => {
    const { sent, transport } = obedient();
    const { outbox } = openOutbox(transport);
    const { sql } = database.db;
    const at = new Date();
    const later = new Date(Date.now() + 60_000);
    const keepAsBefore = (subject: string) => {
      const sealed = secretBox.seal("mail", JSON.stringify({ ...mail, subject }));
      return sql`
        insert into platform_mails (id, sealed, created_at, next_try_at, expires_at)
        values (${newId()}, ${sealed}, ${at}, ${at}, ${later})`;
    };
    await keepAsBefore("in the old node's hand");
    const [taken] = await sql<{ id: string; attempts: number }[]>`
      update platform_mails set next_try_at = ${later}, attempts = attempts + 1
      where id = (
        select id from platform_mails where next_try_at <= ${new Date()}
        order by next_try_at, id limit 1 for update skip locked)
      returning id, sealed, attempts, expires_at`;
    await keepAsBefore("left to the new one");
    await outbox.deliverDue();
    expect([taken?.attempts, sent.map(({ subject }) => subject)]).toEqual([1, ["left to the new one"]]);
    await sql`delete from platform_mails where id = ${taken?.id ?? ""}`;
    expect(await countWaiting()).toBe(0);
  });

  test("sends what waited when the mails moved into the jobs, each with its time and tries", async () => {
    const { sent, transport } = obedient();
    const { outbox } = openOutbox(transport);
    const stepOf = (name: string) => Bun.file(join(import.meta.dir, "migrations", name)).text();
    const [before, moves] = [await stepOf("001-mail.sql"), await stepOf("002-mails-as-jobs.sql")];
    await database.db.transaction(async (tx) => {
      await tx`drop view platform_mails`;
      await tx.unsafe(before);
      for (const [subject, waitMs] of Object.entries({ due: 0, later: 600_000 })) {
        const sealed = secretBox.seal("mail", JSON.stringify({ ...mail, subject }));
        await tx`
          insert into platform_mails (id, sealed, created_at, next_try_at, attempts, expires_at)
          values (${newId()}, ${sealed}, now(), now() + ${waitMs} * interval '1 ms', 3, now() + interval '1 hour')`;
      }
      await tx.unsafe(moves);
    });
    await outbox.deliverDue();
    expect(sent.map(({ subject }) => subject)).toEqual(["due"]);
    const [left] = await database.db.sql<{ attempts: number }[]>`select attempts from platform_mails`;
    expect(left?.attempts).toBe(3);
    await pass(600_000);
    await outbox.deliverDue();
    expect(sent.map(({ subject }) => subject)).toEqual(["due", "later"]);
  });

  test("names each try of a mail alike, so that a mailbox can tell a second copy", async () => {
    const server = await openSmtpServer();
    const transport = createSmtpTransport({ url: server.url, from: "마루 <maru@maru.example>" });
    const ids: string[] = [];
    let isCut = true;
    const { outbox, enqueue } = openOutbox({
      ...transport,
      async send(given, id) {
        ids.push(id);
        await transport.send(given, id);
        // The server has it, and its answer does not arrive.
        if (isCut) throw new Error("ECONNRESET");
      },
    });
    await enqueue();
    await outbox.deliverDue();
    isCut = false;
    await pass(15_000);
    await outbox.deliverDue();
    const named = server.mails.map(({ head }) => /^message-id: (.*)$/im.exec(head)?.[1]?.trim());
    expect(named).toEqual(ids.map((id) => `<${id}@maru.example>`));
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    transport.close();
    await server.close();
  });

  test("promises no more once too many wait, but still keeps what tells of a change", async () => {
    const { transport } = obedient();
    const { enqueue } = openOutbox(transport);
    const jobs = createJobs({ db: database.db, clock: new FakeClock(), log: silentLog });
    const deps = { jobs, log: silentLog, secretBox, transport, maxWaiting: 3 };
    const small = createOutbox(deps);
    for (let index = 0; index < 2; index++) await enqueue();
    expect(await small.requireRoom()).toBeUndefined();
    await enqueue();
    expect(await small.requireRoom().catch((error: { code: string }) => error.code)).toBe("server.busy");
    await enqueue();
    expect(await countWaiting()).toBe(4);
  });

  test("without a mail server nothing is kept", async () => {
    const { outbox, enqueue } = openOutbox(null);
    await enqueue();
    expect([outbox.isOn, await countWaiting()]).toEqual([false, 0]);
  });
});
