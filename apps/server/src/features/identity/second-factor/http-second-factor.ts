import { createRoute } from "@hono/zod-openapi";
import {
  enrolledSchema,
  httpPaths,
  linkPasswordInputSchema,
  passkeyInputSchema,
  passkeyOptionsSchema,
  type SignedIn,
  secondFactorInputSchema,
  totpConfirmInputSchema,
  totpSetUpSchema,
} from "@maru/protocol";
import type { Context } from "hono";
import { fail } from "../../../platform/errors.ts";
import type { HttpApp } from "../../../platform/http/app.ts";
import { answers, entryAnswers, inOrder, jsonBody, type RouteGuards } from "../http-contract.ts";
import type { createOperators } from "../operators/operators.ts";
import type { AuthResponder } from "../sign-in/auth-response.ts";
import type { SecretCookies } from "../sign-in/cookies.ts";
import { requireJson } from "../sign-in/guards.ts";
import type { Entry, Visit } from "../sign-in/open-session.ts";
import type { SecondFactorSteps } from "./second-factor-steps.ts";

/** Registers the second factor of a sign-in, and the setting up of one where an operator comes in for the first time. */
export function registerSecondFactorRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly cookies: SecretCookies;
    readonly authResponder: AuthResponder;
    readonly factorSteps: SecondFactorSteps;
    readonly operators: ReturnType<typeof createOperators>;
  },
): void {
  const { guards, authResponder, factorSteps, operators } = deps;
  const cookie = deps.cookies.step;
  const ownPage = inOrder(guards.requireOwnPage);
  const ownPageJson = inOrder(...ownPage, requireJson);

  async function answerEnrolled(context: Context, done: { entry: Entry; value: string[] }, visit: Visit) {
    const { body, status } = await authResponder.answer(context, done.entry, visit);
    if (status !== 200) throw fail("step.expired");
    return { ...body, recoveryCodes: done.value };
  }

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepPasskeyOptions,
      summary: "Tells what a passkey is to sign as the second factor.",
      middleware: ownPage,
      responses: answers(passkeyOptionsSchema),
    }),
    async (context) => context.json(await factorSteps.startPasskey(cookie.read(context)), 200),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepSecondFactor,
      summary: "Checks the second factor and signs this device in.",
      middleware: ownPageJson,
      request: { body: jsonBody(secondFactorInputSchema) },
      responses: entryAnswers,
    }),
    async (context) => {
      const visit = authResponder.visitOf(context, "");
      const entry = await factorSteps.check(cookie.read(context), context.req.valid("json"), visit);
      const { body, status } = await authResponder.answer(context, entry, visit);
      return context.json(body as SignedIn, status as 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepTotp,
      summary: "Begins the set-up of an authenticator app that a sign-in asks for.",
      middleware: ownPage,
      responses: answers(totpSetUpSchema),
    }),
    async (context) => context.json(await factorSteps.startTotp(cookie.read(context)), 200),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepTotpConfirm,
      summary: "Finishes that set-up and signs this device in.",
      middleware: ownPageJson,
      request: { body: jsonBody(totpConfirmInputSchema) },
      responses: answers(enrolledSchema),
    }),
    async (context) => {
      const visit = authResponder.visitOf(context, "");
      const done = await factorSteps.confirmTotp(cookie.read(context), context.req.valid("json").code, visit);
      return context.json(await answerEnrolled(context, done, visit), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepNewPasskeyOptions,
      summary: "Begins the making of a passkey that a sign-in asks for.",
      middleware: ownPage,
      responses: answers(passkeyOptionsSchema),
    }),
    async (context) => context.json(await factorSteps.startNewPasskey(cookie.read(context)), 200),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.stepNewPasskey,
      summary: "Stores that passkey and signs this device in.",
      middleware: ownPageJson,
      request: { body: jsonBody(passkeyInputSchema) },
      responses: answers(enrolledSchema),
    }),
    async (context) => {
      const visit = authResponder.visitOf(context, "");
      const done = await factorSteps.finishNewPasskey(cookie.read(context), context.req.valid("json"), visit);
      return context.json(await answerEnrolled(context, done, visit), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.firstSignIn,
      summary: "Uses the link of an operator's first sign-in: sets the password and goes on to the second factor.",
      middleware: ownPageJson,
      request: { body: jsonBody(linkPasswordInputSchema) },
      responses: entryAnswers,
    }),
    async (context) => {
      const { token, password, deviceName } = context.req.valid("json");
      const visit = authResponder.visitOf(context, deviceName);
      const { body, status } = await authResponder.answer(
        context,
        await operators.enter(token, password, visit),
        visit,
      );
      return context.json(body as SignedIn, status as 200);
    },
  );
}
