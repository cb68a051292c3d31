import {
  type AccountExport,
  type AccountSelf,
  type AuthOptions,
  type Consents,
  type Enrolled,
  httpPaths,
  type Left,
  type Passkey,
  type PasskeyOptions,
  type RecoveryCodes,
  type SecondFactorInput,
  type Security,
  type SignInStep,
  type TotpSetUp,
} from "@maru/protocol";
import type { Http, HttpRequest } from "./http.ts";
import type { EnterResult, Session } from "./session.ts";

type Proof = { readonly password?: string | undefined };
/** What a browser's passkey said, in its JSON form. */
type Credential = { readonly id: string };

/**
 * The ways into an account: the steps of signing in, and what its owner may change. Whatever changes a way in asks for the
 * password; who has none must have signed in a moment ago.
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
    return this.#http.request({ method: "GET", path: httpPaths.authOptions });
  }

  /** What is left to do before this browser is signed in; also after a reload, and back from a provider. */
  getStep(): Promise<SignInStep> {
    return this.#http.request({ method: "GET", path: httpPaths.step });
  }

  async cancelStep(): Promise<void> {
    await this.#http.request({ method: "DELETE", path: httpPaths.step });
  }

  /** Enters the code that came by mail; with another nickname if the one chosen was taken meanwhile. */
  enterCode(code: string, nickname?: string): Promise<EnterResult> {
    return this.#session.enter(httpPaths.stepCode, { code, nickname });
  }

  resendCode(): Promise<SignInStep> {
    return this.#post(httpPaths.stepResend);
  }

  /** What a passkey is to sign as the second factor. */
  getPasskeyCheck(): Promise<PasskeyOptions> {
    return this.#post(httpPaths.stepPasskeyOptions);
  }

  enterSecondFactor(input: SecondFactorInput): Promise<EnterResult> {
    return this.#session.enter(httpPaths.stepSecondFactor, input);
  }

  /** Begins the authenticator app that an operator has to set up before coming in. */
  beginRequiredTotp(): Promise<TotpSetUp> {
    return this.#post(httpPaths.stepTotp);
  }

  async finishRequiredTotp(code: string): Promise<RecoveryCodes> {
    return this.#session.take(await this.#post<Enrolled>(httpPaths.stepTotpConfirm, { code }));
  }

  beginRequiredPasskey(): Promise<PasskeyOptions> {
    return this.#post(httpPaths.stepNewPasskeyOptions);
  }

  async finishRequiredPasskey(passkey: Credential, name = ""): Promise<RecoveryCodes> {
    return this.#session.take(await this.#post<Enrolled>(httpPaths.stepNewPasskey, { passkey, name }));
  }

  /** Asks for a link that sets a new password. Answers the same whoever has the address. */
  async requestPasswordReset(email: string): Promise<void> {
    await this.#post(httpPaths.passwordReset, { email });
  }

  /** Sets the password by the token of that link. */
  async finishPasswordReset(token: string, password: string): Promise<void> {
    await this.#post(httpPaths.passwordResetFinish, { token, password });
  }

  /** Uses the link of an operator's first sign-in. */
  enterByFirstLink(token: string, password: string): Promise<EnterResult> {
    return this.#session.enter(httpPaths.firstSignIn, { token, password });
  }

  /** Where the browser has to go to sign in through a provider; `returnTo` is a place inside the app. */
  async beginProvider(providerId: string, returnTo = "/"): Promise<string> {
    const path = httpPaths.providerStart.replace("{providerId}", encodeURIComponent(providerId));
    return (await this.#post<{ url: string }>(path, { returnTo })).url;
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
    return this.#session.enter(httpPaths.stepConsent, input);
  }

  // Of who is signed in.

  getSecurity(): Promise<Security> {
    return this.#authorized({ method: "GET", path: httpPaths.security });
  }

  /** Changes the password, or sets a first one; all other devices are signed out. */
  async changePassword(newPassword: string, { password }: Proof = {}): Promise<void> {
    await this.#authorized({ method: "POST", path: httpPaths.password, body: { password, newPassword } });
  }

  beginTotp(proof: Proof = {}): Promise<TotpSetUp> {
    return this.#authorized({ method: "POST", path: httpPaths.totp, body: proof });
  }

  finishTotp(code: string): Promise<RecoveryCodes> {
    return this.#authorized({ method: "POST", path: httpPaths.totpConfirm, body: { code } });
  }

  async removeTotp(proof: Proof = {}): Promise<void> {
    await this.#authorized({ method: "POST", path: httpPaths.totpRemove, body: proof });
  }

  /** Makes new recovery codes; the earlier ones are worthless. */
  renewRecoveryCodes(proof: Proof = {}): Promise<RecoveryCodes> {
    return this.#authorized({ method: "POST", path: httpPaths.recoveryCodes, body: proof });
  }

  beginPasskey(proof: Proof = {}): Promise<PasskeyOptions> {
    return this.#authorized({ method: "POST", path: httpPaths.passkeyOptions, body: proof });
  }

  finishPasskey(passkey: Credential, name = ""): Promise<RecoveryCodes & { readonly passkey: Passkey }> {
    return this.#authorized({ method: "POST", path: httpPaths.passkeys, body: { passkey, name } });
  }

  async removePasskey(passkeyId: string, proof: Proof = {}): Promise<void> {
    const path = httpPaths.passkeyRemove.replace("{passkeyId}", encodeURIComponent(passkeyId));
    await this.#authorized({ method: "POST", path, body: proof });
  }

  /** Where the browser has to go to connect a provider with this account. A sign-in of a moment ago needs no password. */
  async connectProvider(providerId: string, returnTo = "/settings", { password }: Proof = {}): Promise<string> {
    const path = httpPaths.providerConnect.replace("{providerId}", encodeURIComponent(providerId));
    return (await this.#authorized<{ url: string }>({ method: "POST", path, body: { returnTo, password } })).url;
  }

  /** Disconnects a provider, never the last way in. */
  async removeProvider(providerId: string, proof: Proof = {}): Promise<void> {
    const path = httpPaths.providerRemove.replace("{providerId}", encodeURIComponent(providerId));
    await this.#authorized({ method: "POST", path, body: proof });
  }

  getConsents(): Promise<Consents> {
    return this.#authorized({ method: "GET", path: httpPaths.consents });
  }

  /** Gives or withdraws the optional consent. */
  setMarketing(marketing: boolean): Promise<Consents> {
    return this.#authorized({ method: "PATCH", path: httpPaths.consents, body: { marketing } });
  }

  /** Everything held on oneself. */
  export(): Promise<AccountExport> {
    return this.#authorized({ method: "GET", path: httpPaths.exportMe });
  }

  /** Closes the account and signs out; tells when what is left of it is erased. */
  async leave(messages: "keep" | "remove", { password }: Proof = {}): Promise<Left> {
    const left = await this.#authorized<Left>({ method: "POST", path: httpPaths.leave, body: { password, messages } });
    this.#session.leave();
    return left;
  }

  #post<T>(path: string, body?: unknown): Promise<T> {
    return this.#http.request<T>({ method: "POST", path, ...(body === undefined ? {} : { body }) });
  }

  #authorized<T>(request: HttpRequest): Promise<T> {
    return this.#session.authorized((token) => this.#http.request<T>({ ...request, token }));
  }
}
