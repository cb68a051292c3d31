import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { commands, fromWireId, httpPaths, limits, maxCounter, oneZero, roomIdSchema } from "@maru/protocol";
import type { MiddlewareHandler } from "hono";
import * as z from "zod";
import type { Messages } from "./messages.ts";
import { placeOf } from "./realtime.ts";
import type { RoomList } from "./room-list.ts";

/** What the middleware that requires an account leaves with a request. */
export type AccountEnv = { Variables: { right: { readonly accountId: string } } };

export type HttpDeps = { readonly list: RoomList; readonly messages: Messages };

const inRoom = z.object({ roomId: roomIdSchema });
const page = (max: number, usual: number) => z.coerce.number().int().min(1).max(max).default(usual);
const place = z.coerce.number().int().min(0).max(maxCounter).overwrite(oneZero).optional();

const roomsQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: page(limits.pageRooms, 30),
  archived: z.enum(["true", "false"]).default("false"),
});
const messagesQuery = z.object({
  before: place,
  after: place,
  around: place,
  from: z.iso.datetime().optional(),
  limit: page(limits.pageMessages, 50),
});

const answer = <S extends z.ZodType>(schema: S) => ({
  200: { description: "Done.", content: { "application/json": { schema } } },
});

/** Registers the HTTP routes of rooms: the same answers as the commands of the same names. */
export function registerRoutes(
  app: OpenAPIHono<AccountEnv>,
  requireAccount: MiddlewareHandler<AccountEnv>,
  { list, messages }: HttpDeps,
): void {
  const guarded = { security: [{ access: [] as string[] }], middleware: requireAccount };

  app.openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: httpPaths.rooms,
      summary: "Lists the account's rooms, a page at a time.",
      request: { query: roomsQuery },
      responses: answer(commands["room.list"].output),
    }),
    async (context) => {
      const { accountId } = context.var.right;
      const { cursor, limit, archived } = context.req.valid("query");
      return context.json(await list.list({ accountId, cursor, limit, archived: archived === "true" }), 200);
    },
  );

  app.openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: httpPaths.room,
      summary: "Tells one room.",
      request: { params: inRoom },
      responses: answer(commands["room.get"].output),
    }),
    async (context) => {
      const { accountId } = context.var.right;
      const { roomId } = context.req.valid("param");
      return context.json({ room: await list.get(accountId, fromWireId(roomId)) }, 200);
    },
  );

  app.openapi(
    createRoute({
      ...guarded,
      method: "get",
      path: httpPaths.messages,
      summary: "Tells a page of history: before or after a seq, around one, from a time on, or the newest.",
      request: { params: inRoom, query: messagesQuery },
      responses: answer(commands["message.list"].output),
    }),
    async (context) => {
      const { accountId } = context.var.right;
      const { roomId } = context.req.valid("param");
      const { limit, ...query } = context.req.valid("query");
      const input = { accountId, roomId: fromWireId(roomId), place: placeOf(query), limit };
      return context.json(await messages.list(input), 200);
    },
  );

  app.openapi(
    createRoute({
      ...guarded,
      method: "post",
      path: httpPaths.messages,
      summary:
        "Sends a message; the answer comes after it is stored. The same clientMessageId again gets the first answer.",
      request: {
        params: inRoom,
        body: {
          required: true,
          content: { "application/json": { schema: commands["message.send"].input.omit({ roomId: true }) } },
        },
      },
      responses: answer(commands["message.send"].output),
    }),
    async (context) => {
      const { accountId } = context.var.right;
      const { roomId } = context.req.valid("param");
      const { clientMessageId, text } = context.req.valid("json");
      const message = await messages.send({ accountId, roomId: fromWireId(roomId), clientMessageId, text });
      return context.json({ message }, 200);
    },
  );
}
