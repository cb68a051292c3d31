/**
 * Limits that belong to an account, as everybody has them; a plan may give an account others. The server reads them by
 * `limitsOf`, the SDK as `client.limits`; nobody else reads this table (check `account-limits`).
 */
export const usualAccountLimits = {
  /** Characters of one message. */
  messageCharacters: 4_000,
  /** Sustained sends a second of one account, and how many may come at once. */
  sendsPerSecond: 20,
  sendsBurst: 60,
  /** Devices signed in at the same time; the least recently used is signed out beyond it. */
  authSessions: 5,
  /** Characters of a profile's intro. */
  introCharacters: 200,
} as const;

/**
 * Limits that are the same for everybody: of the protocol, of one connection, of a node. A new limit stands here or in
 * {@link usualAccountLimits}. The `connect` reply tells those of both that a client plans with.
 */
export const limits = {
  /** Largest frame a client may send, in bytes; a larger one closes the connection with 4509. */
  frameBytes: 65_536,
  /** Nesting depth of a command's JSON. */
  frameDepth: 16,
  /** Largest HTTP body outside uploads, in bytes. */
  bodyBytes: 131_072,
  /** Messages in one page of history. */
  pageMessages: 100,
  /** Rooms in one page of the room list. */
  pageRooms: 100,
  /** Rooms one connection may watch with full pushes. */
  openRooms: 20,
  /** Rooms one connection may watch by their heads. */
  headRooms: 1_000,
  /** Things held of one part in one `account.sync`, or room positions there of a client that names no parts. */
  syncRooms: 50,
  /** Changes replayed for one room before the answer is a reset. */
  catchUpChanges: 500,
  /** Time between opening a socket and `connect`, in ms. */
  connectDeadlineMs: 10_000,
  /** Time between heartbeats of a client, in ms. */
  heartbeatMs: 25_000,
  /** Commands one connection may run at the same time. */
  commandsInFlight: 128,
  /** Sustained commands a second of one connection, and how many may come at once. */
  commandsPerSecond: 50,
  commandsBurst: 200,
  /** Access token life, in ms. */
  accessTokenMs: 600_000,
  /** Refresh token life without use, in ms (60 days). */
  refreshTokenMs: 5_184_000_000,
  /** Sockets on one node: of one account, and of one address before `connect`. */
  connectionsPerAccount: 50,
  connectionsPerAddress: 200,
  /** Time a person who waits for a match may be without a connection, in ms. */
  matchGraceMs: 5_000,
  /** Longest wait for a match, in ms. */
  matchWaitMs: 600_000,
  /** Rooms in which one connection watches who is there. */
  presenceRooms: 100,
  /** Time without a device in use until a person is away, in ms; and without any device until offline. */
  awayAfterMs: 300_000,
  offlineAfterMs: 10_000,
  /** How long somebody counts as writing after they last said so, in ms; and the least time between two tellings. */
  typingMs: 6_000,
  typingEveryMs: 2_000,
} as const;

export type AccountLimits = { readonly [K in keyof typeof usualAccountLimits]: number };
export type Limits = { readonly [K in keyof typeof limits]: number };
