import { createRoute } from "@hono/zod-openapi";
import { authOptionsSchema, httpPaths, type SignedIn, signInStepSchema, verifyCodeInputSchema } from "@maru/protocol";
import type { HttpApp } from "../../../platform/http/app.ts";
import type { AccountCreation } from "../accounts/account-creation.ts";
import { answers, entryAnswers, jsonBody, type RouteGuards } from "../http-contract.ts";
import type { EmailCodes } from "../sign-up/email-codes.ts";
import type { AuthResponder } from "./auth-response.ts";
import type { SecretCookies } from "./cookies.ts";
import { requireJson } from "./guards.ts";
import type { StepPresenter } from "./present-step.ts";
import type { Steps } from "./sign-in-steps.ts";

/** Registers what a browser asks before it is signed in: how one comes in here, and what is left to do. */
export function registerStepRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly cookies: SecretCookies;
    readonly authResponder: AuthResponder;
    readonly creation: AccountCreation;
    readonly isMailOn: boolean;
    readonly providers: readonly { readonly id: string; readonly name: string }[];
    readonly steps: Steps;
    readonly reading: StepPresenter;
    readonly codes: EmailCodes;
  },
): void {
  const { guards, authResponder, creation, steps, codes, reading } = deps;
  const cookie = deps.cookies.step;

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.authOptions,
      summary: "Tells how people come in here.",
      responses: answers(authOptionsSchema),
    }),
    (context) => {
      const providers = deps.providers.map(({ id, name }) => ({ id, name }));
      return context.json({ signUp: creation.mode, isMailOn: deps.isMailOn, providers }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.step,
      summary: "Tells what is left to do before this browser is signed in.",
      responses: answers(signInStepSchema),
    }),
    async (context) => {
      context.header("cache-control", "no-store");
      return context.json(await reading.describe(cookie.read(context)), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "delete",
      path: httpPaths.step,
      summary: "Gives the sign-in up that was begun in this browser.",
      middleware: [guards.requireOwnPage] as const,
      responses: answers(null),
    }),
    async (context) => {
      const secret = cookie.read(context);
      if (secret !== null) await steps.end(secret);
      cookie.clear(context);
      return context.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepCode,
      summary: "Makes the account when the code that was sent by mail is right.",
      middleware: [guards.requireOwnPage, requireJson] as const,
      request: { body: jsonBody(verifyCodeInputSchema) },
      responses: entryAnswers,
    }),
    async (context) => {
      const { code, nickname } = context.req.valid("json");
      const visit = authResponder.visitOf(context, "");
      const entry = await codes.verify(cookie.read(context), code, visit, nickname);
      const { body, status } = await authResponder.answer(context, entry, visit);
      return context.json(body as SignedIn, status as 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepResend,
      summary: "Sends the code once more.",
      middleware: [guards.requireOwnPage] as const,
      responses: answers(signInStepSchema),
    }),
    async (context) =>
      context.json(await codes.resend(cookie.read(context), { address: authResponder.addressOf(context) }), 200),
  );
}
