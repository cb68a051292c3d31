import type { GuessLimit, NodeRateLimit, SharedRateLimit } from "../rate-limit.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Limits of identity that each node counts by itself. */
export const identityNodeRateLimits = {
  sign_up: { scope: "node", per: "address", burst: 30, perSecond: 5 / 60, doc: "accounts begun" },
  sign_in: { scope: "node", per: "device", burst: 30, perSecond: 1, doc: "sign-ins tried" },
  refresh: { scope: "node", per: "device", burst: 300, perSecond: 5, doc: "access tokens fetched" },
  nickname: { scope: "node", per: "address", burst: 60, perSecond: 1, doc: "nicknames looked up" },
  step: { scope: "node", per: "device", burst: 60, perSecond: 1, doc: "codes and second factors tried" },
  mail: { scope: "node", per: "device", burst: 20, perSecond: 5 / 60, doc: "mails and downloads asked for" },
  account: { scope: "node", per: "address", burst: 300, perSecond: 10, doc: "requests about one's account" },
  account_request: { scope: "node", per: "account", burst: 120, perSecond: 10, doc: "requests about one's account" },
} as const satisfies Record<string, NodeRateLimit>;

/** Limits of identity that are counted over all nodes. */
export const identitySharedRateLimits = {
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
  rename: { scope: "shared", per: "account", count: 5, windowMs: hour, doc: "nicknames taken" },
} as const satisfies Record<string, SharedRateLimit>;

/** Guesses at the secrets of accounts. */
export const identityGuessLimits = {
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
