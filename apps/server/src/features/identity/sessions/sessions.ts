import { type Clock, type ErrorCode, limits } from "@maru/protocol";
import type { LimitsOf } from "../../../platform/account-limits/limits-source.ts";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { newId } from "../../../platform/ids.ts";
import type { Log } from "../../../platform/log.ts";
import type { LockedAccount } from "../accounts/locked-account.ts";
import { findAccountState } from "../accounts/store-accounts.ts";
import type { Notices } from "../security-log/notices.ts";
import { RefusedAccount, type SecurityFacts } from "../security-log/security-log.ts";
import type { AuthEpochs } from "../sign-in/auth-epochs.ts";
import type { AccessRight } from "./access-tokens.ts";
import { planRefresh } from "./refresh-plan.ts";
import { hashRefreshToken, isRefreshToken, newRefreshToken, openSuccessor, sealSuccessor } from "./refresh-secrets.ts";
import type { Revocations } from "./revocations.ts";
import { isEndedToken } from "./store-ended-tokens.ts";
import type { RevocationReason, RevocationRow } from "./store-revocations.ts";
import {
  type AuthSessionRow,
  deleteOldTokens,
  insertSession,
  insertToken,
  listFamily,
  listLiveSessions,
  lockSessionOfToken,
  makeTokenCurrent,
  markRepeated,
  retireToken,
  revokeSessions,
  type StoredToken,
  touchSession,
} from "./store-sessions.ts";

/** Spent tokens remembered per session so that their reuse is noticed. */
const rememberedGenerations = 500;

/**
 * How long the cookie of an ended session is left where it is, in ms. A browser that signs in anew ends its earlier session; what
 * another tab asks in that moment is still asked with the earlier cookie, and its answer must not take away the new one.
 */
const endedCookieMs = 60_000;

/** Why a refresh was refused; `keepsCookie`: the browser may be getting another cookie right now. */
export class RefusedRefresh extends RefusedAccount {
  constructor(
    facts: SecurityFacts,
    readonly keepsCookie: boolean,
  ) {
    super(facts);
  }
}

/** What a refresh leads to. `refreshToken` is null when the caller's jar gets a newer one from another answer. */
export type Refreshed = {
  readonly accountId: string;
  readonly sessionId: string;
  readonly refreshToken: string | null;
};

export type OpenedSession = {
  readonly sessionId: string;
  readonly refreshToken: string;
  readonly revoked: RevocationRow[];
};

export type Sessions = ReturnType<typeof createSessions>;

