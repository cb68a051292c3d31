/** Said when Maru cannot start, in words that an operator can act on; printed without a stack. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartError";
  }
}
