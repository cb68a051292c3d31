import * as z from "zod";
import { accountIdSchema, authSessionIdSchema } from "../ids.ts";
import { readAs } from "../read-as.ts";

const instant = z.iso.datetime();

/** The signed-in person's own account. Told to nobody else. */
export const accountSelfSchema = z.object({
  id: accountIdSchema,
  email: z.string(),
  emailVerified: z.boolean(),
  nickname: z.string(),
  intro: z.string(),
  locale: z.enum(["ko", "en"]).register(readAs, { as: "en" }),
  avatarSeed: z.string(),
  createdAt: instant,
});
export type AccountSelf = z.output<typeof accountSelfSchema>;

/** A signed-in device of one's own. */
export const authSessionSchema = z.object({
  id: authSessionIdSchema,
  deviceName: z.string(),
  createdAt: instant,
  lastUsedAt: instant,
  isCurrent: z.boolean(),
});
export type AuthSession = z.output<typeof authSessionSchema>;
