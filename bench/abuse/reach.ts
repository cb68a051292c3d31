import { type ErrorBody, httpPaths } from "@maru/protocol";
import type { Target } from "./endpoint-list.ts";

const p = httpPaths;

/** Doors that let nobody in here, each with its reason. */
export const neverTaken: Readonly<Record<string, string>> = {
  [`POST ${p.stepResend}`]: "a code was sent a moment ago",
  [`POST ${p.stepNewPasskey}`]: "no authenticator has made the passkey",
  [`POST ${p.passkeys}`]: "no authenticator has made the passkey",
  [`GET ${p.realtime}`]: "asks for a socket, and these are none",
  "GET /*": "the web app may not have been built",
};

/** Doors at which a flood guesses, and their answer to a wrong guess: it has cost all that a right one does. */
export const guessedAt: Readonly<Record<string, string>> = {
  [`POST ${p.signIn}`]: "sign_in.failed",
  [`POST ${p.stepSecondFactor}`]: "second_factor.failed",
  [`POST ${p.totpConfirm}`]: "code.wrong",
  ...Object.fromEntries(
    [
      p.providerConnect,
      p.providerRemove,
      p.password,
      p.totp,
      p.totpRemove,
      p.recoveryCodes,
      p.passkeyOptions,
      p.passkeyRemove,
      p.leave,
    ].map((path) => [`POST ${path}`, "password.wrong"]),
  ),
};

/**
 * Calls an answer by what came of the request. Some doors say no in a page that looks like a yes: a redirect with a fault,
 * a refresh of nobody, a step that is none.
 */
export function nameAnswer(status: number, text: string, location: string): string {
  const fault = /[?&]fault=([\w.]+)/.exec(location)?.[1];
  if (fault !== undefined) return fault;
  if (status < 400) {
    if (text === '{"signedIn":false}') return "nobody";
    return text === '{"next":"none"}' ? "no_step" : String(status);
  }
  if (!text.startsWith('{"error":')) return String(status);
  const { error } = JSON.parse(text) as { error: ErrorBody };
  return error.code === "request.invalid" ? (error.fields?.[0]?.code ?? error.code) : error.code;
}

const isTaken = (code: string) => code === "ok" || /^[23]\d\d$/.test(code);

/**
 * Whether a flood has come to where its door does its work. Whatever a door refuses before that costs it nearly
 * nothing, so such a flood tells nothing of what others would feel; a limit counts only behind a call that was taken.
 */
export function checkReach({ name, attacker }: Target, codes: Readonly<Record<string, number>>): string[] {
  if (Object.hasOwn(neverTaken, name)) return [];
  const paid = Object.keys(codes).filter((code) => isTaken(code) || code === guessedAt[name]);
  if (paid.length > 0) return [];
  const lines = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  return [`${name} by one ${attacker}: no call reached what it costs; ${lines.join(", ")}`];
}
