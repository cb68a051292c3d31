import { createRoute } from "@hono/zod-openapi";
import { accountSelfSchema, httpPaths, nicknameAvailabilitySchema, updateMeInputSchema } from "@maru/protocol";
import * as z from "zod";
import type { HttpApp } from "../../../platform/http/app.ts";
import { answers, jsonBody, type RouteGuards } from "../http-contract.ts";
import { requireJson } from "../sign-in/guards.ts";
import { presentSelf } from "./present.ts";
import type { Profiles } from "./profiles.ts";

/** Registers one's own account and the check whether a nickname can be had. */
export function registerMeRoutes(
  app: HttpApp,
  deps: { readonly guards: RouteGuards; readonly profiles: Profiles },
): void {
  const { guards, profiles } = deps;

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.me,
      summary: "Tells one's own account.",
      security: [{ accessToken: [] }],
      middleware: [guards.requireAccount] as const,
      responses: answers(accountSelfSchema),
    }),
    async (context) => context.json(presentSelf(await profiles.getSelf(context.var.right.accountId)), 200),
  );

  app.openapi(
    createRoute({
      method: "patch",
      path: httpPaths.me,
      summary: "Changes one's own profile.",
      security: [{ accessToken: [] }],
      middleware: [guards.requireAccount, requireJson] as const,
      request: { body: jsonBody(updateMeInputSchema) },
      responses: answers(accountSelfSchema),
    }),
    async (context) => {
      const account = await profiles.update(context.var.right.accountId, context.req.valid("json"));
      return context.json(presentSelf(account), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.nickname,
      summary: "Says whether a nickname can be had right now, by who asks.",
      middleware: [guards.allowAccount] as const,
      request: { params: z.object({ nickname: z.string().max(600) }) },
      responses: answers(nicknameAvailabilitySchema),
    }),
    async (context) => {
      const { nickname } = context.req.valid("param");
      return context.json(await profiles.checkNickname(nickname, context.var.right?.accountId ?? null), 200);
    },
  );
}
