import { expect, test } from "bun:test";
import { encodePushes, type Push, toErrorBody } from "@maru/protocol";
import { jsonCodec, jsonFormat, jsonOffer } from "./json-codec.ts";

const changed = (n: number) => ({ push: "match.changed", match: { state: "idle", reason: "none" }, n }) as Push;

test("frames are what the protocol's own encoder writes, from texts that were serialised before", () => {
  for (const pushes of [[changed(1)], [changed(1), changed(2)], [changed(1), changed(2), changed(3)]]) {
    const texts = pushes.map((push) => JSON.stringify(push));
    expect(jsonFormat.encode(texts)).toBe(encodePushes(pushes));
    expect(jsonCodec.encodePushes(texts)).toBe(encodePushes(pushes));
  }
  expect(JSON.parse(jsonCodec.encodeReply(7, '{"a":[1]}'))).toEqual({ id: 7, ok: { a: [1] } });
  const err = toErrorBody("auth.expired", "en");
  expect(JSON.parse(jsonCodec.encodeError(7, err))).toEqual({ id: 7, err });
});

test("one codec serves all connections, in one form for all topics", () => {
  expect(jsonOffer.create()).toBe(jsonOffer.create());
  expect(jsonCodec.formatFor("a")).toBe(jsonCodec.formatFor("b"));
});
