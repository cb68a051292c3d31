import type {
  AccountExport,
  AccountSelf,
  AuthOptions,
  AuthSession,
  Consents,
  HttpAnswer,
  HttpCall,
  Left,
  Legal,
  NicknameAvailability,
  Passkey,
  PasskeyOptions,
  RecoveryCodes,
  SecondFactorInput,
  Security,
  SignInStep,
  TotpSetUp,
  UpdateMeInput,
} from "@maru/protocol";
import type { Http, HttpRequest } from "./connection/http.ts";
import type { EnterResult, Session } from "./connection/session.ts";
import type { ClientCore } from "./core.ts";

type Proof = { readonly password?: string | undefined };
/** What a browser's passkey said, in its JSON form. */
type Credential = { readonly id: string };

/**
 * The ways into an account: the steps of signing in, and what its owner may change. Whatever changes a way in asks for the
 * password; who has none must have signed in a moment ago.
 *
 * @example
 * const { signUp, isMailOn } = await maru.account.getOptions();
 */
export class Account {
  readonly #http: Http;
  readonly #session: Session;

  constructor(http: Http, session: Session) {
    this.#http = http;
    this.#session = session;
  }

  // Before anybody is signed in.

  /** How people come in here: sign-up, mail, providers. */
  getOptions(): Promise<AuthOptions> {
    return this.#http.call("GET authOptions");
  }

  /** What is left to do before this browser is signed in; also after a reload, and back from a provider. */
  getStep(): Promise<SignInStep> {
    return this.#http.call("GET step");
  }

  async cancelStep(): Promise<void> {
    await this.#http.call("DELETE step");
  }

  /** Enters the code that came by mail; with another nickname if the one chosen was taken meanwhile. */
  enterCode(code: string, nickname?: string): Promise<EnterResult> {
    return this.#session.enter("POST stepCode", { code, nickname });
  }

  resendCode(): Promise<SignInStep> {
    return this.#http.call("POST stepResend");
  }

  /** What a passkey is to sign as the second factor. */
  getPasskeyCheck(): Promise<PasskeyOptions> {
    return this.#http.call("POST stepPasskeyOptions");
  }

  enterSecondFactor(input: SecondFactorInput): Promise<EnterResult> {
    return this.#session.enter("POST stepSecondFactor", input);
  }

  /** Begins the authenticator app that an operator has to set up before coming in. */
  beginRequiredTotp(): Promise<TotpSetUp> {
    return this.#http.call("POST stepTotp");
  }

  async finishRequiredTotp(code: string): Promise<RecoveryCodes> {
    return this.#session.take(await this.#http.call("POST stepTotpConfirm", { body: { code } }));
  }

  beginRequiredPasskey(): Promise<PasskeyOptions> {
    return this.#http.call("POST stepNewPasskeyOptions");
  }

  async finishRequiredPasskey(passkey: Credential, name = ""): Promise<RecoveryCodes> {
    return this.#session.take(await this.#http.call("POST stepNewPasskey", { body: { passkey, name } }));
  }

  /** Asks for a link that sets a new password. Answers the same whoever has the address. */
  async requestPasswordReset(email: string): Promise<void> {
    await this.#http.call("POST passwordReset", { body: { email } });
  }

  /** Sets the password by the token of that link. */
  async finishPasswordReset(token: string, password: string): Promise<void> {
    await this.#http.call("POST passwordResetFinish", { body: { token, password } });
  }

  /** Uses the link of an operator's first sign-in. */
  enterByFirstLink(token: string, password: string): Promise<EnterResult> {
    return this.#session.enter("POST firstSignIn", { token, password });
  }

