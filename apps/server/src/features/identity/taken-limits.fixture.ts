import { httpEndpoints, type RateLimitName, rateLimits } from "@maru/protocol";
import { createSecretBox, type SecretBox } from "../../platform/secret-box.ts";
import type { TakenLimits } from "../../testing/limit-differences.ts";
import type { World } from "./identity.fixture.ts";

const patterns = Object.keys(httpEndpoints).map((name) => {
  const [method = "", path = ""] = name.split(" ");
  return { name, method, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`) };
});

/** The endpoint of the table that answers a request. */
function endpointOf(method: string, path: string): string {
  const [place = ""] = path.split("?");
  const exact = `${method} ${place}`;
  if (Object.hasOwn(httpEndpoints, exact)) return exact;
  return patterns.find((each) => each.method === method && each.pattern.test(place))?.name ?? exact;
}

/**
 * Notes which exact limits each endpoint asks, by the keys that are made of those whom they count: no limit counts anybody
 * without one. Give its secret box to the installation, then have it watch; requests come one after the other.
 */
export function openLimitWatch() {
  const inner = createSecretBox("the sealing secret of who watches limits");
  const taken = new Map<string, Set<RateLimitName>>();
  let running: string | null = null;

  const secretBox: SecretBox = {
    ...inner,
    fingerprint(purpose, text) {
      const [kind, name = ""] = purpose.split(" ");
      const isLimit = kind === "rate" || kind === "attempts";
      if (isLimit && !Object.hasOwn(rateLimits, name)) throw new Error(`${purpose} counts by no limit of the table`);
      if (isLimit && running !== null) taken.get(running)?.add(name as RateLimitName);
      return inner.fingerprint(purpose, text);
    },
  };

  return {
    secretBox,
    taken: taken as TakenLimits,

    /** Notes what is counted from here on. */
    watch(app: Pick<World["app"], "request">): void {
      const request = app.request.bind(app);
      app.request = async (...given: Parameters<typeof request>) => {
        const [path, init] = given;
        running = endpointOf(init?.method ?? "GET", String(path));
        if (!taken.has(running)) taken.set(running, new Set());
        try {
          return await request(...given);
        } finally {
          running = null;
        }
      };
    },
  };
}
