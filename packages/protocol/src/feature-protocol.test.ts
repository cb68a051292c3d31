import { expect, test } from "bun:test";
import { mergeParts } from "./feature-protocol.ts";

const first = {
  limits: { one: 1 },
  errors: { "one.wrong": { status: 400, temporary: false, ko: "하나", en: "one" } },
} as const;
const second = { limits: { two: 2 } } as const;

test("a part of all features is merged in their order, with the type that each gave", () => {
  const limits: { readonly one: 1; readonly two: 2 } = mergeParts({ first, second }, "limits");
  expect(Object.keys(limits)).toEqual(["one", "two"]);
  expect(mergeParts({ first, second }, "errors")).toEqual(first.errors);
  // @ts-expect-error: nobody has such a limit.
  expect(limits.three).toBeUndefined();
});

test("a name that two features take is found at the start", () => {
  expect(() => mergeParts({ first, second: { limits: { one: 3 } } }, "limits")).toThrow(
    "Two features name one among their limits.",
  );
});
