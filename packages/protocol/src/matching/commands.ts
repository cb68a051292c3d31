import * as z from "zod";
import { command } from "../command.ts";
import { roomIdSchema } from "../ids.ts";
import { matchStateSchema } from "./entities.ts";

const nothing = z.object({});

/** Commands of matching. */
export const matchingCommands = {
  "match.get": command("Tells where the account stands with matching.", nothing, z.object({ match: matchStateSchema })),
  "match.request": command(
    "Starts waiting for a partner; again is the same wait.",
    nothing,
    z.object({ match: matchStateSchema }),
  ),
  "match.cancel": command("Stops waiting; a match already made stays.", nothing, z.object({ match: matchStateSchema })),
  "match.next": command(
    "Leaves a match room and waits for the next partner.",
    z.object({ roomId: roomIdSchema }),
    z.object({ match: matchStateSchema }),
  ),
} as const;
