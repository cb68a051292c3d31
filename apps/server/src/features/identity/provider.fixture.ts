import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";
import type { ProviderSettings } from "./provider-settings.ts";

/** Somebody as a provider knows them. */
export type ProviderPerson = {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly nickname?: string;
};

/**
 * A real OpenID Connect provider on a free port of loopback. Whoever it is told to be is logged in there without a
 * question, so that a test decides who comes back.
 */
export async function openProvider(options: {
  readonly id: string;
  readonly redirectUris: readonly string[];
  /** Tells e-mail and name only when asked for more, as Kakao tells whether an address is verified. */
  readonly isTerse?: boolean;
}) {
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => {};
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const issuer = `http://127.0.0.1:${port}`;
  const people = new Map<string, ProviderPerson>();
  let present: string | null = null;

  const provider = new Provider(issuer, {
    clients: [{ client_id: "maru", client_secret: "provider-secret", redirect_uris: [...options.redirectUris] }],
    clientAuthMethods: ["client_secret_post", "client_secret_basic"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["nickname"] },
    conformIdTokenClaims: options.isTerse ?? false,
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["the cookie key of a test provider"] },
    interactions: { url: (_context, interaction) => `/who/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub), sub }) }),
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client?.clientId ?? "",
        accountId: context.oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  handle = async (request, response) => {
    if (!request.url?.startsWith("/who/")) return answer(request, response);
    const result =
      present === null
        ? { error: "access_denied", error_description: "not today" }
        : { login: { accountId: present, remember: false } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  };

  const settings: ProviderSettings = {
    id: options.id,
    name: options.id,
    issuer,
    clientId: "maru",
    clientSecret: "provider-secret",
    scope: "openid email profile",
  };

  return {
    issuer,
    settings,

    /** Who is at the keyboard there from now on; null refuses. */
    be(person: ProviderPerson | null): void {
      if (person) people.set(person.sub, person);
      present = person?.sub ?? null;
    },

    /** Follows the provider's own pages, in a browser that is new to it, until it sends one back to us. */
    async follow(url: string): Promise<string> {
      const jar = new Map<string, string>();
      let next = url;
      while (next.startsWith(issuer)) {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
        const response = await fetch(next, { redirect: "manual", headers: { cookie } });
        for (const line of response.headers.getSetCookie()) {
          const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          jar.set(name, value);
        }
        const location = response.headers.get("location");
        if (location === null) throw new Error(`${response.status} at ${next}: ${await response.text()}`);
        next = new URL(location, next).href;
      }
      return next;
    },

    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

export type TestProvider = Awaited<ReturnType<typeof openProvider>>;
