import { type MessageExtra, maxCounter, messageExtraVersion } from "@maru/protocol";
import { MaruClientError } from "../client-error.ts";

/** What is to be said, and what goes with it. */
export type MessageDraft = {
  readonly text: string;
  /** The `seq` of the message of the same room that it answers. */
  readonly replyTo?: number | undefined;
};

/** What a message carries that answers another. Throws `request.invalid` for what is no message's number. */
export function replyExtra(seq: number): MessageExtra {
  if (!Number.isInteger(seq) || seq < 1 || seq > maxCounter) throw new MaruClientError({ code: "request.invalid" });
  return { v: messageExtraVersion, reply: { seq } };
}
