import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  type CommandName,
  type CommandRoute,
  commands,
  type FieldSource,
  type Locale,
  listRoutes,
  type NoRoute,
  oneZero,
} from "@maru/protocol";
import type { MiddlewareHandler } from "hono";
import * as z from "zod";
import { localeOf } from "./locale.ts";

type Env = { Variables: { right: { readonly accountId: string } } };
/** Answers a command, as the gateway has it answered. */
export type CommandRun = (caller: { readonly accountId: string; readonly locale: Locale }, input: unknown) => unknown;

export type CommandRoutesDeps = {
  readonly routes: Readonly<Record<string, CommandRoute | NoRoute>>;
  /** What answers the commands; each that has a route is among them. */
  readonly handlers: ReadonlyMap<string, CommandRun>;
  /** Lets through whoever may call, and leaves their right with the request. */
  readonly middleware: MiddlewareHandler<Env>;
};

/**
 * Registers the HTTP routes of commands: requests are read and described as the commands' inputs say, each field from the
 * place that its route names.
 */
export function registerCommandRoutes(app: OpenAPIHono<Env>, deps: CommandRoutesDeps): void {
  for (const [name, { method, path, summary, from }] of listRoutes(deps.routes)) {
    const command = commands[name as CommandName];
    const run = deps.handlers.get(name);
    if (run === undefined) throw new Error(`Nothing answers ${name}, which has an HTTP route.`);
    const { shape } = command.input;
    const fieldsFrom = (source: FieldSource) =>
      Object.entries<z.ZodType>(shape).filter(
        ([field]) => (from as Readonly<Record<string, FieldSource>>)[field] === source,
      );
    // In an address yes and no are words.
    const yesNo = fieldsFrom("query").filter(([, schema]) => describe(schema).type === "boolean");
    const [params, query, body] = [fieldsFrom("path"), fieldsFrom("query").map(asQuery), fieldsFrom("body")];
    const route = createRoute({
      security: [{ access: [] as string[] }],
      middleware: deps.middleware,
      method: method.toLowerCase() as Lowercase<CommandRoute["method"]>,
      path,
      summary,
      request: {
        ...(params.length === 0 ? {} : { params: objectOf(params) }),
        ...(query.length === 0 ? {} : { query: objectOf(query) }),
        ...(body.length === 0
          ? {}
          : { body: { required: true, content: { "application/json": { schema: objectOf(body) } } } }),
      },
      responses: {
        200: { description: "Done.", content: { "application/json": { schema: command.output as z.ZodType } } },
      },
    });
    app.openapi(route, async (context) => {
      const { accountId } = context.var.right;
      // Typed by the table, which the compiler holds against the inputs of its commands.
      const valid = (target: string) => (context.req.valid as (target: string) => object | undefined)(target);
      const input: Record<string, unknown> = { ...valid("param"), ...valid("query"), ...valid("json") };
      for (const [field] of yesNo) input[field] = input[field] === "true";
      return context.json((await run({ accountId, locale: localeOf(context.req.raw) }, input)) as object, 200);
    });
  }
}

type Field = [name: string, schema: z.ZodType];

function objectOf(fields: readonly Field[]) {
  return z.object(Object.fromEntries(fields));
}

/** The schema of a field as it stands in an address, where all is text: the same bounds and the same default. */
function asQuery([name, schema]: Field): Field {
  const { type, minimum, maximum, default: usual } = describe(schema);
  if (type === "string") return [name, schema];
  const read = readFromWord(type, minimum, maximum);
  if (read === null) throw new Error(`A field of type ${type} cannot stand in an address: ${name}.`);
  return [name, usual === undefined ? read.optional() : read.default(type === "boolean" ? String(usual) : usual)];
}

function readFromWord(type: string | undefined, minimum = 0, maximum = 0): z.ZodType | null {
  if (type === "boolean") return z.enum(["true", "false"]);
  if (type !== "integer") return null;
  return z.coerce.number().int().min(minimum).max(maximum).overwrite(oneZero);
}

type JsonSchema = { type?: string; minimum?: number; maximum?: number; default?: unknown };

function describe(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
}
