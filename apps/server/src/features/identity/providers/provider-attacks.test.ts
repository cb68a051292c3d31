import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import fc from "fast-check";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { openProvider, type TestProvider } from "../fixtures/provider.fixture.ts";
import { readReturnPath } from "./oauth-flow.ts";

const origin = "http://maru.test";
let world: World;
let sun: TestProvider;
let moon: TestProvider;
/** A key that the providers say is theirs too, so that a test can let them say what they never would. */
let pair: Awaited<ReturnType<typeof generateKeyPair>>;
/** What somebody between us and the provider does with an answer. */
let tamper: ((url: string, body: Record<string, unknown>) => Promise<object> | object) | null = null;

beforeAll(async () => {
  const redirectUris = ["sun", "moon"].map((id) => `${origin}/api/auth/providers/${id}/callback`);
  pair = await generateKeyPair("RS256");
  const ownKey = { ...(await exportJWK(pair.publicKey)), kid: "tests", alg: "RS256", use: "sig" };
  sun = await openProvider({ id: "sun", redirectUris });
  moon = await openProvider({ id: "moon", redirectUris });
  const fetchTampered = async (url: string, init: object) => {
    const response = await fetch(url, init);
    if (url.endsWith("/jwks")) {
      const { keys } = (await response.json()) as { keys: object[] };
      return Response.json({ keys: [...keys, ownKey] });
    }
    if (!tamper || !url.includes("/token")) return response;
    const body = await tamper(url, (await response.json()) as Record<string, unknown>);
    return Response.json(body, { status: response.status });
  };
  const providers = { settings: [sun.settings, moon.settings], fetch: fetchTampered };
  world = await openWorld({ origin, providers });
});
afterAll(async () => {
  await world.close();
  await sun.close();
  await moon.close();
});
afterEach(() => {
  tamper = null;
});

type Device = ReturnType<World["device"]>;
let count = 0;
const someone = () => ({ sub: `person-${++count}`, email: `person${count}@sun.example`, email_verified: true });

async function begin(device: Device, provider: TestProvider, body: object = {}) {
  const path = httpPaths.providerStart.replace("{providerId}", provider.settings.id);
  const { body: begun } = await device.ask<{ url: string }>("POST", path, { body });
  return begun.url;
}

/** Goes to the provider; returns the address with which it sends the browser back. */
async function goThere(device: Device, provider: TestProvider, body: object = {}) {
  provider.be(someone());
  return new URL(await provider.follow(await begin(device, provider, body)));
}

async function comeBack(device: Device, { pathname, search }: URL, more: object = {}) {
  const answer = await device.ask("GET", pathname + search, { headers: { origin: "" }, ...more });
  return answer.headers.get("location") ?? "";
}

const refused = "/log-in?fault=provider.refused";

