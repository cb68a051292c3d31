import type { CommandRoutes } from "../command.ts";
import type { roomsCommands } from "./commands.ts";
import { roomsHttpPaths as httpPaths } from "./http-paths.ts";

const needsSocket = "is about what this connection is pushed, and HTTP has no connection";
const notYet = "nobody without a socket has needed it; programs that only read and post do without";

/** The commands of rooms over HTTP. */
export const roomsCommandRoutes = {
  "room.list": {
    method: "GET",
    path: httpPaths.rooms,
    summary: "Lists the account's rooms, a page at a time.",
    from: { cursor: "query", limit: "query", archived: "query" },
  },
  "room.get": { method: "GET", path: httpPaths.room, summary: "Tells one room.", from: { roomId: "path" } },
  "room.watch": { noRoute: needsSocket },
  "room.unwatch": { noRoute: needsSocket },
  "room.changes": { noRoute: "fills a gap in what was pushed; without pushes the history says the same" },
  "room.leave": { noRoute: notYet },
  "room.read": { noRoute: notYet },
  "membership.update": { noRoute: notYet },
  "direct.open": { noRoute: notYet },
  "message.list": {
    method: "GET",
    path: httpPaths.messages,
    summary: "Tells a page of history: before or after a seq, around one, from a time on, or the newest.",
    from: { roomId: "path", before: "query", after: "query", around: "query", from: "query", limit: "query" },
  },
  "message.send": {
    method: "POST",
    path: httpPaths.messages,
    summary:
      "Sends a message; the answer comes after it is stored. The same clientMessageId again gets the first answer.",
    from: { roomId: "path", clientMessageId: "body", text: "body", extra: "body" },
  },
  "message.edit": { noRoute: notYet },
  "message.delete": { noRoute: notYet },
  "typing.set": { noRoute: needsSocket },
  "member.block": { noRoute: notYet },
  "block.list": { noRoute: notYet },
  "block.remove": { noRoute: notYet },
} as const satisfies CommandRoutes<typeof roomsCommands>;
