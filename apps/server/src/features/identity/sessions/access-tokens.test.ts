import { beforeAll, describe, expect, test } from "bun:test";
import { limits, toWireId } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import { base64url, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { createAccessTokens } from "./access-tokens.ts";
import { generateSigningJwks, type KeySet, openKeySet, rotateSigningJwks, type SigningJwks } from "./keys.ts";

const issuer = "https://maru.example";
const audience = "maru";
const accountId = "0198c0de000070008000000000000001";
const sessionId = "0198c0de000070008000000000000002";

let jwks: SigningJwks;
let keys: KeySet;
let clock: FakeClock;
let tokens: ReturnType<typeof createAccessTokens>;

beforeAll(async () => {
  clock = new FakeClock();
  jwks = await generateSigningJwks("one");
  keys = await openKeySet(jwks);
  tokens = createAccessTokens({ clock, keys, issuer, audience });
});

const seconds = () => Math.floor(clock.now() / 1_000);
const goodPayload = () => ({
  iss: issuer,
  aud: audience,
  sub: toWireId("account", accountId),
  sid: toWireId("authSession", sessionId),
  iat: seconds(),
  exp: seconds() + 600,
});

function forge(payload: Record<string, unknown>, header: Record<string, unknown> = {}, key = keys.current.privateKey) {
  return new SignJWT(payload).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: "one", ...header }).sign(key);
}

const codeOf = async (token: string) =>
  tokens.verify(token).then(
    () => "accepted",
    (error: { code?: string }) => error.code,
  );

describe("access tokens", () => {
  test("name account and session for ten minutes", async () => {
    const { token, expiresAt } = await tokens.issue(accountId, sessionId);
    const right = await tokens.verify(token);
    expect(right).toEqual({ accountId, sessionId, issuedAt: seconds() * 1_000, expiresAt });
    expect(expiresAt - right.issuedAt).toBe(limits.accessTokenMs);
  });

  test("the forging used below would be accepted if nothing were wrong", async () => {
    expect(await codeOf(await forge(goodPayload()))).toBe("accepted");
  });

  test("say auth.expired once their time is over", async () => {
    const old = { ...goodPayload(), iat: seconds() - 700, exp: seconds() - 100 };
    expect(await codeOf(await forge(old))).toBe("auth.expired");
    const now = { ...goodPayload(), exp: seconds() };
    expect(await codeOf(await forge(now))).toBe("auth.expired");
  });

  test("an expired token that is wrong besides is invalid, not expired", async () => {
    const old = { ...goodPayload(), exp: seconds() - 100 };
    expect(await codeOf(await forge({ ...old, iss: "https://evil.example" }))).toBe("auth.invalid");
    const foreign = await openKeySet(await generateSigningJwks("one"));
    expect(await codeOf(await forge(old, {}, foreign.current.privateKey))).toBe("auth.invalid");
  });

  test("alg:none is refused", async () => {
    const unsigned = new UnsecuredJWT(goodPayload()).encode();
    expect(await codeOf(unsigned)).toBe("auth.invalid");
    const [, body] = (await forge(goodPayload())).split(".");
    for (const alg of ["none", "None", "NONE"]) {
      const header = base64url.encode(JSON.stringify({ alg, typ: "at+jwt", kid: "one" }));
      expect(await codeOf(`${header}.${body}.`)).toBe("auth.invalid");
    }
  });

  test("a token signed with our public key as an HMAC secret is refused", async () => {
    const publicKey = keys.findPublicKey("one");
    if (!publicKey) throw new Error("the key is missing");
    const publicJwk = keys.publicJwks.keys[0];
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(publicJwk), String(publicJwk?.x)]) {
      const token = await new SignJWT(goodPayload())
        .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "one" })
        .sign(new TextEncoder().encode(secret));
      expect(await codeOf(token)).toBe("auth.invalid");
    }
  });

  test("a foreign key is refused, under our kid, its own, none, or brought along", async () => {
    const foreignJwks = await generateSigningJwks("two");
    const foreign = await openKeySet(foreignJwks);
    const jwk = foreign.publicJwks.keys[0];
    for (const header of [{}, { kid: "two" }, { kid: undefined }, { jwk }, { jku: "https://evil.example/jwks" }]) {
      expect(await codeOf(await forge(goodPayload(), header, foreign.current.privateKey))).toBe("auth.invalid");
    }
  });

  const wrong: [string, Record<string, unknown>, Record<string, unknown>?][] = [
    ["another issuer", { iss: "https://evil.example" }],
    ["an issuer that only begins like ours", { iss: `${issuer}.evil.example` }],
    ["no issuer", { iss: undefined }],
    ["another audience", { aud: "other" }],
    ["no audience", { aud: undefined }],
    ["not yet valid", { nbf: 4_102_444_800 }],
    ["no end", { exp: undefined }],
    ["no subject", { sub: undefined }],
    ["no session", { sid: undefined }],
    ["a subject of another kind", { sub: toWireId("authSession", accountId) }],
    ["a subject that is no id", { sub: "acc_1' or '1'='1" }],
    ["a token of another type", {}, { typ: "JWT" }],
    ["a critical header nobody knows", {}, { crit: ["exp"] }],
  ];
  for (const [name, change, header] of wrong) {
    test(`${name} is refused`, async () => {
      const token = await forge({ ...goodPayload(), ...change }, header).catch(() => "unsignable.by.jose");
      expect(await codeOf(token)).toBe("auth.invalid");
    });
  }

  test("a token changed in any part is refused", async () => {
    const { token } = await tokens.issue(accountId, sessionId);
    const [header = "", body = "", signature = ""] = token.split(".");
    const other = base64url.encode(JSON.stringify({ ...goodPayload(), sub: toWireId("account", sessionId) }));
    for (const forged of [
      `${header}.${other}.${signature}`,
      `${header}.${body}.`,
      `${header}.${body}`,
      "",
      "a.b.c",
      "\u0000",
      body,
    ]) {
      expect(await codeOf(forged)).toBe("auth.invalid");
    }
  });

  test("rotation signs nobody out: old tokens stay good, new ones carry the new key", async () => {
    const { token } = await tokens.issue(accountId, sessionId);
    const rotatedJwks = await rotateSigningJwks(jwks, "two");
    const rotated = createAccessTokens({ clock, keys: await openKeySet(rotatedJwks), issuer, audience });
    expect((await rotated.verify(token)).accountId).toBe(accountId);
    expect(await codeOf((await rotated.issue(accountId, sessionId)).token)).toBe("auth.invalid");
    expect(rotatedJwks.keys.map((key) => [key.kid, key.d !== undefined])).toEqual([
      ["two", true],
      ["one", false],
    ]);
  });

  test("public keys tell no private half", async () => {
    const old = await importJWK(keys.publicJwks.keys[0] ?? {}, "EdDSA");
    expect(old).toHaveProperty("type", "public");
    expect(JSON.stringify(keys.publicJwks)).not.toContain('"d"');
  });

  test("keys that cannot be used are refused with words", async () => {
    const [key] = jwks.keys;
    if (!key) throw new Error("the key is missing");
    const { d: _d, ...publicKey } = key;
    await expect(openKeySet({ keys: [] })).rejects.toThrow("private half");
    await expect(openKeySet({ keys: [publicKey] })).rejects.toThrow("private half");
    await expect(openKeySet({ keys: [key, key] })).rejects.toThrow("two have the kid");
    await expect(openKeySet({ keys: [{ ...key, kty: "RSA" }] })).rejects.toThrow("Ed25519");
  });
});
