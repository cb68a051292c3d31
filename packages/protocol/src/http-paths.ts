/** Header that every request with a cookie's authority carries: a foreign page cannot set it without a preflight. */
export const csrfHeader = "x-maru-request";

/** Every HTTP path of the client's API, once. */
export const httpPaths = {
  signUp: "/api/auth/sign-up",
  signIn: "/api/auth/sign-in",
  refresh: "/api/auth/refresh",
  signOut: "/api/auth/sign-out",
  signOutEverywhere: "/api/auth/sign-out-everywhere",
  sessions: "/api/auth/sessions",
  authOptions: "/api/auth/options",
  step: "/api/auth/step",
  stepCode: "/api/auth/step/code",
  stepResend: "/api/auth/step/resend",
  passwordReset: "/api/auth/password-reset",
  passwordResetFinish: "/api/auth/password-reset/finish",
  nickname: "/api/nicknames/{nickname}",
  me: "/api/me",
  password: "/api/me/password",
  legal: "/api/legal",
  rooms: "/api/rooms",
  room: "/api/rooms/{roomId}",
  messages: "/api/rooms/{roomId}/messages",
  realtime: "/realtime",
} as const;
