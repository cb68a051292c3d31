import { expect, setDefaultTimeout } from "bun:test";
import { requires } from "@maru/testkit";
import { Stage } from "./stage/stage.ts";

setDefaultTimeout(120_000);
const chromium = requires("chromium");

/** A trace event as Chromium tells it; `tdur` is what its thread itself computed, in µs. */
type TraceEvent = {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
};

/** How many times slower the processor of a cheap phone is. */
const slowness = 4;
/** Longest time that the page may not answer a tap, in ms on such a processor. */
const longestTaskMs = 300;

chromium.describe("the first paint", () => {
  const stage = Stage.use();

  chromium.test(
    "no task of the landing page keeps a slow processor for longer than 300 ms",
    stage.walk(async () => {
      const longest: number[] = [];
      // What else the machine does only adds: the best of several is the page's own.
      for (let load = 0; load < 5; load++) {
        const context = await stage.browser.newContext({ viewport: { width: 390, height: 844 } });
        const page = await context.newPage();
        const devtools = await context.newCDPSession(page);
        const events: TraceEvent[] = [];
        devtools.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
        await devtools.send("Tracing.start", {
          transferMode: "ReportEvents",
          traceConfig: { includedCategories: ["toplevel", "devtools.timeline"] },
        });
        await page.goto(stage.server.url);
        await page.getByRole("link", { name: "시작하기" }).first().waitFor();
        await page.waitForLoadState("networkidle");
        const complete = new Promise<void>((resolve) => devtools.on("Tracing.tracingComplete", () => resolve()));
        await devtools.send("Tracing.end");
        await complete;
        const mains = new Set(
          events
            .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
            .map(({ pid, tid }) => `${pid} ${tid}`),
        );
        const tasks = events.filter(({ name, pid, tid }) => /RunTask$/.test(name) && mains.has(`${pid} ${tid}`));
        expect(tasks.length).toBeGreaterThan(20);
        longest.push((slowness * Math.max(...tasks.map(({ tdur = 0 }) => tdur))) / 1_000);
        await context.close();
      }
      expect(Math.min(...longest)).toBeGreaterThan(10);
      expect(Math.min(...longest)).toBeLessThanOrEqual(longestTaskMs);
    }),
  );
});
