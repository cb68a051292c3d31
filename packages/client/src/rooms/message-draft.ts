import { type MessageExtra, messageExtraVersion } from "@maru/protocol";
import { MaruClientError } from "../client-error.ts";

/** What is to be said, and what goes with it. */
export type MessageDraft = {
  readonly text: string;
  /** The `seq` of the message of the same room that it answers. */
  readonly replyTo?: number | undefined;
};

/** The largest number that a line can have. */
const maxSeq = 2_147_483_647;

/** What a message carries that answers another. Throws `request.invalid` for what is no message's number. */
export function replyExtra(seq: number): MessageExtra {
  if (!Number.isInteger(seq) || seq < 1 || seq > maxSeq) throw new MaruClientError({ code: "request.invalid" });
  return { v: messageExtraVersion, reply: { seq } };
}
