/**
 * The baseline: what the runtime does by itself. Answers every command at once and hands each send to one native topic
 * that all sockets hear: no database, no rights, no numbers.
 *
 * Usage: bun publisher.ts PUSH_BYTES single|burst. Prints its port. `single` publishes one message in each turn of the
 * event loop, so that each is written by itself; `burst` publishes what one turn brought, and several go in one write.
 */
const pushBytes = Number(process.argv[2]);
const isSingle = process.argv[3] === "single";
const waiting: (() => void)[] = [];

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response("not a socket", { status: 400 })),
  websocket: {
    perMessageDeflate: false,
    open: (socket) => {
      socket.subscribe("room");
    },
    message(socket, frame) {
      const command: { id: number; cmd: string; d?: { text?: string } } = JSON.parse(String(frame));
      const answer = () => {
        if (command.cmd === "message.send") server.publish("room", pushOf(command.d?.text ?? ""));
        socket.send(`{"id":${command.id},"ok":{}}`);
      };
      if (!isSingle) return answer();
      waiting.push(answer);
      if (waiting.length === 1) setImmediate(answerNext);
    },
  },
});

function answerNext(): void {
  waiting[0]?.();
  waiting.shift();
  if (waiting.length > 0) setImmediate(answerNext);
}

/** A push as long as the product's. */
function pushOf(text: string): string {
  const bare = `{"push":"message.sent","message":{"text":${JSON.stringify(text)}},"filler":""}`;
  return `${bare.slice(0, -2)}${"x".repeat(Math.max(0, pushBytes - bare.length))}"}`;
}

console.log(server.port);
