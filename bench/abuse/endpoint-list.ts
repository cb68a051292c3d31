import {
  type CommandName,
  type Cost,
  commandEndpoints,
  type Endpoint,
  httpEndpoints,
  httpPaths,
  type RateLimitName,
  rateLimits,
} from "@maru/protocol";

/** Who does its worst: one address with several accounts, or one account from several addresses. */
export type Attacker = "address" | "account";

/** One flood to be measured. */
export type Target = {
  /** The endpoint's name in the table, and who floods it. */
  readonly name: string;
  readonly kind: "http" | "command";
  readonly attacker: Attacker;
  readonly cost: Cost;
  readonly limits: readonly RateLimitName[];
};

/** Endpoints whose account is that of a step or a link. A flood holds none, so none of its calls counts for an account. */
const byStepOrLink: readonly string[] = [
  `POST ${httpPaths.stepSecondFactor}`,
  `POST ${httpPaths.passwordResetFinish}`,
  `POST ${httpPaths.firstSignIn}`,
];

const perAccount = (name: RateLimitName) => rateLimits[name].per === "account";

/** Routes of a checkout under development, which this server does not have. */
const isServed = (name: string) => !name.includes("/dev/");

/**
 * Every endpoint of the table, flooded by one address and, where it counts or needs an account, by one account. Made from
 * the table, so a new endpoint is measured without a word here.
 */
export function listTargets(): Target[] {
  const targets: Target[] = [];
  const add = (kind: Target["kind"], name: string, { cost, limits }: Endpoint) => {
    targets.push({ name, kind, attacker: "address", cost, limits });
    if (limits.some(perAccount) && !byStepOrLink.includes(name))
      targets.push({ name, kind, attacker: "account", cost, limits });
  };
  for (const [name, endpoint] of Object.entries(httpEndpoints)) if (isServed(name)) add("http", name, endpoint);
  for (const name of Object.keys(commandEndpoints) as CommandName[]) add("command", name, commandEndpoints[name]);
  return targets;
}

/** One target for each kind of cost, of both attackers where there are both. */
export function listOnePerCost(targets: readonly Target[]): Target[] {
  const seen = new Set<string>();
  return targets.filter(({ cost, attacker }) => {
    const key = `${cost} ${attacker}`;
    return !seen.has(key) && seen.add(key);
  });
}
