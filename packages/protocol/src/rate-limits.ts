import { usualAccountLimits } from "./limits.ts";

type Counted = {
  /** Whom it counts. A `device` is a browser that has been signed in before; where there is none, its address. */
  readonly per: "address" | "device" | "account" | "mailbox";
  /** What it counts, for the documents. */
  readonly doc: string;
};

/** Counted in the memory of each node: n nodes let n times as many through. A bucket of `burst`, filled at `perSecond`. */
export type NodeRateLimit = Counted & {
  readonly scope: "node";
  readonly burst: number;
  readonly perSecond: number;
  /** Counted by the feature rather than before it, since a repeat gets its first answer also beyond the limit. */
  readonly isCountedInside?: true;
};

/** Counted in the database, exact over all nodes: at most `count` within any `windowMs`. */
export type SharedRateLimit = Counted & {
  readonly scope: "shared";
  readonly count: number;
  readonly windowMs: number;
  /** The shared limit beyond which this one lets some more through; it refuses nothing before that one is full. */
  readonly beyond?: string;
};

/** Times the rate of one `device` that all devices of one address have together: marks of devices can be collected. */
export const devicesPerAddress = 10;

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Counted in the memory of each node: before anything is read or written, so that a flood costs nearly nothing. By
 * address they are wide enough for a school behind one address.
 */
export const nodeRateLimits = {
  sign_up: { scope: "node", per: "address", burst: 30, perSecond: 5 / 60, doc: "accounts begun" },
  sign_in: { scope: "node", per: "device", burst: 30, perSecond: 1, doc: "sign-ins tried" },
  refresh: { scope: "node", per: "device", burst: 300, perSecond: 5, doc: "access tokens fetched" },
  nickname: { scope: "node", per: "address", burst: 60, perSecond: 1, doc: "nicknames looked up" },
  step: { scope: "node", per: "device", burst: 60, perSecond: 1, doc: "codes and second factors tried" },
  mail: { scope: "node", per: "device", burst: 20, perSecond: 5 / 60, doc: "mails and downloads asked for" },
  account: { scope: "node", per: "address", burst: 300, perSecond: 10, doc: "requests about one's account" },
  rooms: { scope: "node", per: "address", burst: 300, perSecond: 20, doc: "requests about rooms" },
  page: { scope: "node", per: "address", burst: 120, perSecond: 10, doc: "pages and documents fetched" },
  health: { scope: "node", per: "address", burst: 100, perSecond: 20, doc: "probes of a load balancer" },
  file: { scope: "node", per: "address", burst: 2_000, perSecond: 100, doc: "files of the web app fetched, and addresses where nothing is" },
  socket: { scope: "node", per: "address", burst: 300, perSecond: 20, doc: "sockets opened" },
  account_request: { scope: "node", per: "account", burst: 120, perSecond: 10, doc: "requests about one's account" },
  beat: { scope: "node", per: "account", burst: 200, perSecond: 50, doc: "heartbeats" },
  token: { scope: "node", per: "account", burst: 60, perSecond: 2, doc: "access tokens renewed on a socket" },
  send: { scope: "node", per: "account", burst: usualAccountLimits.sendsBurst, perSecond: usualAccountLimits.sendsPerSecond, isCountedInside: true, doc: "messages sent" },
  read: { scope: "node", per: "account", burst: 200, perSecond: 50, doc: "read cursors moved" },
  typing: { scope: "node", per: "account", burst: 50, perSecond: 10, doc: "typing told" },
  presence: { scope: "node", per: "account", burst: 60, perSecond: 5, doc: "presence told or watched" },
  history: { scope: "node", per: "account", burst: 120, perSecond: 20, doc: "pages of messages and missed changes fetched" },
  room_list: { scope: "node", per: "account", burst: 120, perSecond: 20, doc: "rooms looked at: listed, synchronised, watched" },
  list_change: { scope: "node", per: "account", burst: 60, perSecond: 5, doc: "changes of one's own room list" },
  block: { scope: "node", per: "account", burst: 30, perSecond: 1, doc: "blocks made, ended and listed" },
  direct: { scope: "node", per: "account", burst: 60, perSecond: 2, doc: "people looked up to talk with" },
  match_look: { scope: "node", per: "account", burst: 60, perSecond: 5, doc: "looks at one's match, and waits ended" },
} as const satisfies Record<string, NodeRateLimit>;

/**
 * Counted in the database, in a table that nothing which they limit can reach. For what costs others something: a mail,
 * a stranger's attention, a guess at a secret, many rows written.
 */
