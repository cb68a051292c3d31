/** One thing that happened to a client, in the order in which it happened. Rooms and keys as the wire has them. */
export type Entry =
  /** A person pressed send; from here on it may not be lost. */
  | { readonly is: "attempted"; readonly client: number; readonly roomId: string; readonly key: string }
  /** A send went out on a connection; the same key again is a repeat. */
  | { readonly is: "sent"; readonly client: number; readonly roomId: string; readonly key: string }
  /** The server said that it is stored. */
  | {
      readonly is: "acked";
      readonly client: number;
      readonly roomId: string;
      readonly key: string;
      readonly seq: number;
      readonly tookMs: number;
    }
  /** The server refused it for good. */
  | { readonly is: "refused"; readonly client: number; readonly key: string; readonly code: string }
  /** A watch or a question about a gap was answered; `held` is the position that the client told. */
  | {
      readonly is: "caught_up";
      readonly client: number;
      readonly connection: number;
      readonly roomId: string;
      readonly by: "room.watch" | "room.changes";
      readonly held: { readonly epoch: string; readonly rev: number } | null;
      readonly reset: boolean;
      readonly epoch: string;
      readonly toRev: number;
    }
  /** A numbered change was pushed. */
  | {
      readonly is: "pushed";
      readonly client: number;
      readonly connection: number;
      readonly roomId: string;
      readonly epoch: string;
      readonly rev: number;
    }
  /** The server told where a room stands instead of what changed: whoever has it open has to ask. */
  | {
      readonly is: "advanced";
      readonly client: number;
      readonly connection: number;
      readonly roomId: string;
      readonly rev: number;
    }
  /** A message stood in the room as the person sees it, for the first time. */
  | {
      readonly is: "shown";
      readonly client: number;
      readonly roomId: string;
      readonly seq: number;
      readonly key: string;
    }
  /** The history as the person sees it began anew at a message. */
  | { readonly is: "shown_afresh"; readonly client: number; readonly roomId: string; readonly seq: number }
  | { readonly is: "connected"; readonly client: number; readonly connection: number }
  | { readonly is: "renewed"; readonly client: number; readonly connection: number }
  | { readonly is: "closed"; readonly client: number; readonly connection: number; readonly code: number }
  /** The program was closed and opened again. */
  | { readonly is: "reopened"; readonly client: number }
  /** A fault began or ended. */
  | { readonly is: "fault"; readonly what: string };

export type Recorded = Entry & { readonly atMs: number };

/** What every client was told, when it was told. Only ever appended to. */
export class History {
  readonly #entries: Recorded[] = [];
  readonly #startedAt = performance.now();

  get entries(): readonly Recorded[] {
    return this.#entries;
  }

  record(entry: Entry): void {
    this.#entries.push({ ...entry, atMs: Math.round(performance.now() - this.#startedAt) });
  }

  /** Writes the log, one line for each entry, for whoever looks into a failed run. */
  async write(file: string): Promise<void> {
    const writer = Bun.file(file).writer();
    for (const entry of this.#entries) writer.write(`${JSON.stringify(entry)}\n`);
    await writer.end();
  }
}
