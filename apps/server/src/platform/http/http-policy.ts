import { limits } from "@maru/protocol";
import { inertDocument, type PageSources, pageOf } from "./content-security-policy.ts";

/** What holds for a request and its answer at the edge of the program, whatever the route behind it does. */
export type HttpPolicy = {
  /** Largest body in bytes. */
  readonly bodyBytes: number;
  /**
   * How a route gets the body: `whole` once all of it is there, `stream` as it comes, counted on its way, `raw` whole and
   * also byte for byte in `rawBody`, as what is signed has to be.
   */
  readonly body: "whole" | "stream" | "raw";
  /** Whether the answer may pause for longer than a connection may be idle. */
  readonly isStreamed: boolean;
  /** Whether the route sees the request's cookies and may set some. */
  readonly hasCookies: boolean;
  readonly contentSecurity: (sources: PageSources) => string;
  /** Whether a page takes parts from us alone, or also from the origins that its route names as trusted. */
  readonly sources: "own" | "named";
  /** Who may show the answer in a frame: nobody, or the origins that its route names. */
  readonly frames: "nobody" | "named";
  readonly resourcePolicy: "same-origin" | "cross-origin";
  readonly openerPolicy: "same-origin" | "same-origin-allow-popups";
  readonly referrerPolicy: "strict-origin-when-cross-origin" | "strict-origin" | "no-referrer";
};

/** A place inside the web app, a page or a file of ours, and whatever has no route. */
const app: HttpPolicy = {
  bodyBytes: limits.bodyBytes,
  body: "whole",
  isStreamed: false,
  hasCookies: false,
  contentSecurity: pageOf,
  sources: "own",
  frames: "nobody",
  resourcePolicy: "same-origin",
  openerPolicy: "same-origin",
  referrerPolicy: "strict-origin-when-cross-origin",
};

const api: HttpPolicy = { ...app, hasCookies: true };

/** Each policy, once. A further one is a line here, in words of how it differs. */
export const httpPolicies = {
  app,
  /** JSON for a signed-in client; with the next one the only one with the authority of cookies. */
  api,
  /** Where another service sends a browser back to, with a secret in the address that the next page must not be told. */
  callback: { ...api, referrerPolicy: "no-referrer" },
  /** What people uploaded: shown, and able to do nothing. */
  file: { ...app, isStreamed: true, contentSecurity: inertDocument },
  /** A part of what people upload; taken as it comes, so that no part is held in memory. */
  upload: { ...app, bodyBytes: 8 * 1_048_576, body: "stream" },
  /** The script that other sites load. */
  loader: { ...app, resourcePolicy: "cross-origin" },
  /** The page that other sites show in a frame. */
  widget: { ...app, frames: "named" },
  /** Pages on which people pay, with the payment service's parts, and what that service reports, signed. */
  checkout: {
    ...app,
    body: "raw",
    sources: "named",
    openerPolicy: "same-origin-allow-popups",
    referrerPolicy: "strict-origin",
  },
} as const satisfies Record<string, HttpPolicy>;

export type HttpPolicyName = keyof typeof httpPolicies;

/** The policy of what has no route: files of the web app, unknown addresses, what is refused before a route is known. */
export const fallbackPolicy: HttpPolicyName = "app";
