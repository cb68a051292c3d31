import { csrfHeader, httpPaths, type Legal, type SignedIn } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import type { Context } from "hono";
import { addressKey } from "../../platform/http/address-key.ts";
import { createHttpApp } from "../../platform/http/app.ts";
import type { HttpEnv } from "../../platform/http/http-env.ts";
import { newId } from "../../platform/ids.ts";
import type { Log } from "../../platform/log.ts";
import type { Mail } from "../../platform/mail/mail.ts";
import { createOutbox } from "../../platform/mail/outbox.ts";
import { createNodeLimits, type NodeRateRules } from "../../platform/node-limits.ts";
import { createSecretBox } from "../../platform/secret-box.ts";
import { openTestDatabase } from "../../testing/open-test-database.ts";
import { createIdentity, generateSigningJwks, type Identity, type IdentityDeps } from "./index.ts";

/** What a test needs to ask about a response. */
export type Answer<T = Record<string, unknown>> = {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
  /** Code of the error, or undefined. */
  readonly code: string | undefined;
};

export type World = Awaited<ReturnType<typeof openWorld>>;

export const goodPassword = "hanok-floor-4";
let people = 0;

/** A log that keeps what it is told, for tests that look for what must not be there. */
export function keepingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    lines.push(
      JSON.stringify({ level, message, ...fields, ...(fields?.["error"] ? { error: String(fields["error"]) } : {}) }),
    );
  };
  const log = {
    lines,
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: () => log,
  };
  return log;
}

