import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLegalTexts, legalKinds, operatorFields } from "./legal.ts";

const filled = { operatorName: "마루 모임", operatorContact: "help@maru.example" };
const folders: string[] = [];

function ownTexts(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "maru-legal-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe("legal texts", () => {
  test("templates name every placeholder that is left open, in both languages", () => {
    const open = createLegalTexts({ operator: {} }).findUnfilled();
    expect(new Set(open.map((entry) => entry.placeholder))).toEqual(new Set(operatorFields));
    expect(new Set(open.map((entry) => `${entry.kind}.${entry.locale}`)).size).toBe(4);
    expect(createLegalTexts({ operator: { ...filled, operatorName: "  " } }).findUnfilled()).toHaveLength(4);
    expect(createLegalTexts({ operator: filled }).findUnfilled()).toEqual([]);
  });

  test("fill in the operator; an open place is marked", () => {
    const page = createLegalTexts({ operator: filled }).getPage("terms", "ko");
    expect(page.html).toContain("마루 모임");
    expect(page.html).not.toContain("{{");
    expect(page.html).toContain('<html lang="ko">');
    expect(createLegalTexts({ operator: {} }).getPage("terms", "en").html).toContain("<mark>{{operatorName}}</mark>");
  });

  test("a version changes with any change of the text and with nothing else", () => {
    const [one, same] = [createLegalTexts({ operator: filled }), createLegalTexts({ operator: { ...filled } })];
    const other = createLegalTexts({ operator: { ...filled, operatorName: "다른 모임" } });
    for (const kind of legalKinds) {
      expect(one.versionOf(kind)).toMatch(/^\d{4}-\d{2}-\d{2}\.[0-9a-f]{10}$/);
      expect(one.versionOf(kind)).toBe(same.versionOf(kind));
      expect(one.versionOf(kind)).not.toBe(other.versionOf(kind));
    }
    expect(one.versionOf("terms")).not.toBe(one.versionOf("privacy"));
  });

  test("the operator's own file takes the template's place, also in the version", () => {
    const folder = ownTexts({ "terms.ko.md": "# 우리 약관\n\n{{ operatorName }}의 규칙" });
    const own = createLegalTexts({ operator: filled, operatorFolder: folder });
    expect(own.getPage("terms", "ko").html).toContain("마루 모임의 규칙");
    expect(own.getPage("terms", "en").html).toContain("Terms of use");
    expect(own.versionOf("terms")).not.toBe(createLegalTexts({ operator: filled }).versionOf("terms"));
    expect(own.versionOf("privacy")).toBe(createLegalTexts({ operator: filled }).versionOf("privacy"));
  });

  test("pages hold no script, whatever a text holds", () => {
    const folder = ownTexts({
      "terms.ko.md": [
        "<script>alert(1)</script> a <img src=x onerror=alert(1)> b",
        "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](//evil.example) [w](data:text/html,x) [v](\\\\evil.example)",
        '[ok](https://maru.example/"onmouseover="alert(1)) ![p](javascript:alert(1))',
        "[u](&#106;avascript:alert(1))",
        "{{operatorName}}",
      ].join("\n\n"),
    });
    const operator = { ...filled, operatorName: "<svg onload=alert(1)>" };
    const { html } = createLegalTexts({ operator, operatorFolder: folder }).getPage("terms", "ko");
    const tags = [...html.matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)].map(([, name, rest]) => ({ name, rest: rest ?? "" }));
    expect(tags.some(({ name }) => /^(script|img|svg|iframe|style)$/i.test(name ?? ""))).toBe(false);
    expect(tags.some(({ rest }) => /\son\w+\s*=/i.test(rest))).toBe(false);
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? "");
    expect(links.filter((href) => !/^(https:\/\/maru\.example\/|\/(?!\/))/.test(href))).toEqual([]);
  });
});
