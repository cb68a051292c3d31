/** What the list of conversations shows, as the address has it. */
export type ListSearch = {
  /** The archive. */
  readonly archived?: true;
  /** Only what is unread, or of one kind. */
  readonly filter?: string;
};

/** Reads what the list is to show; the archive is whole. */
export function readListSearch(search: Record<string, unknown>): ListSearch {
  if (search.archived === true) return { archived: true };
  return typeof search.filter === "string" && search.filter !== "" ? { filter: search.filter } : {};
}
