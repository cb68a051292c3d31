import { createRoute } from "@hono/zod-openapi";
import {
  httpPaths,
  isStorableText,
  passkeyInputSchema,
  passkeyOptionsSchema,
  passkeySchema,
  proofInputSchema,
  recoveryCodesSchema,
  type Security,
  securitySchema,
  totpConfirmInputSchema,
  totpSetUpSchema,
} from "@maru/protocol";
import * as z from "zod";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { HttpApp } from "../../platform/http/app.ts";
import { requireJson } from "./guards.ts";
import { answers, inOrder, jsonBody, type RouteGuards } from "./http-contract.ts";
import type { Notices } from "./notices.ts";
import type { Passkeys } from "./passkeys.ts";
import { presentPasskey } from "./present.ts";
import type { Proofs } from "./proofs.ts";
import type { SecondFactors } from "./second-factors.ts";
import { deletePasskey } from "./store-factors.ts";

/** Registers the second factors of one's own account. Whatever changes them asks for the password first. */
export function registerSecurityRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly db: Database;
    readonly proofs: Proofs;
    readonly factors: SecondFactors;
    readonly passkeys: Passkeys;
    readonly notices: Notices;
    readonly describe: (accountId: string) => Promise<Security>;
  },
): void {
  const { guards, db, proofs, factors, passkeys, notices } = deps;
  const signedIn = inOrder(guards.requireAccount);
  const signedInJson = inOrder(...signedIn, requireJson);
  const security = [{ accessToken: [] }];
  const proof = { body: jsonBody(proofInputSchema) };

  app.openapi(
    createRoute({
      method: "get",
      path: httpPaths.security,
      summary: "Tells the ways into one's own account.",
      security,
      middleware: signedIn,
      responses: answers(securitySchema),
    }),
    async (context) => context.json(await deps.describe(context.var.right.accountId), 200),
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.totp,
      summary: "Begins the set-up of an authenticator app.",
      security,
      middleware: signedInJson,
      request: proof,
      responses: answers(totpSetUpSchema),
    }),
    async (context) => {
      await proofs.require(context.var.right, context.req.valid("json").password);
      return context.json(await factors.startTotp(context.var.right.accountId), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.totpConfirm,
      summary: "Finishes that set-up with a first code; tells recovery codes.",
      security,
      middleware: signedInJson,
      request: { body: jsonBody(totpConfirmInputSchema) },
      responses: answers(recoveryCodesSchema),
    }),
    async (context) => {
      const { accountId } = context.var.right;
      const recoveryCodes = await db.transaction(async (tx) => {
        const isRight = await factors.confirmTotp(tx, accountId, context.req.valid("json").code);
        if (!isRight) throw fail("code.wrong");
        return factors.welcome(tx, accountId, "TOTP");
      });
      notices.poke();
      return context.json({ recoveryCodes }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.totpRemove,
      summary: "Takes the authenticator app away.",
      security,
      middleware: signedInJson,
      request: proof,
      responses: answers(null),
    }),
    async (context) => {
      const { right } = context.var;
      await proofs.require(right, context.req.valid("json").password);
      await factors.remove(right.accountId, "TOTP", (tx) => factors.removeTotp(tx, right.accountId));
      return context.body(null, 204);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.recoveryCodes,
      summary: "Makes new recovery codes; the earlier ones are worthless.",
      security,
      middleware: signedInJson,
      request: proof,
      responses: answers(recoveryCodesSchema),
    }),
    async (context) => {
      const { right } = context.var;
      await proofs.require(right, context.req.valid("json").password);
      if ((await factors.listMethods(db.sql, right.accountId)).length === 0) throw fail("second_factor.missing");
      return context.json({ recoveryCodes: await factors.makeRecoveryCodes(right.accountId) }, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.passkeyOptions,
      summary: "Tells what a new passkey is to be made of.",
      security,
      middleware: signedInJson,
      request: proof,
      responses: answers(passkeyOptionsSchema),
    }),
    async (context) => {
      const { right } = context.var;
      await proofs.require(right, context.req.valid("json").password);
      return context.json(await passkeys.startCreation(right.accountId), 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.passkeys,
      summary: "Stores a new passkey; tells recovery codes if there were none.",
      security,
      middleware: signedInJson,
      request: { body: jsonBody(passkeyInputSchema) },
      responses: answers(recoveryCodesSchema.extend({ passkey: passkeySchema })),
    }),
    async (context) => {
      const { accountId } = context.var.right;
      const input = context.req.valid("json");
      if (!isStorableText(input.name)) throw fail("request.invalid");
      const stored = await db.transaction(async (tx) => {
        const passkey = presentPasskey(await passkeys.finishCreation(tx, accountId, input));
        return { passkey, recoveryCodes: await factors.welcome(tx, accountId, "passkey") };
      });
      notices.poke();
      return context.json(stored, 200);
    },
  );

  app.openapi(
    createRoute({
      method: "post",
      path: httpPaths.passkeyRemove,
      summary: "Takes one of one's own passkeys away. Answers the same for one that does not exist.",
      security,
      middleware: signedInJson,
      request: { params: z.object({ passkeyId: z.string().max(2_000) }), ...proof },
      responses: answers(null),
    }),
    async (context) => {
      const { right } = context.var;
      await proofs.require(right, context.req.valid("json").password);
      const { passkeyId } = context.req.valid("param");
      if (!isStorableText(passkeyId)) return context.body(null, 204);
      await factors.remove(right.accountId, "passkey", (tx) => deletePasskey(tx, right.accountId, passkeyId));
      return context.body(null, 204);
    },
  );
}
