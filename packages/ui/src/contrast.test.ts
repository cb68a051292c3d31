import { describe, expect, test } from "bun:test";

const css = await Bun.file(new URL("./tokens.css", import.meta.url)).text();

type Theme = "light" | "dark";

function colour(name: string, theme: Theme): [number, number, number] {
  const match = new RegExp(`--color-${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  if (!match) throw new Error(`No token --color-${name}.`);
  const hex = (theme === "light" ? match[1] : match[2]) as string;
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number];
}

function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(front: string, back: string, theme: Theme): number {
  const [a, b] = [luminance(colour(front, theme)), luminance(colour(back, theme))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const grounds = ["sunken", "paper", "surface", "raised", "hover"];
const texts = [
  ...["ink", "ink-muted", "ink-faint", "jade", "jade-ink", "wood-ink", "danger"].flatMap((ink) =>
    grounds.map((ground) => [ink, ground]),
  ),
  ["on-jade", "jade"],
  ["on-jade", "jade-strong"],
  ["on-danger", "danger"],
  ["on-danger", "danger-strong"],
  ["ink", "jade-soft"],
  ["ink-muted", "jade-soft"],
  ["jade-ink", "jade-soft"],
  ["ink", "wood-soft"],
  ["wood-ink", "wood-soft"],
  ["ink", "danger-soft"],
  ["danger", "danger-soft"],
] as [string, string][];
/** Edges of controls and the focus ring: 3:1 is enough, and needed. */
const edges = ["line-strong", "focus"].flatMap((edge) =>
  ["paper", "surface", "raised"].map((ground) => [edge, ground]),
) as [string, string][];

describe.each(["light", "dark"] as const)("%s", (theme) => {
  test.each(texts)("%s on %s reads (4.5:1)", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5);
  });
  test.each(edges)("%s on %s is seen (3:1)", (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3);
  });
});
