import type { Clock, Security } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { Log } from "../../../platform/log.ts";
import type { Outbox } from "../../../platform/mail/outbox.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { TakeShared } from "../../../platform/shared-limits.ts";
import { createAccountCreation, type SignUpMode } from "../accounts/account-creation.ts";
import type { KeptNicknames } from "../accounts/kept-nicknames.ts";
import type { ChangingAccount } from "../accounts/locked-account.ts";
import { presentPasskey } from "../accounts/present.ts";
import type { Profiles } from "../accounts/profiles.ts";
import { findPassword } from "../accounts/store-accounts.ts";
import { createOperators } from "../operators/operators.ts";
import { createPasswordChanges } from "../passwords/password-changes.ts";
import { createPasswordRules } from "../passwords/password-rules.ts";
import type { Passwords } from "../passwords/passwords.ts";
import { createReauthentication } from "../passwords/reauthentication.ts";
import type { LegalTexts } from "../privacy/legal.ts";
import { createOAuthFlow } from "../providers/oauth-flow.ts";
import { createProviderClient, type FetchPort } from "../providers/provider-client.ts";
import { createProviderLinks } from "../providers/provider-links.ts";
import type { ProviderSettings } from "../providers/provider-settings.ts";
import { createProviderSignIn } from "../providers/provider-sign-in.ts";
import { deleteProviderLinks } from "../providers/store-providers.ts";
import { createPasskeys } from "../second-factor/passkeys.ts";
import { createSecondFactorSteps } from "../second-factor/second-factor-steps.ts";
import { createSecondFactors } from "../second-factor/second-factors.ts";
import type { Notices } from "../security-log/notices.ts";
import type { Revocations } from "../sessions/revocations.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { createEmailCodes } from "../sign-up/email-codes.ts";
import { createInvites } from "../sign-up/invites.ts";
import { createSignUp } from "../sign-up/sign-up.ts";
import type { AuthEpochs } from "./auth-epochs.ts";
import { createKnownBrowsers } from "./known-browsers.ts";
import { createSessionOpener } from "./open-session.ts";
import { createStepPresenter } from "./present-step.ts";
import { createSignIn } from "./sign-in.ts";
import { createSteps } from "./sign-in-steps.ts";

/** Shown by authenticator apps and passkeys. */
const productName = "Maru";

export type AuthMethods = ReturnType<typeof createAuthMethods>;

/** What the ways in are built on. */
export type AuthMethodsDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly secretBox: SecretBox;
  readonly outbox: Outbox;
  readonly takeShared: TakeShared;
  readonly origin: string;
  readonly legal: LegalTexts;
  readonly passwords: Passwords;
  readonly revocations: Revocations;
  readonly notices: Notices;
  readonly epochs: AuthEpochs;
  readonly sessions: Sessions;
  readonly profiles: Profiles;
  readonly keptNicknames: KeptNicknames;
  readonly mode: SignUpMode;
  readonly providers: { readonly settings: readonly ProviderSettings[]; readonly fetch: FetchPort };
};

/** Puts together every way into an account, and what people do with those of their own. */
export function createAuthMethods(deps: AuthMethodsDeps) {
  const { db, clock, log, outbox, profiles } = deps;
  const { settings: providers, fetch } = deps.providers;
  const isMailOn = outbox.isOn;

  const steps = createSteps(deps);
  const creation = createAccountCreation(deps);
  const sessionOpener = createSessionOpener(deps);
  const reauthentication = createReauthentication(deps);
  const passwordRules = createPasswordRules({ db });
  const knownBrowsers = createKnownBrowsers(deps);
  const factors = createSecondFactors({ ...deps, issuer: productName });
  const passkeys = createPasskeys({ ...deps, name: productName });
  const factorSteps = createSecondFactorSteps({ ...deps, knownBrowsers, steps, factors, passkeys, sessionOpener });
  const { admit } = factorSteps;
  const links = createProviderLinks({ ...deps, reauthentication, providers });
  const codes = createEmailCodes({ ...deps, steps, creation, sessionOpener, connect: links.connectIn });

  const clients = providers.map((settings) => createProviderClient(settings, { fetch, log }));
  const oauthFlow = createOAuthFlow({ ...deps, clients });
  const providerSignIn = createProviderSignIn({ ...deps, creation, sessionOpener, codes, links, isMailOn, admit });
  const reading = createStepPresenter({
    steps,
    readKept: providerSignIn.describe,
    presenters: { code: codes.present, second_factor: factorSteps.describe, enroll: factorSteps.describe },
  });

  /** Takes away whatever opens an account besides its password, and what makes a browser more than a stranger there. */
  async function removeOtherAuthMethods(tx: Bun.SQL, account: ChangingAccount): Promise<void> {
    await factors.removeAll(tx, account);
    await deleteProviderLinks(tx, account);
    await knownBrowsers.forget(tx, account);
  }

  return {
    isMailOn,
    providers,
    steps,
    creation,
    reauthentication,
    factors,
    passkeys,
    factorSteps,
    links,
    codes,
    oauthFlow,
    providerSignIn,
    reading,
    signUp: createSignUp({ ...deps, passwordRules, creation, sessionOpener, codes, isMailOn }),
    signIn: createSignIn({ ...deps, knownBrowsers, admit }),
    passwordChanges: createPasswordChanges({
      ...deps,
      passwordRules,
      reauthentication,
      knownBrowsers,
      removeOtherAuthMethods,
    }),
    operators: createOperators({ ...deps, passwordRules, factorSteps, removeOtherAuthMethods }),
    createInvite: createInvites({ db, clock, creation }),

    /** The ways into an account, as its owner sees them. */
    async describe(accountId: string): Promise<Security> {
      const account = await profiles.getSelf(accountId);
      const methods = await factors.listMethods(db.sql, accountId);
      return {
        hasPassword: (await findPassword(db.sql, accountId))?.hash != null,
        isEmailVerified: account.emailVerifiedAt !== null,
        isSecondFactorRequired: account.kind === "operator",
        hasTotp: methods.includes("totp"),
        recoveryCodeCount: await factors.countRecoveryCodes(accountId),
        passkeys: (await passkeys.list(accountId)).map(presentPasskey),
        canUsePasskeys: passkeys.canUse,
        providers: await links.list(accountId),
      };
    },
  };
}
