import { copyFileSync, openSync, readFileSync, statSync, truncateSync } from "node:fs";

/** The size at which what was written moves to a second file; so much again lies there at most. */
const maxBytes = 1_048_576;

/** The file that Postgres writes to by itself, also while nobody looks after it. */
export class PostgresLog {
  constructor(readonly path: string) {}

  /** Opens it for a process that appends to it. The caller closes what is returned. */
  open(): number {
    this.trim();
    return openSync(this.path, "a", 0o600);
  }

  /** Begins anew when it has grown too big. It is emptied in place, since whoever writes to it holds it open. */
  trim(): void {
    if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) <= maxBytes) return;
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path, 0);
  }

  /** Its last words. */
  tail(lines = 5): string {
    try {
      return readFileSync(this.path, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
    } catch {
      return "";
    }
  }
}
