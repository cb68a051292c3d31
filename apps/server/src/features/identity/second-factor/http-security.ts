import { createRoute } from "@hono/zod-openapi";
import {
  httpPaths,
  isStorableText,
  newPasskeySchema,
  passkeyInputSchema,
  passkeyOptionsSchema,
  proofInputSchema,
  recoveryCodesSchema,
  type Security,
  securitySchema,
  totpConfirmInputSchema,
  totpSetUpSchema,
} from "@maru/protocol";
import * as z from "zod";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import type { HttpApp } from "../../../platform/http/app.ts";
import { presentPasskey } from "../accounts/present.ts";
import { answers, inOrder, jsonBody, type RouteGuards } from "../http-contract.ts";
import type { Reauthentication } from "../passwords/reauthentication.ts";
import type { Notices } from "../security-log/notices.ts";
import type { AuthEpochs } from "../sign-in/auth-epochs.ts";
import { requireJson } from "../sign-in/guards.ts";
import type { Passkeys } from "./passkeys.ts";
import type { SecondFactors } from "./second-factors.ts";
import { deletePasskey, deleteTotp } from "./store-factors.ts";

/** Registers the second factors of one's own account. Whatever changes them asks for the password first. */
export function registerSecurityRoutes(
  app: HttpApp,
  deps: {
    readonly guards: RouteGuards;
    readonly db: Database;
    readonly reauthentication: Reauthentication;
    readonly factors: SecondFactors;
    readonly passkeys: Passkeys;
    readonly notices: Notices;
    readonly epochs: AuthEpochs;
    readonly describe: (accountId: string) => Promise<Security>;
  },
): void {
  const { guards, db, reauthentication, factors, passkeys, notices, epochs } = deps;
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
      const proof = await reauthentication.require(context.var.right, context.req.valid("json").password);
      return context.json(await factors.startTotp(proof), 200);
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
      const proof = await factors.getSetUpProof(context.var.right);
      const confirm = () =>
        db.transaction(async (tx) => {
          const locked = await epochs.redeem(tx, proof);
          const account = await factors.confirmTotp(tx, locked, context.req.valid("json").code);
          if (!account) throw fail("code.wrong");
          return factors.welcome(tx, account, "TOTP");
        });
      const recoveryCodes = await factors.countSetUp(proof.accountId, confirm);
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
      const proof = await reauthentication.require(context.var.right, context.req.valid("json").password);
      await factors.remove(proof, "totp_removed", "TOTP", deleteTotp);
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
      const proof = await reauthentication.require(context.var.right, context.req.valid("json").password);
      return context.json({ recoveryCodes: await factors.makeRecoveryCodes(proof) }, 200);
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
      const proof = await reauthentication.require(context.var.right, context.req.valid("json").password);
      return context.json(await passkeys.startCreation(proof), 200);
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
      responses: answers(newPasskeySchema),
    }),
    async (context) => {
      const { right } = context.var;
      const input = context.req.valid("json");
      const made = await passkeys.readNew(right.accountId, input);
      const stored = await db.transaction(async (tx) => {
        const locked = await epochs.redeem(tx, passkeys.proofOf(made, right));
        const { account, passkey } = await passkeys.store(tx, locked, made);
        const recoveryCodes = await factors.welcome(tx, account, "passkey");
        return { passkey: presentPasskey(passkey), recoveryCodes };
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
      const proof = await reauthentication.require(context.var.right, context.req.valid("json").password);
      const { passkeyId } = context.req.valid("param");
      if (!isStorableText(passkeyId)) return context.body(null, 204);
      await factors.remove(proof, "passkey_removed", "passkey", (tx, account) => deletePasskey(tx, account, passkeyId));
      return context.body(null, 204);
    },
  );
}
