import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { requires } from "@maru/testkit";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export type Look = {
  readonly locale: "ko" | "en";
  readonly theme: "light" | "dark";
  readonly device: "phone" | "desktop";
  /** Most walks ask for less motion: they wait for states, not for the way between them. */
  readonly motion?: "full" | "less";
};

/** How most people in these walks like it. */
export const usualLook: Look = { locale: "ko", theme: "light", device: "desktop" };

const viewports = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } } as const;

/** Where pictures of a run go; kept as test output, never in the repository. */
export const pictures = join(import.meta.dir, "../../test-output/screens");

/** What Playwright switches off; a list of one's own takes the place of its. */
const playwrightOff = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
];
/**
 * Pages of the browser's own frame, which nobody sees: each window loads them in processes of their own, and with them a
 * person took 2.9 s to be at home, without them 1.8 s.
 */
const frameOff = [
  "PreloadTopChromeWebUI",
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "WebUIReloadButton",
  "InitialWebUI",
  "WebUITabStrip",
];

/** Starts the Chromium of the machine without anything that would call home; `args` are added to its own. */
export function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: requires("chromium").path,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      `--disable-features=${[...playwrightOff, ...frameOff].join(",")}`,
      ...args,
    ],
  });
}

/** A person's own browser profile with the look they like. */
export async function newProfile(browser: Browser, look: Look): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: viewports[look.device],
    deviceScaleFactor: look.device === "phone" ? 2 : 1,
    isMobile: look.device === "phone",
    hasTouch: look.device === "phone",
    colorScheme: look.theme,
    reducedMotion: look.motion === "full" ? "no-preference" : "reduce",
    locale: look.locale === "ko" ? "ko-KR" : "en-US",
  });
  // Generous: every wait ends with what it waits for, also on a machine that is busy with something else.
  context.setDefaultTimeout(30_000);
  return context;
}

/** Keeps a picture of the page as it is. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: "disabled" });
}
