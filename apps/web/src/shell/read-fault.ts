/** What went wrong on the way back from a provider, as the address has it. */
export function readFault(search: Record<string, unknown>): { fault?: string } {
  return typeof search.fault === "string" ? { fault: search.fault } : {};
}
