import { beforeEach, expect, test } from "bun:test";
import { act, render, screen } from "../../fixtures/dom.fixture.ts";
import type { NavigationBadge, NavigationEntry } from "../../shell/frame/navigation.ts";

const { usePageTitle } = await import("../../shell/use-page-title.ts");
const { NavigationBadge: Shown } = await import("./navigation-badge.tsx");
const { drawWaiting } = await import("./waiting-icon.ts");
const { WaitingSigns } = await import("./waiting-signs.tsx");

/** What the app was told to wear. */
const worn: (number | "dot" | "none")[] = [];
Object.assign(navigator, {
  setAppBadge: async (count?: number) => void worn.push(count ?? "dot"),
  clearAppBadge: async () => void worn.push("none"),
});
beforeEach(() => void worn.splice(0));

const Icon = () => null;

function place(to: `/${string}`, badge: NavigationBadge | null): NavigationEntry {
  return { to, label: () => to, Icon, rank: 1, useBadge: () => badge };
}

function Page({ navigation }: { navigation: readonly NavigationEntry[] }) {
  usePageTitle("대화");
  return <WaitingSigns navigation={navigation} />;
}

const draw = (...badges: (NavigationBadge | null)[]) =>
  render(<Page navigation={[{ ...place("/", null) }, ...badges.map((badge, at) => place(`/${at}`, badge))]} />);

test.each<[string, readonly (NavigationBadge | null)[], string, number | "dot" | "none"]>([
  ["nothing", [{ count: 0, label: "" }, null], "대화 · 마루", "none"],
  [
    "what waits at two places",
    [
      { count: 3, label: "" },
      { count: 4, label: "" },
    ],
    "(7) 대화 · 마루",
    7,
  ],
  [
    "more than can be told apart",
    [
      { count: 60, label: "" },
      { count: 60, label: "" },
    ],
    "(99+) 대화 · 마루",
    120,
  ],
  ["what is merely new", [{ count: 0, hasMore: true, label: "" }], "• 대화 · 마루", "dot"],
  ["what is new beside what was said", [{ count: 2, hasMore: true, label: "" }], "(2) 대화 · 마루", 2],
])("%s: title and app say the same", (_, badges, title, badge) => {
  draw(...badges);
  expect([document.title, worn.at(-1)]).toEqual([title, badge]);
});

test("whoever signs out takes it along", async () => {
  const { unmount } = draw({ count: 3, label: "" });
  await act(async () => unmount());
  expect([document.title, worn.at(-1)]).toEqual(["대화 · 마루", "none"]);
});

test.each([
  [{ count: 5, label: "안 읽은 메시지 5개" }, "5안 읽은 메시지 5개"],
  [{ count: 0, hasMore: true, label: "새 것" }, ""],
])("a place wears %p", (badge, text) => {
  const { container } = render(<Shown entry={place("/", badge)} />);
  expect(container.textContent).toBe(text);
  expect(screen.queryByRole("img", { name: "새 것" }) !== null).toBe(badge.count === 0);
});

test("the icon wears the number, capped as everywhere, or a dot, and is whole SVG", () => {
  const icon = '<svg viewBox="0 0 48 48"><rect/></svg>\n';
  const textOf = (count: number, hasMore = false) => {
    const { documentElement } = new DOMParser().parseFromString(drawWaiting(icon, { count, hasMore }), "image/svg+xml");
    return [documentElement.querySelectorAll("rect").length, documentElement.querySelector("text")?.textContent ?? ""];
  };
  expect([textOf(0), textOf(4), textOf(1_000), textOf(0, true)]).toEqual([
    [1, ""],
    [2, "4"],
    [2, "99+"],
    [2, ""],
  ]);
});
