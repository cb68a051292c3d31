import { signedInSchema, signInStepSchema } from "@maru/protocol";
import type { MiddlewareHandler } from "hono";
import type * as z from "zod";
import type { HttpEnv } from "../../platform/http/http-env.ts";
import type { AccountEnv, GuestEnv } from "./sign-in/guards.ts";

/** The checks that stand in front of routes; their limits stand in the table of endpoints. */
export type RouteGuards = {
  readonly requireAccount: MiddlewareHandler<AccountEnv>;
  readonly allowAccount: MiddlewareHandler<GuestEnv>;
  readonly requireOwnPage: MiddlewareHandler<HttpEnv>;
};

/** A JSON body that has to be there. */
export function jsonBody<S extends z.ZodType>(schema: S) {
  return { required: true, content: { "application/json": { schema } } } as const;
}

/** The good answers of a way in: signed in, or one more step. */
export const entryAnswers = {
  200: { description: "Signed in.", content: { "application/json": { schema: signedInSchema } } },
  202: { description: "One more step.", content: { "application/json": { schema: signInStepSchema } } },
} as const;

/** The good answer of a route: a JSON body, or none. Errors have one shape everywhere and are thrown. */
export function answers<S extends z.ZodType>(
  schema: S,
): { 200: { description: string; content: { "application/json": { schema: S } } } };
export function answers(schema: null): { 204: { description: string } };
export function answers(schema: z.ZodType | null) {
  if (schema === null) return { 204: { description: "Done." } };
  return { 200: { description: "Done.", content: { "application/json": { schema } } } };
}

/** Checks in the order given, for several routes. */
export function inOrder<T extends MiddlewareHandler[]>(...checks: T): T {
  return checks;
}
