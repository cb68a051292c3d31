import type { Locale } from "@maru/protocol";

/** The calendar day of a moment where the reader is: `2026-11-21`. */
export function dayOf(at: Date): string {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}

/** `오후 3:07`, `3:07 PM`. */
export function formatTime(at: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, {
    hour: "numeric",
    minute: "2-digit",
  }).format(at);
}

/** A whole day for a divider: `11월 21일 토요일`, with the year where it is not this one. */
export function formatDay(at: Date, now: Date, locale: Locale): string {
  const isThisYear = at.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(locale, {
    ...(isThisYear ? {} : { year: "numeric" }),
    month: "long",
    day: "numeric",
    weekday: "long",
  }).format(at);
}

/** A moment in a list, as short as it stays clear: a time today, "yesterday", a date, a date with its year. */
export function formatMoment(at: Date, now: Date, locale: Locale): string {
  if (dayOf(at) === dayOf(now)) return formatTime(at, locale);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dayOf(at) === dayOf(yesterday)) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-1, "day");
  const isThisYear = at.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(
    locale,
    isThisYear ? { month: "short", day: "numeric" } : { year: "numeric", month: "numeric", day: "numeric" },
  ).format(at);
}

/** A wait as a clock shows it: `0:07`, `12:30`, `1:00:05`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** A day with its year, wherever it lies: `2026년 12월 21일`, `December 21, 2026`. */
export function formatDate(at: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(at);
}
