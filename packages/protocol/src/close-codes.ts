/**
 * What a client does after a close: `resume` comes back with back-off and resumes; `renew` gets a new access token
 * first; `sign_in` drops the sign-in and asks the person; `stop` gives up and says why.
 */
export type CloseReaction = "resume" | "renew" | "sign_in" | "stop";

export type CloseEntry = { readonly reaction: CloseReaction; readonly reason: string };

/** Every close code of the realtime door. 4000–4499 mean "come back", 4500–4999 "do not". */
export const closeCodes = {
  4000: { reaction: "resume", reason: "The node drains; another one takes over." },
  4001: { reaction: "renew", reason: "The access token expired." },
  4002: { reaction: "resume", reason: "The client read too slowly." },
  4003: { reaction: "resume", reason: "No heartbeat came." },
  4004: { reaction: "resume", reason: "The connect command did not come in time." },
  4005: { reaction: "resume", reason: "The node, or the place the client comes from, is at its limit of connections." },
  4006: { reaction: "resume", reason: "Too many commands." },
  4007: { reaction: "resume", reason: "The server failed." },
  4500: { reaction: "sign_in", reason: "This device was signed out." },
  4501: { reaction: "sign_in", reason: "The account is suspended or gone." },
  4502: { reaction: "sign_in", reason: "The token is not valid." },
  4503: { reaction: "stop", reason: "The protocol version is not supported." },
  4504: { reaction: "stop", reason: "A frame was not a JSON object with an id and a cmd." },
  4505: { reaction: "stop", reason: "A frame was binary." },
  4506: { reaction: "stop", reason: "Too many connections of this account." },
  4509: { reaction: "stop", reason: "A frame was larger than the limit." },
} as const satisfies Record<number, CloseEntry>;

export type CloseCode = keyof typeof closeCodes;

/** What to do after any close, also after codes that are not ours (1006 and friends mean: come back). */
export function reactToClose(code: number): CloseReaction {
  if (Object.hasOwn(closeCodes, code)) return closeCodes[code as CloseCode].reaction;
  return code >= 4500 && code <= 4999 ? "stop" : "resume";
}
