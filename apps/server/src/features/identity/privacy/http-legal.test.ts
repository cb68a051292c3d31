import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, legalSchema } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({ operator: { operatorName: "마루 모임", operatorContact: "help@maru.example" } });
});
afterAll(() => world.close());

const page = async (path: string, language = "") => {
  const answer = await world.device().ask<string>("GET", path, { headers: { "accept-language": language } });
  return { ...answer, language: answer.headers.get("content-language") };
};

describe("the operator's texts", () => {
  test("are told by version and place", async () => {
    const answer = await world.device().ask("GET", httpPaths.legal);
    const legal = legalSchema.parse(answer.body);
    for (const { path } of [legal.terms, legal.privacy]) expect((await page(path)).status).toBe(200);
    expect(legal.terms.version).not.toBe(legal.privacy.version);
    expect(world.identity.findUnfilledLegal()).toEqual([]);
  });

  const wishes: [string, string, string][] = [
    ["/terms", "", "ko"],
    ["/terms", "en-US,en;q=0.9", "en"],
    ["/terms", "ko-KR,ko;q=0.9,en;q=0.8", "ko"],
    ["/terms", "fr", "ko"],
    ["/terms?lang=en", "ko", "en"],
    ["/privacy?lang=ko", "en", "ko"],
    ["/privacy?lang=xx", "en", "en"],
    ["/privacy?lang=../../etc/passwd", "", "ko"],
    ["/terms", `${"en;q=".repeat(2_000)}`, "ko"],
  ];
  for (const [path, language, expected] of wishes) {
    test(`${path} for «${language.slice(0, 30)}» is in ${expected}`, async () => {
      const answer = await page(path, language);
      expect([answer.status, answer.language]).toEqual([200, expected]);
      expect(answer.headers.get("content-type")).toStartWith("text/html");
      expect(answer.body).toContain(`<html lang="${expected}">`);
      expect(answer.body).toContain("마루 모임");
    });
  }

  test("come with their own style sheet, and nothing that the content policy would refuse", async () => {
    const { body } = await page("/terms");
    expect(body).not.toMatch(/<script|<style|\sstyle=|\son\w+=/i);
    const href = /<link rel="stylesheet" href="([^"]+)">/.exec(body)?.[1] ?? "";
    const style = await page(href);
    expect([style.status, style.headers.get("content-type")]).toEqual([200, "text/css; charset=utf-8"]);
    expect(style.body).toContain("prefers-color-scheme: dark");
  });
});
