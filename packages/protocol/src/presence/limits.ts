/** Limits of presence. */
export const presenceLimits = {
  /** Rooms in which one connection watches who is there. */
  presenceRooms: 100,
  /** Time without a device in use until a person is away, in ms; and without any device until offline. */
  awayAfterMs: 300_000,
  offlineAfterMs: 10_000,
} as const;
