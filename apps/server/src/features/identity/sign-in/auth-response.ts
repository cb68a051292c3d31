import { type Clock, findNameFault, normalizeName, type SignedIn, type SignInStep } from "@maru/protocol";
import type { Context } from "hono";
import { addressKey } from "../../../platform/http/address-key.ts";
import type { HttpEnv } from "../../../platform/http/http-env.ts";
import { newSecret } from "../../../platform/ids.ts";
import type { Log } from "../../../platform/log.ts";
import { failFields } from "../accounts/account-creation.ts";
import { presentSelf } from "../accounts/present.ts";
import type { Profiles } from "../accounts/profiles.ts";
import { noteSecurity } from "../security-log/security-log.ts";
import type { AccessTokens } from "../sessions/access-tokens.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { SecretCookies } from "./cookies.ts";
import type { DeviceMarks } from "./device-marks.ts";
import { describeUserAgent } from "./device-names.ts";
import type { Entry, SignedInSession, Visit } from "./open-session.ts";

export type AuthResponder = ReturnType<typeof createAuthResponder>;

/** Turns what a way in led to into an answer: the cookies, and either the sign-in or the next step. */
export function createAuthResponder(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly cookies: SecretCookies;
  readonly sessions: Sessions;
  readonly profiles: Profiles;
  readonly accessTokens: AccessTokens;
  readonly deviceMarks: DeviceMarks;
  readonly clientAddress: (context: Context<HttpEnv>) => string;
}) {
  const { clock, log, cookies, sessions, profiles, deviceMarks } = deps;

  async function presentSignedIn(accountId: string, sessionId: string): Promise<SignedIn> {
    const account = await profiles.getSelf(accountId);
    const access = await deps.accessTokens.issue(accountId, sessionId);
    return {
      accessToken: access.token,
      accessTokenExpiresAt: new Date(access.expiresAt).toISOString(),
      serverTime: new Date(clock.now()).toISOString(),
      account: presentSelf(account),
    };
  }

  /** Hands the device its new session; one that it held before ends, so that no sign-in stays that nobody can see. */
  async function begin(context: Context, session: SignedInSession, { deviceSecret }: Visit): Promise<void> {
    noteSecurity(context, { accountId: session.accountId, sessionId: session.sessionId });
    const former = cookies.refresh.former.read(context);
    for (const earlier of [cookies.refresh.read(context), former]) {
      if (earlier === null) continue;
      const wasOurs = await sessions.endByToken(earlier, "replaced").catch((error: unknown) => {
        log.warn("the session that a device held before could not be ended", { error });
        return false;
      });
      if (wasOurs && earlier === former) cookies.refresh.former.clear(context);
    }
    cookies.refresh.write(context, session.refreshToken);
    if (cookies.step.read(context) !== null) cookies.step.clear(context);
    cookies.device.write(context, deviceMarks.sign(deviceSecret));
  }

  return {
    presentSignedIn,

    /** What counts as the address that a request comes from. */
    addressOf: (context: Context): string => addressKey(deps.clientAddress(context)),

    /** Who comes in: the name given or what the browser says of itself, and the secret it is known by. */
    visitOf(context: Context, deviceName: string): Visit {
      const { secret } = deviceMarks.read(cookies.device.read(context) ?? cookies.device.former.read(context));
      if (findNameFault(deviceName, "device")) throw failFields([{ path: "deviceName", code: "name.invalid" }]);
      const name = normalizeName(deviceName) || describeUserAgent(context.req.header("user-agent") ?? "");
      const address = addressKey(deps.clientAddress(context));
      return { deviceName: name, deviceSecret: secret ?? newSecret(), address };
    },

    /** Lets the browser be known again, signed in or not. */
    remember(context: Context, { deviceSecret }: Visit): void {
      cookies.device.write(context, deviceMarks.sign(deviceSecret));
    },

    /** Signs the mark of a browser anew that was signed under an earlier secret, so that it stays known without it. */
    renewMark(context: Context): void {
      const { secret, isOutdated } = deviceMarks.read(cookies.device.read(context));
      if (secret !== null && isOutdated) cookies.device.write(context, deviceMarks.sign(secret));
    },

    /** Signs the browser in or gives it the next step, in its cookies alone; for a page that is redirected. */
    async admit(context: Context, entry: Entry, visit: Visit): Promise<void> {
      if (entry.kind === "signed_in") return begin(context, entry, visit);
      noteSecurity(context, { outcome: "step", accountId: entry.accountId });
      cookies.step.write(context, entry.secret);
    },

    /** The same, with the answer: 200 and the sign-in, or 202 and what is left to do. */
    async answer(
      context: Context,
      entry: Entry,
      visit: Visit,
    ): Promise<{ status: 200; body: SignedIn } | { status: 202; body: SignInStep }> {
      if (entry.kind === "step") {
        noteSecurity(context, { outcome: "step", accountId: entry.accountId });
        cookies.step.write(context, entry.secret);
        return { status: 202, body: entry.step };
      }
      await begin(context, entry, visit);
      return { status: 200, body: await presentSignedIn(entry.accountId, entry.sessionId) };
    },
  };
}
