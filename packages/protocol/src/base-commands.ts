import * as z from "zod";
import { accountSyncInput, accountSyncOutput } from "./account-sync.ts";
import { command } from "./command.ts";
import { connectionIdSchema } from "./ids.ts";

const instant = z.iso.datetime();
const token = z.string().min(1).max(4_096);
const nothing = z.object({});

/** Commands of the door itself. */
export const baseCommands = {
  connect: command(
    "Authenticates the socket; must be the first command.",
    z.object({
      token,
      locale: z.enum(["ko", "en"]).default("ko"),
      device: z.string().max(100).default(""),
    }),
    z.object({
      connectionId: connectionIdSchema,
      heartbeatMs: z.int(),
      tokenExpiresAt: instant,
      serverTime: instant,
      limits: z.record(z.string(), z.number()),
    }),
  ),
  "auth.renew": command(
    "Gives the connection a new access token of the same account before the old one expires.",
    z.object({ token }),
    z.object({ tokenExpiresAt: instant }),
  ),
  "connection.beat": command("Tells the server that the client lives; the reply tells the reverse.", nothing, nothing),
  "account.sync": command(
    "Tells what changed for the account since the position given: the parts that are named, or what clients knew before there were parts.",
    accountSyncInput,
    accountSyncOutput,
  ),
} as const;
