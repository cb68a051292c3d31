import type { EpochPerson, EpochWorld } from "./auth-epoch.fixture.ts";
import { changeDrivers, makeChange } from "./auth-epoch-changes.fixture.ts";
import { type JourneyDriver, journeyDrivers } from "./auth-epoch-journeys.fixture.ts";
import { type AuthChange, authChanges, type Journey, journeys } from "./auth-epochs.ts";

const outdated = "refused what began before the ways into the account changed";

/** Where the change falls: while the journey waits, or between what its last request has read and what that opens. */
type Placement = "waiting" | "between";

/** One journey, made in one way, and one change on its way. */
export type Cell = {
  readonly journey: Journey;
  readonly driver: JourneyDriver;
  readonly placement: Placement;
  readonly change: AuthChange;
};

/** Every journey in each of its ways, with every change at every place where it can fall. */
export const cells: readonly Cell[] = (Object.keys(journeys) as Journey[]).flatMap((journey) =>
  journeyDrivers[journey].flatMap((driver) =>
    (driver.waits ? (["waiting", "between"] as const) : (["between"] as const)).flatMap((placement) =>
      authChanges.map((change) => ({ journey, driver, placement, change })),
    ),
  ),
);

export const nameOf = ({ journey, driver, placement, change }: Cell) =>
  `${journey}${driver.way && ` (${driver.way})`}, ${placement}, ${change}`;

const linkEnds = {
  password_changed: "link.expired",
  password_reset: "link.expired",
  password_set_by_link: "link.expired",
  promoted: "link.expired",
  second_factor_reset: "link.expired",
  left: "link.expired",
};

const passwordAsked = {
  password_changed: "password.wrong",
  password_reset: "password.wrong",
  password_set_by_link: "password.wrong",
};

/**
 * Changes that take away what waits itself, or ask for something else instead, and what the journey is answered then; null
 * where it leads to a sign-up. Nothing is left to be compared there.
 */
const takenAway: { readonly [way: string]: { readonly [C in AuthChange]?: string | null } } = {
  second_factor: { left: "step.expired" },
  "enroll app": { left: "step.expired" },
  "enroll passkey": { left: "step.expired", passkey_added: "passkey.failed" },
  reset: linkEnds,
  first_sign_in: linkEnds,
  "provider_sign_in linked by e-mail": { left: null },
  totp_set_up: { totp_removed: "code.wrong", second_factor_reset: "code.wrong" },
  passkey_creation: { passkey_added: "passkey.failed" },
  "recent_sign_in first password": passwordAsked,
  "recent_sign_in leaving": passwordAsked,
  "recent_sign_in begin of a passkey": passwordAsked,
  "recent_sign_in begin of a provider": passwordAsked,
};

/** What a cell is answered when its change has taken away what waits; undefined when it has not. */
export function takenAwayCode({ journey, driver, placement, change }: Cell): string | null | undefined {
  return placement === "waiting" ? takenAway[`${journey} ${driver.way}`.trim()]?.[change] : undefined;
}

export type Outcome = {
  readonly code: string | undefined;
  /** Whether anybody has a new session, or anything that opens the account is another than the change left it. */
  readonly hasOpened: boolean;
  /** Whether the log says that a proof was outdated. */
  readonly isNoted: boolean;
};

/** Everything that a journey can change: what opens the account, or what it begins. */
export const describeEffect = async (at: EpochWorld, { isBeginning }: JourneyDriver, person: EpochPerson) =>
  (await at.describeWaysIn(person)) + (isBeginning ? await at.describeBegun(person) : "");

/** Walks one cell. */
export async function walk(at: EpochWorld, { journey, driver, placement, change }: Cell): Promise<Outcome> {
  const person = await at.newPerson();
  const going = await driver.begin(at, person);
  const tokenBefore = going.device.refreshToken;
  const lineCount = at.far.log.lines.length;

  const barrier = placement === "between" ? at.hold() : null;
  const finishing = barrier && going.finish();
  const isEarly = await Promise.race([barrier?.reached, finishing?.then(() => true)]);
  if (isEarly) throw new Error("the journey ended without a transaction in which it could have been held");
  await changeDrivers[change].arrange?.(at, person);
  await makeChange(at, change, person, driver.ownersPassword === "none" ? null : undefined);
  const before = await describeEffect(at, driver, person);
  barrier?.release();
  const answer = await (finishing ?? going.finish());

  const lines = at.far.log.lines.slice(lineCount);
  return {
    code: answer.code,
    hasOpened: going.device.refreshToken !== tokenBefore || (await describeEffect(at, driver, person)) !== before,
    isNoted: lines.some((line) => line.includes(outdated) && line.includes(`"${journey}"`)),
  };
}

/** What is wrong with an outcome; nothing when the journey was refused, for its epoch, and left everything as it was. */
export function faultsOf(cell: Cell, { code, hasOpened, isNoted }: Outcome): string[] {
  const faults: string[] = [];
  const gone = takenAwayCode(cell);
  const expected = gone === undefined ? [journeys[cell.journey].code as string] : [gone ?? undefined];
  if (cell.change === "suspended") expected.push("account.suspended");
  if (!expected.includes(code)) faults.push(`answered ${code}`);
  if (hasOpened) faults.push("opened or changed something");
  if (gone === undefined && !isNoted) faults.push("not refused for its epoch");
  return faults;
}
