import { createRoute } from "@hono/zod-openapi";
import {
  accountExportSchema,
  consentsSchema,
  httpPaths,
  leaveInputSchema,
  leftSchema,
  updateConsentsInputSchema,
} from "@maru/protocol";
import type { HttpApp } from "../../../platform/http/app.ts";
import { answers, inOrder, jsonBody, type RouteGuards } from "../http-contract.ts";
import type { SecretCookies } from "../sign-in/cookies.ts";
import { requireJson } from "../sign-in/guards.ts";
import type { DataExport } from "./data-export.ts";
import type { Leaving } from "./leaving.ts";

/** Registers what a person may do with what is held on them: see, take along, withdraw, and leave. */
export function registerLeavingRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly cookies: SecretCookies;
    readonly dataExport: DataExport;
    readonly leaving: Leaving;
  },
): void {
  const { guards, cookies, dataExport, leaving } = deps;
  const signedIn = inOrder(guards.requireAccount);
  const signedInJson = inOrder(...signedIn, requireJson);
  const security = [{ accessToken: [] }];

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.consents,
      summary: "Tells one's own consents, those withdrawn too.",
      security,
      middleware: signedIn,
      responses: answers(consentsSchema),
    }),
    async (context) => context.json(await dataExport.consentsOf(context.var.right.accountId), 200),
  );

  app.openapi(
    createRoute({
      method: "patch",
      path: httpPaths.consents,
      summary: "Gives or withdraws the optional consent. The required ones end by leaving.",
      security,
      middleware: signedInJson,
      request: { body: jsonBody(updateConsentsInputSchema) },
      responses: answers(consentsSchema),
    }),
    async (context) => {
      const { marketing } = context.req.valid("json");
      return context.json(await dataExport.setMarketing(context.var.right.accountId, marketing), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.exportMe,
      summary: "Downloads everything held on oneself.",
      security,
      middleware: inOrder(guards.requireAccount),
      responses: answers(accountExportSchema),
    }),
    async (context) => {
      const { accountId, sessionId } = context.var.right;
      context.header("content-disposition", 'attachment; filename="maru.json"');
      return context.json(await dataExport.export(accountId, sessionId), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.leave,
      summary: "Closes one's own account; tells when what is left of it is erased.",
      security,
      middleware: signedInJson,
      request: { body: jsonBody(leaveInputSchema) },
      responses: answers(leftSchema),
    }),
    async (context) => {
      const { erasedAfter } = await leaving.leave(context.var.right, context.req.valid("json"));
      cookies.refresh.clear(context);
      return context.json({ erasedAfter: erasedAfter.toISOString() }, 200);
    },
  );
}
