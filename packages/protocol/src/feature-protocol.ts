import type * as z from "zod";
import type { Cost } from "./endpoint.ts";
import type { ErrorEntry } from "./error-entry.ts";
import type { GuessLimit, NodeRateLimit, SharedRateLimit } from "./rate-limit.ts";

type CallCost = { readonly cost: Cost; readonly limits: readonly [string, ...string[]] };

/**
 * What clients calculate with of a feature, apart from its schemas: a page that needs a limit loads no library of schemas for
 * it. Each part may be left out.
 */
export type FeatureConstants = {
  /** Limits that belong to an account, as everybody has them; a plan may give an account others. */
  readonly accountLimits?: Readonly<Record<string, number>>;
  /** Limits that are the same for everybody. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Its errors, `noun.reason`. */
  readonly errors?: Readonly<Record<string, ErrorEntry>>;
  readonly httpPaths?: Readonly<Record<string, string>>;
};

/** What clients see of a feature; each part may be left out. `features.ts` lists them, and each part is composed of all. */
export type FeatureProtocol = {
  /** Its commands, `noun.verb`, each with an entry in `commandEndpoints`. */
  readonly commands?: Readonly<
    Record<string, { readonly doc: string; readonly input: z.ZodType; readonly output: z.ZodType }>
  >;
  readonly commandEndpoints?: Readonly<Record<string, CallCost>>;
  /** Its pushes, `noun.pastParticiple`. */
  readonly pushes?: Readonly<Record<string, z.ZodType>>;
  /** Its parts of `account.sync`. */
  readonly syncParts?: Readonly<Record<string, z.ZodType>>;
  readonly nodeRateLimits?: Readonly<Record<string, NodeRateLimit>>;
  readonly sharedRateLimits?: Readonly<Record<string, SharedRateLimit>>;
  readonly guessLimits?: Readonly<Record<string, GuessLimit>>;
  /** What its calls answer, by method and the name of the path. */
  readonly httpAnswers?: Readonly<Record<string, z.ZodType | null>>;
  /** Its routes, `METHOD path`. */
  readonly httpEndpoints?: Readonly<Record<string, CallCost>>;
};

type PartOf<F, K extends string> = F extends { readonly [key in K]: infer V } ? V : never;
type Intersected<U> = (U extends unknown ? (taken: U) => void : never) extends (taken: infer I) => void ? I : never;
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** One part of all features together. */
export type Merged<F, K extends string> = Flat<Intersected<PartOf<F, K>>>;

/** Merges one part of all features; a name belongs to one of them. */
export function mergeParts<
  const F extends Readonly<Record<string, FeatureConstants | FeatureProtocol>>,
  K extends keyof FeatureConstants | keyof FeatureProtocol,
>(features: F, part: K): Merged<F[keyof F], K> {
  const merged: Record<string, unknown> = {};
  for (const feature of Object.values(features) as (FeatureConstants & FeatureProtocol)[]) {
    for (const [name, entry] of Object.entries(feature[part] ?? {})) {
      if (Object.hasOwn(merged, name)) throw new Error(`Two features name ${name} among their ${part}.`);
      merged[name] = entry;
    }
  }
  return merged as Merged<F[keyof F], K>;
}
