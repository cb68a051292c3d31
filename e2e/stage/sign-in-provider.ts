import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider from "oidc-provider";

/** Somebody as the provider knows them. */
export type Somebody = {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly nickname?: string;
};

const client = { id: "maru", secret: "secret-of-the-test-provider" };

/** A real OpenID Connect provider on loopback; whoever it is told is at its keyboard goes on without a question. */
export class SignInProvider {
  readonly #people = new Map<string, Somebody>();
  #present: string | null = null;

  private constructor(
    readonly id: string,
    readonly name: string,
    readonly issuer: string,
    readonly close: () => Promise<void>,
  ) {}

  static async open(id: string, name: string, maruUrl: string): Promise<SignInProvider> {
    let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => {};
    const server = createServer((request, response) => void handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const issuer = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
    const made = new SignInProvider(id, name, issuer, close);
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [`${maruUrl}/api/auth/providers/${id}/callback`],
        },
      ],
      clientAuthMethods: ["client_secret_post", "client_secret_basic"],
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["nickname"] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      cookies: { keys: ["the cookie key of a test provider"] },
      interactions: { url: (_context, interaction) => `/who/${interaction.uid}` },
      pkce: { required: () => true },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...made.#people.get(sub), sub }) }),
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
      const result = made.#present
        ? { login: { accountId: made.#present, remember: false } }
        : { error: "access_denied", error_description: "not today" };
      await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    };
    return made;
  }

  /** Who is at the keyboard there from now on; null turns away. */
  be(somebody: Somebody | null): void {
    if (somebody) this.#people.set(somebody.sub, somebody);
    this.#present = somebody?.sub ?? null;
  }

  /** What the server is to be told. */
  get env(): Readonly<Record<string, string>> {
    const { id, name, issuer } = this;
    return {
      MARU_OIDC_PROVIDERS: JSON.stringify([
        { id, name, issuer, clientId: client.id, clientSecret: client.secret, scope: "openid email profile" },
      ]),
    };
  }
}
