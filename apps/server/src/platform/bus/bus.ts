/** Ends a subscription. */
export type Unsubscribe = () => Promise<void>;

/**
 * Carries words from node to node. At most once: what it loses, doubles or reorders, the database heals. A node does not
 * hear what it publishes itself.
 */
export interface Bus {
  /** Sends without waiting; lost when the bus is away. Subjects are `word.word`, payloads text. */
  publish(subject: string, payload: string): void;
  /** Resolves once what other nodes publish from now on will be heard. */
  subscribe(subject: string, handle: (payload: string) => void): Promise<Unsubscribe>;
  /** Calls after the bus was away and is back, subscriptions included. */
  onReconnect(listener: () => void): void;
  /** Says whether the bus answers within a second. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}
