import type { SocketConstructor, SocketLike } from "@maru/client";
import { type CommandFrame, type Push, pushesOf, type RoomCatchUp, type ServerFrame } from "@maru/protocol";
import { RuntimeSocket } from "../runtime-socket.ts";
import type { History } from "./history.ts";

/** Share of the sends that go out twice, as from a client that loses its patience: one row, the same answer. */
const repeatedShare = 0.03;
/** Ids of repeats; the SDK knows nothing of them. */
const repeatIds = 1_000_000;
/** How long a socket that was closed from here may take to say goodbye, in ms. */
const farewellMs = 2_000;

type Asked = {
  readonly cmd: CommandFrame["cmd"];
  readonly atMs: number;
  readonly rooms: readonly { readonly roomId: string; readonly epoch?: string; readonly rev?: number }[];
  readonly key: string;
};

let connectionCount = 0;

/** Makes the sockets of one client: real ones, of which every frame in both directions is written into the history. */
export function tapSockets(
  history: History,
  client: number,
  { origin, random }: { readonly origin: string; readonly random: () => number },
): SocketConstructor {
  return class implements SocketLike {
    onopen: ((event: never) => void) | null = null;
    onmessage: ((event: never) => void) | null = null;
    onclose: ((event: never) => void) | null = null;
    onerror: ((event: never) => void) | null = null;
    readonly #connection = ++connectionCount;
    readonly #socket: Bun.WebSocket;
    readonly #asked = new Map<number, Asked>();

    constructor(url: string) {
      this.#socket = new RuntimeSocket(url, { headers: { origin } });
      this.#socket.addEventListener("open", (event) => this.onopen?.(event as never));
      this.#socket.addEventListener("error", (event) => this.onerror?.(event as never));
      this.#socket.addEventListener("message", (event) => {
        this.#hear(String(event.data));
        this.onmessage?.(event as never);
      });
      this.#socket.addEventListener("close", (event) => {
        history.record({ is: "closed", client, connection: this.#connection, code: event.code });
        this.onclose?.(event as never);
      });
    }

    send(text: string): void {
      const { id, cmd, d } = JSON.parse(text) as CommandFrame;
      this.#print(id, cmd, d);
      if (cmd === "message.send" && random() < repeatedShare) this.#print(repeatIds + id, cmd, d);
    }

    #print(id: number, cmd: CommandFrame["cmd"], d: unknown): void {
      // What the SDK writes has passed its types.
      const body = (d ?? {}) as {
        rooms?: Asked["rooms"];
        roomId?: string;
        clientMessageId?: string;
      } & Asked["rooms"][0];
      const key = body.clientMessageId ?? "";
      this.#asked.set(id, { cmd, atMs: performance.now(), rooms: body.rooms ?? [body], key });
      if (cmd === "message.send") history.record({ is: "sent", client, roomId: body.roomId ?? "", key });
      this.#socket.send(JSON.stringify({ id, cmd, d } satisfies CommandFrame));
    }

    close(): void {
      this.#socket.close();
      setTimeout(() => this.#socket.terminate(), farewellMs).unref();
    }

    #hear(text: string): void {
      const frame = JSON.parse(text) as ServerFrame;
      const pushes = pushesOf(frame);
      if (pushes) {
        for (const push of pushes) this.#recordPush(push);
      } else if ("id" in frame) {
        const asked = this.#asked.get(frame.id);
        this.#asked.delete(frame.id);
        if (asked && "ok" in frame) this.#recordReply(asked, frame.ok);
        // Who has to renew a token first sends again afterwards.
        const isForGood = "err" in frame && !frame.err.temporary && !/^auth\.(expired|required)$/.test(frame.err.code);
        if (asked?.cmd === "message.send" && isForGood) {
          history.record({ is: "refused", client, key: asked.key, code: frame.err.code });
        }
      }
    }

    #recordPush(push: Push): void {
      const connection = this.#connection;
      if (push.push === "room.advanced") {
        history.record({ is: "advanced", client, connection, roomId: push.roomId, rev: push.rev });
      } else if ("roomId" in push && "rev" in push) {
        const { roomId, epoch, rev } = push;
        history.record({ is: "pushed", client, connection, roomId, epoch, rev });
      }
    }

    #recordReply(asked: Asked, ok: unknown): void {
      const connection = this.#connection;
      const answer = ok as {
        message: { seq: number };
        catchUps?: readonly RoomCatchUp[];
      };
      switch (asked.cmd) {
        case "connect":
          return history.record({ is: "connected", client, connection });
        case "auth.renew":
          return history.record({ is: "renewed", client, connection });
        case "message.send": {
          const { key, rooms, atMs } = asked;
          const tookMs = performance.now() - atMs;
          return history.record({
            is: "acked",
            client,
            roomId: rooms[0]?.roomId ?? "",
            key,
            seq: answer.message.seq,
            tookMs,
          });
        }
        case "room.watch":
        case "room.changes": {
          const catchUps = asked.cmd === "room.changes" ? [ok as RoomCatchUp] : (answer.catchUps ?? []);
          for (const { roomId, reset, epoch, toRev } of catchUps) {
            const requested = asked.rooms.find((room) => room.roomId === roomId);
            const held = requested?.epoch === undefined ? null : { epoch: requested.epoch, rev: requested.rev ?? 0 };
            history.record({ is: "caught_up", client, connection, roomId, by: asked.cmd, held, reset, epoch, toRev });
          }
          return;
        }
        default:
      }
    }
  };
}
