import { type Case, Stage, type StageOptions } from "./case.ts";
import { accountCases } from "./cases/account.ts";
import { closingCases } from "./cases/closing.ts";
import { commandCases } from "./cases/commands.ts";
import { deliveryCases } from "./cases/delivery.ts";
import { framingCases } from "./cases/framing.ts";
import { handshakeCases } from "./cases/handshake.ts";
import { matchingCases } from "./cases/matching.ts";
import { noiseCases } from "./cases/noise.ts";
import { peopleCases } from "./cases/people.ts";
import { textCases } from "./cases/text.ts";
import { watchingCases } from "./cases/watching.ts";
import { knownDeviations } from "./deviations.ts";
import type { Person } from "./person.ts";

/** Every case, in the order in which they run. */
export const allCases: readonly Case[] = [
  ...handshakeCases,
  ...framingCases,
  ...textCases,
  ...closingCases,
  ...noiseCases,
  ...commandCases,
  ...deliveryCases,
  ...watchingCases,
  ...accountCases,
  ...peopleCases,
  ...matchingCases,
];

/** `deviates`: fails as it is known to; `mended`: a known deviation that is none any more. */
export type Outcome = "passed" | "failed" | "deviates" | "mended";

export type CaseResult = {
  readonly name: string;
  readonly doc: string;
  readonly outcome: Outcome;
  /** What was seen instead, where something was. */
  readonly seen: string | null;
  readonly tookMs: number;
};

/** Runs cases one after the other against the server at a URL; three people who are strangers to each other take part. */
export async function runSuite(
  url: URL,
  people: readonly [Person, Person, Person],
  { cases = allCases, ...options }: StageOptions & { readonly cases?: readonly Case[] } = {},
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const { name, doc, run } of cases) {
    const stage = new Stage(url, people, options);
    const started = performance.now();
    const seen = await run(stage).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    stage.close();
    results.push({ name, doc, seen, outcome: judge(name, seen), tookMs: performance.now() - started });
  }
  return results;
}

function judge(name: string, seen: string | null): Outcome {
  const isKnown = Object.hasOwn(knownDeviations, name);
  if (seen === null) return isKnown ? "mended" : "passed";
  return isKnown ? "deviates" : "failed";
}