/** One installation on a database of its own: one node, more on request, and devices that talk to them over HTTP. */
export async function openWorld(given: Partial<IdentityDeps> & { readonly isMailOn?: boolean } = {}) {
  const { isMailOn = false, ...options } = given;
  const database = await openTestDatabase();
  const signingKeys = await generateSigningJwks("test");
  const origin = options.origin ?? "http://maru.test";
  const clock = new FakeClock();
  const secretBox = createSecretBox("the sealing secret of the tests' world");
  const mails: Mail[] = [];
  const letterBox = { send: async (mail: Mail) => void mails.push(mail), close: () => {} };
  const closers: (() => Promise<void> | void)[] = [];

  const clientAddress = (context: Context<HttpEnv>) => context.req.header("x-from") ?? "203.0.113.1";

  /** Requests are counted by the rates of this node only where a test gives some. */
  async function openNode(given: Partial<IdentityDeps> & { readonly rates?: Partial<NodeRateRules> } = {}) {
    const { rates, ...more } = given;
    const log = keepingLog();
    const db = database.connect();
    const outbox = createOutbox({ db, clock, log, secretBox, transport: isMailOn ? letterBox : null, laneCount: 1 });
    const identity: Identity = await createIdentity({
      db,
      clock,
      log,
      signingKeys,
      secretBox,
      outbox,
      signUpMode: "open",
      origin,
      allowsOrigin: (candidate) => candidate === origin,
      clientAddress,
      operator: {},
      ...options,
      ...more,
    });
    const addressOf = (context: Context<HttpEnv>) => addressKey(clientAddress(context));
    const limits = rates && { limits: createNodeLimits(clock, rates), addressOf, deviceOf: identity.deviceOf };
    const observe = identity.observeRequest;
    const app = createHttpApp({ log: options.log ?? log, newId, observe, ...(limits && { limits }) });
    identity.routes(app);
    await identity.start();
    closers.push(
      () => identity.stop(),
      () => db.close(),
    );
    return { identity, app, log, db, outbox };
  }

  const node = await openNode();
  const legal = (await (await node.app.request(httpPaths.legal)).json()) as Legal;

  /** A sign-up that would succeed, of a person nobody else is. */
  function newPerson() {
    const number = ++people;
    return {
      email: `person${number}@maru.example`,
      password: goodPassword,
      nickname: `사람 ${number}`,
      isFourteenOrOver: true,
      consents: { terms: legal.terms.version, privacy: legal.privacy.version, marketing: false },
      deviceName: "test",
    };
  }

  /** A browser on one node; with its own cookie jar and the installation's own page open unless said otherwise. */
  function device(
    of: { app: { request(path: string, init: RequestInit, env: object): Response | Promise<Response> } } = node,
    browser: { readonly jar?: Map<string, string>; readonly page?: string } = {},
  ) {
    const { jar = new Map<string, string>(), page = origin } = browser;
    let accessToken: string | undefined;

    async function ask<T = Record<string, unknown>>(
      method: string,
      path: string,
      request: {
        body?: unknown;
        headers?: Record<string, string>;
        jar?: ReadonlyMap<string, string>;
        keepsCookies?: boolean;
      } = {},
    ): Promise<Answer<T>> {
      const headers = new Headers({ origin: page, host: new URL(page).host, [csrfHeader]: "1" });
      const cookies = [...(request.jar ?? jar)].map(([name, value]) => `${name}=${value}`);
      if (cookies.length > 0) headers.set("cookie", cookies.join("; "));
      if (accessToken !== undefined) headers.set("authorization", `Bearer ${accessToken}`);
      if (request.body !== undefined) headers.set("content-type", "application/json");
      for (const [name, value] of Object.entries(request.headers ?? {})) {
        if (value === "") headers.delete(name);
        else headers.set(name, value);
      }
      const body = typeof request.body === "string" ? request.body : JSON.stringify(request.body);
      const response = await of.app.request(
        path,
        { method, headers, ...(request.body === undefined ? {} : { body }) },
        { server: null },
      );
      if (request.keepsCookies ?? true) for (const cookie of response.headers.getSetCookie()) keep(cookie);
      const text = await response.text();
      const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json");
      const parsed = isJson ? JSON.parse(text) : text;
      // That nobody is signed in is an answer of the refresh, not an error; tests name it as everywhere else.
      const code = parsed?.signedIn === false ? "auth.required" : parsed?.error?.code;
      return { status: response.status, body: parsed as T, headers: response.headers, code };
    }

    function keep(cookie: string): void {
      const [pair = "", ...attributes] = cookie.split("; ");
      const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (attributes.includes("Max-Age=0")) jar.delete(name);
      else jar.set(name, value);
    }

    async function authenticate(
      path: string,
      body?: unknown,
      more: Parameters<typeof ask>[2] = {},
    ): Promise<Answer<SignedIn>> {
      const answer = await ask<SignedIn>("POST", path, { ...(body === undefined ? {} : { body }), ...more });
      if (answer.status === 200) accessToken = answer.body.accessToken;
      return answer;
    }

    return {
      jar,
      ask,
      get refreshToken(): string | undefined {
        return [...jar].find(([name]) => /maru_refresh(_\d+)?$/.test(name))?.[1];
      },
      get accessToken(): string | undefined {
        return accessToken;
      },
      set accessToken(token: string | undefined) {
        accessToken = token;
      },
      signUp: (person: object = newPerson(), more?: Parameters<typeof ask>[2]) =>
        authenticate(httpPaths.signUp, person, more),
      signIn: (body: object, more?: Parameters<typeof ask>[2]) => authenticate(httpPaths.signIn, body, more),
      enter: (path: string, body?: unknown, more?: Parameters<typeof ask>[2]) => authenticate(path, body, more),
      refresh: (more?: Parameters<typeof ask>[2]) => authenticate(httpPaths.refresh, undefined, more),
    };
  }

  /** Signs up with the code that came by mail. */
  async function signUpByCode(browser: ReturnType<typeof device>, person: ReturnType<typeof newPerson>) {
    await browser.signUp(person);
    const code = /\b\d{6}\b/.exec((await mailsTo(person.email)).at(-1)?.text ?? "")?.[0];
    return browser.enter(httpPaths.stepCode, { code });
  }

  /** Signs a new person up and says who they are. */
  async function signUpPerson() {
    const person = newPerson();
    const browser = device();
    const answer = isMailOn ? await signUpByCode(browser, person) : await browser.signUp(person);
    if (answer.status !== 200) throw new Error(`sign-up failed: ${JSON.stringify(answer.body)}`);
    return { person, device: browser, accountId: answer.body.account.id.slice("acc_".length) };
  }

  /** Sends what waits and tells the mails that came to an address, the oldest first. */
  async function mailsTo(email: string): Promise<Mail[]> {
    await node.outbox.deliverDue();
    return mails.filter(({ to }) => to.toLowerCase() === email.toLowerCase());
  }

  return {
    ...node,
    secretBox,
    mailsTo,
    clock,
    origin,
    legal,
    newPerson,
    device,
    openNode,
    signUpPerson,
    async close() {
      for (const close of closers.reverse()) await close();
      await database.close();
    },
  };
}
