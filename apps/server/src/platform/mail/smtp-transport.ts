import { createTransport } from "nodemailer";
import { type Mail, MailRefused, type MailTransport } from "./mail.ts";

export type SmtpOptions = {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465`. */
  readonly url: string;
  /** `Maru <maru@talk.example>`. */
  readonly from: string;
};

const patienceMs = 10_000;

/**
 * Sends over SMTP. Where a password is sent to another machine, an encrypted connection is required; a relay on this
 * machine or without a password may do without.
 */
export function createSmtpTransport({ url, from }: SmtpOptions): MailTransport {
  const { protocol, hostname, port, username, password } = new URL(url);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  const isTls = protocol === "smtps:";
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? "maru.invalid";
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isTls ? 465 : 587) : Number(port),
    secure: isTls,
    requireTLS: !isTls && username !== "" && !isLocal,
    tls: { rejectUnauthorized: !isLocal },
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs * 2,
    ...(username === "" ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    // Neither files nor addresses of the network are ever read on a mail's behalf.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    async send({ to, subject, text, html }: Mail, id: string): Promise<void> {
      const headers = { "auto-submitted": "auto-generated" };
      const messageId = `<${id}@${domain}>`;
      try {
        await transport.sendMail({ from, to: { name: "", address: to }, subject, text, html, headers, messageId });
      } catch (error) {
        const { responseCode, command } = error as { responseCode?: number; command?: string };
        // 5xx to the sign-in or greeting is the operator's fault and may be mended; to a mail it is final (RFC 5321, 4.2.1).
        const isAboutMail = command !== undefined && /^(MAIL|RCPT|DATA)/.test(command);
        if (isAboutMail && responseCode !== undefined && responseCode >= 500)
          throw new MailRefused(String(responseCode));
        throw error;
      }
    },
    close: () => transport.close(),
  };
}
