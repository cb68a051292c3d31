import type { Clock } from "@maru/protocol";
import type { Context } from "hono";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { HttpApp } from "../../platform/http/app.ts";
import type { HttpEnv } from "../../platform/http/http-env.ts";
import { newId } from "../../platform/ids.ts";
import { createLease } from "../../platform/leases.ts";
import type { Log } from "../../platform/log.ts";
import type { Outbox } from "../../platform/mail/outbox.ts";
import type { SecretBox } from "../../platform/secret-box.ts";
import { createSharedLimits, type TakeShared } from "../../platform/shared-limits.ts";
import { type AccessRight, createAccessTokens } from "./access-tokens.ts";
import type { SignUpMode } from "./account-making.ts";
import { createAccountStates } from "./account-states.ts";
import { createAuthEpochs } from "./auth-epochs.ts";
import { createAuthMethods } from "./auth-methods.ts";
import { createAuthResponder } from "./auth-response.ts";
import { createBlocks } from "./blocks.ts";
import { createSecretCookies } from "./cookies.ts";
import { createDataExport } from "./data-export.ts";
import { createDeviceMarks } from "./device-marks.ts";
import { createErasure } from "./erasure.ts";
import { type Authenticator, createAllowAccount, createRequireAccount, createRequireOwnPage } from "./guards.ts";
import { createHashQueue } from "./hash-queue.ts";
import { registerAuthRoutes } from "./http-auth.ts";
import { registerKeyRoutes } from "./http-keys.ts";
import { registerLeavingRoutes } from "./http-leaving.ts";
import { registerLegalRoutes } from "./http-legal.ts";
import { registerMeRoutes } from "./http-me.ts";
import { registerPasswordRoutes } from "./http-passwords.ts";
import { registerProviderRoutes } from "./http-providers.ts";
import { registerSecondFactorRoutes } from "./http-second-factor.ts";
import { registerSecurityRoutes } from "./http-security.ts";
import { registerStepRoutes } from "./http-steps.ts";
import { createKeptNicknames } from "./kept-nicknames.ts";
import { openKeySet, type SigningJwks } from "./keys.ts";
import { createLeaving } from "./leaving.ts";
import { createLegalTexts, type OperatorFields } from "./legal.ts";
import { settleNicknames } from "./nickname-settling.ts";
import { createNotices } from "./notices.ts";
import { createPasswords } from "./passwords.ts";
import { createProfiles } from "./profiles.ts";
import type { FetchPort } from "./provider-client.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { createReadyAccounts } from "./ready-accounts.ts";
import { createRetention } from "./retention.ts";
import { createRevocations } from "./revocations.ts";
import { checkSealMark } from "./seal-mark.ts";
import { createSecurityLog, RefusedAccount } from "./security-log.ts";
import { createSessions } from "./sessions.ts";
import { lockLiving } from "./store-accounts.ts";

export type { BlockPair } from "./blocks.ts";
export {
  announceSigningKey,
  generateSigningJwks,
  parseSigningJwks,
  rotateSigningJwks,
  type SigningJwks,
} from "./keys.ts";
export { listDisputedNicknames, settleNicknames } from "./nickname-settling.ts";
export { readProviders } from "./provider-settings.ts";
export { isSecretInUse, noteResealed } from "./seal-mark.ts";

export type IdentityDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly signingKeys: SigningJwks;
  readonly secretBox: SecretBox;
  /** Where mails go; off, it takes none. */
  readonly outbox: Outbox;
  /** Who may make an account. */
  readonly signUpMode: SignUpMode;
  /** Time between a person's leaving and the erasure, in ms; a week if left out. */
  readonly eraseAfterMs?: number;
  /** Longest time from a sign-in to the next one, in ms; 180 days if left out. */
  readonly sessionLifeMs?: number;
  /** Whom people may sign in through, and how they are asked; none if left out. */
  readonly providers?: { readonly settings: readonly ProviderSettings[]; readonly fetch: FetchPort };
  /** Where people reach this installation, as `scheme://host[:port]`; its scheme decides on the cookie of clients that name no page. */
  readonly origin: string;
  /** Says whether a page of this origin may act with a cookie's authority. */
  readonly allowsOrigin: (origin: string, request: Request) => boolean;
  /** The address that a request comes from, proxies considered. */
  readonly clientAddress: (context: Context<HttpEnv>) => string;
  readonly operator: OperatorFields;
  /** Folder with the operator's own `terms.ko.md`, `privacy.en.md` …; the templates stand in for what is missing. */
  readonly legalFolder?: string | undefined;
  /** Counts over all nodes; a counter of its own on the same table if left out. */
  readonly takeShared?: TakeShared;
  /** True only under `maru dev` and bound to loopback. */
  readonly allowsReadyAccounts?: boolean;
};

