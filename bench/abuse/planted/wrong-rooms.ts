import { prepareAttackers } from "../attackers.ts";

/** Brings the attackers of one address with ids that are no rooms', so that their flood is refused by the schema. */
export const prepareForNoRoom: typeof prepareAttackers = async (target, ...rest) => {
  const attackers = await prepareAttackers(target, ...rest);
  if (target.attacker === "account") return attackers;
  return attackers.map((attacker) => ({ ...attacker, roomId: attacker.roomId.replace("room_", "rom_") }));
};
