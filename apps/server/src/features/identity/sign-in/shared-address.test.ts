import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

const origins = ["http://hall.test", "http://hall.test:8080", "http://hall.test:8081", "https://hall.test:8443"];
let worlds: World[];
beforeAll(async () => {
  worlds = await Promise.all(origins.map((origin) => openWorld({ origin })));
});
afterAll(async () => {
  for (const world of worlds) await world.close();
});

/** One browser at every installation of the host: a browser keeps one jar for all ports. */
function openBrowser() {
  const jar = new Map<string, string>();
  return { jar, tabs: worlds.map((world) => ({ world, device: world.device(undefined, { jar }) })) };
}

const refreshAll = async (tabs: ReturnType<typeof openBrowser>["tabs"]) => {
  const statuses = [];
  for (const { device } of tabs) statuses.push((await device.refresh()).status);
  return statuses;
};

describe("installations on one host", () => {
  test("keep their sign-ins apart: signing in and out at one changes nothing at the others", async () => {
    const { tabs } = openBrowser();
    const people = tabs.map(({ world }) => world.newPerson());
    for (const [at, { device }] of tabs.entries()) {
      expect((await device.signUp(people[at])).status).toBe(200);
    }
    expect(await refreshAll(tabs)).toEqual([200, 200, 200, 200]);
    await tabs[1]?.device.ask("POST", httpPaths.signOut);
    expect(await refreshAll(tabs)).toEqual([200, 401, 200, 200]);
    expect((await tabs[1]?.device.signIn(people[1] as object))?.status).toBe(200);
    expect(await refreshAll(tabs)).toEqual([200, 200, 200, 200]);
  });
});

describe("a sign-in from before cookies were named by port", () => {
  /** Signed in at one installation, with its cookie under the former name. */
  async function signedInBefore(at: number) {
    const browser = openBrowser();
    const tab = browser.tabs[at] as (typeof browser.tabs)[number];
    const person = tab.world.newPerson();
    await tab.device.signUp(person);
    for (const [name, value] of [...browser.jar]) {
      browser.jar.delete(name);
      browser.jar.set(name.replace(/_\d+$/, ""), value);
    }
    return { ...browser, ...tab, person };
  }
  const refreshNames = (jar: Map<string, string>) => [...jar.keys()].filter((name) => name.includes("refresh")).sort();

  test.each([
    [1, "maru_refresh_8080"],
    [3, "__Host-maru_refresh_8443"],
  ])("goes on, under the name of its port (%p)", async (at, name) => {
    const { device, jar } = await signedInBefore(at);
    expect((await device.refresh()).status).toBe(200);
    expect(refreshNames(jar)).toEqual([name]);
    expect((await device.refresh()).status).toBe(200);
  });

  test("is left alone by every other installation on the host", async () => {
    const { tabs, device, jar } = await signedInBefore(1);
    const strangers = tabs.filter((tab) => tab.device !== device).slice(1);
    for (const stranger of strangers) {
      expect((await stranger.device.refresh()).code).toBe("auth.required");
      await stranger.device.ask("POST", httpPaths.signOut);
      await stranger.device.signUp(stranger.world.newPerson());
      expect(jar.has("maru_refresh")).toBe(true);
    }
    expect((await device.refresh()).status).toBe(200);
  });

  test("ends by signing out, and by a sign-in in its place", async () => {
    const one = await signedInBefore(1);
    const thief = one.world.device(undefined, { jar: new Map(one.jar) });
    await one.device.ask("POST", httpPaths.signOut);
    expect([refreshNames(one.jar), (await thief.refresh()).code]).toEqual([[], "auth.revoked"]);

    const two = await signedInBefore(2);
    const copy = two.world.device(undefined, { jar: new Map(two.jar) });
    await two.device.signIn(two.person);
    expect([refreshNames(two.jar), (await copy.refresh()).code]).toEqual([["maru_refresh_8081"], "auth.revoked"]);
  });
});
