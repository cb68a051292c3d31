import type { Message } from "@maru/protocol";

/** A message of one's own that is being written anew. */
export type Editing = { readonly seq: number; readonly text: string };

/** The last thing one said oneself, where it can still be changed. */
export function findLastOwn(messages: readonly Message[], selfId: string): Editing | null {
  const last = messages.findLast((message) => message.authorId === selfId && message.text !== undefined);
  return last?.text === undefined || last.deletedAt ? null : { seq: last.seq, text: last.text };
}
