import type { CloseCode } from "@maru/protocol";

/** A right that ended, by its account or by one session of it. */
export type Ending = { readonly accountId?: string; readonly sessionId?: string; readonly code: CloseCode };

/** One token that is being read, and what ended meanwhile. */
export class TokenReading {
  readonly endings: Ending[] = [];

  /** The end of this very right, if it came while its token was being read. */
  findEnding(accountId: string, sessionId: string): Ending | null {
    return this.endings.find((ending) => ending.accountId === accountId || ending.sessionId === sessionId) ?? null;
  }
}

/**
 * Knows the tokens that are being read just now. A right may end between the look at its token and the moment its
 * connection is ready; there is no connection to close by then, so whoever reads is notified.
 */
export class TokenReadings {
  readonly #open = new Set<TokenReading>();

  begin(): TokenReading {
    const reading = new TokenReading();
    this.#open.add(reading);
    return reading;
  }

  finish(reading: TokenReading): void {
    this.#open.delete(reading);
  }

  noteEnding(ending: Ending): void {
    for (const reading of this.#open) reading.endings.push(ending);
  }
}