const weekMs = 604_800_000;
const halfYearMs = 15_552_000_000;
const noProviders = { settings: [], fetch: () => Promise.reject(new Error("there are no providers")) };

export type Identity = Awaited<ReturnType<typeof createIdentity>>;

/**
 * Who people are: accounts, signed-in devices, tokens, blocks, the operator's texts. The only door of the feature.
 *
 * Account, session and block ids are 32 hexadecimal digits here and everywhere inside the server.
 */
export async function createIdentity(deps: IdentityDeps) {
  const { db, clock, log } = deps;
  const legal = createLegalTexts({ operator: deps.operator, operatorFolder: deps.legalFolder });
  const { secretBox, outbox, origin } = deps;
  const passwords = createPasswords(createHashQueue({ clock }));
  const revocations = createRevocations({ db, clock, log });
  const notices = createNotices({ clock, outbox, origin });
  const epochs = createAuthEpochs({ log });
  const sessionLifeMs = deps.sessionLifeMs ?? halfYearMs;
  const sessions = createSessions({ db, clock, log, revocations, notices, epochs, sessionLifeMs });
  const takeShared = deps.takeShared ?? createSharedLimits({ db, clock, secretBox, log }).take;
  const keptNicknames = createKeptNicknames({ clock, secretBox });
  const profiles = createProfiles({ db, clock, log, takeShared, keptNicknames });
  const blocks = createBlocks({ db, clock, log });
  const states = createAccountStates({ db, sessions, revocations, epochs });

  const keys = await openKeySet(deps.signingKeys);
  const accessTokens = createAccessTokens({ clock, keys, issuer: "maru", audience: "maru-api" });
  const stores = { db, clock, log, secretBox, outbox, takeShared, keptNicknames };
  const core = { ...stores, origin, legal, passwords, revocations, notices, sessions, profiles, epochs };
  const authMethods = createAuthMethods({ ...core, mode: deps.signUpMode, providers: deps.providers ?? noProviders });

  const dataExport = createDataExport({ ...core, blocks, authMethods });
  const lease = createLease(db, { name: "identity.erasure", holder: newId(), termMs: 120_000, clock });
  const erasure = createErasure({ db, clock, log, lease });
  const leaving = createLeaving({
    ...core,
    reauthentication: authMethods.reauthentication,
    departSoon: erasure.departSoon,
    graceMs: deps.eraseAfterMs ?? weekMs,
  });
  const retention = createRetention({ db, clock, log });
  const cookies = createSecretCookies(origin, deps.allowsOrigin);
  const deviceMarks = createDeviceMarks(secretBox);
  const securityLog = createSecurityLog({ clock, log, secretBox, clientAddress: deps.clientAddress });

  const authenticator: Authenticator = {
    async authenticate(token: string): Promise<AccessRight> {
      const right = await accessTokens.verify(token);
      const refusal = revocations.findRefusal(right);
      const { accountId, sessionId } = right;
      if (refusal) throw fail(refusal, {}, { cause: new RefusedAccount({ accountId, sessionId }) });
      return right;
    },
  };
  /** Requests are told of where they end; a socket has nobody else to do it. */
  const socketAuthenticator: Authenticator = {
    authenticate: (token) =>
      authenticator.authenticate(token).catch((error: unknown) => {
        securityLog.noteEnded(error);
        throw error;
      }),
  };
  const requireAccount = createRequireAccount(authenticator);

  return {
    /** Checks a token for the gateway: `auth.expired`, `auth.invalid`, `auth.revoked` or `account.suspended` if it is none. */
    authenticator: socketAuthenticator,
    /** The browser that a request comes from, by which limits count it; null unless it has been signed in before. */
    deviceOf: (context: Context<HttpEnv>): string | null => deviceMarks.read(cookies.device.read(context)).signedKey,
    /** Middleware for routes of other features; leaves `right` with the request. */
    requireAccount,

    /** Writes the security log: has to see every request before any limit does. */
    observeRequest: securityLog.observe,

    /** Registers the HTTP routes of the feature. */
    routes(app: HttpApp): void {
      const allowAccount = createAllowAccount(requireAccount);
      const guards = { requireAccount, allowAccount, requireOwnPage: createRequireOwnPage(deps.allowsOrigin) };
      const { clientAddress } = deps;
      const entering = { sessions, profiles, accessTokens, deviceMarks, clientAddress };
      const authResponder = createAuthResponder({ clock, log, cookies, ...entering });
      const door = { guards, cookies, authResponder };
      const { signUp, signIn } = authMethods;
      registerAuthRoutes(app, { ...door, clock, authenticator, sessions, signUp, signIn });
      registerStepRoutes(app, { ...door, ...authMethods });
      registerSecondFactorRoutes(app, { ...door, ...authMethods });
      registerProviderRoutes(app, { ...door, ...authMethods, log });
      registerSecurityRoutes(app, { guards, db, notices, epochs, ...authMethods });
      registerLeavingRoutes(app, { guards, cookies, dataExport, leaving });
      registerPasswordRoutes(app, { guards, authResponder, passwordChanges: authMethods.passwordChanges });
      registerMeRoutes(app, { guards, profiles });
      registerLegalRoutes(app, { guards, legal });
      registerKeyRoutes(app, { guards, publicJwks: keys.publicJwks });
    },

    /** Starts noticing what other nodes revoke, and, where wanted, clearing away what is long over. Resolves when it is safe to serve. */
    async start({ clearsAway = true } = {}): Promise<void> {
      await revocations.start();
      await checkSealMark({ sql: db.sql, secretBox, log });
      await settleNicknames(db);
      if (!clearsAway) return;
      retention.start();
      erasure.start();
    },

    async stop(): Promise<void> {
      revocations.stop();
      retention.stop();
      await erasure.stop();
    },

    getProfiles: profiles.getProfiles,
    findAccountByNickname: profiles.findAccountByNickname,
    takeAccountRevs: profiles.takeAccountRevs,
    listAccountRevs: profiles.listAccountRevs,
    onProfileChanged: profiles.onProfileChanged,
    ...blocks,
    /** Tells, on every node and within a second, of each right that ended: close its sockets. */
    onRevoked: revocations.onRevoked,
    findAccountState: states.find,
    findAccountStanding: states.findStanding,
    /** Tells which accounts are there to be written about, and keeps them from being closed until the transaction ends. */
    lockLiving,
    async suspendAccount(accountId: string): Promise<boolean> {
      const isNews = await states.suspend(accountId);
      if (isNews) securityLog.note("account.suspend", { accountId });
      return isNews;
    },
    async restoreAccount(accountId: string): Promise<boolean> {
      const isNews = await states.restore(accountId);
      if (isNews) securityLog.note("account.restore", { accountId });
      return isNews;
    },
    findUnfilledLegal: legal.findUnfilled,
    createReadyAccount: createReadyAccounts({ db, clock, passwords, isAllowed: deps.allowsReadyAccounts ?? false }),
    /** Adds what a feature takes away of who has left, after the grace time. */
    registerEraser: erasure.register,
    /** Names of the erasers, for the check that no feature forgot its own. */
    listErasers: erasure.listNames,
    /** Erases who is due now rather than with the next look. */
    eraseDue: erasure.sweep,
    /** Adds a feature's part of what people can download of themselves. */
    registerExporter: dataExport.register,
    /** Makes an operator and tells the link of the first sign-in; for the command line. */
    async createOperator(input: Parameters<typeof authMethods.operators.create>[0]): Promise<{ url: string }> {
      const { url, accountId } = await authMethods.operators.create(input);
      securityLog.note("operator.create", { accountId });
      return { url };
    },
    /** Makes an invitation and tells its code, once. */
    createInvite: authMethods.createInvite,
  };
}
