import type { Clock } from "@maru/protocol";
import type { Context } from "hono";
import { type Access, defineFeature } from "../../feature-contract/feature.ts";
import type { ContributedPorts } from "../../feature-contract/feature-list.ts";
import { everybodyAsUsual, type LimitsOf } from "../../platform/account-limits/limits-source.ts";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { HttpApp } from "../../platform/http/app.ts";
import type { HttpEnv } from "../../platform/http/http-env.ts";
import type { Jobs } from "../../platform/jobs/jobs.ts";
import type { Log } from "../../platform/log.ts";
import type { Outbox } from "../../platform/mail/outbox.ts";
import type { SecretBox } from "../../platform/secret-box.ts";
import { createSharedLimits, type TakeShared } from "../../platform/shared-limits.ts";
import type { SignUpMode } from "./accounts/account-creation.ts";
import { createAccountStates } from "./accounts/account-states.ts";
import { createBlocks } from "./accounts/blocks.ts";
import { registerMeRoutes } from "./accounts/http-me.ts";
import { createKeptNicknames } from "./accounts/kept-nicknames.ts";
import { settleNicknames } from "./accounts/nickname-settling.ts";
import { createProfiles } from "./accounts/profiles.ts";
import { createReadyAccounts } from "./accounts/ready-accounts.ts";
import { lockLiving } from "./accounts/store-accounts.ts";
import { readIdentitySettings } from "./node-settings.ts";
import { createHashQueue } from "./passwords/hash-queue.ts";
import { registerPasswordRoutes } from "./passwords/http-passwords.ts";
import { createPasswords } from "./passwords/passwords.ts";
import { createDataExport } from "./privacy/data-export.ts";
import { createErasure } from "./privacy/erasure.ts";
import { registerLeavingRoutes } from "./privacy/http-leaving.ts";
import { registerLegalPages, registerLegalRoutes } from "./privacy/http-legal.ts";
import { createLeaving } from "./privacy/leaving.ts";
import { createLegalTexts, type OperatorFields } from "./privacy/legal.ts";
import { registerProviderCallback } from "./providers/http-callback.ts";
import { registerProviderRoutes } from "./providers/http-providers.ts";
import type { FetchPort } from "./providers/provider-client.ts";
import type { ProviderSettings } from "./providers/provider-settings.ts";
import { createRetention, retentionEveryMs } from "./retention.ts";
import { checkSealMark } from "./seal-mark.ts";
import { registerSecondFactorRoutes } from "./second-factor/http-second-factor.ts";
import { registerSecurityRoutes } from "./second-factor/http-security.ts";
import { secretUse } from "./secret-use.ts";
import { createNotices } from "./security-log/notices.ts";
import { createSecurityLog, RefusedAccount } from "./security-log/security-log.ts";
import { type AccessRight, createAccessTokens } from "./sessions/access-tokens.ts";
import { registerKeyRoutes } from "./sessions/http-keys.ts";
import { openKeySet, type SigningJwks } from "./sessions/keys.ts";
import { createRevocations } from "./sessions/revocations.ts";
import { createSessions } from "./sessions/sessions.ts";
import { createAuthEpochs } from "./sign-in/auth-epochs.ts";
import { createAuthMethods } from "./sign-in/auth-methods.ts";
import { createAuthResponder } from "./sign-in/auth-response.ts";
import { createSecretCookies } from "./sign-in/cookies.ts";
import { createDeviceMarks } from "./sign-in/device-marks.ts";
import {
  type Authenticator,
  createAllowAccount,
  createRequireAccount,
  createRequireOwnPage,
} from "./sign-in/guards.ts";
import { registerAuthRoutes } from "./sign-in/http-auth.ts";
import { registerStepRoutes } from "./sign-in/http-steps.ts";

export type { BlockPair } from "./accounts/blocks.ts";
export { listDisputedNicknames, settleNicknames } from "./accounts/nickname-settling.ts";
export { isSecretInUse, noteResealed } from "./seal-mark.ts";
export {
  announceSigningKey,
  generateSigningJwks,
  parseSigningJwks,
  rotateSigningJwks,
  type SigningJwks,
} from "./sessions/keys.ts";

