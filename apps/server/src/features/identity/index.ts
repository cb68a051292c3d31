import type { Clock, Security } from "@maru/protocol";
import type { Context } from "hono";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { HttpApp } from "../../platform/http/app.ts";
import type { HttpEnv } from "../../platform/http/http-env.ts";
import type { Log } from "../../platform/log.ts";
import type { Outbox } from "../../platform/mail/outbox.ts";
import type { Seals } from "../../platform/seals.ts";
import { type AccessRight, createAccessTokens } from "./access-tokens.ts";
import { createAccountMaking, type SignUpMode } from "./account-making.ts";
import { createAccountStates } from "./account-states.ts";
import { createBlocks } from "./blocks.ts";
import { createSecretCookies } from "./cookies.ts";
import { createEmailCodes } from "./email-codes.ts";
import { createEntrance } from "./entrance.ts";
import { createFrontDoor } from "./front-door.ts";
import { type Authenticator, createRequireAccount, createRequireOwnPage } from "./guards.ts";
import { createHousekeeping } from "./housekeeping.ts";
import { registerAuthRoutes } from "./http-auth.ts";
import { registerLegalRoutes } from "./http-legal.ts";
import { registerMeRoutes } from "./http-me.ts";
import { registerPasswordRoutes } from "./http-passwords.ts";
import { registerSecondFactorRoutes } from "./http-second-factor.ts";
import { registerSecurityRoutes } from "./http-security.ts";
import { registerStepRoutes } from "./http-steps.ts";
import { createInvites } from "./invites.ts";
import { openKeySet, type SigningJwks } from "./keys.ts";
import { createLegalTexts, type OperatorFields } from "./legal.ts";
import { createNotices } from "./notices.ts";
import { createOperators } from "./operators.ts";
import { createPasskeys } from "./passkeys.ts";
import { createPasswordChanges } from "./password-changes.ts";
import { createPasswords } from "./passwords.ts";
import { presentPasskey } from "./present.ts";
import { createProfiles } from "./profiles.ts";
import { createProofs } from "./proofs.ts";
import { createRateLimits, type RateRules } from "./rate-limits.ts";
import { createReadyAccounts } from "./ready-accounts.ts";
import { createRevocations } from "./revocations.ts";
import { createSecondFactorSteps } from "./second-factor-steps.ts";
import { createSecondFactors } from "./second-factors.ts";
import { createSessions } from "./sessions.ts";
import { createSignIn } from "./sign-in.ts";
import { createSignUp } from "./sign-up.ts";
import { createStepReading } from "./step-reading.ts";
import { createSteps } from "./steps.ts";
import { findPasswordHash } from "./store-accounts.ts";

export type { BlockPair } from "./blocks.ts";
export { generateSigningJwks, type SigningJwks } from "./keys.ts";

/** Shown by authenticator apps and passkeys. */
const productName = "Maru";

export type IdentityDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly signingKeys: SigningJwks;
  readonly seals: Seals;
  /** Where mails go; off, it takes none. */
  readonly outbox: Outbox;
  /** Who may make an account. */
  readonly signUpMode: SignUpMode;
  /** Where people reach this installation, as `scheme://host[:port]`; its scheme decides on the cookie of clients that name no page. */
  readonly origin: string;
  /** Says whether a page of this origin may act with a cookie's authority. */
  readonly allowsOrigin: (origin: string, request: Request) => boolean;
  /** The address that a request comes from, proxies considered. */
  readonly clientAddress: (context: Context<HttpEnv>) => string;
  readonly operator: OperatorFields;
  /** Folder with the operator's own `terms.ko.md`, `privacy.en.md` …; the templates stand in for what is missing. */
  readonly legalFolder?: string | undefined;
  /** Rates per address that differ from the defaults. */
  readonly rates?: Partial<RateRules>;
  /** True only under `maru dev` and bound to loopback. */
  readonly allowsReadyAccounts?: boolean;
};

export type Identity = Awaited<ReturnType<typeof createIdentity>>;

/**
 * Who people are: accounts, signed-in devices, tokens, blocks, the operator's texts. The only door of the feature.
 *
 * Account, session and block ids are 32 hexadecimal digits here and everywhere inside the server.
 */
