import { formatBadge } from "@maru/ui";
import type { WaitingCount } from "../../shell/frame/waiting-count.ts";

const [pill, edge, letters] = ["#1d7261", "#faf7f1", "#ffffff"];
const size = 48;

/** Draws what waits onto the app's own icon, an SVG of 48 units: a number, or a dot for what is merely new. */
export function drawWaiting(icon: string, { count, hasMore }: WaitingCount): string {
  if (count <= 0 && !hasMore) return icon;
  const text = count > 0 ? formatBadge(count) : "";
  const [width, height] = text === "" ? [20, 20] : [16 + text.length * 12, 28];
  const left = size - width - 1;
  const mark =
    `<rect x="${left}" y="1" width="${width}" height="${height}" rx="${height / 2}" fill="${pill}" stroke="${edge}" stroke-width="2"/>` +
    (text &&
      `<text x="${left + width / 2}" y="23" text-anchor="middle" font-family="system-ui, sans-serif" font-size="22" font-weight="700" fill="${letters}">${text}</text>`);
  return icon.replace(/<\/svg>\s*$/, `${mark}</svg>`);
}

/** The icon in the browser's tab: the one of the page, with what waits drawn onto it. */
export class TabIcon {
  readonly #link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  readonly #plain = this.#link?.href ?? "";
  #svg: Promise<string> | null = null;
  #shown = 0;

  async show(waiting: WaitingCount): Promise<void> {
    const own = ++this.#shown;
    if (!this.#link) return;
    if (waiting.count <= 0 && !waiting.hasMore) {
      this.#link.href = this.#plain;
      return;
    }
    this.#svg ??= fetch(this.#plain).then((answer) => answer.text());
    try {
      const drawn = drawWaiting(await this.#svg, waiting);
      if (own === this.#shown) this.#link.href = `data:image/svg+xml,${encodeURIComponent(drawn)}`;
    } catch {
      // Without network the icon stays as it is; the next change tries again.
      this.#svg = null;
    }
  }
}
