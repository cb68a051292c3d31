import type { CDPSession, Locator, Page } from "playwright-core";

/** A finger on the screen, through the DevTools protocol: the browser makes of it what it makes of real ones. */
export class Finger {
  private constructor(readonly session: CDPSession) {}

  static async of(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }

  /** Puts the finger down in the middle of something that has come to rest, and returns where that is. */
  async presses(target: Locator): Promise<{ x: number; y: number }> {
    await target.tap({ trial: true });
    const box = await target.boundingBox();
    if (!box) throw new Error(`Nothing to put a finger on: ${target}`);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await this.session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
    return at;
  }

  async lifts(): Promise<void> {
    await this.session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }
}
