import { expect, test } from "bun:test";
import { emailFaultKey, nicknameFaultKey, passwordFaultKey } from "./field-rules.ts";

test.each([
  ["", "auth.email.empty"],
  ["maru", "auth.email.shape"],
  ["a@b", "auth.email.shape"],
  ["a b@c.kr", "auth.email.shape"],
  ["a@b..kr", "auth.email.shape"],
  ["연꽃@maru.kr", "auth.email.shape"],
  ["lotus@마루.kr", null],
  [" yeonhwa@maru.kr ", null],
] as const)("e-mail %p: %p", (email, key) => expect(emailFaultKey(email)).toBe(key));

test.each([
  ["short", "auth.password.short"],
  ["a".repeat(129), "auth.password.long"],
  ["aaaaaaaaaaaa", "auth.password.simple"],
  ["마루에앉아서차한잔해요", null],
] as const)("password %p: %p", (password, key) => expect(passwordFaultKey(password)).toBe(key));

test.each([
  ["연", "auth.nickname.length"],
  ["a".repeat(21), "auth.nickname.length"],
  ["연꽃@", "auth.nickname.characters"],
  ["연꽃\u202e", "auth.nickname.characters"],
  ["연꽃 한송이", null],
] as const)("nickname %p: %p", (nickname, key) => expect(nicknameFaultKey(nickname)).toBe(key));