export async function createIdentity(deps: IdentityDeps) {
  const { db, clock, log } = deps;
  const legal = createLegalTexts({ operator: deps.operator, operatorFolder: deps.legalFolder });
  const { seals, outbox, origin } = deps;
  const passwords = createPasswords();
  const revocations = createRevocations({ db, clock, log });
  const notices = createNotices({ clock, outbox, origin });
  const sessions = createSessions({ db, clock, log, revocations, notices });
  const profiles = createProfiles({ db, log });
  const blocks = createBlocks({ db, clock, log });
  const states = createAccountStates({ db, sessions, revocations });

  // Ways in.
  const steps = createSteps({ db, clock, seals });
  const making = createAccountMaking({ clock, legal, mode: deps.signUpMode });
  const entrance = createEntrance({ db, clock, sessions, revocations, notices });
  const factors = createSecondFactors({ db, clock, seals, notices, issuer: productName });
  const passkeys = createPasskeys({ db, clock, origin, name: productName });
  const factorSteps = createSecondFactorSteps({ db, clock, steps, factors, passkeys, entrance });
  const codes = createEmailCodes({
    db,
    clock,
    seals,
    outbox,
    origin,
    steps,
    making,
    entrance,
    connect: async () => {},
  });
  const signUp = createSignUp({ db, clock, passwords, making, entrance, codes, isMailOn: outbox.isOn });
  const signIn = createSignIn({ db, clock, log, passwords, admit: factorSteps.admit });
  const reading = createStepReading({
    steps,
    describers: { code: codes.present, second_factor: factorSteps.describe, enroll: factorSteps.describe },
  });

  // What people do with their own account.
  const removeOtherWays = (tx: Bun.SQL, accountId: string) => factors.removeAll(tx, accountId);
  const proofs = createProofs({ db, clock, passwords });
  const passwordChanges = createPasswordChanges({
    db,
    clock,
    seals,
    outbox,
    origin,
    passwords,
    sessions,
    revocations,
    notices,
    proofs,
    removeOtherWays,
  });
  const operators = createOperators({
    db,
    clock,
    origin,
    passwords,
    sessions,
    revocations,
    factorSteps,
    removeOtherWays,
  });

  async function describeSecurity(accountId: string): Promise<Security> {
    const account = await profiles.getSelf(accountId);
    const methods = await factors.listMethods(db.sql, accountId);
    return {
      hasPassword: (await findPasswordHash(db.sql, accountId)) !== null,
      isEmailVerified: account.emailVerifiedAt !== null,
      isSecondFactorRequired: account.kind === "operator",
      hasTotp: methods.includes("totp"),
      recoveryCodeCount: await factors.countRecoveryCodes(accountId),
      passkeys: (await passkeys.list(accountId)).map(presentPasskey),
      canUsePasskeys: passkeys.canUse,
      providers: [],
    };
  }

  const housekeeping = createHousekeeping({ db, clock, log });
  const keys = await openKeySet(deps.signingKeys);
  const accessTokens = createAccessTokens({ clock, keys, issuer: "maru", audience: "maru-api" });
  const rates = createRateLimits({ clock, clientAddress: deps.clientAddress, rules: deps.rates ?? {} });

  const authenticator: Authenticator = {
    async authenticate(token: string): Promise<AccessRight> {
      const right = await accessTokens.verify(token);
      const refusal = revocations.findRefusal(right);
      if (refusal) throw fail(refusal);
      return right;
    },
  };
  const requireAccount = createRequireAccount(authenticator);

  return {
    /** Checks a token for the gateway: `auth.expired`, `auth.invalid`, `auth.revoked` or `account.suspended` if it is none. */
    authenticator,
    /** Middleware for routes of other features; leaves `right` with the request. */
    requireAccount,

    /** Registers the HTTP routes of the feature. */
    routes(app: HttpApp): void {
      const guards = { limit: rates.limit, requireAccount, requireOwnPage: createRequireOwnPage(deps.allowsOrigin) };
      const cookies = createSecretCookies(origin);
      const frontDoor = createFrontDoor({ clock, log, cookies, sessions, profiles, accessTokens });
      const { clientAddress } = deps;
      const isMailOn = outbox.isOn;
      const door = { guards, cookies, frontDoor };
      registerAuthRoutes(app, { ...door, clock, authenticator, sessions, signUp, signIn, clientAddress });
      registerStepRoutes(app, { ...door, making, isMailOn, providers: [], steps, reading, codes });
      registerSecondFactorRoutes(app, { ...door, factorSteps, operators });
      registerSecurityRoutes(app, { guards, db, proofs, factors, passkeys, notices, describe: describeSecurity });
      registerPasswordRoutes(app, { guards, passwordChanges });
      registerMeRoutes(app, { guards, profiles });
      registerLegalRoutes(app, { guards, legal });
    },

    /** Starts noticing what other nodes revoke, and, where wanted, clearing away what is long over. Resolves when it is safe to serve. */
    async start({ clearsAway = true } = {}): Promise<void> {
      await revocations.start();
      if (clearsAway) housekeeping.start();
    },

    stop(): void {
      revocations.stop();
      housekeeping.stop();
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
    suspendAccount: states.suspend,
    restoreAccount: states.restore,
    findUnfilledLegal: legal.findUnfilled,
    createReadyAccount: createReadyAccounts({ db, clock, passwords, isAllowed: deps.allowsReadyAccounts ?? false }),
    /** Makes an operator and tells the link of the first sign-in; for the command line. */
    createOperator: operators.create,
    /** Makes an invitation and tells its code, once. */
    createInvite: createInvites({ db, clock, making }),
    /** The public signing keys, for a JWKS endpoint. */
    publicKeys: keys.publicJwks,
  };
}
