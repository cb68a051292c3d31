import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** An OpenID Connect provider on loopback: whoever brings a code back is who the code says. */
export async function openEdgeProvider(id: string) {
  const { privateKey, publicKey } = await generateKeyPair("RS256");
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "edge", alg: "RS256", use: "sig" }] };
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

  async function tokenFor(code: string): Promise<Response> {
    const [word, nonce, sub] = code.split(":");
    if (word !== "good" || !sub) return Response.json({ error: "invalid_grant" }, { status: 400 });
    const claims = { nonce, email: `${sub}@maru.example`, email_verified: true };
    const idToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: "RS256", kid: "edge" })
      .setIssuer(issuer)
      .setAudience("maru")
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(privateKey);
    return Response.json({ access_token: "edge", token_type: "Bearer", expires_in: 300, id_token: idToken });
  }

  return {
    id,
    settings: { id, name: "모서리", issuer, clientId: "maru", clientSecret: "edge-secret" },
    /** What a browser brings back from where `url` sent it. */
    comeBack(url: string, sub: string) {
      const { searchParams } = new URL(url);
      return { state: searchParams.get("state") ?? "", code: `good:${searchParams.get("nonce")}:${sub}` };
    },
    close: () => server.stop(true),
  };
}
