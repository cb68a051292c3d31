import * as z from "zod";
import { readAs } from "../read-as.ts";
import { signedInSchema } from "./http.ts";

const instant = z.iso.datetime();
/** The account's password; left out by who has none and signed in a moment ago. */
const password = z.string().max(1_024).optional();

/** How people may come in here: what a page offers before anybody is signed in. */
export const authOptionsSchema = z.object({
  signUp: z.enum(["open", "invite", "closed"]).register(readAs, { as: "closed" }),
  /** Whether e-mails are verified by a code and passwords can be reset. */
  isMailOn: z.boolean(),
  providers: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type AuthOptions = z.output<typeof authOptionsSchema>;

export const secondFactorMethodSchema = z.enum(["totp", "passkey", "recovery_code"]);
export type SecondFactorMethod = z.output<typeof secondFactorMethodSchema>;

/**
 * What is left to do before this browser is signed in. The step itself is kept in a cookie that no script reads, so it
 * lives through a reload; `none` when there is none.
 */
export const signInStepSchema = z.discriminatedUnion("next", [
  z.object({ next: z.literal("none") }),
  /** A code was sent by mail; it makes the account. */
  z.object({ next: z.literal("code"), email: z.string(), resendAfterMs: z.int(), expiresAt: instant }),
  z.object({ next: z.literal("second_factor"), methods: z.array(secondFactorMethodSchema) }),
  /** An operator's account has to be given a second factor first. */
  z.object({ next: z.literal("enroll"), methods: z.array(secondFactorMethodSchema) }),
  /** A first sign-in through a provider: age, consents, a nickname, and an e-mail if the provider gave none. */
  z.object({
    next: z.literal("consent"),
    providerId: z.string(),
    email: z.string().nullable(),
    isEmailVerified: z.boolean(),
    nickname: z.string().nullable(),
  }),
]);
export type SignInStep = z.output<typeof signInStepSchema>;

/** Numbers of a code, as people type them: spaces between are forgiven. */
const codeSchema = z.string().max(40);

export const verifyCodeInputSchema = z.object({
  code: codeSchema,
  /** Another nickname, if the one chosen was taken meanwhile. */
  nickname: z.string().max(200).optional(),
});
export type VerifyCodeInput = z.input<typeof verifyCodeInputSchema>;

export const passwordResetInputSchema = z.object({
  email: z.string().max(320),
  locale: z.enum(["ko", "en"]).optional(),
});
export type PasswordResetInput = z.input<typeof passwordResetInputSchema>;

/** Token of a link that came by mail or from the operator, and the password that is to hold from now on. */
export const linkPasswordInputSchema = z.object({
  token: z.string().max(200),
  password: z.string().max(1_024),
  deviceName: z.string().max(100).default(""),
});
export type LinkPasswordInput = z.input<typeof linkPasswordInputSchema>;

export const changePasswordInputSchema = z.object({ password, newPassword: z.string().max(1_024) });
export type ChangePasswordInput = z.input<typeof changePasswordInputSchema>;

/** What passkeys say (WebAuthn); checked by the server with the care it takes, opaque here. */
const credentialSchema = z.looseObject({ id: z.string().max(2_000) });

/** Exactly one of the three. */
export const secondFactorInputSchema = z.object({
  totp: codeSchema.optional(),
  recoveryCode: z.string().max(100).optional(),
  passkey: credentialSchema.optional(),
});
export type SecondFactorInput = z.input<typeof secondFactorInputSchema>;

export const proofInputSchema = z.object({ password });
export type ProofInput = z.input<typeof proofInputSchema>;

/** A secret to be put into an authenticator app; `uri` is what its QR code says. */
export const totpSetUpSchema = z.object({ secret: z.string(), uri: z.string() });
export type TotpSetUp = z.output<typeof totpSetUpSchema>;

export const totpConfirmInputSchema = z.object({ code: codeSchema });

/** Each opens the account once when the other factors are lost. Told this once; empty when the person has some already. */
export const recoveryCodesSchema = z.object({ recoveryCodes: z.array(z.string()) });
export type RecoveryCodes = z.output<typeof recoveryCodesSchema>;

/** The end of setting up a second factor during sign-in. */
export const enrolledSchema = signedInSchema.extend(recoveryCodesSchema.shape);
export type Enrolled = z.output<typeof enrolledSchema>;

/** Options for `navigator.credentials`, in the JSON form of WebAuthn. */
export const passkeyOptionsSchema = z.looseObject({ challenge: z.string() });
export type PasskeyOptions = z.output<typeof passkeyOptionsSchema>;

export const passkeyInputSchema = z.object({ name: z.string().max(100).default(""), passkey: credentialSchema });
export type PasskeyInput = z.input<typeof passkeyInputSchema>;

export const passkeySchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
});
export type Passkey = z.output<typeof passkeySchema>;
/** A passkey just stored, and the recovery codes made with it. */
export const newPasskeySchema = recoveryCodesSchema.extend({ passkey: passkeySchema });

