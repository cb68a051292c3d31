import type * as z from "zod";
import type { Cost } from "./endpoint.ts";

/** `{input, output}` of a command; the gateway validates `input`, the conformance suite validates `output`. */
export function command<I extends z.ZodType, O extends z.ZodType>(doc: string, input: I, output: O) {
  return { doc, input, output };
}

/** Where a field of a command's input stands in a request over HTTP. */
export type FieldSource = "path" | "query" | "body";

/** The HTTP route of a command: answered as the command is, with each field of its input from one place. */
export type CommandRoute<Fields extends string = string> = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly summary: string;
  readonly from: { readonly [F in Fields]: FieldSource };
};

/** Why a command has no HTTP route. */
export type NoRoute = { readonly noRoute: string };

/** A row for each of these commands: its route, or why there is none. */
export type CommandRoutes<C extends Readonly<Record<string, { readonly input: z.ZodType }>>> = {
  readonly [N in keyof C]: CommandRoute<keyof z.output<C[N]["input"]> & string> | NoRoute;
};

/** Lists the commands of a table that have a route, and their routes. */
export function listRoutes(table: Readonly<Record<string, CommandRoute | NoRoute>>): [string, CommandRoute][] {
  return Object.entries(table).flatMap(([name, row]): [string, CommandRoute][] =>
    "noRoute" in row ? [] : [[name, row]],
  );
}

type CallCost<L extends string> = { readonly cost: Cost; readonly limits: readonly [L, ...L[]] };

/** The HTTP routes of commands: each costs what its command costs, and has its limits, after the one that stands before all. */
export function routeEndpoints<const L extends string, const B extends string>(
  table: Readonly<Record<string, CommandRoute | NoRoute>>,
  costs: Readonly<Record<string, CallCost<L>>>,
  before: B,
): Readonly<Record<string, CallCost<B | L>>> {
  const named = listRoutes(table).map(([name, { method, path }]): [string, CallCost<B | L>] => {
    const command = costs[name];
    if (command === undefined) throw new Error(`No cost of ${name} is known.`);
    return [`${method} ${path}`, { cost: command.cost, limits: [before, ...command.limits] }];
  });
  return Object.fromEntries(named);
}
