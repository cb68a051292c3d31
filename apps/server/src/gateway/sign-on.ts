import { type AccountLimits, type CloseCode, type CommandOutput, type ErrorCode, limits } from "@maru/protocol";
import type { LimitsOf } from "../platform/account-limits/limits-source.ts";
import { fail, MaruError } from "../platform/errors.ts";
import type { Admission } from "./admission.ts";
import type { LiveConnection, Rights, SignedInConnection } from "./connection.ts";
import type { ConnectionRegistry } from "./connection-registry.ts";
import type { GatewayDeps } from "./deps.ts";
import { readInput } from "./read-input.ts";
import type { TokenReading, TokenReadings } from "./token-readings.ts";

type Deps = Pick<GatewayDeps, "authenticator" | "clock"> & {
  readonly limitsOf: LimitsOf;
  readonly admission: Admission;
  readonly connectionRegistry: ConnectionRegistry;
  readonly readings: Pick<TokenReadings, "begin" | "finish">;
  /** Told of each right that was given; a renewal only makes it longer. */
  readonly expectEnd: (endsAt: number) => void;
  /** Told of each connection that became ready, before its `connect` is answered. */
  readonly onConnected: (connection: SignedInConnection) => void;
};

/** Gives a connection its right (`connect`) and renews it (`auth.renew`). */
export function createSignOn(deps: Deps) {
  const { authenticator, clock, admission, connectionRegistry, readings, limitsOf } = deps;

  /**
   * Reads a token and gives what is in it to `use`, which runs without a pause after the last look at what ended: what
   * is true there stays true until it is done.
   */
  async function withToken<T>(
    token: string,
    use: (rights: Rights, reading: TokenReading, own: AccountLimits) => T,
  ): Promise<T> {
    const reading = readings.begin();
    try {
      const { accountId, sessionId, expiresAt } = await authenticator.authenticate(token);
      const own = await limitsOf(accountId);
      const now = clock.monotonic();
      const endsAt = now + (expiresAt - clock.now());
      if (endsAt <= now) throw fail("auth.expired");
      return use({ accountId, sessionId, endsAt }, reading, own);
    } finally {
      readings.finish(reading);
    }
  }

  function makeReady(connection: LiveConnection, device: string, rights: Rights, reading: TokenReading): void {
    if (connection.state.is !== "authenticating") throw fail("connection.required");
    const ending = reading.findEnding(rights.accountId, rights.sessionId);
    if (ending) throw new ConnectRefused(ending.code === 4501 ? "account.suspended" : "auth.revoked", ending.code);
    if (connectionRegistry.ofAccount(rights.accountId).length >= limits.connectionsPerAccount) {
      throw new ConnectRefused("rate.limited", 4506, 60_000);
    }
    const signedIn = connection.signIn(rights, device);
    connectionRegistry.signedIn(connection, rights.accountId);
    signedIn.subscribe(accountTopic(rights.accountId));
    deps.expectEnd(rights.endsAt);
    deps.onConnected(signedIn);
  }

  function expiryOf({ endsAt }: Pick<Rights, "endsAt">): string {
    return new Date(clock.now() + (endsAt - clock.monotonic())).toISOString();
  }

  return {
    /** Turns an opened connection into a ready one; unless it succeeds, the connection is as it was before. */
    async connect(connection: LiveConnection, d: unknown): Promise<CommandOutput<"connect">> {
      const input = readInput("connect", d);
      connection.locale = input.locale;
      connection.state = { is: "authenticating" };
      // A function, because the socket may close during the wait and the compiler takes a field for unchanged.
      const isStillThere = () => connection.state.is === "authenticating";
      try {
        return await admission.admit(isStillThere, () =>
          withToken(input.token, (rights, reading, own) => {
            makeReady(connection, input.device, rights, reading);
            return {
              connectionId: connection.id,
              heartbeatMs: limits.heartbeatMs,
              tokenExpiresAt: expiryOf(rights),
              serverTime: new Date(clock.now()).toISOString(),
              limits: { ...limits, ...own },
            };
          }),
        );
      } catch (error) {
        if (isStillThere()) connection.state = { is: "opened" };
        throw error;
      }
    },

    /** Prolongs the right of a ready connection; the token must be of the same account. Nothing is interrupted. */
    renew(connection: SignedInConnection, token: string): Promise<CommandOutput<"auth.renew">> {
      return withToken(token, (rights, reading) => {
        if (!connection.isOpen) throw fail("auth.expired");
        if (rights.accountId !== connection.accountId) throw fail("auth.wrong_account");
        if (reading.findEnding(rights.accountId, rights.sessionId)) throw fail("auth.revoked");
        connection.renew(rights);
        return { tokenExpiresAt: expiryOf(connection) };
      });
    },
  };
}

/** A `connect` that ends its connection, with the close code that says what to do next. */
export class ConnectRefused extends MaruError {
  readonly closeCode: CloseCode;

  constructor(code: ErrorCode, closeCode: CloseCode, retryAfterMs?: number) {
    super(code, {}, retryAfterMs === undefined ? {} : { retryAfterMs });
    this.closeCode = closeCode;
  }
}

/** The topic that all connections of an account are subscribed to. */
export function accountTopic(accountId: string): string {
  return `account:${accountId}`;
}
