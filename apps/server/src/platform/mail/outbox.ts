import type { Clock, Timer } from "@maru/protocol";
import type { Database } from "../db/database.ts";
import { fail } from "../errors.ts";
import { newId } from "../ids.ts";
import type { Log } from "../log.ts";
import type { SecretBox } from "../secret-box.ts";
import { type Mail, MailRefused, type MailTransport } from "./mail.ts";

/** How long a mail is one node's alone while it sends. Longer than all of a transport's patience. */
const leaseMs = 120_000;
const pollMs = 5_000;
const firstDelayMs = 15_000;
const maxDelayMs = 3_600_000;
/** Mails sent at once by one node. */
const defaultLaneCount = 2;
const purpose = "mail";
/** Mails that may wait before no more are promised; at the most that a stuck server leaves behind. */
const maxWaiting = 10_000;

export type Outbox = ReturnType<typeof createOutbox>;

/**
 * Keeps mails in the database until the mail server has taken them: a crash loses none, and each is tried again with
 * growing pauses until nobody needs it any more. A crash in the moment after the server took one may send it twice.
 */
export function createOutbox(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly secretBox: SecretBox;
  /** Null when mail is off. */
  readonly transport: MailTransport | null;
  /** Mails sent at once; one keeps them in order. */
  readonly laneCount?: number;
  readonly maxWaiting?: number;
}) {
  const { db, clock, log, secretBox, transport, laneCount = defaultLaneCount, maxWaiting: bound = maxWaiting } = deps;
  let timer: Timer | null = null;
  let isRunning = false;
  let sending: Promise<void> | null = null;
  let isFailing = false;

  const at = (ms: number) => new Date(ms);

  async function claim(): Promise<{ id: string; sealed: string | null; attempts: number; expiresAt: Date } | null> {
    const [row] = await db.sql<{ id: string; sealed: string | null; attempts: number; expires_at: Date }[]>`
      update platform_mails set next_try_at = ${at(clock.now() + leaseMs)}, attempts = attempts + 1
      where id = (
        select id from platform_mails where next_try_at <= ${at(clock.now())}
        order by next_try_at, id limit 1 for update skip locked)
      returning id, sealed, attempts, expires_at`;
    return row ? { id: row.id, sealed: row.sealed, attempts: row.attempts, expiresAt: row.expires_at } : null;
  }

  const remove = (id: string) => db.sql`delete from platform_mails where id = ${id}`;

  /** Sends one mail that is due; false when none is. */
  async function sendOne(carrier: MailTransport): Promise<boolean> {
    const row = await claim();
    if (!row) return false;
    const text = row.sealed === null ? null : secretBox.open(purpose, row.sealed);
    const isExpired = row.expiresAt.getTime() <= clock.now();
    if (row.sealed !== null && text === null) {
      log.error("A mail cannot be read; its seal is of another secret.");
      // While secrets change another node has the key; it comes to the mail when this node's lease on it is over.
      if (!isExpired && secretBox.lacksKeyOf(row.sealed)) return true;
    }
    if (text === null || isExpired) {
      if (text !== null) log.warn("A mail was given up: the mail server did not take it in time.");
      await remove(row.id);
      return true;
    }
    try {
      await carrier.send(JSON.parse(text) as Mail);
      await remove(row.id);
      if (isFailing) log.info("Mails go out again.");
      isFailing = false;
    } catch (error) {
      if (error instanceof MailRefused) {
        log.warn("A mail was refused and is given up.", { reason: error.message });
        await remove(row.id);
        return true;
      }
      if (!isFailing) log.warn("The mail server does not take mails; they are kept and tried again.", { error });
      isFailing = true;
      const delayMs = Math.min(firstDelayMs * 2 ** (row.attempts - 1), maxDelayMs);
      await db.sql`update platform_mails set next_try_at = ${at(clock.now() + delayMs)} where id = ${row.id}`;
    }
    return true;
  }

  async function sendAll(carrier: MailTransport): Promise<void> {
    const lane = async () => {
      try {
        while (await sendOne(carrier)) if (isFailing) return;
      } catch (error) {
        log.warn("Mails could not be looked through.", { error });
      }
    };
    await Promise.all(Array.from({ length: laneCount }, lane));
  }

  function deliverDue(): Promise<void> {
    if (!transport) return Promise.resolve();
    sending ??= sendAll(transport).finally(() => {
      sending = null;
    });
    return sending;
  }

  function schedule(): void {
    timer = clock.setTimeout(() => void deliverDue().finally(() => isRunning && schedule()), pollMs);
  }

  return {
    /** Whether mails reach anybody. */
    isOn: transport !== null,

    /**
     * Keeps a mail with the caller's transaction; {@link poke} after commit. Null is a mail to nobody, which does the
     * same work, so that the time an answer takes does not tell whether somebody is written to.
     */
    async enqueue(tx: Bun.SQL, mail: Mail | null, options: { readonly lifeMs?: number } = {}): Promise<void> {
      if (!transport) return;
      const now = clock.now();
      const sealed = secretBox.seal(purpose, JSON.stringify(mail));
      await tx`
        insert into platform_mails (id, sealed, created_at, next_try_at, expires_at)
        values (${newId()}, ${mail ? sealed : null}, ${at(now)}, ${at(now)}, ${at(now + (options.lifeMs ?? 86_400_000))})`;
    },

    /**
     * Fails with `server.busy` while too many mails wait. For mails that somebody asks for: what tells a person of a change
     * to their account is kept in any case.
     */
    async requireRoom(): Promise<void> {
      if (!transport) return;
      const [row] = await db.sql<{ is_full: boolean }[]>`
        select exists (select from platform_mails offset ${bound - 1} limit 1) as is_full`;
      if (row?.is_full) throw fail("server.busy", {}, { retryAfterMs: firstDelayMs });
    },

    /** Starts sending what is due, without waiting for the next look. */
    poke(): void {
      if (isRunning) void deliverDue();
    },

    deliverDue,

    start(): void {
      if (!transport) return;
      isRunning = true;
      void deliverDue();
      schedule();
    },

    /** Stops after the mails in hand. */
    async stop(): Promise<void> {
      isRunning = false;
      if (timer) clock.clearTimeout(timer);
      await sending;
      transport?.close();
    },
  };
}