/** Signed-in devices: opens them, keeps them signed in by rotating refresh tokens, ends them. */
export function createSessions(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly revocations: Revocations;
  readonly notices: Notices;
  readonly epochs: AuthEpochs;
  readonly limitsOf: LimitsOf;
  /** Longest time from a sign-in to the next one, however much the session is used. */
  readonly sessionLifeMs: number;
}) {
  const { db, clock, log, revocations, notices, epochs } = deps;

  /** Sessions used and opened after these can still be refreshed. */
  const liveAfter = () => ({
    usedAt: new Date(clock.now() - limits.refreshTokenMs),
    openedAt: new Date(clock.now() - deps.sessionLifeMs),
  });

  async function revoke(
    tx: Bun.SQL,
    accountId: string,
    sessionIds: readonly string[] | "all",
    reason: RevocationReason,
  ): Promise<RevocationRow[]> {
    const ended = await revokeSessions(tx, accountId, sessionIds, new Date(clock.now()));
    return revocations.record(
      tx,
      ended.map((sessionId) => ({ kind: "session", accountId, sessionId, reason })),
    );
  }

  async function revokeNow(accountId: string, sessionIds: readonly string[] | "all", reason: RevocationReason) {
    const rows = await db.transaction((tx) => revoke(tx, accountId, sessionIds, reason));
    revocations.announce(rows);
    return rows.length;
  }

  /** Makes a successor of a presented token, `fresh` and sealed under it. */
  async function issueSuccessor(tx: Bun.SQL, session: AuthSessionRow, predecessor: string, generation: number) {
    const token = newRefreshToken();
    await insertToken(tx, {
      hash: hashRefreshToken(token),
      sessionId: session.id,
      generation,
      sealed: sealSuccessor(token, predecessor),
      at: new Date(clock.now()),
    });
    return token;
  }

  type Outcome =
    | { readonly kind: "refreshed"; readonly refreshed: Refreshed }
    | {
        readonly kind: "refused";
        readonly code: ErrorCode;
        readonly revoked: RevocationRow[];
        readonly cause: RefusedRefresh;
      };

  async function present(tx: Bun.SQL, token: string, arrivedAt: number): Promise<Outcome> {
    const hash = hashRefreshToken(token);
    const session = await lockSessionOfToken(tx, hash);
    const facts = { accountId: session?.accountId, sessionId: session?.id };
    const endedAt = session?.revokedAt?.getTime() ?? null;
    const keepsCookie = endedAt !== null && clock.now() - endedAt < endedCookieMs;
    const refuse = (code: ErrorCode, revoked: RevocationRow[] = []): Outcome => ({
      kind: "refused",
      code,
      revoked,
      cause: new RefusedRefresh(facts, keepsCookie),
    });
    if (!session)
      return refuse((await isEndedToken(tx, hash, new Date(clock.now()))) ? "auth.revoked" : "auth.invalid");
    if (session.revokedAt) {
      const state = await findAccountState(tx, session.accountId);
      return refuse(state === "suspended" ? "account.suspended" : "auth.revoked");
    }
    const now = clock.now();
    const after = liveAfter();
    if (session.lastUsedAt <= after.usedAt || session.createdAt <= after.openedAt) return refuse("auth.required");

    const family = await listFamily(tx, session.id, hash);
    const presented = family.find((member) => member.hash === hash);
    if (!presented) return refuse("auth.invalid");
    const live = family.filter((member) => member.state !== "spent");
    const done = (refreshToken: string | null): Outcome => ({
      kind: "refreshed",
      refreshed: { accountId: session.accountId, sessionId: session.id, refreshToken },
    });
    const retire = async (tokens: readonly StoredToken[]) => {
      for (const old of tokens) await retireToken(tx, old.hash, new Date(arrivedAt));
    };

    const plan = planRefresh(live, presented, { arrivedAt, now });
    switch (plan.kind) {
      case "advance": {
        const generation = session.generation + 1;
        await retire(plan.retire);
        await makeTokenCurrent(tx, hash);
        const successor = await issueSuccessor(tx, session, token, generation);
        await touchSession(tx, session.id, { generation, at: new Date(now) });
        if (generation % 50 === 0) await deleteOldTokens(tx, session.id, generation - rememberedGenerations);
        return done(successor);
      }
      case "repeat": {
        const successor = plan.successor.sealed === null ? null : openSuccessor(plan.successor.sealed, token);
        if (successor === null) return done(await issueSuccessor(tx, session, token, session.generation));
        await markRepeated(tx, plan.successor.hash, new Date(now));
        return done(successor);
      }
      case "branch": {
        await retire(plan.retire);
        const successor = await issueSuccessor(tx, session, token, session.generation);
        await touchSession(tx, session.id, { generation: session.generation, at: new Date(now) });
        return done(successor);
      }
      case "late":
        return done(null);
      case "reuse":
        await notices.send(tx, session.accountId, "token_reused", { what: session.deviceName });
        return refuse("auth.revoked", await revoke(tx, session.accountId, [session.id], "reused"));
    }
  }

  return {
    /**
     * Opens a session inside the caller's transaction; {@link Revocations.announce} what it returns after commit.
     * Beyond the limit of devices the least recently used ones are signed out. The account is locked, so that two
     * sign-ins at once count each other, and what proved its owner was good when it was.
     */
    async open(tx: Bun.SQL, account: LockedAccount, deviceName: string): Promise<OpenedSession> {
      const { accountId } = account;
      const { authSessions } = await deps.limitsOf(accountId, tx);
      const surplus = (await listLiveSessions(tx, accountId, liveAfter())).slice(authSessions - 1);
      const revoked = await revoke(
        tx,
        accountId,
        surplus.map((session) => session.id),
        "too_many",
      );
      const at = new Date(clock.now());
      const sessionId = newId();
      const refreshToken = newRefreshToken();
      await insertSession(tx, account, { id: sessionId, deviceName, at });
      await insertToken(tx, { hash: hashRefreshToken(refreshToken), sessionId, generation: 0, sealed: null, at });
      return { sessionId, refreshToken, revoked };
    },

    /**
     * Trades a refresh token for its successor. `arrivedAt` is when the request reached this node: a request is judged
     * by the order in which requests came, not by the order in which the database got to them.
     */
    async refresh(token: string, arrivedAt: number): Promise<Refreshed> {
      if (!isRefreshToken(token)) throw fail("auth.invalid");
      const outcome = await db.transaction((tx) => present(tx, token, arrivedAt));
      if (outcome.kind === "refreshed") return outcome.refreshed;
      revocations.announce(outcome.revoked);
      notices.poke();
      const [reused] = outcome.revoked;
      if (reused) log.warn("a refresh token was used again; its session is ended", { sessionId: reused.sessionId });
      throw fail(outcome.code, {}, { cause: outcome.cause });
    },

    list: (accountId: string): Promise<AuthSessionRow[]> => listLiveSessions(db.sql, accountId, liveAfter()),

    /** Ends one session of an account; one that is another's or does not exist is ignored. */
    end: (accountId: string, sessionId: string) => revokeNow(accountId, [sessionId], "signed_out"),

    /** Ends every session of who is signed in, and what is on the way to one. */
    async endAll(right: AccessRight): Promise<void> {
      const rows = await db.transaction(async (tx) => {
        await epochs.raiseForSignOut(tx, right);
        return revoke(tx, right.accountId, "all", "signed_out");
      });
      revocations.announce(rows);
    },

    /** Ends the session that a refresh token belongs to; says whether it was a token of ours. */
    async endByToken(token: string, reason: "signed_out" | "replaced"): Promise<boolean> {
      if (!isRefreshToken(token)) return false;
      const rows = await db.transaction(async (tx) => {
        const session = await lockSessionOfToken(tx, hashRefreshToken(token));
        return session && revoke(tx, session.accountId, [session.id], reason);
      });
      revocations.announce(rows ?? []);
      return rows !== null;
    },

    /** Ends all sessions but one inside the caller's transaction. */
    async revokeOthers(tx: Bun.SQL, accountId: string, keptId: string, reason: RevocationReason) {
      const always = { usedAt: new Date(0), openedAt: new Date(0) };
      const others = (await listLiveSessions(tx, accountId, always)).filter(({ id }) => id !== keptId);
      return revoke(
        tx,
        accountId,
        others.map(({ id }) => id),
        reason,
      );
    },

    /** Ends all sessions inside the caller's transaction. */
    revokeAll: (tx: Bun.SQL, accountId: string, reason: RevocationReason) => revoke(tx, accountId, "all", reason),
  };
}
