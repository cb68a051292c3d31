import { generateKeyPairSync, sign } from "node:crypto";

/** An OpenID Connect provider on loopback: whoever brings a code back is who the code says. */
export function openProvider(id: string) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "edge", alg: "RS256", use: "sig" }] };
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => answer(request) });
  const issuer = `http://127.0.0.1:${server.port}`;

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/jwks") return Response.json(jwks);
    if (pathname === "/token") return tokenFor(new URLSearchParams(await request.text()).get("code") ?? "");
    return Response.json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    });
  }

  function tokenFor(code: string): Response {
    const [word, nonce, sub, proof] = code.split(":");
    if (word !== "good" || !sub) return Response.json({ error: "invalid_grant" }, { status: 400 });
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: issuer, aud: "maru", sub, nonce, iat: now, exp: now + 300, email: `${sub}@maru.example` };
    const parts = [
      { alg: "RS256", kid: "edge" },
      { ...claims, email_verified: proof === "proved" },
    ];
    const said = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const idToken = `${said}.${sign("sha256", Buffer.from(said), privateKey).toString("base64url")}`;
    return Response.json({ access_token: "edge", token_type: "Bearer", expires_in: 300, id_token: idToken });
  }

  return {
    id,
    settings: { id, name: "모서리", issuer, clientId: "maru", clientSecret: "edge-secret" },
    /** What a browser brings back from where `url` sent it; the provider has seen that the e-mail is theirs, or has not. */
    comeBack(url: string, sub: string, proof: "proved" | "unproved" = "proved") {
      const { searchParams } = new URL(url);
      return { state: searchParams.get("state") ?? "", code: `good:${searchParams.get("nonce")}:${sub}:${proof}` };
    },
    close: () => server.stop(true),
  };
}
