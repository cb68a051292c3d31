import { httpPaths, type Legal, type PasskeyOptions, type SignedIn, type TotpSetUp } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { openAuthenticator } from "../../apps/server/src/testing/authenticator.ts";
import { codeOf } from "../../apps/server/src/testing/authenticator-app.ts";
import { mintAccount } from "../../apps/server/src/testing/mint-account.ts";
import type { openProvider } from "../../apps/server/src/testing/open-provider.ts";
import type { TestServer } from "../../apps/server/src/testing/start-test-server.ts";
import { password } from "../person.ts";
import { type EdgeBrowser, newEdgeBrowser } from "./edge-browser.ts";
import { answersWith, makesPasskeys, passkeyStandIn } from "./edge-passkeys.ts";
import { setStage } from "./edge-stage.ts";

/** One installation: where people are made, and the door that is tried, which sends mails and knows a provider. */
export type EdgeInstallation = {
  readonly maker: TestServer;
  readonly door: TestServer;
  readonly provider: ReturnType<typeof openProvider>;
  readonly legal: Legal;
  /** What pages of the installation are at, as browsers are told. */
  readonly origin: string;
};

type Facts = Readonly<Record<string, unknown>>;
/** Somebody at a browser, and what the fields of a good request of theirs say. */
export type Visitor = {
  readonly browser: EdgeBrowser;
  readonly token: string;
  known(name: string): unknown;
  /** Puts into a body what changes from request to request. */
  fill(json: string): Promise<string>;
  close(): void;
};

let count = 0;
const newEmail = () => `edge-${++count}@maru.example`;
const newNickname = () => `새이름${++count}`;
const p = httpPaths;

const passwordHash = Bun.password.hash(password, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 });

export const sessionOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sid: string }).sid;

/** Somebody signed in with a password; with a room where the route asks for one. */
export async function newMember({ maker, door, legal }: EdgeInstallation, needsRoom: boolean) {
  const { db } = door;
  const { accountId, token } = await mintAccount(db, `손님${++count}`);
  const email = newEmail();
  const hash = await passwordHash;
  await db.sql`
    update identity_accounts set email = ${email}, email_key = ${email}, email_verified_at = now(), password_hash = ${hash}
    where id = ${accountId}`;
  await db.sql`
    insert into identity_auth_sessions (id, account_id, auth_epoch, device_name, created_at, last_used_at)
    select ${sessionOf(token).slice(4)}, id, auth_epoch, '', now(), now() from identity_accounts where id = ${accountId}`;
  const stage = needsRoom ? await setStage(maker, { token }) : null;
  const facts = factsOf(legal, email);
  const known = (name: string) => (Object.hasOwn(facts, name) ? facts[name] : stage?.known(name));
  return { browser: newEdgeBrowser(door.url), token, known, close: () => stage?.close(), accountId, email };
}

/** Somebody who is not signed in. */
function newStranger({ door, legal }: EdgeInstallation) {
  const facts = factsOf(legal, newEmail());
  return { browser: newEdgeBrowser(door.url), token: "none", known: (name: string) => facts[name], close: () => {} };
}

/** What the fields of a good request say, whoever asks. */
function factsOf(legal: Legal, email: string): Facts {
  return {
    email,
    password,
    newPassword: `another-${password}`,
    nickname: newNickname(),
    isFourteenOrOver: true,
    consents: { terms: legal.terms.version, privacy: legal.privacy.version },
    providerId: "edge",
    messages: "keep",
    marketing: true,
    passkey: passkeyStandIn,
  };
}

type Member = Awaited<ReturnType<typeof newMember>>;
type Prepared = { readonly browser?: EdgeBrowser; readonly facts?: Facts; readonly fill?: Visitor["fill"] };
/** A way to a place; who has to be a member for it, is made one. */
type Way = (installation: EdgeInstallation, join: () => Promise<Member>) => Promise<Prepared>;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export async function addTotp({ browser, token }: Member): Promise<string> {
  const { secret } = await browser.expectOk<TotpSetUp>("POST", p.totp, { password }, bearer(token));
  await browser.expectOk("POST", p.totpConfirm, { code: codeOf(secret, Date.now()) }, bearer(token));
  return secret;
}