export type IdentityDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly signingKeys: SigningJwks;
  readonly secretBox: SecretBox;
  /** Where work that is owed is kept. */
  readonly jobs: Pick<Jobs, "register">;
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
  /** Whether a page of this origin may act with a cookie's authority. */
  readonly allowsOrigin: (origin: string, request: Request) => boolean;
  /** The address that a request comes from, proxies considered. */
  readonly clientAddress: (context: Context<HttpEnv>) => string;
  readonly operator: OperatorFields;
  /** Folder with the operator's own `terms.ko.md`, `privacy.en.md` …; the templates stand in for what is missing. */
  readonly legalFolder?: string | undefined;
  /** Counts over all nodes; a counter of its own on the same table if left out. */
  readonly takeShared?: TakeShared;
  /** What an account may; the usual if left out. */
  readonly limitsOf?: LimitsOf;
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
  const { db, clock, log, jobs } = deps;
  const legal = createLegalTexts({ operator: deps.operator, operatorFolder: deps.legalFolder });
  const { secretBox, outbox, origin } = deps;
  const passwords = createPasswords(createHashQueue({ clock }));
  const revocations = createRevocations({ db, clock, log });
  const notices = createNotices({ clock, outbox, origin });
  const epochs = createAuthEpochs({ log });
  const sessionLifeMs = deps.sessionLifeMs ?? halfYearMs;
  const { limitsOf = everybodyAsUsual } = deps;
  const sessions = createSessions({ db, clock, log, revocations, notices, epochs, sessionLifeMs, limitsOf });
  const takeShared = deps.takeShared ?? createSharedLimits({ db, clock, secretBox }).take;
  const keptNicknames = createKeptNicknames({ clock, secretBox });
  const profiles = createProfiles({ db, clock, log, takeShared, keptNicknames, limitsOf });
  const blocks = createBlocks({ db, clock, log });
  const states = createAccountStates({ db, sessions, revocations, epochs });

  const keys = await openKeySet(deps.signingKeys);
  const accessTokens = createAccessTokens({ clock, keys, issuer: "maru", audience: "maru-api" });
  const stores = { db, clock, log, secretBox, outbox, takeShared, keptNicknames };
  const core = { ...stores, origin, legal, passwords, revocations, notices, sessions, profiles, epochs };
  const authMethods = createAuthMethods({ ...core, mode: deps.signUpMode, providers: deps.providers ?? noProviders });

  const dataExport = createDataExport({ ...core, blocks, authMethods });
  const erasure = createErasure({ db, clock, log, jobs });
  const leaving = createLeaving({
    ...core,
    reauthentication: authMethods.reauthentication,
    departSoon: erasure.departSoon,
    graceMs: deps.eraseAfterMs ?? weekMs,
  });
  const retention = createRetention({ db, clock });
  jobs.register({ name: "identity.housekeeping", everyMs: retentionEveryMs, run: retention.sweep });
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
  /** Requests are logged where they end; a socket has nobody else to do it. */
  const socketAuthenticator: Authenticator = {
    authenticate: (token) =>
      authenticator.authenticate(token).catch((error: unknown) => {
        securityLog.noteEnded(error);
        throw error;
      }),
  };
  const requireAccount = createRequireAccount(authenticator);

  const entering = { sessions, profiles, accessTokens, deviceMarks, clientAddress: deps.clientAddress };
  const authResponder = createAuthResponder({ clock, log, cookies, ...entering });
  return {
    /** Checks a token for the gateway: `auth.expired`, `auth.invalid`, `auth.revoked` or `account.suspended` if it is none. */
    authenticator: socketAuthenticator,
    /** The browser that a request comes from, by which limits count it; null unless it has been signed in before. */
    deviceOf: (context: Context<HttpEnv>): string | null => deviceMarks.read(cookies.device.read(context)).signedKey,
    /** Middleware for routes of other features; leaves `right` with the request. */
    requireAccount,

    /** Writes the security log: has to see every request before any limit does. */
    observeRequest: securityLog.observe,

    /** Registers the HTTP routes of the feature, by the policy that holds for them. */
    routes: {
      api(app: HttpApp): void {
        const allowAccount = createAllowAccount(requireAccount);
        const guards = { requireAccount, allowAccount, requireOwnPage: createRequireOwnPage(deps.allowsOrigin) };
        const routeDeps = { guards, cookies, authResponder };
        registerAuthRoutes(app, { ...routeDeps, ...authMethods, clock, authenticator, sessions });
        registerStepRoutes(app, { ...routeDeps, ...authMethods });
        registerSecondFactorRoutes(app, { ...routeDeps, ...authMethods });
        registerProviderRoutes(app, { ...routeDeps, ...authMethods });
        registerSecurityRoutes(app, { guards, db, notices, epochs, ...authMethods });
        registerLeavingRoutes(app, { guards, cookies, dataExport, leaving });
        registerPasswordRoutes(app, { guards, authResponder, passwordChanges: authMethods.passwordChanges });
        registerMeRoutes(app, { guards, profiles });
        registerLegalRoutes(app, legal);
        registerKeyRoutes(app, { guards, publicJwks: keys.publicJwks });
      },
      callback: (app: HttpApp): void => registerProviderCallback(app, { log, cookies, authResponder, ...authMethods }),
      app: (app: HttpApp): void => registerLegalPages(app, legal),
    },

    /** Starts noticing what other nodes revoke. Resolves when it is safe to serve. */
    async start(): Promise<void> {
      await revocations.start();
      await checkSealMark({ sql: db.sql, secretBox, log });
      await settleNicknames(db);
    },

    stop: (): Promise<void> => revocations.stop(),

    getProfiles: profiles.getProfiles,
    findAccountByNickname: profiles.findAccountByNickname,
    takeAccountRevs: profiles.takeAccountRevs,
    listAccountRevs: profiles.listAccountRevs,
    onProfileChanged: profiles.onProfileChanged,
    ...blocks,
    /** Notifies, on every node and within a second, of each right that ended: close its sockets. */
    onRevoked: revocations.onRevoked,
    findAccountState: states.find,
    findAccountStanding: states.findStanding,
    /** Returns which accounts are there to be written about, and keeps them from being closed until the transaction ends. */
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
    eraseDue: erasure.runNow,
    /** Adds a feature's part of what people can download of themselves. */
    registerExporter: dataExport.register,
    /** Makes an operator and returns the link of the first sign-in; for the command line. */
    async createOperator(input: Parameters<typeof authMethods.operators.create>[0]): Promise<{ url: string }> {
      const { url, accountId } = await authMethods.operators.create(input);
      securityLog.note("operator.create", { accountId });
      return { url };
    },
    /** Makes an invitation and returns its code, once. */
    createInvite: authMethods.createInvite,
  };
}

