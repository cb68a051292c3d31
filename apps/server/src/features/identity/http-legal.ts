import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { httpPaths, type Locale, legalSchema } from "@maru/protocol";
import type { Context } from "hono";
import type { AccountEnv } from "./guards.ts";
import { answers, type RouteGuards } from "./http-contract.ts";
import { type LegalTexts, legalKinds } from "./legal.ts";
import { legalStyle, legalStylePath } from "./legal-page.ts";

/** Registers the operator's texts: as pages for people, and as the versions that a consent names. */
export function registerLegalRoutes(
  app: OpenAPIHono<AccountEnv>,
  deps: { readonly guards: RouteGuards; readonly legal: LegalTexts },
): void {
  const { guards, legal } = deps;

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.legal,
      summary: "Tells the versions of the operator's texts in force.",
      middleware: [guards.limit("account")] as const,
      responses: answers(legalSchema),
    }),
    (context) =>
      context.json(
        {
          terms: { version: legal.versionOf("terms"), path: "/terms" },
          privacy: { version: legal.versionOf("privacy"), path: "/privacy" },
        },
        200,
      ),
  );

  for (const kind of legalKinds) {
    app.get(`/${kind}`, guards.limit("account"), (context) => {
      const page = legal.getPage(kind, chooseLocale(context));
      return context.html(page.html, 200, { "content-language": page.locale, vary: "accept-language" });
    });
  }

  app.get(legalStylePath, (context) =>
    context.body(legalStyle, 200, {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "public, max-age=3600",
    }),
  );
}

/** The language a page is asked for by its address, else the one the browser likes best, else Korean. */
function chooseLocale(context: Context): Locale {
  const asked = context.req.query("lang");
  if (asked === "ko" || asked === "en") return asked;
  const liked = (context.req.header("accept-language") ?? "")
    .slice(0, 500)
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
      const quality = parameters
        .map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1])
        .find((q) => q !== undefined);
      return { language: tag.split("-")[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .find(({ language }) => language === "ko" || language === "en");
  return liked?.language === "en" ? "en" : "ko";
}
