import { dlopen, type Pointer, read } from "bun:ffi";
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../start-error.ts";

/** Said when a second Maru is started on a data folder. */
export class DataFolderTaken extends StartError {
  constructor(data: string, holder: string) {
    super(
      `Another Maru${holder && ` (process ${holder})`} is running on the data folder ${data}. Stop it first, or give this one another folder (--data).`,
    );
    this.name = "DataFolderTaken";
  }
}

/** `LOCK_EX | LOCK_NB`: for us alone, without waiting. */
const exclusiveNow = 2 | 4;
/** ENOLCK, EOPNOTSUPP and ENOSYS, by the numbers of each system. */
const cannotLock = process.platform === "darwin" ? [77, 102, 78] : [37, 95, 38];

/**
 * Claims a data folder until this process ends, however it ends: the claim is a lock of the kernel on a file that is kept
 * open, and no child inherits it. The file stays; it says nothing once the lock is gone.
 */
export function claimDataFolder(data: string): () => void {
  const path = join(data, "maru.lock");
  const file = openLockFile(path, data);
  const refusal = lock(file);
  if (refusal !== null) {
    const holder = readFileSync(path, "utf8").trim();
    closeSync(file);
    if (!cannotLock.includes(refusal)) throw new DataFolderTaken(data, holder);
    throw new StartError(
      `The file system of ${data} knows no locks, so nothing would keep a second Maru away. Give it another folder (--data).`,
    );
  }
  ftruncateSync(file, 0);
  writeSync(file, `${process.pid}\n`);
  let isHeld = true;
  return () => {
    if (isHeld) closeSync(file);
    isHeld = false;
  };
}

function openLockFile(path: string, data: string): number {
  try {
    return openSync(path, "a+", 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") throw error;
    throw new StartError(
      `The data folder ${data} cannot be written by this account (${message}). Start Maru as the account that owns it, or give it another folder (--data).`,
    );
  }
}

/** Takes the lock: null when it is ours, else the system's error number. */
function lock(file: number): number | null {
  const { flock, errorPlace } = openLibc();
  if (flock(file, exclusiveNow) === 0) return null;
  return read.i32(Number(errorPlace()) as Pointer, 0);
}

type Libc = {
  readonly flock: (file: number, how: number) => number;
  readonly errorPlace: () => bigint | Pointer | null;
};

/** The C library under the name that this system has for it. */
function openLibc(): Libc {
  const flock = { args: ["i32", "i32"], returns: "i32" } as const;
  const place = { args: [], returns: "ptr" } as const;
  if (process.platform === "darwin") {
    const { symbols } = dlopen("libSystem.B.dylib", { flock, __error: place });
    return { flock: symbols.flock, errorPlace: symbols.__error };
  }
  const names = ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`];
  for (const name of names) {
    try {
      const { symbols } = dlopen(name, { flock, __errno_location: place });
      return { flock: symbols.flock, errorPlace: symbols.__errno_location };
    } catch {
      // The next name.
    }
  }
  throw new StartError("The C library of this system was not found, so the data folder cannot be locked.");
}
