import type { ErrorEntry } from "../error-entry.ts";

/** Errors of matching, a part of the catalogue. */
export const matchingErrors = {
  "match.not_allowed": { status: 403, temporary: false, ko: "이 계정은 매칭을 이용할 수 없어요.", en: "This account cannot use matching." },
  "match.persons_only": { status: 403, temporary: false, ko: "매칭은 개인 계정만 이용할 수 있어요. 개인 계정으로 로그인해 주세요.", en: "Matching is for personal accounts only. Please log in with one." },
} as const satisfies Record<string, ErrorEntry>;
