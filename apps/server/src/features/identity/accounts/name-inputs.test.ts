import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import * as protocol from "@maru/protocol";
import { listNameInputs, offeredNickname, type ProviderWorld } from "../fixtures/name-inputs.fixture.ts";
import { openProviderWorld } from "../fixtures/provider-visits.fixture.ts";

let providers: ProviderWorld;
beforeAll(async () => {
  providers = await openProviderWorld({ origin: "https://talk.example" });
  const { device } = await providers.world.signUpPerson();
  for (const nickname of ["paypal", "새벽별"]) {
    const owner = nickname === "paypal" ? device : (await providers.world.signUpPerson()).device;
    expect((await owner.ask("PATCH", protocol.httpPaths.me, { body: { nickname } })).status).toBe(200);
  }
});
afterAll(() => providers?.close());

/** What no name may be, whoever or whatever it names. */
const nowhere: readonly string[] = [
  // Shown as nothing: selectors, joiners, fillers, Khmer and Mongolian vowels, tags, what is not assigned.
  ..."\uFE0F\u034F\u{E0100}\u17B4\u180B\u115F\u3164\u200B\u200D\u2060\u00AD\u2065\u{E0041}\u{1D173}\u{10FFFF}\u0378",
  // Turned around, controls, what cannot be stored.
  ..."\u202E\u2066\u0007\u0000\uE000",
].map((character) => `새벽${character}이`);
const heaped = [
  "q\u0307\u0323\u0308b",
  `q${"\u0307".repeat(17)}b`,
  "가\u0323나",
  "ㄱ\u0301나",
  "❤️\u0323봄",
  "\u0301봄이",
];
const broken = ["새벽\ud83d", "\ude00벽이", "가".repeat(5_000)];
/** What nobody is called, and nobody else. */
const reserved = ["운영자", "аdmin", "운.영.자", "ｓｙｓｔｅｍ", "ADMlN"];
const alike = ["paypaI", "рaypal", "ｐａｙｐａｌ", "paypa1", "새 벽별", "새벽별".normalize("NFD")];

const codesFor = {
  nickname: ["nickname.invalid", "request.invalid"],
  device: ["name.invalid", "request.invalid"],
  passkey: ["name.invalid", "request.invalid"],
};

/** Tries a door with everything that no name may be, then with one that is good; returns what is wrong with the answers. */
async function walk(title: string): Promise<string[]> {
  const [kind, open] = listNameInputs(providers).get(title) ?? [];
  if (!kind || !open) throw new Error(`no door is called ${title}`);
  const door = await open();
  const faults: string[] = [];
  const expectRefused = async (name: string, codes: readonly string[]) => {
    const { status, code } = await door.ask(name);
    const isRefused = status >= 400 && status < 500 && codes.includes(code ?? "");
    if (!isRefused) faults.push(`${JSON.stringify(name.slice(0, 20))}: ${status} ${code}`);
  };
  for (const name of [...nowhere, ...heaped, ...broken]) await expectRefused(name, codesFor[kind]);
  if (kind === "nickname") {
    for (const name of reserved) await expectRefused(name, ["nickname.reserved"]);
    for (const name of alike) await expectRefused(name, ["nickname.taken"]);
  }
  // Names of things are nobody's: they may be like each other, and like those of people.
  const good = ` ${kind === "nickname" ? `José ${title.length}` : "José 운영자"} \u00A0 ❤️ `.normalize("NFD");
  const { status, code } = await door.ask(good);
  if (status >= 300) faults.push(`a good one: ${status} ${code}`);
  const shown = await door.shown();
  if (shown !== undefined && shown !== protocol.normalizeName(good)) faults.push(`a good one is shown as «${shown}»`);
  return faults;
}

describe("every name that comes in over HTTP and is seen by people", () => {
  test("comes through a door that is walked here", () => {
    const { app } = providers.world;
    const { paths = {} } = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Maru", version: "1" } });
    const found = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, object>).flatMap(([method, operation]) => {
        const fields = JSON.stringify((operation as { requestBody?: object }).requestBody ?? {});
        const named = [...fields.matchAll(/"((?:\w*[nN]ame))":\{/g)].map(([, field]) => field);
        return named.map((field) => `${method.toUpperCase()} ${path} ${field}`);
      }),
    );
    expect(found.sort()).toEqual([...listNameInputs(providers).keys()].sort());
  });

  for (const title of [
    ...["POST signUp nickname", "POST signUp deviceName", "POST signIn deviceName", "POST stepCode nickname"],
    ...["POST stepConsent nickname", "PATCH me nickname", "POST providerStart deviceName"],
    ...["POST providerConnect deviceName", "POST firstSignIn deviceName", "POST passwordResetFinish deviceName"],
    ...["POST stepNewPasskey name", "POST passkeys name"],
  ]) {
    test(`${title} is judged by the one rule, and shown as it was judged`, async () => {
      const [method, route, field] = title.split(" ") as [string, keyof typeof protocol.httpPaths, string];
      expect(await walk(`${method} ${protocol.httpPaths[route]} ${field}`)).toEqual([]);
    });
  }

  test("or from a provider, which is offered only where it could be had", async () => {
    expect(await offeredNickname(providers, "해님 José".normalize("NFD"))).toBe("해님 José");
    for (const name of ["새벽\u034F별", "q\u0307\u0323\u0308b", "운영자", "аdmin", "가".repeat(5_000)]) {
      expect([name.slice(0, 9), await offeredNickname(providers, name)]).toEqual([name.slice(0, 9), null]);
    }
  });
});

describe("a planted fault turns the walk red:", () => {
  test("a list by hand of what cannot be seen", async () => {
    const listed = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0\u2800]/u;
    const byHand = (name: string) => (name.length > 100 || listed.test(name.normalize("NFC")) ? "characters" : null);
    const rules = [
      spyOn(protocol, "findNameFault").mockImplementation(byHand),
      spyOn(protocol, "findNicknameFault").mockImplementation(byHand),
    ];
    try {
      for (const [method, route, field] of [
        ["PATCH", "me", "nickname"],
        ["POST", "signIn", "deviceName"],
      ] as const) {
        const faults = (await walk(`${method} ${protocol.httpPaths[route]} ${field}`)).join("\n");
        for (const unseen of ["\uFE0F", "\u034F", "\u{E0100}", "\u17B4"]) expect(faults).toContain(`새벽${unseen}이`);
        expect(faults).toContain("가\u0323나");
      }
    } finally {
      for (const rule of rules) rule.mockRestore();
    }
  });

  test("a door that does not ask", async () => {
    const rule = spyOn(protocol, "findNameFault").mockReturnValue(null);
    const faults = await walk(`POST ${protocol.httpPaths.passkeys} name`).finally(() => rule.mockRestore());
    expect(faults.length).toBeGreaterThan(5);
  });
});
