import { createRoute } from "@hono/zod-openapi";
import { httpPaths, type Locale, legalSchema } from "@maru/protocol";
import type { Context } from "hono";
import type { HttpApp } from "../../../platform/http/app.ts";
import { localeOf } from "../../../platform/http/locale.ts";
import { answers } from "../http-contract.ts";
import { type LegalTexts, legalKinds } from "./legal.ts";
import { legalStyle, legalStylePath } from "./legal-page.ts";

/** Registers the route that returns the versions of the operator's texts, which a consent names. */
export function registerLegalRoutes(app: HttpApp, legal: LegalTexts): void {
  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.legal,
      summary: "Tells the versions of the operator's texts in force.",
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
}

/** Registers the operator's texts as pages for people. */
export function registerLegalPages(app: HttpApp, legal: LegalTexts): void {
  for (const kind of legalKinds) {
    app.get(`/${kind}`, (context) => {
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

/** The language a page is asked for by its address, else the one the browser likes best. */
function chooseLocale(context: Context): Locale {
  const asked = context.req.query("lang");
  return asked === "ko" || asked === "en" ? asked : localeOf(context.req.raw);
}
