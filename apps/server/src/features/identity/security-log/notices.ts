import type { Clock } from "@maru/protocol";
import { layOutMail } from "../../../platform/mail/layout.ts";
import type { Outbox } from "../../../platform/mail/outbox.ts";
import { findAccount } from "../accounts/store-accounts.ts";
import { type NoticeFacts, type NoticeKind, noticeMail } from "./mail-templates.ts";

export type Notices = ReturnType<typeof createNotices>;

/** Notifies people by mail of what happened to their account, at their verified address alone: another may be a stranger's. */
export function createNotices(deps: { readonly clock: Clock; readonly outbox: Outbox; readonly origin: string }) {
  const { clock, outbox, origin } = deps;
  return {
    /** Writes with the caller's transaction; the mail leaves after it has committed. */
    async send(tx: Bun.SQL, accountId: string, kind: NoticeKind, facts: Partial<NoticeFacts> = {}): Promise<void> {
      if (!outbox.isOn) return;
      const account = await findAccount(tx, accountId);
      if (!account?.email || !account.emailVerifiedAt) return;
      const mail = noticeMail(account.locale, origin, kind, { at: new Date(clock.now()), ...facts });
      await outbox.enqueue(tx, layOutMail(account.email, account.locale, mail));
    },
    /** Lets committed notices leave at once. */
    poke: outbox.poke,
  };
}