/** The ways into one's own account. */
export const securitySchema = z.object({
  hasPassword: z.boolean(),
  isEmailVerified: z.boolean(),
  isSecondFactorRequired: z.boolean(),
  hasTotp: z.boolean(),
  recoveryCodeCount: z.int(),
  passkeys: z.array(passkeySchema),
  /** Passkeys need a secure address that is a name. */
  canUsePasskeys: z.boolean(),
  providers: z.array(z.object({ id: z.string(), name: z.string(), connectedAt: instant })),
});
export type Security = z.output<typeof securitySchema>;

export const consentSchema = z.object({
  kind: z.enum(["age", "terms", "privacy", "marketing"]),
  version: z.string(),
  givenAt: instant,
  withdrawnAt: instant.nullable(),
});
export const consentsSchema = z.object({ consents: z.array(consentSchema) });
export type Consents = z.output<typeof consentsSchema>;
export const updateConsentsInputSchema = z.object({ marketing: z.boolean() });

export const leaveInputSchema = z.object({
  password,
  /** What becomes of one's messages: they stay without an author, or they are removed. */
  messages: z.enum(["keep", "remove"]),
});
export type LeaveInput = z.input<typeof leaveInputSchema>;
/** When everything that is left of the account is erased. */
export const leftSchema = z.object({ erasedAfter: instant });
export type Left = z.output<typeof leftSchema>;

/** Everything held on a person, by the part of Maru that holds it. */
export const accountExportSchema = z.object({ exportedAt: instant, parts: z.record(z.string(), z.unknown()) });
export type AccountExport = z.output<typeof accountExportSchema>;

export const providerStartInputSchema = z.object({
  /** Place inside the app to come back to, such as `/rooms`. */
  returnTo: z.string().max(500).default("/"),
  deviceName: z.string().max(100).default(""),
});
export type ProviderStartInput = z.input<typeof providerStartInputSchema>;
/** Connecting adds a way in: it takes the password, or a sign-in of a moment ago. */
export const providerConnectInputSchema = providerStartInputSchema.extend({ password });
/** Where the browser has to go now. */
export const providerStartSchema = z.object({ url: z.string() });

export const providerConsentInputSchema = z.object({
  isFourteenOrOver: z.boolean(),
  consents: z.object({ terms: z.string().max(40), privacy: z.string().max(40), marketing: z.boolean().default(false) }),
  nickname: z.string().max(200),
  /** Needed when the provider gave none. */
  email: z.string().max(320).optional(),
  inviteCode: z.string().max(100).optional(),
  locale: z.enum(["ko", "en"]).default("ko"),
});
export type ProviderConsentInput = z.input<typeof providerConsentInputSchema>;

/** The public keys of access tokens (RFC 7517, RFC 8037). */
export const jwksSchema = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), crv: z.string(), x: z.string() })),
});
