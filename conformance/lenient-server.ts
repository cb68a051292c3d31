import { createServer, type Socket } from "node:net";
import { makeAccept } from "./raw-socket.ts";
import { decodeFrame, opcodes, type ReceivedFrame } from "./wire-frame.ts";

/** A server that lets everything pass: whatever rule a case guards, it breaks. */
export async function startLenientServer(): Promise<{ readonly url: URL; stop(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let bytes = Buffer.alloc(0);
    let isOpen = false;
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, Buffer.from(part)]);
      if (!isOpen) {
        const end = bytes.indexOf("\r\n\r\n");
        if (end < 0) return;
        shake(socket, bytes.subarray(0, end).toString("latin1"));
        isOpen = true;
        bytes = bytes.subarray(end + 4);
      }
      for (let next = decodeFrame(bytes); next; next = decodeFrame(bytes)) {
        bytes = Buffer.from(next.rest);
        answer(socket, next.frame);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It does not listen.");
  return {
    url: new URL(`http://127.0.0.1:${address.port}`),
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function shake(socket: Socket, head: string): void {
  const headerOf = (name: string) => new RegExp(`^${name}: *(.*)$`, "im").exec(head)?.[1]?.trim();
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  lines.push(`Sec-WebSocket-Accept: ${makeAccept(headerOf("Sec-WebSocket-Key") ?? "")}`);
  for (const name of ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"]) {
    const offered = headerOf(name);
    if (offered !== undefined) lines.push(`${name}: ${offered}`);
  }
  socket.write([...lines, "", ""].join("\r\n"));
}

function answer(socket: Socket, { opcode, payload }: ReceivedFrame): void {
  const write = (as: number, words: Uint8Array) =>
    socket.write(Buffer.concat([Buffer.from([0x80 | as, Math.min(words.length, 125)]), words.subarray(0, 125)]));
  if (opcode === opcodes.ping) write(opcodes.pong, payload);
  else if (opcode === opcodes.close) {
    write(opcodes.close, payload);
    socket.end();
  } else {
    const id = /"id":(\d+)/.exec(payload.toString("latin1"))?.[1] ?? "0";
    // Each command twice.
    for (let n = 0; n < 2; n++) write(opcodes.text, Buffer.from(`{"id":${id},"ok":{}}`));
  }
}
