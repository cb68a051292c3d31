/** Whether a text tells where in a program something went wrong: a line of a stack, a file, the name of an error. */
export function looksLikeTrace(text: string): boolean {
  return /(^|\n)\s+at \S|\.[cm]?[jt]sx?:\d+|\b[A-Z]\w*(Error|Exception): |\bnode_modules\b|file:\/\/\//.test(text);
}
