/** Where somebody wanted to go before they were asked in. Anybody may have written it: `safePath` reads it at its use. */
export type Next = { next?: string };

/** The place as the address has it. */
export function readNext(search: Record<string, unknown>): Next {
  return typeof search.next === "string" ? { next: search.next } : {};
}

/** Takes the place along from one page of the way in to another. */
export function keepNext({ next }: { next?: string | undefined }): Next {
  return next === undefined ? {} : { next };
}
