import { connect, createServer, type Socket } from "node:net";

/**
 * A wire between driver and database that can go silent, as a cut network does: nothing arrives and nothing ends; or end at
 * once and be refused, as when the database stops.
 */
export async function openFrozenProxy(socketPath: string) {
  let isFrozen = false;
  let isCut = false;
  const sockets = new Set<Socket>();
  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on("data", (part) => {
      if (!isFrozen) to.write(part);
    });
    from.on("error", () => {});
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(socketPath);
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  return {
    port: address.port,
    freeze: () => {
      isFrozen = true;
    },
    /** Later connections pass again; those that went silent stay silent. */
    thaw: () => {
      for (const socket of sockets) socket.removeAllListeners("data");
      isFrozen = false;
    },
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      isCut = false;
    },
    get connectionCount() {
      return sockets.size / 2;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
