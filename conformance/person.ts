import { type AccountId, csrfHeader, httpPaths, legalSchema, signedInSchema } from "@maru/protocol";

/** An account for the suite, signed in. */
export type Person = {
  readonly accountId: AccountId;
  readonly nickname: string;
  readonly token: string;
  readonly email: string;
  readonly password: string;
};

const password = "conformance-floor-boards";

/** Signs up somebody new as any client does. */
export async function signUp(url: URL, name: string): Promise<Person> {
  const tag = crypto.randomUUID().slice(0, 8);
  const email = `${name}-${tag}@conformance.test`;
  const nickname = `${name}${tag}`;
  const legal = legalSchema.parse(await ask(url, "GET", httpPaths.legal));
  const { accessToken, account } = signedInSchema.parse(
    await ask(url, "POST", httpPaths.signUp, {
      email,
      password,
      nickname,
      isFourteenOrOver: true,
      consents: { terms: legal.terms.version, privacy: legal.privacy.version },
      deviceName: "conformance",
    }),
  );
  return { accountId: account.id, nickname, token: accessToken, email, password };
}

/** Signs in an account that is there; its nickname comes with the answer. */
export async function signIn(url: URL, email: string, secret: string): Promise<Person> {
  const body = { email, password: secret, deviceName: "conformance" };
  const { accessToken, account } = signedInSchema.parse(await ask(url, "POST", httpPaths.signIn, body));
  return { accountId: account.id, nickname: account.nickname, token: accessToken, email, password: secret };
}

/** Signs the device of a token out. */
export async function signOut(url: URL, token: string): Promise<void> {
  await ask(url, "POST", httpPaths.signOut, undefined, token);
}

async function ask(url: URL, method: string, path: string, body?: unknown, token?: string): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      [csrfHeader]: "1",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 300)}`);
  return text === "" ? undefined : JSON.parse(text);
}
