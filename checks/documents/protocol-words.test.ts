import { expect, test } from "bun:test";
import { commands, errors, pushes } from "@maru/protocol";

const words = /^[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*$/;
/** The frame that opens a connection is not about a thing. */
const opening = "connect";

test.each(Object.keys(commands).filter((name) => name !== opening))("the command %s is noun.verb", (name) => {
  expect(name).toMatch(words);
  expect(name).not.toMatch(/(ed|ing)$/);
});

test.each(Object.keys(pushes))("the push %s is noun.pastParticiple", (name) => {
  expect(name).toMatch(words);
  expect(name).toMatch(/(ed|sent|left|read)$/);
});

test.each(Object.entries(errors))(
  "the error %s is noun.reason, and its texts name the same parameters",
  (name, { ko, en }) => {
    expect(name).toMatch(words);
    const parameters = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter).sort();
    expect(parameters(ko)).toEqual(parameters(en));
  },
);
