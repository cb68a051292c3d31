import type { Clock } from "@maru/protocol";
import type { Config } from "../config/index.ts";
import type { Jobs } from "../platform/jobs/jobs.ts";
import type { Log } from "../platform/log.ts";
import { createDevMailbox } from "../platform/mail/dev-mailbox.ts";
import { createOutbox } from "../platform/mail/outbox.ts";
import { createSmtpTransport } from "../platform/mail/smtp-transport.ts";
import type { SecretBox } from "../platform/secret-box.ts";

/** Opens the way for mails: kept until the mail server has them; under `dev` shown on this machine instead. */
export function openMail(deps: {
  readonly config: Config;
  readonly isDev: boolean;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly secretBox: SecretBox;
}) {
  const { config, jobs, log, secretBox } = deps;
  const devMailbox = deps.isDev && !config.smtpUrl ? createDevMailbox(deps.clock) : null;
  const smtp = config.smtpUrl ? createSmtpTransport({ url: config.smtpUrl, from: config.mailFrom }) : null;
  const outbox = createOutbox({ jobs, log, secretBox, transport: smtp ?? devMailbox?.transport ?? null });
  if (!outbox.isOn) {
    log.warn("Mail is off: e-mails are not verified and forgotten passwords cannot be reset. See MARU_SMTP_URL.", {
      signUp: config.signUp,
    });
  }
  return { outbox, devMailbox };
}
