import { expect, setDefaultTimeout } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { eventually, type PortalAnswer, PortalProxy, portalAnswers, requires } from "@maru/testkit";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(180_000);
const chromium = requires("chromium");
const kinds = Object.keys(portalAnswers) as PortalAnswer[];
/** What the page asks of the server once it is there. */
const isOurs = (path: string) => path.startsWith("/api/") || path === httpPaths.realtime;

chromium.describe("whatever stands between a page and the server", () => {
  // Open to the network, so that a page may come through a proxy with a port of its own.
  const stage = Stage.use({ args: ["--bind", "0.0.0.0"] });

  chromium.test(
    "may answer in its place: the page recovers by itself when that stops, also one that was opened meanwhile",
    stage.walk(async () => {
      const portal = await PortalProxy.start(stage.server.port);
      try {
        const [a, b] = await stage.pair({}, {}, `http://localhost:${portal.port}`);
        const thrown: string[] = [];
        a.page.on("pageerror", (error) => thrown.push(error.message));
        for (const kind of kinds) {
          portal.begin(kind, isOurs);
          await a.says(`while: ${kind}`);
          await eventually(`${kind} stands for the socket`, () => portal.answered.has("GET /realtime"), 20_000);
          await a.page.reload();
          await eventually(
            `${kind} stands for the refresh`,
            () => portal.answered.has(`POST ${httpPaths.refresh}`),
            20_000,
          );
          portal.end();
          await a.isInRoom();
          await b.sees(`while: ${kind}`, 60_000);
          await a.says(`after: ${kind}`);
          await b.sees(`after: ${kind}`, 60_000);
        }
        expect(thrown).toEqual([]);
      } finally {
        await portal.stop();
      }
    }),
  );

  chromium.test(
    "may answer for the program itself: words say so, and the page comes by itself when that stops",
    stage.walk(async () => {
      const portal = await PortalProxy.start(stage.server.port);
      try {
        const visitor = await stage.visitor({}, "나그네", `http://localhost:${portal.port}`);
        const { page, words } = visitor;
        const thrown: string[] = [];
        page.on("pageerror", (error) => thrown.push(error.message));
        const start = page.getByRole("link", { name: words.landing.start }).first();
        await start.waitFor();
        const parts = await page.evaluate(() =>
          performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname),
        );
        const of = (pattern: RegExp) => parts.filter((path) => pattern.test(path));
        // The program's first file, its styles, and what it fetches by itself once it runs.
        const lost = [of(/assets\/index-.*\.js$/), of(/\.css$/), of(/assets\/app-.*\.js$/)];
        for (const [at, kind] of (["page", "half", "end", "badGateway", "nothing"] as const).entries()) {
          const paths = lost[at % lost.length] ?? [];
          expect(paths).not.toEqual([]);
          portal.begin(kind, (path) => paths.includes(path));
          const session = await visitor.context.newCDPSession(page);
          await session.send("Network.clearBrowserCache");
          await page.goto(visitor.url);
          await page.getByText("연결되면 저절로 다시 불러올게요").waitFor();
          expect(portal.answered.size).toBeGreaterThan(0);
          portal.end();
          // It is the look of the page, and not its bare words, which may stand there before.
          const display = () => start.evaluate((link) => getComputedStyle(link).display);
          const hasLook = () =>
            display().then(
              (found) => found !== "inline",
              () => false,
            );
          await eventually(`the page comes after ${kind}`, hasLook, 30_000, 50);
        }
        portal.begin("trickle", (path) => (lost[0] ?? []).includes(path));
        await (await visitor.context.newCDPSession(page)).send("Network.clearBrowserCache");
        await page.goto(visitor.url, { waitUntil: "commit" });
        await page.getByText("불러오는 중이에요").waitFor();
        portal.end();
        await start.waitFor();
        expect(thrown).toEqual([]);
      } finally {
        await portal.stop();
      }
    }),
  );

  chromium.test(
    "is told in words at the log-in, which works when that stops",
    stage.walk(async () => {
      const portal = await PortalProxy.start(stage.server.port);
      try {
        const owner = await stage.person();
        const visitor = await stage.visitor({}, "나그네", `http://localhost:${portal.port}`);
        await visitor.page.goto(`${visitor.url}/log-in`);
        await visitor.fillsInLogIn(owner.credentials);
        for (const kind of kinds) {
          portal.begin(kind, isOurs);
          await visitor.button(visitor.words.auth.logIn.submit).click();
          const refusal = visitor.page.getByText("지금은 서버에 연결할 수 없어요.", { exact: false });
          const waiting = visitor.page.getByText(visitor.words.connection.reconnecting);
          await refusal.or(waiting).first().waitFor();
          expect(portal.answered.has(`POST ${httpPaths.signIn}`)).toBe(true);
          portal.end();
          await refusal.waitFor();
        }
        await visitor.button(visitor.words.auth.logIn.submit).click();
        await visitor.button(visitor.words.match.start, false).waitFor();
      } finally {
        await portal.stop();
      }
    }),
  );

  chromium.test(
    "is not asked who is there for a visitor, whose console stays empty",
    stage.walk(async () => {
      const visitor = await stage.visitor();
      const { page, words } = visitor;
      const [said, asked]: [string[], string[]] = [[], []];
      page.on("console", (message) => said.push(message.text()));
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await page.reload();
      await page.getByRole("link", { name: words.landing.start }).first().waitFor();
      expect(asked.filter((path) => path === httpPaths.refresh)).toEqual([]);
      await page.goto(`${visitor.url}/log-in`);
      await visitor.field(words.auth.email.label).waitFor();
      expect(asked.filter((path) => path === httpPaths.refresh)).toHaveLength(1);
      expect(said).toEqual([]);
    }),
  );

  chromium.test(
    "is asked after all where the mark of a sign-in was lost, before a password is wanted",
    stage.walk(async () => {
      const person = await stage.person();
      await person.context.clearCookies({ name: /maru_signed_in/ });
      await person.page.goto(person.url);
      await person.page.getByRole("link", { name: person.words.landing.start }).first().waitFor();
      await person.page.goto(`${person.url}/log-in`);
      await person.button(person.words.match.start, false).waitFor();
    }),
  );
});

