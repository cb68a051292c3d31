/** Limits of accounts and their devices. */
export const identityLimits = {
  /** Access token life, in ms. */
  accessTokenMs: 600_000,
  /** Refresh token life without use, in ms (60 days). */
  refreshTokenMs: 5_184_000_000,
} as const;

/** Limits of identity that belong to an account, as everybody has them. */
export const identityAccountLimits = {
  /** Devices signed in at the same time; the least recently used is signed out beyond it. */
  authSessions: 5,
  /** Characters of a profile's intro. */
  introCharacters: 200,
} as const;
