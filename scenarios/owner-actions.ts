import { type CommandName, type ErrorBody, httpPaths as p, type SignedIn } from "@maru/protocol";
import { codeOf } from "../apps/server/src/testing/authenticator-app.ts";
import { mintAccount } from "../apps/server/src/testing/mint-account.ts";
import { type EdgeBrowser, newEdgeBrowser } from "./edges/edge-browser.ts";
import { setStage, withFreshKeys } from "./edges/edge-stage.ts";
import { addTotp, type EdgeInstallation, mailTo, newMember, sessionOf, tokenIn } from "./edges/edge-visitor.ts";
import type { CountName } from "./kept-counts.ts";
import { password } from "./person.ts";

const otherPassword = `another-${password}`;
let count = 0;
const newAddress = () => `127.4.${++count >> 8}.${count % 256}`;

/** What is asked, in which browser and from which address; `ok` or the code of the refusal. */
type Request = {
  readonly browser?: EdgeBrowser;
  readonly address?: string;
  readonly token?: string;
  readonly body?: unknown;
};

async function ask(installation: EdgeInstallation, endpoint: string, request: Request): Promise<string> {
  const [method = "", path = ""] = endpoint.split(" ");
  const { browser = newEdgeBrowser(installation.door.url), address = newAddress(), token, body } = request;
  const { status, text } = await browser.send({
    method,
    path,
    headers: { "x-forwarded-for": address, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return status < 300 ? "ok" : (JSON.parse(text) as { error: ErrorBody }).error.code;
}

/** Somebody with a password, a browser that the account knows, and where it asks from. */
export type Owner = Awaited<ReturnType<typeof newOwner>>;

/** What somebody has besides: an authenticator app, a room and a socket. */
type Having = { readonly hasTotp?: boolean; readonly hasRoom?: boolean };

/** Brings somebody, signed in in their own browser. */
export async function newOwner(installation: EdgeInstallation, { hasTotp = false, hasRoom = false }: Having = {}) {
  const member = await newMember(installation, false);
  const address = newAddress();
  const browser = newEdgeBrowser(installation.door.url);
  const signInBody = { email: member.email, password };
  const { accessToken } = await browser.expectOk<SignedIn>("POST", p.signIn, signInBody);
  const secret = hasTotp ? await addTotp(member) : "";
  const stage = hasRoom ? await setStage(installation.door, { token: member.token }) : null;
  return {
    ...member,
    installation,
    browser,
    address,
    token: accessToken,
    /** Of another session of theirs. */
    otherToken: member.token,
    accountId: member.accountId.replaceAll("-", ""),
    stage,
    close: () => stage?.close(),
    totp: () => codeOf(secret, Date.now() + 30_000),
    ask: (endpoint: string, request: Request = {}) => ask(installation, endpoint, { address, ...request }),
  };
}

const signUpBody = ({ installation, email }: Owner) => ({
  email,
  password,
  nickname: `주인${++count}`,
  isFourteenOrOver: true,
  consents: { terms: installation.legal.terms.version, privacy: installation.legal.privacy.version },
});

const signIn = (owner: Owner, request: Request = {}) =>
  owner.ask(`POST ${p.signIn}`, { body: { email: owner.email, password }, ...request });
const signInKnown = (owner: Owner) => signIn(owner, { browser: owner.browser });
const signUp = (owner: Owner, request: Request = {}) =>
  owner.ask(`POST ${p.signUp}`, { body: signUpBody(owner), ...request });
const askReset = (owner: Owner, request: Request = {}) =>
  owner.ask(`POST ${p.passwordReset}`, { body: { email: owner.email }, ...request });
const prove = (owner: Owner, token: string) => owner.ask(`POST ${p.passkeyOptions}`, { token, body: { password } });

async function finishReset(owner: Owner, browser?: EdgeBrowser, address = newAddress()): Promise<string> {
  await askReset(owner, { address });
  const token = tokenIn(await mailTo(owner.installation.door, owner.email));
  const request = { address, body: { token, password: otherPassword }, ...(browser && { browser }) };
  return owner.ask(`POST ${p.passwordResetFinish}`, request);
}

/** A new password by mail, and the way in with it at once. */
async function resetAndSignIn(owner: Owner): Promise<string> {
  const [browser, address] = [newEdgeBrowser(owner.installation.door.url), newAddress()];
  const reset = await finishReset(owner, browser, address);
  if (reset !== "ok") return reset;
  return signIn(owner, { browser, address, body: { email: owner.email, password: otherPassword } });
}

/** Shows the second factor after the right password. */
async function passSecondFactor(owner: Owner, browser: EdgeBrowser): Promise<string> {
  const begun = await signIn(owner, { browser });
  if (begun !== "ok") return begun;
  return owner.ask(`POST ${p.stepSecondFactor}`, { browser, body: { totp: owner.totp() } });
}

/** Begins to set an app up, and enters its first code. */
async function confirmTotp(owner: Owner): Promise<string> {
  const { token } = owner;
  const { secret } = await owner.browser.expectOk<{ secret: string }>(
    "POST",
    p.totp,
    { password },
    { authorization: `Bearer ${token}` },
  );
  return owner.ask(`POST ${p.totpConfirm}`, { token, body: { code: codeOf(secret, Date.now()) } });
}

/** Sends a command on the socket of somebody who has one, with what `known` knows of its fields. */
async function say({ stage }: Owner, name: CommandName, fields: readonly string[], more: object = {}): Promise<string> {
  if (!stage) throw new Error("whoever says something has a socket");
  const input = { ...Object.fromEntries(fields.map((field) => [field, stage.known(field)])), ...more };
  const answer = await stage.socket.ask(name, withFreshKeys(JSON.stringify(input)));
  return answer.err?.code ?? ("ended" in answer ? answer.ended : "ok");
}

const greet = (owner: Owner) => say(owner, "message.send", ["roomId", "clientMessageId", "text"]);

async function meetSomebody(owner: Owner): Promise<string> {
  const { nickname } = await mintAccount(owner.installation.door.db, `새사람${++count}`);
  return say(owner, "direct.open", [], { nickname });
}

/** What is refused at a limit, and what its owner can do all the same; `fills` are limits that are full besides. */
type OwnersWay = {
  readonly of?: Having;
  readonly fills?: readonly CountName[];
  /** Whose counts strangers have filled, by what a count is of; all of them unless said. */
  readonly isFilled?: (counted: string, owner: Owner) => boolean;
  readonly isRefused: (owner: Owner) => Promise<string>;
  readonly way: (owner: Owner) => Promise<string>;
};

export const ownerActions: Readonly<Record<Exclude<CountName, "step_code">, OwnersWay>> = {
  sign_up_code: { isRefused: signUp, way: (owner) => signUp(owner, { address: newAddress() }) },
  sign_up_code_all: {
    // Who has had a code at the address asks for one more: beyond all, only newcomers have one.
    async isRefused(owner) {
      const address = newAddress();
      await signUp(owner, { address });
      return signUp(owner, { address });
    },
    way: signInKnown,
  },
  sign_up_code_late: {
    fills: ["sign_up_code_all"],
    isRefused: (owner) => signUp(owner, { address: newAddress() }),
    way: signInKnown,
  },
  reset_link: { isRefused: askReset, way: (owner) => askReset(owner, { address: newAddress() }) },
  reset_link_all: {
    async isRefused(owner) {
      const address = newAddress();
      await askReset(owner, { address });
      return askReset(owner, { address });
    },
    way: signIn,
  },
  reset_link_late: {
    fills: ["reset_link_all"],
    isRefused: (owner) => askReset(owner, { address: newAddress() }),
    way: signIn,
  },
  link_password: { isRefused: finishReset, way: signIn },
  edit: { of: { hasRoom: true }, isRefused: (owner) => say(owner, "message.delete", ["roomId", "seq"]), way: greet },
  rename: {
    isRefused: (owner) => owner.ask(`PATCH ${p.me}`, { token: owner.token, body: { nickname: `새별${++count}` } }),
    way: (owner) => owner.ask(`PATCH ${p.me}`, { token: owner.token, body: { intro: "안녕하세요" } }),
  },
  first_contact: {
    of: { hasRoom: true },
    isRefused: meetSomebody,
    way: (owner) => say(owner, "direct.open", ["nickname"]),
  },
  match_request: {
    of: { hasRoom: true },
    isRefused: (owner) => say(owner, "match.request", []),
    way: (owner) => say(owner, "match.get", []),
  },
  password_account: { isRefused: signIn, way: signInKnown },
  password_address: { isRefused: signIn, way: signInKnown },
  password_device: { isRefused: signInKnown, way: resetAndSignIn },
  second_factor: {
    of: { hasTotp: true },
    isFilled: (counted, { accountId }) => counted === accountId,
    isRefused: (owner) => passSecondFactor(owner, newEdgeBrowser(owner.installation.door.url)),
    way: (owner) => passSecondFactor(owner, owner.browser),
  },
  set_up_code: { isRefused: confirmTotp, way: (owner) => prove(owner, owner.token) },
  password_proof: {
    isFilled: (counted, { token }) => counted.endsWith(sessionOf(token).slice(4)),
    isRefused: (owner) => prove(owner, owner.token),
    way: (owner) => prove(owner, owner.otherToken),
  },
  password_proof_all: { isRefused: (owner) => prove(owner, owner.token), way: resetAndSignIn },
};
