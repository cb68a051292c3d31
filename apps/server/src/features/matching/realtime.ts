import type { MatchingGateway } from "./ports.ts";
import type { Requests } from "./requests.ts";

/** Answers the commands of matching. */
export function registerCommands(gateway: MatchingGateway, requests: Requests): void {
  gateway.command("match.get", async ({ accountId }) => ({ match: await requests.find(accountId) }));
  gateway.command("match.request", async ({ accountId }) => ({ match: await requests.request(accountId) }));
  gateway.command("match.cancel", async ({ accountId }) => ({ match: await requests.cancel(accountId) }));
  gateway.command("match.next", async ({ accountId }, { roomId }) => ({
    match: await requests.next(accountId, roomId),
  }));
}