describe("an answer of a provider", () => {
  test("is taken once", async () => {
    const device = world.device();
    const back = await goThere(device, sun);
    const jar = new Map(device.jar);
    expect(await comeBack(device, back)).toBe("/log-in");
    expect(await comeBack(world.device(), back, { jar })).toBe(refused);
  });

  test("is taken only in the browser that asked: nobody is signed in to another's account by a link", async () => {
    const attacker = world.device();
    const back = await goThere(attacker, sun);
    const victim = world.device();
    expect(await comeBack(victim, back)).toBe(refused);
    expect(victim.jar.has("maru_step")).toBe(false);
    const busy = world.device();
    await begin(busy, sun);
    expect(await comeBack(busy, await goThere(attacker, sun))).toBe(refused);
  });

  test("is taken only with its own state, and within a quarter of an hour", async () => {
    const device = world.device();
    const [one, two] = [await goThere(device, sun), await goThere(device, sun)];
    const jar = new Map(device.jar);
    one.searchParams.set("state", two.searchParams.get("state") ?? "");
    expect(await comeBack(device, one, { jar })).toBe(refused);
    for (const state of ["", "guessed"]) {
      const back = await goThere(device, sun);
      back.searchParams.set("state", state);
      expect(await comeBack(device, back)).toBe(refused);
    }
    const late = await goThere(device, sun);
    await world.clock.advance(900_000);
    expect(await comeBack(device, late)).toBe(refused);
  });

  test("of one provider is never taken for another's", async () => {
    const device = world.device();
    const elsewhere = await goThere(device, sun);
    elsewhere.pathname = elsewhere.pathname.replace("/sun/", "/moon/");
    expect(await comeBack(device, elsewhere)).toBe(refused);
    const claimed = await goThere(device, sun);
    claimed.searchParams.set("iss", moon.issuer);
    expect(await comeBack(device, claimed)).toBe(refused);
    const own = new URL(await begin(device, sun));
    moon.be(someone());
    const foreign = await goThere(world.device(), moon);
    foreign.pathname = foreign.pathname.replace("/moon/", "/sun/");
    foreign.searchParams.set("state", own.searchParams.get("state") ?? "");
    expect(await comeBack(device, foreign)).toBe(refused);
  });

  test("a code of somebody else's flow is worth nothing: it lacks the verifier", async () => {
    const victim = await goThere(world.device(), sun);
    const attacker = world.device();
    const back = await goThere(attacker, sun);
    back.searchParams.set("code", victim.searchParams.get("code") ?? "");
    expect(await comeBack(attacker, back)).toBe(refused);
  });

  test("that says no leads back to the log-in page", async () => {
    const device = world.device();
    sun.be(null);
    expect(await comeBack(device, new URL(await sun.follow(await begin(device, sun))))).toBe(refused);
  });

  test("asks with state, nonce and PKCE", async () => {
    const query = new URL(await begin(world.device(), sun)).searchParams;
    expect(query.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"]) expect(query.get(name)?.length).toBeGreaterThan(20);
  });
});

describe("an id token", () => {
  const claimsOf = (token: unknown) =>
    JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

  async function sign(claims: Record<string, unknown>): Promise<string> {
    const { privateKey } = await generateKeyPair("RS256");
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "keystore-CHANGE-ME" }).sign(privateKey);
  }

  /** Lets the provider name another subject, in a token that it signed. */
  function nameSubject(sub: unknown): void {
    tamper = async (_url, body) => {
      const claims = { ...claimsOf(body["id_token"]), sub } as object as JWTPayload;
      const token = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "tests" });
      return { ...body, id_token: await token.sign(pair.privateKey) };
    };
  }

  const forgeries: [string, (claims: Record<string, unknown>, token: string) => Promise<string> | string][] = [
    ["without a signature", (claims) => new UnsecuredJWT(claims).encode()],
    ["signed by another key", (claims) => sign(claims)],
    ["of another issuer", (claims) => sign({ ...claims, iss: moon.issuer })],
    [
      "whose claims were changed after signing",
      (claims, token) => {
        const [head, , signature] = token.split(".");
        const body = Buffer.from(JSON.stringify({ ...claims, sub: "somebody-else" })).toString("base64url");
        return [head, body, signature].join(".");
      },
    ],
  ];

  test.each(forgeries)("%s is refused", async (_name, forge) => {
    const device = world.device();
    const back = await goThere(device, sun);
    tamper = async (_url, body) => ({
      ...body,
      id_token: await forge(claimsOf(body["id_token"]), String(body["id_token"])),
    });
    expect(await comeBack(device, back)).toBe(refused);
  });

  test("of an earlier sign-in is refused for its nonce", async () => {
    let earlier: unknown;
    tamper = (_url, body) => {
      earlier = body["id_token"];
      return body;
    };
    const device = world.device();
    expect(await comeBack(device, await goThere(device, sun))).toBe("/log-in");
    const back = await goThere(device, sun);
    tamper = (_url, body) => ({ ...body, id_token: earlier });
    expect(await comeBack(device, back)).toBe(refused);
  });

  const longest = "x".repeat(255);
  test.each([
    ["empty", ""],
    ["blank", "  "],
    ["of 256 characters", `${longest}x`],
    ["of 5,000 characters", "x".repeat(5_000)],
    ["with NUL", "a\u0000b"],
    ["with half a surrogate pair", "a\ud800b"],
    ["with a mark that hides", "a\u200eb"],
    ["that is a number", 7],
    ["that is a list", ["a"]],
    ["that is null", null],
  ])("whose subject is %s is refused, and nothing is stored", async (_name, sub) => {
    const device = world.device();
    const back = await goThere(device, sun);
    nameSubject(sub);
    expect(await comeBack(device, back)).toBe(refused);
    expect([...device.jar.keys()].filter((name) => /step|refresh|provider/.test(name))).toEqual([]);
  });

  test.each(["x", longest, "이름 있는 사람", "a'b\"c;--"])(
    "whose subject is %p leads in, and again to the same account",
    async (sub) => {
      const ids = [];
      for (let time = 0; time < 2; time++) {
        const device = world.device();
        const back = await goThere(device, sun);
        nameSubject(sub);
        expect(await comeBack(device, back)).toBe(time === 0 ? "/log-in" : "/");
        tamper = null;
        if (time === 0) {
          const { nickname, isFourteenOrOver, consents } = world.newPerson();
          await device.enter(httpPaths.stepConsent, { nickname, isFourteenOrOver, consents });
        } else await device.refresh();
        ids.push((await device.ask<{ id: string }>("GET", httpPaths.me)).body.id);
      }
      expect(ids[0]).toBe(ids[1] as string);
      expect(ids[0]).toStartWith("acc_");
    },
  );

  test("that is missing is refused", async () => {
    const device = world.device();
    const back = await goThere(device, sun);
    tamper = (_url, { id_token: _token, ...body }) => body;
    expect(await comeBack(device, back)).toBe(refused);
  });
});

