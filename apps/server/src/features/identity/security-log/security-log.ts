import type { Clock, ErrorCode } from "@maru/protocol";
import type { Context, MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import { MaruError } from "../../../platform/errors.ts";
import { addressKey } from "../../../platform/http/address-key.ts";
import { endpointOf } from "../../../platform/http/endpoint-limits.ts";
import type { HttpEnv } from "../../../platform/http/http-env.ts";
import type { Log } from "../../../platform/log.ts";
import { type Rate, RateLimiter } from "../../../platform/rate-limiter.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import { eventOfRoute, type SecurityEvent } from "./security-events.ts";

/** What is known of an event besides its name; ids and codes alone. Names, mail addresses and what was typed never are. */
export type SecurityFacts = {
  readonly accountId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** A provider that the operator set up; never what an address merely calls one. */
  readonly providerId?: string | undefined;
};

/** `step`: one more is left before a session opens. `failed`: the server did, and says so elsewhere in the log. */
type Outcome = "done" | "step" | "refused" | "failed";

type RequestFacts = SecurityFacts & {
  readonly event?: SecurityEvent;
  readonly outcome?: Outcome;
  readonly reason?: ErrorCode;
};

const key = "securityFacts";
/** Refusals of one address that are logged; more are counted and logged with the next one that is. */
const refusalRate = { burst: 30, perSecond: 0.5 };
/** What every client meets in the course of a day: a token whose time is over, and nobody signed in. */
const everyday: ReadonlySet<string> = new Set(["auth.required", "auth.expired"]);
/** How often a session that has ended is logged, however often its access token is shown. */
const endedRate = { burst: 1, perSecond: 1 / 60 };

/** Why somebody was refused, said of whose account: goes along as the `cause` of an error, and is never sent to them. */
export class RefusedAccount {
  constructor(readonly facts: SecurityFacts) {}
}

/** Adds to what the security log records of a request. */
export function noteSecurity(context: Context, facts: RequestFacts): void {
  context.set(key, { ...(context.get(key) as RequestFacts | undefined), ...facts });
}

/**
 * Writes one line for everything that people do with the ways into an account, done or refused, and for what is asked with
 * an access token whose session has ended, wherever that is: who, what, why not, and from
 * where as a keyed hash, by which the same address is known again and nobody learns which it is.
 */
export function createSecurityLog(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly secretBox: SecretBox;
  readonly clientAddress: (context: Context<HttpEnv>) => string;
}) {
  const { log, secretBox, clientAddress } = deps;
  const refusals = new RateLimiter(deps.clock);
  const endedSessions = new RateLimiter(deps.clock);
  let heldBackCount = 0;

  const hashOf = (address: string) =>
    secretBox.fingerprint("address of the security log", addressKey(address)).slice(0, 16);

  function write(event: SecurityEvent, facts: Record<string, unknown>): void {
    const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
    log.info("security", { event, ...known });
  }

  /** The line of a refusal, unless there were too many of its key; those are counted and logged with the next one. */
  function writeRefusal(
    event: SecurityEvent,
    limit: { key: string; by: RateLimiter; rate: Rate },
    facts: object,
  ): void {
    if (limit.by.take(limit.key, limit.rate) > 0) {
      heldBackCount++;
      return;
    }
    const heldBack = heldBackCount > 0 ? heldBackCount : undefined;
    heldBackCount = 0;
    write(event, { ...facts, heldBackCount: heldBack });
  }

  /** Reports an access token whose session or account has ended, if that is why something was refused. */
  function noteEnded(error: unknown, findWhere: () => object = () => ({})): void {
    if (!(error instanceof MaruError && error.cause instanceof RefusedAccount)) return;
    const { accountId, sessionId } = error.cause.facts;
    if (sessionId === undefined) return;
    const limit = { key: sessionId, by: endedSessions, rate: endedRate };
    const facts = { outcome: "refused", reason: error.code, accountId, sessionId, ...findWhere() };
    writeRefusal("session.refused", limit, facts);
  }

  /** What came of a request: what its route noted, else what its answer says. */
  function read(context: Context<HttpEnv>): Omit<RequestFacts, "outcome"> & { readonly outcome: Outcome } {
    const noted = (context.get(key as never) ?? {}) as RequestFacts;
    const right = context.get("right" as never) as AccessRight | undefined;
    const { error } = context;
    const cause = error instanceof MaruError && error.cause instanceof RefusedAccount ? error.cause.facts : {};
    const facts = { accountId: right?.accountId, sessionId: right?.sessionId, ...cause, ...noted };
    if (error instanceof MaruError) return { ...facts, outcome: "refused", reason: error.code };
    if (error) return { ...facts, outcome: "failed" };
    return { ...facts, outcome: noted.outcome ?? (context.res.status === 202 ? "step" : "done") };
  }

  return {
    /** Stands before limits and routes, and logs what came of each request that a route of the feature answers. */
    observe: createMiddleware<HttpEnv>(async (context, next) => {
      await next();
      const found = eventOfRoute.get(endpointOf(context));
      const requestId = context.get("requestId");
      if (found === undefined) {
        noteEnded(context.error, () => ({ address: hashOf(clientAddress(context)), requestId }));
        return;
      }
      const { event = found, outcome, reason, ...facts } = read(context);
      if (reason !== undefined && everyday.has(reason)) return;
      // A refresh that succeeds is what every device does every ten minutes.
      if (event === "session.refresh" && outcome === "done") return;
      const address = hashOf(clientAddress(context));
      const logged = { outcome, reason, ...facts, address, requestId };
      if (outcome === "refused") writeRefusal(event, { key: address, by: refusals, rate: refusalRate }, logged);
      else write(event, logged);
    }) as MiddlewareHandler<HttpEnv>,

    noteEnded,

    /** Logs what was done on the machine itself, by its operator. */
    note: (event: SecurityEvent, facts: SecurityFacts): void => write(event, { outcome: "done", ...facts }),
  };
}