/** A browser that has told the right password and is not yet signed in. */
async function beginSignIn({ door }: EdgeInstallation, { email }: Member): Promise<EdgeBrowser> {
  const browser = newEdgeBrowser(door.url);
  await browser.expectOk("POST", p.signIn, { email, password });
  return browser;
}

async function beginSecondFactor(installation: EdgeInstallation, member: Member): Promise<Prepared> {
  const secret = await addTotp(member);
  const browser = await beginSignIn(installation, member);
  return { browser, facts: { totp: codeOf(secret, Date.now() + 30_000) } };
}

/** The second factor by a passkey, beside the one by an app: a door of its own, of the same route. */
export const byPasskey = `POST ${p.stepSecondFactor} by passkey`;

/** The route of a door. */
export const routeOf = (door: string): string => door.split(" ").slice(0, 2).join(" ");

async function beginPasskey(installation: EdgeInstallation, member: Member): Promise<Prepared> {
  const authenticator = openAuthenticator(installation.origin);
  const options = await member.browser.expectOk<PasskeyOptions>(
    "POST",
    p.passkeyOptions,
    { password },
    bearer(member.token),
  );
  const passkey = authenticator.create(options);
  await member.browser.expectOk("POST", p.passkeys, { name: "edge", passkey }, bearer(member.token));
  const browser = await beginSignIn(installation, member);
  const ask = async () => {
    const { status, text } = await browser.send({ method: "POST", path: p.stepPasskeyOptions });
    return status === 200 ? (JSON.parse(text) as PasskeyOptions) : null;
  };
  return { browser, fill: answersWith(authenticator, ask) };
}

/** Gives a browser's account an operator's rights, and leaves it where it has to be given a second factor. */
async function beginEnrolment(installation: EdgeInstallation, member: Member): Promise<EdgeBrowser> {
  await installation.door.db.sql`update identity_accounts set kind = 'operator' where id = ${member.accountId}`;
  return beginSignIn(installation, member);
}

async function beginSignUp({ door, legal }: EdgeInstallation): Promise<Prepared> {
  const browser = newEdgeBrowser(door.url);
  const email = newEmail();
  const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
  const person = { email, password, nickname: newNickname(), isFourteenOrOver: true, consents };
  await browser.expectOk("POST", p.signUp, person);
  return { browser, facts: { email, code: /\b\d{6}\b/.exec(await mailTo(door, email))?.[0] } };
}

export async function mailTo({ url }: TestServer, email: string): Promise<string> {
  const browser = newEdgeBrowser(url);
  return eventually(`a mail to ${email}`, async () => {
    const { mails } = await browser.expectOk<{ mails: { to: string; text: string }[] }>("GET", "/dev/mail/all.json");
    return mails.find(({ to }) => to === email)?.text;
  });
}

/** Goes away to the provider; what is left is to come back. */
async function visitProvider({ door, provider }: EdgeInstallation) {
  const browser = newEdgeBrowser(door.url);
  const path = p.providerStart.replace("{providerId}", provider.id);
  const { url } = await browser.expectOk<{ url: string }>("POST", path, { returnTo: "/rooms" });
  return { browser, facts: provider.comeBack(url, `traveller${++count}`) };
}