  /** Where the browser has to go to sign in through a provider; `returnTo` is a place inside the app. */
  async beginProvider(providerId: string, returnTo = "/"): Promise<string> {
    return (await this.#http.call("POST providerStart", { params: { providerId }, body: { returnTo } })).url;
  }

  /** Agrees to the terms after a first sign-in through a provider. */
  consent(input: {
    readonly nickname: string;
    readonly isFourteenOrOver: boolean;
    readonly consents: { readonly terms: string; readonly privacy: string; readonly marketing?: boolean };
    readonly email?: string;
    readonly inviteCode?: string;
    readonly locale?: AccountSelf["locale"];
  }): Promise<EnterResult> {
    return this.#session.enter("POST stepConsent", input);
  }

  /** The texts that are agreed to at sign-up. */
  getLegal(): Promise<Legal> {
    return this.#http.call("GET legal");
  }

  /** Whether a nickname can be had; who is signed in may take back one of their own. */
  checkNickname(nickname: string): Promise<NicknameAvailability> {
    const ask = (token?: string) =>
      this.#http.call("GET nickname", { params: { nickname }, ...(token !== undefined && { token }) });
    return this.#session.accountId === null ? ask() : this.#session.authorized(ask);
  }

  // Of who is signed in.

  /** Changes one's own profile. */
  async updateMe(input: UpdateMeInput): Promise<AccountSelf> {
    const account = await this.#authorized("PATCH me", { body: input });
    this.#session.updateAccount(account);
    return account;
  }

  /** The devices that are signed in. */
  async listSessions(): Promise<readonly AuthSession[]> {
    return (await this.#authorized("GET sessions")).sessions;
  }

  /** Signs another device out. */
  async endSession(sessionId: string): Promise<void> {
    await this.#authorized("DELETE session", { params: { sessionId } });
  }

  getSecurity(): Promise<Security> {
    return this.#authorized("GET security");
  }

  /** Changes the password, or sets a first one; all other devices are signed out. */
  async changePassword(newPassword: string, { password }: Proof = {}): Promise<void> {
    await this.#authorized("POST password", { body: { password, newPassword } });
  }

  beginTotp(proof: Proof = {}): Promise<TotpSetUp> {
    return this.#authorized("POST totp", { body: proof });
  }

  finishTotp(code: string): Promise<RecoveryCodes> {
    return this.#authorized("POST totpConfirm", { body: { code } });
  }

  async removeTotp(proof: Proof = {}): Promise<void> {
    await this.#authorized("POST totpRemove", { body: proof });
  }

  /** Makes new recovery codes; the earlier ones are worthless. */
  renewRecoveryCodes(proof: Proof = {}): Promise<RecoveryCodes> {
    return this.#authorized("POST recoveryCodes", { body: proof });
  }

  beginPasskey(proof: Proof = {}): Promise<PasskeyOptions> {
    return this.#authorized("POST passkeyOptions", { body: proof });
  }

  finishPasskey(passkey: Credential, name = ""): Promise<RecoveryCodes & { readonly passkey: Passkey }> {
    return this.#authorized("POST passkeys", { body: { passkey, name } });
  }

  async removePasskey(passkeyId: string, proof: Proof = {}): Promise<void> {
    await this.#authorized("POST passkeyRemove", { params: { passkeyId }, body: proof });
  }

  /** Where the browser has to go to connect a provider with this account. A sign-in of a moment ago needs no password. */
  async connectProvider(providerId: string, returnTo = "/settings", { password }: Proof = {}): Promise<string> {
    const request = { params: { providerId }, body: { returnTo, password } };
    return (await this.#authorized("POST providerConnect", request)).url;
  }

  /** Disconnects a provider, never the last way in. */
  async removeProvider(providerId: string, proof: Proof = {}): Promise<void> {
    await this.#authorized("POST providerRemove", { params: { providerId }, body: proof });
  }

  getConsents(): Promise<Consents> {
    return this.#authorized("GET consents");
  }

  /** Gives or withdraws the optional consent. */
  setMarketing(marketing: boolean): Promise<Consents> {
    return this.#authorized("PATCH consents", { body: { marketing } });
  }

  /** Everything held on oneself. */
  export(): Promise<AccountExport> {
    return this.#authorized("GET exportMe");
  }

  /** Closes the account and signs out; returns when what is left of it is erased. */
  async leave(messages: "keep" | "remove", { password }: Proof = {}): Promise<Left> {
    const left = await this.#authorized("POST leave", { body: { password, messages } });
    this.#session.leave();
    return left;
  }

  #authorized<C extends HttpCall>(call: C, request: HttpRequest = {}): Promise<HttpAnswer<C>> {
    return this.#session.authorized((token) => this.#http.call(call, { ...request, token }));
  }
}

/**
 * Adds the ways into an account, and what its owner may change, to a client.
 *
 * @example
 * const account = createAccount(core);
 * await account.changePassword("hanok-floor-4", { password });
 */
export function createAccount(core: ClientCore): Account {
  return new Account(core.foundation.http, core.foundation.session);
}
