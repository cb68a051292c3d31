import { httpPaths, type SignedIn, type TotpSetUp } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { codeOf } from "../../apps/server/src/testing/authenticator-app.ts";
import { seededPassword } from "../world.ts";
import { Browser } from "./browser.ts";
import type { Neighbours } from "./neighbours.ts";

/** What a request says that has come to where its door has something to do; whatever is not here the samples say. */
export type Use = {
  readonly cookie?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: Readonly<Record<string, unknown>>;
};

/** Where attackers find what they need. */
export type Place = {
  readonly port: number;
  readonly neighbours: Neighbours;
  /** What a sign-up has to agree to. */
  readonly consents: { readonly terms: string; readonly privacy: string };
  /** Takes a link of an operator's first sign-in that nobody has used. */
  takeOperatorToken(): string;
};

/** Somebody who signed in a moment ago. */
export type Visitor = {
  readonly email: string;
  readonly token: string;
  readonly browser: Browser;
};

type Way = (place: Place, attacker: Visitor) => Promise<readonly Use[]>;

const p = httpPaths;
const password = "a-password-of-a-flood-7";
/** OAuth flows that each attacker has begun; each brings them back once. */
const flowsEach = 4;

let count = 0;
/** Comes from an address of its own, so that what is prepared uses up nobody's limits. */
const newBrowser = ({ port }: Pick<Place, "port">): Browser => {
  const number = ++count;
  return new Browser(port, `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`);
};

/** Signs in somebody who was seeded. */
export async function signIn(place: Pick<Place, "port">, email: string): Promise<Visitor> {
  const browser = newBrowser(place);
  const { accessToken } = await browser.expectOk<SignedIn>("POST", p.signIn, { email, password: seededPassword });
  return { email, token: accessToken, browser };
}

const stepOf = (browser: Browser): Use => ({ cookie: browser.cookiesOf("maru_step") });

const sessionOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sid: string }).sid;

/** Somebody new, whose address is still to be proved by a code. */
async function beginSignUp(place: Place): Promise<{ browser: Browser; email: string }> {
  const browser = newBrowser(place);
  const email = `newcomer-${crypto.randomUUID()}@maru.test`;
  const nickname = `손${crypto.randomUUID().slice(0, 8)}`;
  const { consents } = place;
  await browser.expectOk("POST", p.signUp, { email, password, nickname, isFourteenOrOver: true, consents });
  return { browser, email };
}

const atSignUp: Way = async (place) => [stepOf((await beginSignUp(place)).browser)];

/** Somebody who has told the right password, and whose authenticator app is asked for. */
const atSecondFactor: Way = async (place, { browser, token, email }) => {
  const { secret } = await browser.expectOk<TotpSetUp>("POST", p.totp, { password: seededPassword }, token);
  await browser.expectOk("POST", p.totpConfirm, { code: codeOf(secret, Date.now()) }, token);
  const other = newBrowser(place);
  await other.expectOk("POST", p.signIn, { email, password: seededPassword });
  return [stepOf(other)];
};

/** An operator who has to be given a second factor first. */
async function beginEnrolment(place: Place): Promise<Browser> {
  const browser = newBrowser(place);
  await browser.expectOk("POST", p.firstSignIn, { token: place.takeOperatorToken(), password });
  return browser;
}

const atEnrolment: Way = async (place) => [stepOf(await beginEnrolment(place))];

/** Somebody who comes back from the provider, which has not seen that their address is theirs. */
async function visitProvider(place: Place): Promise<{ browser: Browser; query: string }> {
  const { provider } = place.neighbours;
  const browser = newBrowser(place);
  const path = p.providerStart.replace("{providerId}", provider.id);
  const { url } = await browser.expectOk<{ url: string }>("POST", path, { returnTo: "/rooms" });
  const back = provider.comeBack(url, `traveller-${crypto.randomUUID()}`, "unproved");
  return { browser, query: new URLSearchParams(back).toString() };
}

/** What a pattern finds in a mail to somebody, once one has come in which it finds something. */
function readMail({ neighbours }: Place, email: string, pattern: RegExp): Promise<string> {
  return eventually(`a mail to ${email}`, () => {
    const bodies = neighbours.mail.mails.filter(({ to }) => to.includes(email)).map(({ body }) => body);
    return bodies.map((body) => pattern.exec(body)?.[1]).find((found) => found !== undefined);
  });
}

const refreshCookie: Way = async (_place, { browser }) => [{ cookie: browser.cookiesOf("maru_refresh") }];

/** How an attacker comes to where a route has something to do; for routes not named here they are only signed in. */
const preparations: Readonly<Record<string, Way>> = {
  [`POST ${p.refresh}`]: refreshCookie,
  [`POST ${p.signOut}`]: refreshCookie,
  async [`DELETE ${p.session}`](place, { email }) {
    const other = await signIn(place, email);
    return [{ params: { sessionId: sessionOf(other.token) } }];
  },
  [`GET ${p.step}`]: atSignUp,
  [`DELETE ${p.step}`]: atSignUp,
  async [`POST ${p.stepCode}`](place) {
    const { browser, email } = await beginSignUp(place);
    return [{ ...stepOf(browser), body: { code: await readMail(place, email, /\b(\d{6})\b/) } }];
  },
  [`POST ${p.stepResend}`]: atSignUp,
  [`POST ${p.stepSecondFactor}`]: atSecondFactor,
  [`POST ${p.stepPasskeyOptions}`]: atSecondFactor,
  [`POST ${p.stepTotp}`]: atEnrolment,
  async [`POST ${p.stepTotpConfirm}`](place) {
    const browser = await beginEnrolment(place);
    const { secret } = await browser.expectOk<TotpSetUp>("POST", p.stepTotp);
    return [{ ...stepOf(browser), body: { code: codeOf(secret, Date.now()) } }];
  },
  [`POST ${p.stepNewPasskeyOptions}`]: atEnrolment,
  [`POST ${p.stepNewPasskey}`]: atEnrolment,
  async [`POST ${p.stepConsent}`](place) {
    const { browser, query } = await visitProvider(place);
    const path = p.providerCallback.replace("{providerId}", place.neighbours.provider.id);
    await browser.expectOk("GET", `${path}?${query}`);
    return [stepOf(browser)];
  },
  [`GET ${p.providerCallback}`]: (place) =>
    Promise.all(
      Array.from({ length: flowsEach }, async () => {
        const { browser, query } = await visitProvider(place);
        return { cookie: browser.cookiesOf("maru_provider"), query };
      }),
    ),
  async [`POST ${p.passwordResetFinish}`](place, { browser, email }) {
    await browser.expectOk("POST", p.passwordReset, { email });
    return [{ body: { token: await readMail(place, email, /\/reset-password#([\w-]+)/), password } }];
  },
  [`POST ${p.firstSignIn}`]: async (place) => [{ body: { token: place.takeOperatorToken(), password } }],
  async [`POST ${p.totpConfirm}`](_place, { browser, token }) {
    await browser.expectOk("POST", p.totp, { password: seededPassword }, token);
    return [];
  },
};

/** Routes of which each attacker needs an operator of their own. */
export const operatorRoutes: ReadonlySet<string> = new Set(
  [p.firstSignIn, p.stepTotp, p.stepTotpConfirm, p.stepNewPasskeyOptions, p.stepNewPasskey].map(
    (path) => `POST ${path}`,
  ),
);

/** Brings an attacker to where a route has something to do; returns what their requests say, in turn. */
export async function bring(name: string, place: Place, attacker: Visitor): Promise<readonly Use[]> {
  return (await preparations[name]?.(place, attacker)) ?? [];
}
