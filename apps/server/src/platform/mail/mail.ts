/** A mail as it is sent: both forms say the same. */
export type Mail = {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** Hands mails to whatever carries them. Throws {@link MailRefused} when trying again cannot help. */
export type MailTransport = {
  /** Sends one; `id` is the same in each try, so that a mailbox can tell a second copy. */
  send(mail: Mail, id: string): Promise<void>;
  close(): void;
};

/** Thrown when the mail server will never take this mail: no such mailbox, refused content. */
export class MailRefused extends Error {
  constructor(reason: string) {
    super(`The mail server refused the mail: ${reason}`);
    this.name = "MailRefused";
  }
}
