import type { TakeShared } from "../../platform/shared-limits.ts";
import type { MatchingGateway } from "./ports.ts";
import type { Requests } from "./requests.ts";

/** Answers the commands of matching. */
export function registerCommands(gateway: MatchingGateway, requests: Requests, takeShared?: TakeShared): void {
  gateway.command("match.get", async ({ accountId }) => ({ match: await requests.find(accountId) }));
  gateway.command("match.request", async ({ accountId }) => {
    await takeShared?.("match_request", accountId);
    return { match: await requests.request(accountId) };
  });
  gateway.command("match.cancel", async ({ accountId }) => ({ match: await requests.cancel(accountId) }));
  gateway.command("match.next", async ({ accountId }, { roomId }) => {
    await takeShared?.("match_request", accountId);
    return { match: await requests.next(accountId, roomId) };
  });
}
