import * as z from "zod";
import { accountSelfSchema, authSessionSchema } from "./entities.ts";

export const signUpInputSchema = z.object({
  email: z.string().max(320),
  password: z.string().max(1_024),
  nickname: z.string().max(200),
  /** The person said so; false is refused before anything is stored. */
  isFourteenOrOver: z.boolean(),
  /** Versions of the texts the person agreed to, as `GET /api/legal` told them. */
  consents: z.object({ terms: z.string().max(40), privacy: z.string().max(40), marketing: z.boolean().default(false) }),
  locale: z.enum(["ko", "en"]).default("ko"),
  deviceName: z.string().max(100).default(""),
  /** Needed where signing up is by invitation. */
  inviteCode: z.string().max(100).optional(),
});
export type SignUpInput = z.input<typeof signUpInputSchema>;

export const signInInputSchema = z.object({
  email: z.string().max(320),
  password: z.string().max(1_024),
  deviceName: z.string().max(100).default(""),
});
export type SignInInput = z.input<typeof signInInputSchema>;

/** A fresh right: the access token lives in memory only; the refresh token travels in a cookie that scripts cannot read. */
export const signedInSchema = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: z.iso.datetime(),
  serverTime: z.iso.datetime(),
  account: accountSelfSchema,
});
export type SignedIn = z.output<typeof signedInSchema>;

/**
 * A refresh: the sign-in, or that this browser holds none. That is no error: a page asks for whoever opens it, and browsers
 * write each 401 into the console.
 */
export const refreshedSchema = z.union([signedInSchema, z.object({ signedIn: z.literal(false) })]);
export type Refreshed = z.output<typeof refreshedSchema>;

export const nicknameAvailabilitySchema = z.object({
  isAvailable: z.boolean(),
  code: z.enum(["nickname.taken", "nickname.invalid", "nickname.reserved"]).optional(),
});
export type NicknameAvailability = z.output<typeof nicknameAvailabilitySchema>;

export const updateMeInputSchema = z.object({
  nickname: z.string().max(200).optional(),
  intro: z.string().max(2_000).optional(),
  locale: z.enum(["ko", "en"]).optional(),
});
export type UpdateMeInput = z.input<typeof updateMeInputSchema>;

export const authSessionsSchema = z.object({ sessions: z.array(authSessionSchema) });

/** The operator's texts in force; a consent names the version it was given to. */
export const legalSchema = z.object({
  terms: z.object({ version: z.string(), path: z.string() }),
  privacy: z.object({ version: z.string(), path: z.string() }),
});
export type Legal = z.output<typeof legalSchema>;
