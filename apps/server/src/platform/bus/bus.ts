/** Ends a subscription. */
export type Unsubscribe = () => Promise<void>;

/**
 * Carries words from node to node. At most once: what it loses, doubles or reorders, the database heals. A node does not
 * receive what it publishes itself.
 */
export interface Bus {
  /** Sends without waiting; lost when the bus is away or far behind. Subjects are `word.word`, payloads text. */
  publish(subject: string, payload: string): void;
  /**
   * Resolves once what other nodes publish from now on will be received. While the bus is away it resolves at once, and the
   * subscription is made when the bus is back, of which `onReconnect` notifies. What a handler throws is logged.
   */
  subscribe(subject: string, handle: (payload: string) => void): Promise<Unsubscribe>;
  /** Calls after the bus was away and is back, subscriptions included. */
  onReconnect(listener: () => void): void;
  /** Whether the bus answers within a second. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

/** Bytes that may be on their way to a broker without an answer; beyond it they are lost, as with a bus that is away. */
export const maxUnansweredBytes = 16_000_000;

/** How long a broker may take to answer before it counts as away, in ms. */
const answerMs = 1_000;

/** True when the answer came in time and was no refusal. */
export function answersInTime(answer: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), answerMs);
    const finish = (isWell: boolean) => {
      clearTimeout(timer);
      resolve(isWell);
    };
    answer.then(
      () => finish(true),
      () => finish(false),
    );
  });
}
