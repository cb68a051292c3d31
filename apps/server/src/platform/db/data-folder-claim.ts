import { unlink } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { join } from "node:path";

/** Said when a second Maru is started on a data folder. */
export class DataFolderTaken extends Error {
  constructor(data: string) {
    super(
      `Another Maru is running on the data folder ${data}. Stop it first, or give this one another folder (--data).`,
    );
    this.name = "DataFolderTaken";
  }
}

/**
 * Claims a data folder for this process until it ends, also by `kill -9`: the claim is a listening socket, and the kernel
 * closes that. Where a dead process left its file, nobody answers, and the file is taken over.
 */
export async function claimDataFolder(data: string, runtimeFolder: string): Promise<() => Promise<void>> {
  const path = join(runtimeFolder, "maru.sock");
  for (let attempt = 0; attempt < 5; attempt++) {
    const server = await tryListen(path);
    if (server) {
      return () => new Promise<void>((resolve) => server.close(() => resolve()));
    }
    if (await doesAnswer(path)) throw new DataFolderTaken(data);
    await unlink(path).catch(() => {});
  }
  throw new DataFolderTaken(data);
}

function tryListen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

function doesAnswer(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
