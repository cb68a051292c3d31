import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { openSmtpServer } from "../../testing/open-smtp-server.ts";
import { openTestDatabase, type TestDatabase } from "../../testing/open-test-database.ts";
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
  await database.db.sql`delete from platform_mails`;
});

const secretBox = createSecretBox("a secret that is long enough for this");
const letter = { subject: "확인 코드", paragraphs: ["안녕하세요 <b>봄</b>"], code: "012345", footnote: "끝" };
const mail = layOutMail("bom@maru.example", "ko", letter);

function openOutbox(transport: MailTransport | null, clock = new FakeClock()) {
  const outbox = createOutbox({ db: database.db, clock, log: silentLog, secretBox, transport });
  const enqueue = (given: Mail | null = mail, lifeMs?: number) =>
    database.db.transaction((tx) => outbox.enqueue(tx, given, lifeMs === undefined ? {} : { lifeMs }));
  return { clock, outbox, enqueue };
}

/** A mail server that does as it is told. */
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

const countWaiting = async () => (await database.db.sql`select count(*)::int as count from platform_mails`)[0].count;

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

  test("says who it is to a server that asks, and does not send a password in the clear to another machine", async () => {
    let seen = "";
    const server = await openSmtpServer({
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => {
        seen = `${auth.username}:${auth.password}`;
        done(null, { user: auth.username });
      },
    });
    const url = server.url.replace("smtp://", "smtp://maru%40x:se%3Acret@");
    const transport = createSmtpTransport({ url, from: "maru@maru.example" });
    await transport.send(mail);
    expect(seen).toBe("maru@x:se:cret");
    transport.close();
    seen = "";
    // The same machine under an address that could be anybody's.
    const far = createSmtpTransport({ url: url.replace("127.0.0.1", "127.0.0.2"), from: "maru@maru.example" });
    expect(await far.send(mail).then(String, ({ code }) => code)).toBe("ETLS");
    expect(seen).toBe("");
    far.close();
    await server.close();
  });

  test("keeps nothing readable in the database", async () => {
    const { enqueue } = openOutbox(obedient().transport);
    await enqueue();
    const rows = await database.db.sql`select m::text as row from platform_mails m`;
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
    const { outbox, enqueue, clock } = openOutbox(transport);
    failWith(new Error("ECONNREFUSED"));
    await enqueue();
    await outbox.deliverDue();
    failWith(null);
    await outbox.deliverDue();
    expect(sent).toEqual([]);
    await clock.advance(15_000);
    await outbox.deliverDue();
    expect(sent).toEqual([mail]);

    failWith(new Error("ECONNREFUSED"));
    await enqueue(mail, 60_000);
    await outbox.deliverDue();
    failWith(null);
    await clock.advance(60_000);
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

  test("a real server's 5xx to an address is a refusal, its 4xx is not", async () => {
    let code = 550;
    const refuse: NonNullable<Parameters<typeof openSmtpServer>[0]>["onRcptTo"] = (_address, _session, done) =>
      done(Object.assign(new Error("no"), { responseCode: code }));
    const server = await openSmtpServer({ onRcptTo: refuse });
    const transport = createSmtpTransport({ url: server.url, from: "maru@maru.example" });
    expect(await transport.send(mail).catch((error: Error) => error.name)).toBe("MailRefused");
    code = 451;
    expect(await transport.send(mail).catch((error: Error) => error.name)).toBe("Error");
    transport.close();
    await server.close();
  });

  test("a node that dies while it sends leaves the mail to another", async () => {
    const clock = new FakeClock();
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const send = () => {
      begin();
      return new Promise<never>(() => {});
    };
    const dying = openOutbox({ send, close: () => {} }, clock);
    await dying.enqueue();
    void dying.outbox.deliverDue();
    await begun;
    const { sent, transport } = obedient();
    const other = openOutbox(transport, clock);
    await other.outbox.deliverDue();
    expect(sent).toEqual([]);
    await clock.advance(120_000);
    await other.outbox.deliverDue();
    expect(sent).toEqual([mail]);
  });

  test("a mail that another node's secret seals waits for a node that has it, and goes when its time is over", async () => {
    const clock = new FakeClock();
    const { sent, transport } = obedient();
    const open = (of: typeof secretBox) =>
      createOutbox({ db: database.db, clock, log: silentLog, secretBox: of, transport, laneCount: 1 });
    const [here, there] = [open(secretBox), open(createSecretBox("the secret of a node that changed first"))];
    for (const lifeMs of [3_600_000, 600_000]) {
      await database.db.transaction((tx) => there.enqueue(tx, mail, { lifeMs }));
    }
    await here.deliverDue();
    expect([sent, await countWaiting()]).toEqual([[], 2]);
    await clock.advance(700_000);
    await here.deliverDue();
    expect([sent, await countWaiting()]).toEqual([[], 1]);
    await clock.advance(120_000);
    await there.deliverDue();
    expect([sent, await countWaiting()]).toEqual([[mail], 0]);
  });

  test("two nodes send each mail once", async () => {
    const { sent, transport } = obedient();
    const [one, two] = [openOutbox(transport), openOutbox(transport)];
    for (let index = 0; index < 20; index++) await one.enqueue({ ...mail, subject: String(index) });
    await Promise.all([one.outbox.deliverDue(), two.outbox.deliverDue()]);
    expect(sent.map(({ subject }) => Number(subject)).sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  });

  test("promises no more once too many wait, but still keeps what tells of a change", async () => {
    const { transport } = obedient();
    const { enqueue } = openOutbox(transport);
    const deps = { db: database.db, clock: new FakeClock(), log: silentLog, secretBox, transport, maxWaiting: 3 };
    const small = createOutbox(deps);
    for (let index = 0; index < 2; index++) await enqueue();
    expect(await small.requireRoom()).toBeUndefined();
    await enqueue();
    expect(await small.requireRoom().catch((error: { code: string }) => error.code)).toBe("server.busy");
    await enqueue();
    expect(await countWaiting()).toBe(4);
  });

  test("speaks TLS with a server that offers it", async () => {
    let isSecure = false;
    const server = await openSmtpServer({
      onAuth: (auth, session, done) => {
        isSecure = session.secure;
        done(null, { user: auth.username });
      },
    });
    const url = server.url.replace("smtp://", "smtp://maru:secret@");
    const transport = createSmtpTransport({ url, from: "maru@maru.example" });
    await transport.send(mail);
    expect([isSecure, server.mails.length]).toEqual([true, 1]);
    transport.close();
    await server.close();
  });

  test("without a mail server nothing is kept", async () => {
    const { outbox, enqueue } = openOutbox(null);
    await enqueue();
    expect([outbox.isOn, await countWaiting()]).toEqual([false, 0]);
  });
});