/** Each of these throws at the first touch, as in a frame without rights, or with the strictest settings. */
const withheld = [
  "localStorage",
  "sessionStorage",
  "indexedDB",
  "BroadcastChannel",
  "caches",
  "Notification",
  "navigator.locks",
  "navigator.storage",
  "navigator.serviceWorker",
  "navigator.clipboard",
];

chromium.describe("a browser that withholds", () => {
  const stage = Stage.use();

  chromium.test(
    "any of what it has, or all of it: people talk all the same, and are told what is not kept",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const room = new URL(a.page.url()).pathname;
      for (const names of [...withheld.map((name) => [name]), withheld]) {
        const page = await a.context.newPage();
        const thrown: string[] = [];
        page.on("pageerror", (error) => thrown.push(error.message));
        await page.addInitScript((missing) => {
          for (const name of missing) {
            const [owner, key] = name.startsWith("navigator.") ? [navigator, name.slice(10)] : [window, name];
            const get = () => {
              throw new DOMException(`${name} is not for you.`, "SecurityError");
            };
            Object.defineProperty(owner, key as string, { get, configurable: true });
          }
        }, names);
        await page.goto(`${a.url}${room}`);
        const composer = page.getByRole("textbox", { name: a.words.room.compose.label });
        await composer.fill(`without ${names.join()}`);
        await composer.press("Enter");
        await b.sees(`without ${names.join()}`);
        const isTold = names.some((name) => name === "indexedDB" || name === "localStorage");
        const banner = page.getByText(a.words.storage.refused);
        if (isTold) await banner.waitFor();
        else expect(await banner.count()).toBe(0);
        expect([names, thrown]).toEqual([names, []]);
        await page.close();
      }
    }),
  );

  chromium.test(
    "a draft in a second tab goes when it is sent in the first; all drafts go when the device is signed out from elsewhere",
    stage.walk(async () => {
      const [a, b] = await stage.pair();
      const second = await a.opensTab(new URL(a.page.url()).pathname);
      await second.isInRoom();
      await a.page.bringToFront();
      await a.composer.fill("두 창에 보이는 말");
      await eventually(
        "the other tab shows it",
        async () => (await second.composer.inputValue()) === "두 창에 보이는 말",
      );
      await a.composer.press("Enter");
      await b.sees("두 창에 보이는 말");
      await eventually("the other tab lets go of it", async () => (await second.composer.inputValue()) === "");

      await a.composer.fill("남이 보면 안 되는 말");
      const drafts = () =>
        a.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("maru.draft.")));
      expect(await drafts()).toHaveLength(1);
      await (await a.program()).signOutEverywhere();
      await a.page.waitForURL(/\/log-in/);
      await eventually("nothing of it is left", async () => (await drafts()).length === 0);
    }),
  );
});
