import { connect } from "node:net";

/** A client that connects and then stops to read, as a phone in a tunnel does. */
export async function openDeafSocket(port: number, token: string) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  const received: Buffer[] = [];
  const command = Buffer.from(JSON.stringify({ id: 1, cmd: "connect", d: { token } }));
  await new Promise<void>((resolve) => {
    socket.on("data", (part) => {
      received.push(Buffer.from(part));
      const text = Buffer.concat(received).toString("latin1");
      if (text.includes('{"id":1,"ok"')) resolve();
      else if (text.endsWith("\r\n\r\n")) socket.write(maskedText(command));
    });
    socket.write(
      "GET /realtime?v=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  });
  socket.pause();
  return {
    leave: () => socket.destroy(),
    /** Reads what was held back and tells the close code behind it; null when there is none. */
    async readToTheEnd(): Promise<number | null> {
      const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.resume();
      await ended;
      const all = Buffer.concat(received);
      const close = all.subarray(-4);
      return close[0] === 0x88 && close[1] === 2 ? close.readUInt16BE(2) : null;
    },
  };
}

/** A text frame of at most 64 kB with the mask zero, which leaves it readable. */
function maskedText(payload: Buffer): Buffer {
  const head = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}