/** What identity needs of a node. */
export type IdentityPorts = Omit<IdentityDeps, keyof Awaited<ReturnType<typeof readIdentitySettings>>> &
  Parameters<typeof readIdentitySettings>[0] &
  ContributedPorts & {
    readonly sockets: {
      closeSession(sessionId: string, code: 4500): unknown;
      closeAccount(accountId: string, code: 4500 | 4501): unknown;
    };
  };

/** Identity as a feature of the server. */
export const identity = defineFeature({
  name: "identity",
  folder: import.meta.dir,
  secrets: secretUse,
  async create({ contributed, sockets, ...ports }: IdentityPorts) {
    const made = await createIdentity({ ...ports, ...(await readIdentitySettings(ports)) });
    made.onRevoked(({ kind, accountId, sessionId, reason }) => {
      if (kind === "session" && sessionId) sockets.closeSession(sessionId, 4500);
      else if (kind === "account")
        sockets.closeAccount(accountId, reason === "suspended" || reason === "gone" ? 4501 : 4500);
    });
    return {
      exports: made,
      services: {
        authenticate: made.authenticator.authenticate,
        requireAccount: made.requireAccount as unknown as Access["requireAccount"],
        observeRequest: made.observeRequest,
        deviceOf: made.deviceOf,
        accountRevs: { take: made.takeAccountRevs, list: made.listAccountRevs },
      },
      routes: made.routes,
      async start() {
        for (const eraser of contributed.erasers()) made.registerEraser(eraser);
        for (const exporter of contributed.exporters()) made.registerExporter(exporter);
        // First of all features: with another secret than the database's, the mails that wait would be taken for broken.
        await made.start();
      },
      stop: made.stop,
    };
  },
});
