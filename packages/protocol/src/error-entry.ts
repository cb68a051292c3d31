/** What an error code means on every door: HTTP status, whether trying again can help, and safe words for people. */
export type ErrorEntry = {
  readonly status: number;
  /** True when the same request may succeed later without being changed. */
  readonly temporary: boolean;
  readonly ko: string;
  readonly en: string;
};

/** A language that people are spoken to in. */
export type Locale = "ko" | "en";
