import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, type SignInStep } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { openProvider, type ProviderPerson, type TestProvider } from "../fixtures/provider.fixture.ts";
import { newcomer } from "../fixtures/provider-visits.fixture.ts";

/** One installation under two origins: https behind a proxy, and http on another port of the same host. */
const secure = "https://talk.test";
const plain = "http://talk.test:8080";
let world: World;
let sun: TestProvider;
beforeAll(async () => {
  const redirectUris = [secure, plain].map((origin) => `${origin}/api/auth/providers/sun/callback`);
  sun = await openProvider({ id: "sun", redirectUris });
  const providers = { settings: [sun.settings], fetch: (url: string, init: object) => fetch(url, init) };
  const allowsOrigin = (origin: string) => [secure, plain].includes(origin);
  world = await openWorld({ isMailOn: true, origin: secure, allowsOrigin, providers });
});
afterAll(async () => {
  await world.close();
  await sun.close();
});

type Device = ReturnType<World["device"]>;

/** What a browser sends when it only opens a page: no origin. */
const opened = { origin: "" };
const stepOf = async (device: Device) =>
  (await device.ask<SignInStep>("GET", httpPaths.step, { headers: opened })).body;

/** Begins in a tab and goes to the provider; returns where that sends the tab back to. */
async function goThere(device: Device, person: ProviderPerson = newcomer()): Promise<URL> {
  sun.be(person);
  const path = httpPaths.providerStart.replace("{providerId}", "sun");
  const { body } = await device.ask<{ url: string }>("POST", path, { body: { returnTo: "/rooms" } });
  return new URL(await sun.follow(body.url));
}

async function comeBack(device: Device, { pathname, search }: URL): Promise<string> {
  const answer = await device.ask("GET", pathname + search, { headers: opened });
  return answer.headers.get("location") ?? "";
}

async function makeMember(): Promise<ProviderPerson> {
  const person = newcomer();
  const device = world.device();
  await comeBack(device, await goThere(device, person));
  const { nickname, isFourteenOrOver, consents } = world.newPerson();
  const answer = await device.enter(httpPaths.stepConsent, { nickname, isFourteenOrOver, consents });
  if (answer.status !== 200) throw new Error(`no account was made: ${JSON.stringify(answer.body)}`);
  return person;
}

describe("sign-ins begun in two tabs of one browser", () => {
  test.each([[[0, 1]], [[1, 0]]])("both lead in, coming back in the order %p", async (order) => {
    const person = await makeMember();
    const browser = world.device();
    const tabs = [await goThere(browser, person), await goThere(browser, person)];
    const places = [];
    for (const index of order) places.push(await comeBack(browser, tabs[index] as URL));
    expect(places).toEqual(["/rooms", "/rooms"]);
    expect((await browser.refresh()).status).toBe(200);
    expect([...browser.jar.keys()].filter((name) => name.includes("provider"))).toEqual([]);
  });

  test("both lead in when both begin before either is answered", async () => {
    const person = await makeMember();
    const browser = world.device();
    // Neither request carries what the other's answer sets.
    const tabs = await Promise.all([goThere(browser, person), goThere(browser, person)]);
    for (const tab of tabs) expect(await comeBack(browser, tab)).toBe("/rooms");
  });

  test("a tab that is turned away takes nothing from the other", async () => {
    const person = await makeMember();
    const browser = world.device();
    const good = await goThere(browser, person);
    const bad = await goThere(browser, person);
    bad.searchParams.set("code", "guessed");
    expect(await comeBack(browser, bad)).toBe("/log-in?fault=provider.refused");
    expect(await comeBack(browser, good)).toBe("/rooms");
  });

  test("a state that somebody else carries back stays good for who began it", async () => {
    const person = await makeMember();
    const browser = world.device();
    const back = await goThere(browser, person);
    const stranger = world.device();
    await goThere(stranger, person);
    expect(await comeBack(stranger, back)).toBe("/log-in?fault=provider.refused");
    expect(await comeBack(browser, back)).toBe("/rooms");
    expect(await comeBack(browser, back)).toBe("/log-in?fault=provider.refused");
  });

  test("of many that are never ended the eight latest stay, so that cookies do not pile up", async () => {
    const person = await makeMember();
    const browser = world.device();
    const tabs: URL[] = [];
    for (let count = 0; count < 10; count++) tabs.push(await goThere(browser, person));
    expect([...browser.jar.keys()].filter((name) => name.includes("provider"))).toHaveLength(8);
    const places = [];
    for (const tab of tabs) places.push(await comeBack(browser, tab));
    expect(places.map((place) => place === "/rooms")).toEqual([false, false, ...Array(8).fill(true)]);
  });
});

describe("an installation under two origins", () => {
  for (const page of [secure, plain]) {
    test(`sends who begins at ${page} back there, and keeps the step over a reload`, async () => {
      const browser = world.device(undefined, { page });
      const back = await goThere(browser);
      expect(back.origin).toBe(page);
      expect(await comeBack(browser, back)).toBe("/log-in");
      expect(await stepOf(browser)).toMatchObject({ next: "consent" });
      const { nickname, isFourteenOrOver, consents } = world.newPerson();
      expect((await browser.enter(httpPaths.stepConsent, { nickname, isFourteenOrOver, consents })).status).toBe(200);
      expect((await browser.refresh()).status).toBe(200);
    });

    test(`keeps the code that is awaited over a reload at ${page}, whatever a browser tells of the page`, async () => {
      const browser = world.device(undefined, { page });
      await browser.signUp();
      for (const headers of [{}, { referer: `${page}/sign-up` }, { host: "127.0.0.1:8080", referer: `${page}/` }]) {
        const answer = await browser.ask("GET", httpPaths.step, { headers: { ...opened, ...headers } });
        expect([headers, answer.body["next"]]).toEqual([headers, "code"]);
      }
      await browser.ask("DELETE", httpPaths.step);
      expect(await stepOf(browser)).toEqual({ next: "none" });
    });
  }

  test("does not read a plain cookie on its https origin: a neighbour's subdomain could have planted it", async () => {
    const attacker = world.device(undefined, { page: plain });
    await attacker.signUp();
    const [step = ""] = attacker.jar.values();
    const victim = world.device();
    for (const name of ["maru_step", "maru_step_8080"]) victim.jar.set(name, step);
    expect(await stepOf(victim)).toEqual({ next: "none" });

    const flow = await goThere(attacker);
    for (const [name, value] of attacker.jar) {
      victim.jar.set(name, value);
      victim.jar.set(name.replace("_8080", ""), value);
    }
    await comeBack(victim, flow);
    expect([...victim.jar.keys()].filter((name) => name.startsWith("__Host-"))).toEqual([]);
  });
});
