import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { eventually, type PortalAnswer, PortalProxy, portalAnswers, requires } from "@maru/testkit";
import type { Locator } from "playwright-core";
import { router } from "../apps/web/src/app/router.tsx";
import { type PortalScreen, portalScreens } from "./portal-screens.ts";
import type { Person } from "./stage/person.ts";
import { SignInProvider } from "./stage/sign-in-provider.ts";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(180_000);
const chromium = requires("chromium");
const sun = await SignInProvider.open("sun", "해님", "http://localhost:1");
afterAll(() => sun.close());
const kinds = Object.keys(portalAnswers) as PortalAnswer[];
/** How many pages stand side by side. */
const widthOfStage = 5;
/** What the page asks of the server once it is there. */
const isOurs = (path: string) => path.startsWith("/api/") || path === httpPaths.realtime;
/** What a browser says by itself of an answer that is none. */
const ofTheBrowser = /^Failed to load resource|^WebSocket connection to|net::ERR_/;

test("no route of the app is missing among the screens that are walked", () => {
  const walked = new Set(portalScreens.map(({ route }) => route));
  expect([...walked].sort()).toEqual(Object.keys(router.routesByPath).sort());
});

chromium.describe("on every screen, whatever stands between the page and the server", () => {
  // Open to the network, so that a page may come through a proxy with a port of its own.
  const stage = Stage.use({ args: ["--bind", "0.0.0.0"], env: sun.env });

  async function walk(screen: PortalScreen, kind: PortalAnswer): Promise<void> {
    const portal = await PortalProxy.start(stage.server.port);
    let person: Person | undefined;
    try {
      person = await arrives(screen.who, `http://localhost:${portal.port}`);
      const bare: string[] = [];
      person.page.on("pageerror", (error) => bare.push(error.message));
      person.page.on("console", (message) => {
        if (message.type() === "error" && !ofTheBrowser.test(message.text())) bare.push(message.text());
      });
      await screen.opens(person);
      portal.begin(kind, isOurs);
      await screen.wants(person);
      const told = screen.told(person);
      if (told) await isSeen(told);
      else await firstWords(person).waitFor();
      // A screen may tell of a connection that takes long before its first request has arrived.
      if (told) await eventually("the page has asked", () => portal.answered.size > 0, 20_000);
      portal.end();
      await screen.recovers(person);
      expect(bare).toEqual([]);
    } catch (error) {
      await person?.picture(`portal${screen.route.replaceAll("/", "-")}-${screen.name ?? "page"}`);
      throw error;
    } finally {
      await person?.page.close();
      await portal.stop();
    }
  }

  async function arrives(who: PortalScreen["who"], url: string): Promise<Person> {
    if (who === "visitor") return stage.visitor({}, "나그네", url);
    if (who === "person") return stage.person({}, "봄", url);
    return (await stage.pair({}, {}, url))[0];
  }

  chromium.test("may answer in its place: each says so in words and goes on by itself", async () => {
    const rows = portalScreens.map((screen, at) => [screen, kinds[at % kinds.length] as PortalAnswer] as const);
    const failures: string[] = [];
    await Promise.all(
      Array.from({ length: widthOfStage }, async () => {
        for (let row = rows.shift(); row; row = rows.shift()) {
          const [screen, kind] = row;
          await walk(screen, kind).catch((error: unknown) => {
            failures.push(`${screen.route} ${screen.name ?? ""}, ${kind}: ${error}`);
          });
        }
      }),
    );
    expect(failures).toEqual([]);
  });
});

const firstWords = ({ page }: Person) => page.getByText(/\S/).first();

/** Stands there for an eye, too: what fades in after a while is not told before. */
async function isSeen(told: Locator): Promise<void> {
  await told.waitFor();
  const opacity = () => told.evaluate((element) => Number(getComputedStyle(element).opacity));
  await eventually("it can be seen", async () => (await opacity()) === 1, 20_000);
}
