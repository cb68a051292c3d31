import { createRoute } from "@hono/zod-openapi";
import {
  changePasswordInputSchema,
  httpPaths,
  linkPasswordInputSchema,
  passwordResetInputSchema,
} from "@maru/protocol";
import type { HttpApp } from "../../../platform/http/app.ts";
import { localeOf } from "../../../platform/http/locale.ts";
import { answers, jsonBody, type RouteGuards } from "../http-contract.ts";
import type { AuthResponder } from "../sign-in/auth-response.ts";
import { requireJson } from "../sign-in/guards.ts";
import type { PasswordChanges } from "./password-changes.ts";

/** Registers changing a password, and setting a new one by mail. */
export function registerPasswordRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly authResponder: AuthResponder;
    readonly passwordChanges: PasswordChanges;
  },
): void {
  const { guards, authResponder, passwordChanges } = deps;

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.password,
      summary: "Changes one's own password and signs all other devices out.",
      security: [{ accessToken: [] }],
      middleware: [guards.requireAccount, requireJson] as const,
      request: { body: jsonBody(changePasswordInputSchema) },
      responses: answers(null),
    }),
    async (context) => {
      await passwordChanges.change(context.var.right, context.req.valid("json"));
      return context.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.passwordReset,
      summary: "Sends a link to who forgot the password. Answers the same whoever has the address.",
      middleware: [guards.requireOwnPage, requireJson] as const,
      request: { body: jsonBody(passwordResetInputSchema) },
      responses: answers(null),
    }),
    async (context) => {
      const { email, locale } = context.req.valid("json");
      await passwordChanges.requestReset(email, locale ?? localeOf(context.req.raw), authResponder.addressOf(context));
      return context.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.passwordResetFinish,
      summary: "Sets the password by the link that came by mail; all devices are signed out.",
      middleware: [guards.requireOwnPage, requireJson] as const,
      request: { body: jsonBody(linkPasswordInputSchema) },
      responses: answers(null),
    }),
    async (context) => {
      const { token, password, deviceName } = context.req.valid("json");
      const visit = authResponder.visitOf(context, deviceName);
      await passwordChanges.finishReset(token, password, visit);
      authResponder.remember(context, visit);
      return context.body(null, 204);
    },
  );
}
