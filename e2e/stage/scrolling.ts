/**
 * Runs in the page, on a list of messages: scrolls up to where older ones are fetched, waits until they are there (or
 * until there are no more), and tells by how much the lines in sight moved meanwhile. No one else scrolls, so: by nothing.
 */
export async function loadOlderPage(list: Element): Promise<{ movedPx: number }> {
  const frames = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const step = (left: number) => (left === 0 ? resolve() : requestAnimationFrame(() => step(left - 1)));
      step(count);
    });
  const inSight = () => {
    const { top: from, bottom: to } = list.getBoundingClientRect();
    const boxes = [...list.querySelectorAll("article [dir=auto]")].map((bubble) => ({
      text: bubble.textContent ?? "",
      ...bubble.getBoundingClientRect().toJSON(),
    }));
    return new Map<string, number>(
      boxes.filter((box) => box.bottom > from && box.top < to).map((box) => [box.text, box.top]),
    );
  };
  while (list.scrollTop > 1_250) {
    list.scrollTop -= 300;
    await frames(2);
  }
  // What has just come in sight is measured before anything is compared.
  await frames(4);
  const height = list.scrollHeight;
  list.scrollTop = Math.max(0, list.scrollTop - 400);
  const before = inSight();
  const hasMore = () => list.querySelector("[role=status]") !== null;
  const end = performance.now() + 5_000;
  while (list.scrollHeight < height + 500 && hasMore() && performance.now() < end) await frames(1);
  await frames(3);
  const after = inSight();
  const moves = [...before].map(([text, top]) => Math.abs((after.get(text) ?? top) - top));
  if (!hasMore()) list.scrollTop = 0;
  await frames(3);
  return { movedPx: Math.max(0, ...moves) };
}

/** Runs in the page, on a list of messages: scrolls down until no more pages follow. */
export async function scrollToNewest(list: Element): Promise<void> {
  const end = performance.now() + 10_000;
  const isThere = () => list.querySelector("[data-tail=newest]") !== null;
  while (performance.now() < end) {
    list.scrollTop = list.scrollHeight;
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    if (isThere() && list.scrollHeight - list.scrollTop - list.clientHeight < 2) return;
  }
  throw new Error("The newest message is not reached.");
}

/** Runs in the page, on a list of messages: the text of the first message that is in sight. */
export function readFirstVisible(list: Element): string {
  const { top } = list.getBoundingClientRect();
  const bubbles = [...list.querySelectorAll("article [dir=auto]")];
  return bubbles.find((bubble) => bubble.getBoundingClientRect().bottom > top + 1)?.textContent ?? "";
}

/** Runs in the page, on a list of messages: the first message that is in sight, and how far below the upper edge it begins. */
export function readFirstPlace(list: Element): { text: string; offsetPx: number } {
  const { top } = list.getBoundingClientRect();
  const boxes = [...list.querySelectorAll("article [dir=auto]")].map((bubble) => ({
    text: bubble.textContent ?? "",
    ...bubble.getBoundingClientRect().toJSON(),
  }));
  const first = boxes.find((box) => box.bottom > top + 1);
  return { text: first?.text ?? "", offsetPx: Math.round((first?.top ?? top) - top) };
}

/** Runs in the page, on a list of messages: waits until nothing in it has moved or grown for thirty frames. */
export async function untilStill(list: Element): Promise<void> {
  const state = () => `${list.scrollTop} ${list.scrollHeight} ${list.clientHeight}`;
  const end = performance.now() + 10_000;
  let before = state();
  for (let still = 0; still < 30; still++) {
    await new Promise(requestAnimationFrame);
    if (performance.now() > end) throw new Error("The list does not come to rest.");
    if (state() !== before) still = 0;
    before = state();
  }
}
