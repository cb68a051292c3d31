/** Loaded before the server: history has no limit that anybody would reach. */
import { nodeRateLimits } from "@maru/protocol";

Object.assign(nodeRateLimits.history, { burst: 1e9, perSecond: 1e9 });