export const tokenIn = (link: string) => /[#=]([\w-]{20,})/.exec(link)?.[1];

/** How somebody comes to the place where a route has something to do; for routes not named here they are signed in. */
const ways: Readonly<Record<string, Way>> = {
  [`POST ${p.signUp}`]: async ({ door }) => ({ browser: newEdgeBrowser(door.url), facts: { email: newEmail() } }),
  [`POST ${p.refresh}`]: async (installation, join) => ({ browser: await beginSignIn(installation, await join()) }),
  [`POST ${p.signOut}`]: async (installation, join) => ({ browser: await beginSignIn(installation, await join()) }),
  [`POST ${p.stepCode}`]: beginSignUp,
  async [`POST ${p.stepResend}`](installation) {
    const begun = await beginSignUp(installation);
    // A code may be sent again after a minute, which nobody has to wait for here.
    const { door } = installation;
    await door.db.sql`update identity_steps set sent_at = sent_at - interval '2 minutes' where kind = 'code'`;
    return begun;
  },
  [`POST ${p.stepSecondFactor}`]: async (installation, join) => beginSecondFactor(installation, await join()),
  [byPasskey]: async (installation, join) => beginPasskey(installation, await join()),
  [`POST ${p.stepPasskeyOptions}`]: async (installation, join) => beginSecondFactor(installation, await join()),
  [`POST ${p.stepTotp}`]: async (installation, join) => ({ browser: await beginEnrolment(installation, await join()) }),
  async [`POST ${p.stepTotpConfirm}`](installation, join) {
    const browser = await beginEnrolment(installation, await join());
    const { secret } = await browser.expectOk<TotpSetUp>("POST", p.stepTotp);
    return { browser, facts: { code: codeOf(secret, Date.now()) } };
  },
  [`POST ${p.stepNewPasskeyOptions}`]: async (installation, join) => ({
    browser: await beginEnrolment(installation, await join()),
  }),
  async [`POST ${p.stepNewPasskey}`](installation, join) {
    const browser = await beginEnrolment(installation, await join());
    return {
      browser,
      fill: makesPasskeys(installation.origin, () => browser.expectOk("POST", p.stepNewPasskeyOptions)),
    };
  },
  async [`POST ${p.stepConsent}`](installation) {
    const { browser, facts } = await visitProvider(installation);
    const path = p.providerCallback.replace("{providerId}", installation.provider.id);
    await browser.send({ method: "GET", path: `${path}?${new URLSearchParams(facts)}` });
    return { browser };
  },
  [`GET ${p.providerCallback}`]: visitProvider,
  async [`POST ${p.passwordResetFinish}`]({ door }, join) {
    const { browser, email } = await join();
    await browser.expectOk("POST", p.passwordReset, { email });
    return { browser, facts: { token: tokenIn(await mailTo(door, email)) } };
  },
  async [`POST ${p.firstSignIn}`]({ door }) {
    const operator = { email: newEmail(), nickname: newNickname(), resetsSecondFactor: false };
    const { url } = await door.app.identity.createOperator(operator);
    return { browser: newEdgeBrowser(door.url), facts: { token: tokenIn(url) } };
  },
  async [`POST ${p.totpConfirm}`](_installation, join) {
    const { browser, token } = await join();
    const { secret } = await browser.expectOk<TotpSetUp>("POST", p.totp, { password }, bearer(token));
    return { browser, facts: { code: codeOf(secret, Date.now()) } };
  },
  async [`POST ${p.totpRemove}`](_installation, join) {
    await addTotp(await join());
    return {};
  },
  async [`POST ${p.recoveryCodes}`](_installation, join) {
    await addTotp(await join());
    return {};
  },
  async [`POST ${p.passkeys}`]({ origin }, join) {
    const { browser, token } = await join();
    const ask = () => browser.expectOk<PasskeyOptions>("POST", p.passkeyOptions, { password }, bearer(token));
    return { fill: makesPasskeys(origin, ask) };
  },
  async [`DELETE ${p.session}`]({ door }, join) {
    const { email } = await join();
    const { accessToken } = await newEdgeBrowser(door.url).expectOk<SignedIn>("POST", p.signIn, { email, password });
    return { facts: { sessionId: sessionOf(accessToken) } };
  },
};

/** Whether a route is one to which somebody has to be brought, rather than being signed in. */
export const hasWay = (endpoint: string): boolean => Object.hasOwn(ways, endpoint);

/** Brings somebody new to where a route has something to do. */
export async function bring(installation: EdgeInstallation, endpoint: string, schema: object): Promise<Visitor> {
  const needsRoom = /"(roomId|memberId|blockId|seq|epoch|rev)"/.test(JSON.stringify(schema));
  let member: Member | null = null;
  const join = async () => {
    member ??= await newMember(installation, needsRoom);
    return member;
  };
  const prepared = (await ways[endpoint]?.(installation, join)) ?? {};
  const isStranger = member === null && prepared.browser !== undefined;
  const { browser, token, known, close } = isStranger ? newStranger(installation) : await join();
  const { facts = {}, fill = async (json: string) => json } = prepared;
  return {
    browser: prepared.browser ?? browser,
    token,
    known: (name) => (Object.hasOwn(facts, name) ? facts[name] : known(name)),
    fill,
    close,
  };
}
