import * as z from "zod";
import { membershipIdSchema, roomIdSchema } from "../ids.ts";

/** Whether a person is there: `away` when no device of theirs was used for some minutes. */
export const presenceSchema = z.enum(["online", "away", "offline"]);
export type Presence = z.output<typeof presenceSchema>;

/** How somebody in a room of profiles is to be seen just now. */
export const memberPresenceSchema = z.object({
  roomId: roomIdSchema,
  memberId: membershipIdSchema,
  presence: presenceSchema,
});
export type MemberPresence = z.output<typeof memberPresenceSchema>;
