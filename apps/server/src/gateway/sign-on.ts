import { type CommandInput, type CommandOutput, commands, limits } from "@maru/protocol";
import { fail, MaruError } from "../platform/errors.ts";
import type { Admission } from "./admission.ts";
import type { Census } from "./census.ts";
import type { LiveConnection, Rights } from "./connection.ts";
import type { GatewayDeps } from "./deps.ts";

type Deps = Pick<GatewayDeps, "authenticator" | "clock"> & { readonly admission: Admission; readonly census: Census };

/** Gives a connection its right (`connect`) and renews it (`auth.renew`). */
export function createSignOn(deps: Deps) {
  const { authenticator, clock, admission, census } = deps;

  async function readToken(token: string): Promise<Rights> {
    const { accountId, sessionId, expiresAt } = await authenticator.authenticate(token);
    return { accountId, sessionId, endsAt: clock.monotonic() + (expiresAt - clock.now()) };
  }

  function expiryOf(rights: Rights): string {
    return new Date(clock.now() + (rights.endsAt - clock.monotonic())).toISOString();
  }

  return {
    /** Turns an opened connection into a ready one. */
    async connect(connection: LiveConnection, d: unknown): Promise<CommandOutput<"connect">> {
      if (connection.state.is !== "opened") throw fail("connection.already_connected");
      const parsed = commands.connect.input.safeParse(d);
      if (!parsed.success) {
        const fields = parsed.error.issues.map((i) => ({ path: i.path.join("."), code: i.code ?? "invalid" }));
        throw fail("request.invalid", undefined, { fields });
      }
      const input: CommandInput<"connect"> = parsed.data;
      connection.locale = input.locale;
      connection.device = input.device;
      connection.state = { is: "authenticating" };
      let rights: Rights;
      try {
        rights = await admission.admit(() => readToken(input.token));
      } catch (error) {
        // The socket may have closed meanwhile; the compiler cannot know that the state moved during the wait.
        if ((connection.state as { is: string }).is === "authenticating") connection.state = { is: "opened" };
        throw error;
      }
      if ((connection.state as { is: string }).is !== "authenticating") throw fail("connection.required");
      if (census.ofAccount(rights.accountId).length >= limits.connectionsPerAccount) {
        connection.state = { is: "opened" };
        throw new TooManyConnections();
      }
      connection.state = { is: "ready", rights };
      connection.owner = rights.accountId;
      census.signedIn(connection, rights.accountId);
      connection.subscribe(accountTopic(rights.accountId));
      return {
        connectionId: connection.id,
        heartbeatMs: limits.heartbeatMs,
        tokenExpiresAt: expiryOf(rights),
        serverTime: new Date(clock.now()).toISOString(),
        limits: { ...limits },
      };
    },

    /** Prolongs the right of a ready connection; the token must be of the same account and device. */
    async renew(connection: LiveConnection, token: string): Promise<CommandOutput<"auth.renew">> {
      const before = connection.rights;
      if (!before) throw fail("auth.expired");
      const rights = await readToken(token);
      if (rights.accountId !== before.accountId || rights.sessionId !== before.sessionId)
        throw fail("auth.wrong_account");
      if (connection.state.is !== "ready") throw fail("auth.expired");
      const endsAt = Math.max(rights.endsAt, before.endsAt);
      connection.state = { is: "ready", rights: { ...rights, endsAt } };
      return { tokenExpiresAt: expiryOf({ ...rights, endsAt }) };
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
