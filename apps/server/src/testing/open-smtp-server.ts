import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export type TakenMail = {
  readonly to: readonly string[];
  readonly from: string;
  /** Header lines as sent, unfolded. */
  readonly head: string;
  /** All parts, their encodings undone. */
  readonly body: string;
};

/** A real SMTP server on a free port that keeps what it takes. */
export async function openSmtpServer(options: SMTPServerOptions = {}) {
  const mails: TakenMail[] = [];
  const waiting: (() => void)[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.onAuth ? [] : ["STARTTLS", "AUTH"],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        mails.push({
          to: rcptTo.map(({ address }) => address),
          from,
          ...readMime(Buffer.concat(chunks).toString("latin1")),
        });
        done();
        for (const tell of waiting.splice(0)) tell();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const address = server.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    mails,
    /** The newest mail to an address, as soon as there are `count` of them. */
    async waitForMail(to: string, count = 1): Promise<TakenMail> {
      for (;;) {
        const found = mails.filter((mail) => mail.to.includes(to));
        const newest = found.at(-1);
        if (newest && found.length >= count) return newest;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function readMime(raw: string): { head: string; body: string } {
  const unfolded = (head: string) => head.replace(/\r\n[ \t]+/g, " ");
  const split = raw.indexOf("\r\n\r\n");
  const head = unfolded(raw.slice(0, split));
  const boundary = /boundary="?([^";]+)/.exec(head)?.[1];
  if (boundary === undefined) return { head, body: decodePart(head, raw.slice(split + 4)) };
  const parts = raw
    .slice(split + 4)
    .split(`--${boundary}`)
    .slice(1, -1);
  const bodies = parts.map((part) => {
    const start = part.indexOf("\r\n\r\n");
    return decodePart(unfolded(part.slice(0, start)), part.slice(start + 4));
  });
  return { head, body: bodies.join("\n=====\n") };
}

function decodePart(head: string, body: string): string {
  if (/quoted-printable/i.test(head)) {
    const bytes = body
      .replace(/=\r\n/g, "")
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString("utf8");
  }
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  return Buffer.from(body, "latin1").toString("utf8");
}
