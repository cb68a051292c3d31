import { MaruError } from "../../../platform/errors.ts";
import type { TakeShared } from "../../../platform/shared-limits.ts";

/** Doors that have a mail sent to whoever is named. */
export type MailPurpose = "sign_up_code" | "reset_link";

/**
 * Counts a mail that somebody has sent to a mailbox, or fails with `rate.limited`. The same whether the mailbox belongs to
 * anybody and whether a mail leaves, so that no answer gives it away.
 *
 * Each address has a few of its own, and all have so many together. Strangers can use those up; so who asks for the first
 * time from an address has one a minute beyond them, and no number of strangers' mails shuts the owner out.
 *
 * What stands behind a `+` does not count: nearly everywhere it leads to the same person, who would be written to as often as
 * there are words. That two such addresses are two accounts harms nobody.
 */
export async function countMailTo(
  takeShared: TakeShared,
  purpose: MailPurpose,
  { mailbox, address }: { readonly mailbox: string; readonly address: string },
  tx: Bun.SQL,
): Promise<void> {
  const inbox = mailbox.replace(/^([^+@]+)\+[^@]*@/, "$1@");
  const ofAddress = await takeShared(purpose, `${inbox} ${address}`, tx);
  try {
    await takeShared(`${purpose}_all`, inbox, tx);
  } catch (error) {
    const isFull = error instanceof MaruError && error.code === "rate.limited";
    if (!isFull || ofAddress > 1) throw error;
    await takeShared(`${purpose}_late`, inbox, tx);
  }
}
