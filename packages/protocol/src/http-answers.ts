import type * as z from "zod";
import { mergeParts } from "./feature-protocol.ts";
import { featureProtocols } from "./features.ts";

/** What each call of the client answers, by method and path; null where it is 204 and nothing. Errors have one shape everywhere. */
export const httpAnswers = mergeParts(featureProtocols, "httpAnswers");

/** A method and the name of a path. */
export type HttpCall = keyof typeof httpAnswers;
export type HttpAnswer<C extends HttpCall> = (typeof httpAnswers)[C] extends z.ZodType
  ? z.output<(typeof httpAnswers)[C]>
  : undefined;
