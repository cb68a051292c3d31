import { expect } from "bun:test";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

type Finding = { id: string; impact: string | null; help: string; nodes: { html: string; failureSummary?: string }[] };

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const rules = {
  all: "{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}",
  /** Enough for a page that was looked at whole in other colours. */
  colours: "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}",
};

/** Fails when axe finds something serious or critical on the page as it stands. */
export async function expectAccessible(page: Page, where: string, scope: keyof typeof rules = "all"): Promise<void> {
  await settleMotion(page);
  // Evaluated through the DevTools protocol, because the page's own policy refuses injected script elements.
  await page.evaluate(await source);
  const findings = (await page.evaluate(
    `axe.run(document, {runOnly: ${rules[scope]}, resultTypes: ["violations"]}).then(r => r.violations)`,
  )) as Finding[];
  const serious = findings
    .filter((finding) => finding.impact === "serious" || finding.impact === "critical")
    .map(
      (finding) =>
        `${where}: ${finding.id}: ${finding.help}\n${finding.nodes.map((n) => `  ${n.html}\n  ${n.failureSummary ?? ""}`).join("\n")}`,
    );
  expect(serious).toEqual([]);
}

/** Lets what fades in arrive: half-way there every colour is paler than it is. What moves for ever is not waited for. */
async function settleMotion(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((each) => each.effect?.getComputedTiming().iterations !== Infinity);
    await Promise.allSettled(ending.map((each) => each.finished));
  });
}
