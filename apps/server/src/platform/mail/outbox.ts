import { fail } from "../errors.ts";
import type { Job, JobOutcome } from "../jobs/job.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Log } from "../log.ts";
import type { SecretBox } from "../secret-box.ts";
import { type Mail, MailRefused, type MailTransport } from "./mail.ts";

/** How long a mail is one node's alone while it sends. Longer than all of a transport's patience. */
const leaseMs = 120_000;
const firstDelayMs = 15_000;
const maxDelayMs = 3_600_000;
/** Mails sent at once by one node. */
const defaultLaneCount = 2;
const purpose = "mail";
const dayMs = 86_400_000;
/** Mails that may wait before no more are promised; at the most that a stuck server leaves behind. */
const maxWaiting = 10_000;

export type Outbox = ReturnType<typeof createOutbox>;

/**
 * Keeps mails as jobs until the mail server has taken them: a crash loses none, and each is tried again with growing
 * pauses until nobody needs it any more. A crash in the moment after the server took one may send it twice, under the
 * same Message-ID.
 */
export function createOutbox(deps: {
  readonly jobs: Pick<Jobs, "register">;
  readonly log: Log;
  readonly secretBox: SecretBox;
  /** Null when mail is off. */
  readonly transport: MailTransport | null;
  /** Mails sent at once; one keeps them in order. */
  readonly laneCount?: number;
  readonly maxWaiting?: number;
}) {
  const { jobs, log, secretBox, transport, laneCount = defaultLaneCount, maxWaiting: bound = maxWaiting } = deps;
  let isFailing = false;

  async function send(carrier: MailTransport, job: Job): Promise<JobOutcome> {
    // A mail to nobody: the same work, and no mail.
    if (job.payload === null) return;
    const text = secretBox.open(purpose, job.payload);
    if (text === null) {
      log.error("A mail cannot be read; its seal is of another secret.");
      // While secrets change another node has the key, and comes to the mail after the pause.
      return secretBox.lacksKeyOf(job.payload) ? "retry" : undefined;
    }
    try {
      await carrier.send(JSON.parse(text) as Mail, job.id);
      if (isFailing) log.info("Mails go out again.");
      isFailing = false;
    } catch (error) {
      if (error instanceof MailRefused) {
        log.warn("A mail was refused and is given up.", { reason: error.message });
        return;
      }
      if (!isFailing) log.warn("The mail server does not take mails; they are kept and tried again.", { error });
      isFailing = true;
      return "pause";
    }
  }

  const queue =
    transport &&
    jobs.register({
      name: "mail.send",
      concurrency: laneCount,
      leaseMs,
      firstDelayMs,
      maxDelayMs,
      run: (job) => send(transport, job),
    });

  return {
    /** Whether mails reach anybody. */
    isOn: transport !== null,

    /**
     * Keeps a mail with the caller's transaction; {@link poke} after commit. Null is a mail to nobody, which does the
     * same work, so that the time an answer takes does not tell whether somebody is written to.
     */
    async enqueue(tx: Bun.SQL, mail: Mail | null, options: { readonly lifeMs?: number } = {}): Promise<void> {
      if (!queue) return;
      const sealed = secretBox.seal(purpose, JSON.stringify(mail));
      await queue.add(tx, { payload: mail ? sealed : null, lifeMs: options.lifeMs ?? dayMs });
    },

    /**
     * Fails with `server.busy` while too many mails wait. For mails that somebody asks for: what tells a person of a change
     * to their account is kept in any case.
     */
    async requireRoom(): Promise<void> {
      if (await queue?.has(bound)) throw fail("server.busy", {}, { retryAfterMs: firstDelayMs });
    },

    /** Starts sending what is due, without waiting for the next look. */
    poke(): void {
      queue?.wake();
    },

    /** Sends what is due and resolves when it is sent. */
    deliverDue: async (): Promise<void> => queue?.runDue(),

    /** Closes the ways to the mail server, once no mail is in hand. */
    async stop(): Promise<void> {
      transport?.close();
    },
  };
}