export const sharedRateLimits = {
  sign_up_code: { scope: "shared", per: "mailbox", count: 5, windowMs: hour, doc: "codes that one address has sent to one mailbox, those sent again too" },
  sign_up_code_all: { scope: "shared", per: "mailbox", count: 20, windowMs: hour, doc: "codes sent to one mailbox, from wherever" },
  sign_up_code_late: {
    scope: "shared",
    per: "mailbox",
    count: 1,
    windowMs: minute,
    beyond: "sign_up_code_all",
    doc: "codes for an address that has had none sent to that mailbox yet: 80 in an hour with the 20",
  },
  reset_link: { scope: "shared", per: "mailbox", count: 5, windowMs: hour, doc: "reset links that one address has sent to one mailbox" },
  reset_link_all: { scope: "shared", per: "mailbox", count: 20, windowMs: hour, doc: "reset links sent to one mailbox, from wherever" },
  reset_link_late: {
    scope: "shared",
    per: "mailbox",
    count: 1,
    windowMs: minute,
    beyond: "reset_link_all",
    doc: "reset links for an address that has had none sent to that mailbox yet: 80 in an hour with the 20",
  },
  link_password: { scope: "shared", per: "account", count: 20, windowMs: hour, doc: "passwords hashed for who holds a link of the account" },
  edit: { scope: "shared", per: "account", count: 120, windowMs: minute, doc: "messages edited or deleted" },
  rename: { scope: "shared", per: "account", count: 5, windowMs: hour, doc: "nicknames taken" },
  first_contact: { scope: "shared", per: "account", count: 20, windowMs: hour, doc: "talks opened with somebody new" },
  match_request: { scope: "shared", per: "account", count: 30, windowMs: minute, doc: "matches asked for" },
} as const satisfies Record<string, SharedRateLimit>;

/**
 * Guesses at a secret, counted as failed from their start until they succeed: some are free, each further one doubles the
 * wait before the next. Counted in the database, exact over all nodes.
 */
export type GuessLimit = Counted & {
  readonly scope: "guess";
  /** Failures in a row that cost nothing. */
  readonly freeFailures: number;
  /** Wait after the first failure beyond; doubles with each further one, up to `maxDelayMs`. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** Quiet time after which failures are forgotten. */
  readonly forgetMs: number;
};

export const guessLimits = {
  password_account: { scope: "guess", per: "account", freeFailures: 8, baseDelayMs: second, maxDelayMs: 5 * minute, forgetMs: hour, doc: "passwords tried at one account by browsers that it does not know" },
  password_address: { scope: "guess", per: "address", freeFailures: 40, baseDelayMs: second, maxDelayMs: minute, forgetMs: 15 * minute, doc: "passwords tried from one address by browsers that the account does not know" },
  password_device: { scope: "guess", per: "device", freeFailures: 8, baseDelayMs: second, maxDelayMs: 5 * minute, forgetMs: hour, doc: "passwords tried by a browser that the account knows, whatever others do" },
  second_factor: {
    scope: "guess",
    per: "account",
    freeFailures: 10,
    baseDelayMs: 5 * second,
    maxDelayMs: 10 * minute,
    forgetMs: hour,
    doc: "second factors tried after the right password, browsers that have passed it before for themselves; first codes of an app that is set up",
  },
  password_proof: { scope: "guess", per: "account", freeFailures: 5, baseDelayMs: 2 * second, maxDelayMs: 5 * minute, forgetMs: hour, doc: "passwords asked for again from one signed-in device" },
  password_proof_all: {
    scope: "guess",
    per: "account",
    freeFailures: 40,
    baseDelayMs: minute,
    maxDelayMs: 5 * minute,
    forgetMs: hour,
    doc: "the same over all devices of an account: more than one device can try in an hour, so that signing in anew brings no new guesses",
  },
} as const satisfies Record<string, GuessLimit>;

export type NodeRateLimitName = keyof typeof nodeRateLimits;
export type SharedRateLimitName = keyof typeof sharedRateLimits;
export type GuessLimitName = keyof typeof guessLimits;
export type RateLimitName = NodeRateLimitName | SharedRateLimitName | GuessLimitName;

/** Says whether a limit is counted on each node by itself. */
export function isNodeRateLimit(name: RateLimitName): name is NodeRateLimitName {
  return Object.hasOwn(nodeRateLimits, name);
}

/** The limits of an endpoint that each node counts by itself before the call reaches its feature. */
export function listNodeLimits(limits: readonly RateLimitName[]): NodeRateLimitName[] {
  return limits.filter(isNodeRateLimit).filter((name) => !(nodeRateLimits[name] as NodeRateLimit).isCountedInside);
}

/** Every limit by its name. */
export const rateLimits: Readonly<Record<RateLimitName, NodeRateLimit | SharedRateLimit | GuessLimit>> = {
  ...nodeRateLimits,
  ...sharedRateLimits,
  ...guessLimits,
};