describe("the way back into the app", () => {
  test.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%09/evil.example\t",
    "/\n/evil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/a/..//evil.example",
    "/%2e%2e//evil.example",
    "/%2E//evil.example",
    "/.%2e//evil.example/%2f..",
    "/..///evil.example",
    "/x/../..//user@evil.example:80",
    "javascript:alert(1)",
    "rooms",
    "",
  ])("never leads to another site: %p", (path) => {
    const place = readReturnPath(path, origin);
    expect(new URL(place, `${origin}/api/auth/providers/sun/callback`).origin).toBe(origin);
    expect(place).toMatch(/^\/(?![/\\])/);
  });

  test("keeps places inside the app", () => {
    for (const path of ["/", "/rooms", "/rooms/room_1?x=1#y"]) expect(readReturnPath(path, origin)).toBe(path);
  });

  test("stays here whatever is asked for", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.string().map((text) => `/${text}`),
          // What a browser takes apart, takes away or takes for one another, in every order.
          fc
            .array(
              fc.constantFrom(
                ..."/ // \\ . .. %2e %2E%2e %2f %5c ; : @ ? # \t \n evil.example http: a \u3002 \uff0f".split(" "),
              ),
              { maxLength: 9 },
            )
            .map((parts) => `/${parts.join("")}`),
        ),
        (path) => {
          for (const place of [readReturnPath(path, origin), readReturnPath(readReturnPath(path, origin), origin)]) {
            expect(new URL(place, `${origin}/api/auth/providers/sun/callback`).origin).toBe(origin);
            expect(place).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test("is looked at where a sign-in begins: the browser is never sent to another host", async () => {
    const person = someone();
    for (const returnTo of ["/..//evil.example", "/%2e%2e//evil.example", "/.//evil.example/x"]) {
      const device = world.device();
      sun.be(person);
      expect(await comeBack(device, new URL(await sun.follow(await begin(device, sun, { returnTo }))))).toBe("/log-in");
      if (device.refreshToken) continue;
      const { nickname, isFourteenOrOver, consents } = world.newPerson();
      await device.enter(httpPaths.stepConsent, { nickname, isFourteenOrOver, consents });
      // From the second time on they are known, and led to where they wanted.
      const known = world.device();
      expect(await comeBack(known, new URL(await sun.follow(await begin(known, sun, { returnTo }))))).toBe("/");
      await world.db.sql`delete from identity_provider_links where subject = ${person.sub}`;
      await world.db.sql`update identity_accounts set email = null, email_key = null where email = ${person.email}`;
    }
  });
});

describe("the operator's providers", () => {
  test("that are unknown or away are told apart", async () => {
    const away = { ...sun.settings, id: "away", issuer: "http://127.0.0.1:1" };
    const node = await world.openNode({ providers: { settings: [away], fetch: (url, init) => fetch(url, init) } });
    const device = world.device(node);
    const ask = (id: string) => device.ask("POST", httpPaths.providerStart.replace("{providerId}", id), { body: {} });
    expect((await ask("nobody")).code).toBe("provider.not_found");
    expect((await ask("away")).code).toBe("provider.failed");
  });
});
