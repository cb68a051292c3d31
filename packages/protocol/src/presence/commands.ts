import * as z from "zod";
import { command } from "../command.ts";
import { roomIdSchema } from "../ids.ts";
import { memberPresenceSchema } from "./entities.ts";
import { presenceLimits as limits } from "./limits.ts";

const nothing = z.object({});

/** Commands of presence. */
export const presenceCommands = {
  "presence.set": command(
    "Tells whether this device is in use; a device that says nothing counts as used.",
    z.object({ presence: z.enum(["online", "away"]) }),
    nothing,
  ),
  "presence.watch": command(
    "Tells who is there in these rooms now, and from now on; takes the place of the rooms watched before. Whoever may not be seen is left out: in a direct room everybody, until both have written; asking again then tells.",
    z.object({ roomIds: z.array(roomIdSchema).max(limits.presenceRooms) }),
    z.object({ presences: z.array(memberPresenceSchema) }),
  ),
} as const;
