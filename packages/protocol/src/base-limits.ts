/** Limits of the doors themselves: frames, bodies, connections. */
export const baseLimits = {
  /** Largest frame a client may send, in bytes; a larger one closes the connection with 4509. */
  frameBytes: 65_536,
  /** Nesting depth of a command's JSON. */
  frameDepth: 16,
  /** Largest HTTP body outside uploads, in bytes. */
  bodyBytes: 131_072,
  /** Things held of one part in one `account.sync`, or room positions there of a client that names no parts. */
  syncRooms: 50,
  /** Time between opening a socket and `connect`, in ms. */
  connectDeadlineMs: 10_000,
  /** Time between heartbeats of a client, in ms. */
  heartbeatMs: 25_000,
  /** Commands one connection may run at the same time. */
  commandsInFlight: 128,
  /** Sustained commands a second of one connection, and how many may come at once. */
  commandsPerSecond: 50,
  commandsBurst: 200,
  /** Sockets on one node: of one account, and of one address before `connect`. */
  connectionsPerAccount: 50,
  connectionsPerAddress: 200,
} as const;
