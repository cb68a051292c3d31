import { expect, test } from "bun:test";
import { isolate, type Say, type SayAny, sayFrom } from "./words.ts";

const tree = {
  title: "Rooms",
  greeting: "{{name}}, {{name}}! You have {{count}} new",
  unread_one: "{{count}} message",
  unread_other: "{{count}} messages",
  deep: { down: { here: "found" } },
};
const say = sayFrom(tree, "en");

test("a key is the path of its text", () => {
  expect(say("title")).toBe("Rooms");
  expect(say("deep.down.here")).toBe("found");
});

test("slots are filled, each time they stand there", () => {
  expect(say("greeting", { name: "A", count: 3 })).toBe("A, A! You have 3 new");
});

test("what is filled in is not read again", () => {
  expect(say("greeting", { name: "{{count}}", count: 1 })).toBe("{{count}}, {{count}}! You have 1 new");
  expect(say("greeting", { name: "$& $1 $t(title)", count: 1 })).toStartWith("$& $1 $t(title), ");
});

test("a slot without a value stays, so that it is seen", () => {
  expect(say("greeting", { name: "A" })).toBe("A, A! You have {{count}} new");
});

test("each language has its own forms for numbers", () => {
  expect([0, 1, 2].map((count) => say("unread", { count }))).toEqual(["0 messages", "1 message", "2 messages"]);
  expect(sayFrom(tree, "ko")("unread", { count: 1 })).toBe("1 messages");
});

test("a key that is not there is said itself", () => {
  const sayAny = say as Say<unknown> as (key: string) => string;
  expect(["none", "deep", "deep.none", "constructor", "title.length"].map(sayAny)).toEqual([
    "none",
    "deep",
    "deep.none",
    "constructor",
    "title.length",
  ]);
});

test.each(["שלום", "سلام 12", "\u202Eabc\u202C"])(
  "a name that runs the other way turns nothing around it: %j",
  (name) => {
    expect(say("greeting", { name, count: 2 })).toContain(`\u2068${name}\u2069, \u2068${name}\u2069! You have 2 new`);
  },
);

test("other names are said as they are", () => {
  for (const name of ["가람", "Ana", "สมชาย", "नमस्ते", "👨‍👩‍👧", "Nguyễn"]) expect(isolate(name)).toBe(name);
});

test("what a part of the app has not is asked of what every screen has, the part's own first", () => {
  const everywhere = sayFrom({ title: "Everywhere", back: "Back, {{name}}" }, "en");
  const own = sayFrom({ title: "Rooms" }, "en", everywhere as SayAny) as SayAny;
  expect([own("title"), own("back", { name: "Ana" }), own("none")]).toEqual(["Rooms", "Back, Ana", "none"]);
});
