import * as fc from "fast-check";

/** One step of a story; numbers choose among what is there, so that shrinking keeps a story meaningful. */
export type Step = {
  readonly act: "send" | "repeat" | "edit" | "delete" | "leave" | "read" | "kill" | "settle";
  readonly who: number;
  readonly node: number;
  readonly which: number;
};

export const anyStory = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  steps: fc.array(
    fc.record({
      act: fc.oneof(
        { weight: 60, arbitrary: fc.constant<Step["act"]>("send") },
        { weight: 14, arbitrary: fc.constant<Step["act"]>("repeat") },
        { weight: 10, arbitrary: fc.constant<Step["act"]>("edit") },
        { weight: 6, arbitrary: fc.constant<Step["act"]>("delete") },
        { weight: 2, arbitrary: fc.constant<Step["act"]>("leave") },
        { weight: 6, arbitrary: fc.constant<Step["act"]>("read") },
        { weight: 3, arbitrary: fc.constant<Step["act"]>("kill") },
        { weight: 6, arbitrary: fc.constant<Step["act"]>("settle") },
      ),
      who: fc.nat(3),
      node: fc.nat(1),
      which: fc.nat(1_000),
    }),
    { minLength: 60, maxLength: 140 },
  ),
});
export type Story = { readonly seed: number; readonly steps: readonly Step[] };
