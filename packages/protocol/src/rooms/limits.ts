/** Limits of rooms and of what is said in them. */
export const roomsLimits = {
  /** Bytes of what one message carries beside its text, as JSON. */
  messageExtraBytes: 8_192,
  /** Messages in one page of history. */
  pageMessages: 100,
  /** Rooms in one page of the room list. */
  pageRooms: 100,
  /** Rooms one connection may watch with full pushes. */
  openRooms: 20,
  /** Rooms one connection may watch by their heads. */
  headRooms: 1_000,
  /** Changes replayed for one room before the answer is a reset. */
  catchUpChanges: 500,
  /** How long somebody counts as writing after they last said so, in ms; and the least time between two tellings. */
  typingMs: 6_000,
  typingEveryMs: 2_000,
} as const;

/** Limits of rooms that belong to an account, as everybody has them. */
export const roomsAccountLimits = {
  /** Characters of one message. */
  messageCharacters: 4_000,
  /** Sustained sends a second of one account, and how many may come at once. */
  sendsPerSecond: 20,
  sendsBurst: 60,
} as const;
