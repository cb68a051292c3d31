import * as z from "zod";
import { accountSelfSchema } from "./entities.ts";
import {
  authSessionsSchema,
  legalSchema,
  nicknameAvailabilitySchema,
  refreshedSchema,
  signedInSchema,
} from "./http.ts";
import {
  accountExportSchema,
  authOptionsSchema,
  consentsSchema,
  enrolledSchema,
  leftSchema,
  newPasskeySchema,
  passkeyOptionsSchema,
  providerStartSchema,
  recoveryCodesSchema,
  securitySchema,
  signInStepSchema,
  totpSetUpSchema,
} from "./http-account.ts";
import type { identityHttpPaths } from "./http-paths.ts";

/** Where a way in leads: signed in, or one more step. */
export const enteredSchema = z.union([signedInSchema, signInStepSchema]);

/** What each call about accounts answers, by method and path; null where it is 204 and nothing. Errors have one shape everywhere. */
export const identityHttpAnswers = {
  "POST signUp": enteredSchema,
  "POST signIn": enteredSchema,
  "POST refresh": refreshedSchema,
  "POST signOut": null,
  "POST signOutEverywhere": null,
  "GET sessions": authSessionsSchema,
  "DELETE session": null,
  "GET authOptions": authOptionsSchema,
  "GET step": signInStepSchema,
  "DELETE step": null,
  "POST stepCode": enteredSchema,
  "POST stepResend": signInStepSchema,
  "POST stepSecondFactor": enteredSchema,
  "POST stepPasskeyOptions": passkeyOptionsSchema,
  "POST stepTotp": totpSetUpSchema,
  "POST stepTotpConfirm": enrolledSchema,
  "POST stepNewPasskeyOptions": passkeyOptionsSchema,
  "POST stepNewPasskey": enrolledSchema,
  "POST stepConsent": enteredSchema,
  "POST passwordReset": null,
  "POST passwordResetFinish": null,
  "POST firstSignIn": enteredSchema,
  "POST providerStart": providerStartSchema,
  "POST providerConnect": providerStartSchema,
  "GET nickname": nicknameAvailabilitySchema,
  "PATCH me": accountSelfSchema,
  "POST password": null,
  "GET security": securitySchema,
  "POST totp": totpSetUpSchema,
  "POST totpConfirm": recoveryCodesSchema,
  "POST totpRemove": null,
  "POST recoveryCodes": recoveryCodesSchema,
  "POST passkeyOptions": passkeyOptionsSchema,
  "POST passkeys": newPasskeySchema,
  "POST passkeyRemove": null,
  "POST providerRemove": null,
  "GET consents": consentsSchema,
  "PATCH consents": consentsSchema,
  "GET exportMe": accountExportSchema,
  "POST leave": leftSchema,
  "GET legal": legalSchema,
} as const satisfies Partial<
  Record<`${"GET" | "POST" | "PATCH" | "DELETE"} ${keyof typeof identityHttpPaths}`, z.ZodType | null>
>;
