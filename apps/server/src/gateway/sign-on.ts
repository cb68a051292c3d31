import { type CommandOutput, limits } from "@maru/protocol";
import { fail, MaruError } from "../platform/errors.ts";
import type { Admission } from "./admission.ts";
import type { Census } from "./census.ts";
import type { LiveConnection, Rights } from "./connection.ts";
import type { GatewayDeps } from "./deps.ts";
import { readInput } from "./read-input.ts";

type Deps = Pick<GatewayDeps, "authenticator" | "clock"> & {
  readonly admission: Admission;
  readonly census: Census;
  /** Told of each right that was given. */
  readonly expectEnd: (endsAt: number) => void;
};

/** Gives a connection its right (`connect`) and renews it (`auth.renew`). */
export function createSignOn(deps: Deps) {
  const { authenticator, clock, admission, census } = deps;

  async function readToken(token: string): Promise<Rights> {
    const { accountId, sessionId, expiresAt } = await authenticator.authenticate(token);
    return { accountId, sessionId, endsAt: clock.monotonic() + (expiresAt - clock.now()) };
  }

  /** Waits for its turn and reads the token; afterwards the connection is as it was before unless it succeeds. */
  async function readFirstToken(connection: LiveConnection, token: string): Promise<Rights> {
    // A function, because the socket may close during each wait and the compiler takes a field for unchanged.
    const isStillThere = () => connection.state.is === "authenticating";
    try {
      const rights = await admission.admit(async () => {
        if (!isStillThere()) throw fail("connection.required");
        return readToken(token);
      });
      if (!isStillThere()) throw fail("connection.required");
      if (census.ofAccount(rights.accountId).length >= limits.connectionsPerAccount) throw new TooManyConnections();
      return rights;
    } catch (error) {
      if (isStillThere()) connection.state = { is: "opened" };
      throw error;
    }
  }

  function expiryOf(rights: Rights): string {
    return new Date(clock.now() + (rights.endsAt - clock.monotonic())).toISOString();
  }

  return {
    /** Turns an opened connection into a ready one. */
    async connect(connection: LiveConnection, d: unknown): Promise<CommandOutput<"connect">> {
      if (connection.state.is !== "opened") throw fail("connection.already_connected");
      const input = readInput("connect", d);
      connection.locale = input.locale;
      connection.device = input.device;
      connection.state = { is: "authenticating" };
      const rights = await readFirstToken(connection, input.token);
      connection.state = { is: "ready", rights };
      connection.owner = rights.accountId;
      census.signedIn(connection, rights.accountId);
      connection.subscribe(accountTopic(rights.accountId));
      deps.expectEnd(rights.endsAt);
      return {
        connectionId: connection.id,
        heartbeatMs: limits.heartbeatMs,
        tokenExpiresAt: expiryOf(rights),
        serverTime: new Date(clock.now()).toISOString(),
        limits: { ...limits },
      };
    },

    /** Prolongs the right of a ready connection; the token must be of the same account. Nothing is interrupted. */
    async renew(connection: LiveConnection, token: string): Promise<CommandOutput<"auth.renew">> {
      const before = connection.rights;
      if (!before) throw fail("auth.expired");
      const rights = await readToken(token);
      if (rights.accountId !== before.accountId) throw fail("auth.wrong_account");
      const now = connection.rights;
      if (!now) throw fail("auth.expired");
      // Two renewals may overtake each other; the right that lasts longest stands, with the session it belongs to.
      const lasting = rights.endsAt > now.endsAt ? rights : now;
      connection.state = { is: "ready", rights: lasting };
      deps.expectEnd(lasting.endsAt);
      return { tokenExpiresAt: expiryOf(lasting) };
    },
  };
}

/** More live sockets of one account than a node holds; the connection is closed with 4506. */
export class TooManyConnections extends MaruError {
  constructor() {
    super("rate.limited", {}, { retryAfterMs: 60_000 });
  }
}

/** The topic that all connections of an account hear. */
export function accountTopic(accountId: string): string {
  return `account:${accountId}`;
}
