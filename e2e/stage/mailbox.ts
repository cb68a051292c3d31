import { SMTPServer } from "smtp-server";

export type Mail = { readonly to: readonly string[]; readonly text: string };

/** A real mail server on a free port of loopback that keeps what it is given. */
export class Mailbox {
  readonly #mails: Mail[] = [];
  readonly #waiting: (() => void)[] = [];
  #server: SMTPServer | undefined;

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          mailbox.#take({ to, text: readText(Buffer.concat(chunks).toString("latin1")) });
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    mailbox.#server = server;
    return mailbox;
  }

  /** What the server is to be told. */
  get env(): Readonly<Record<string, string>> {
    const address = this.#server?.server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    return { MARU_SMTP_URL: `smtp://127.0.0.1:${port}`, MARU_MAIL_FROM: "Maru <maru@maru.test>" };
  }

  /** The newest mail to an address that matches, as soon as it is there; what it matched. */
  async find(to: string, pattern: RegExp): Promise<string> {
    for (;;) {
      const newest = this.#mails.filter((mail) => mail.to.includes(to) && pattern.test(mail.text)).at(-1);
      const match = newest && pattern.exec(newest.text);
      if (match) return match[1] ?? match[0];
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  count(to: string): number {
    return this.#mails.filter((mail) => mail.to.includes(to)).length;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }

  #take(mail: Mail): void {
    this.#mails.push(mail);
    for (const tell of this.#waiting.splice(0)) tell();
  }
}

/** The plain-text part of a mail, its encoding undone. */
function readText(raw: string): string {
  const part = /content-type: text\/plain[\s\S]*?\r\n\r\n([\s\S]*?)\r\n--/i.exec(raw);
  const head = /content-type: text\/plain[\s\S]*?\r\n\r\n/i.exec(raw)?.[0] ?? "";
  const body = part?.[1] ?? raw;
  if (/base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/quoted-printable/i.test(head)) return Buffer.from(body, "latin1").toString("utf8");
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
