import { expect, test } from "bun:test";
import { hashRefreshToken, isRefreshToken, newRefreshToken, openSuccessor, sealSuccessor } from "./refresh-secrets.ts";

test("refresh tokens are 256 random bits", () => {
  const tokens = new Set(Array.from({ length: 100 }, newRefreshToken));
  expect(tokens.size).toBe(100);
  for (const token of tokens) {
    expect(isRefreshToken(token)).toBe(true);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
  }
});

test("what is no token is told apart before anything is looked up", () => {
  for (const text of ["", "x", `${newRefreshToken()}=`, ` ${newRefreshToken().slice(1)}`, "\u0000".repeat(43)]) {
    expect(isRefreshToken(text)).toBe(false);
  }
});

test("a successor is opened by its predecessor alone, and its sealed form holds neither token nor hash", () => {
  const [predecessor, successor, stranger] = [newRefreshToken(), newRefreshToken(), newRefreshToken()];
  const sealed = sealSuccessor(successor, predecessor);
  expect(openSuccessor(sealed, predecessor)).toBe(successor);
  expect(openSuccessor(sealed, stranger)).toBeNull();
  expect(openSuccessor(sealed, successor)).toBeNull();
  expect(openSuccessor(`${sealed.slice(0, -2)}AA`, predecessor)).toBeNull();
  const bytes = Buffer.from(sealed, "base64url").toString("latin1");
  expect(bytes).not.toContain(successor);
  expect(sealed).not.toContain(hashRefreshToken(successor));
  expect(sealSuccessor(successor, predecessor)).not.toBe(sealed);
});
