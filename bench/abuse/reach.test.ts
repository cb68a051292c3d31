import { describe, expect, test } from "bun:test";
import { httpPaths, toErrorBody } from "@maru/protocol";
import { listTargets, type Target } from "./endpoint-list.ts";
import { checkReach, guessedAt, nameAnswer, neverTaken } from "./reach.ts";

const target: Target = { name: "member.block", kind: "command", attacker: "account", cost: "write", limits: ["block"] };
const faultsOf = (codes: Record<string, number>, name = target.name) => checkReach({ ...target, name }, codes);

describe("a flood has reached its door", () => {
  test("when a call was taken, whatever limits then said", () => {
    expect(faultsOf({ ok: 1, "rate.limited": 999 })).toEqual([]);
    expect(faultsOf({ "303": 1, "request.invalid": 999 })).toEqual([]);
  });

  test("not when every call was refused before, be it by a limit", () => {
    expect(faultsOf({ "request.invalid": 990, "rate.limited": 10 })).toEqual([
      "member.block by one account: no call reached what it costs; request.invalid 990, rate.limited 10",
    ]);
    expect(faultsOf({ "rate.limited": 10 })).toHaveLength(1);
    expect(faultsOf({ "mail.off": 10 }, `POST ${httpPaths.passwordReset}`)).toHaveLength(1);
    expect(faultsOf({})).toHaveLength(1);
  });

  test("when a guess was wrong, where guesses are what floods it, and only by that answer", () => {
    const signIn = `POST ${httpPaths.signIn}`;
    expect(faultsOf({ "sign_in.failed": 1 }, signIn)).toEqual([]);
    expect(faultsOf({ "sign_in.failed": 1 })).toHaveLength(1);
    expect(faultsOf({ "email.invalid": 1 }, signIn)).toHaveLength(1);
  });

  test("or is one that lets nobody in", () => {
    expect(faultsOf({ "rate.limited": 10 }, `POST ${httpPaths.stepResend}`)).toEqual([]);
  });
});

test("a no in the page of a yes is called a no", () => {
  expect(nameAnswer(303, "", "/log-in?fault=provider.failed")).toBe("provider.failed");
  expect(nameAnswer(303, "", "/log-in")).toBe("303");
  expect(nameAnswer(200, '{"signedIn":false}', "")).toBe("nobody");
  expect(nameAnswer(200, '{"next":"none"}', "")).toBe("no_step");
  expect(nameAnswer(204, "", "")).toBe("204");
});

test("an error is called by its code, a wrong field by its own", () => {
  const answer = (code: "rate.limited" | "request.invalid", fields: { path: string; code: string }[] = []) =>
    nameAnswer(422, JSON.stringify({ error: toErrorBody(code, "ko", { fields }) }), "");
  expect(answer("rate.limited")).toBe("rate.limited");
  expect(answer("request.invalid", [{ path: "password", code: "password.wrong" }])).toBe("password.wrong");
  expect(answer("request.invalid")).toBe("request.invalid");
  expect(nameAnswer(502, "<html>", "")).toBe("502");
});

test("doors with a rule of their own are doors", () => {
  const names = new Set(listTargets().map(({ name }) => name));
  const unknown = [...Object.keys(neverTaken), ...Object.keys(guessedAt)].filter((name) => !names.has(name));
  expect(unknown).toEqual([]);
});
