import { mergeParts } from "./feature-protocol.ts";
import { featureConstants } from "./features.ts";

/** Header that every request with a cookie's authority carries: a foreign page cannot set it without a preflight. */
export const csrfHeader = "x-maru-request";

/** Every HTTP path of the client's API, once. */
export const httpPaths = { ...mergeParts(featureConstants, "httpPaths"), realtime: "/realtime" } as const;

/** Begins the name of the cookie that stands, readable, beside the secret of a sign-in: where it lacks nobody is signed in. */
export const signedInMark = "maru_signed_in";
