import type { Metrics } from "../../../platform/metrics/metrics.ts";

type ConsumerStats = {
  readonly consumer: string;
  readonly lagSeconds: number;
  readonly takenCount: number;
  readonly failedCount: number;
};

/** Names what an operator watches of the consumers of rooms; `docs/operate/metrics.md` says what to make of it. */
export function addConsumerMetrics(metrics: Metrics, consumerStats: () => readonly ConsumerStats[]): void {
  metrics.gauge(
    "maru_room_consumer_lag_seconds",
    "Age of the earliest change in a room that a consumer has yet to take.",
    () => consumerStats().map(({ consumer, lagSeconds: value }) => ({ consumer, value })),
    ["consumer"],
  );
  metrics.counter(
    "maru_room_consumer_rooms_total",
    "Rooms handed to consumers, by what came of it.",
    () =>
      consumerStats().flatMap(({ consumer, takenCount, failedCount }) => [
        { consumer, ending: "taken", value: takenCount },
        { consumer, ending: "failed", value: failedCount },
      ]),
    ["consumer", "ending"],
  );
}
