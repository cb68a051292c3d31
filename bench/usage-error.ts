/** What is wrong with a command line, in words; told without a trace. */
export class UsageError extends Error {}
