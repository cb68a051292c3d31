import { routeEndpoints } from "../command.ts";
import { at } from "../endpoint.ts";
import { roomsCommandRoutes } from "./command-routes.ts";

/** Commands of rooms: what a call costs, and its limits. */
export const roomsCommandEndpoints = {
  "room.list": at("read", "room_list"),
  "room.get": at("read", "room_list"),
  "room.watch": at("read", "room_list"),
  "room.unwatch": at("memory", "room_list"),
  "room.changes": at("read", "history"),
  "room.leave": at("fan_out", "list_change"),
  "room.read": at("write", "read"),
  "membership.update": at("write", "list_change"),
  "direct.open": at("write", "direct", "first_contact"),
  "message.send": at("fan_out", "send"),
  "message.list": at("read", "history"),
  "message.edit": at("fan_out", "edit"),
  "message.delete": at("fan_out", "edit"),
  "typing.set": at("fan_out", "typing"),
  "member.block": at("write", "block"),
  "block.list": at("read", "block"),
  "block.remove": at("write", "block"),
} as const;

/** Routes of rooms, which are those of its commands: what a call costs, and its limits. */
export const roomsHttpEndpoints = routeEndpoints(roomsCommandRoutes, roomsCommandEndpoints, "rooms");
