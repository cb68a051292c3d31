import { type CommandArgument, type CommandName, limits, protocolVersion } from "@maru/protocol";
import type { Plan, PlannedSocket } from "./load/plan.ts";

/** A command as a bench has somebody say it. */
export type PlannedCommand = { [N in CommandName]: { readonly cmd: N; readonly d: CommandArgument<N> } }[CommandName];

/** One connection of a bench: who it is, what it watches, where it sends. */
export type Person = {
  readonly token: string;
  readonly opens: readonly string[];
  readonly sendsTo?: string;
  readonly group?: number;
  /** Place of the port that it connects to. */
  readonly node?: number;
  /** What it says once when it comes, after `connect`. */
  readonly asks?: readonly PlannedCommand[];
  /** What it says over and over in place of sending; its answers are counted as acknowledged sends are. */
  readonly repeats?: PlannedCommand;
};

/** Marks a delivery and fills the text up to what people write: forty characters beside the time. */
const text = "~%T~ 오늘 저녁에 강가에서 만나요 see you by the river";

/** What people say first and how they send, as the load clients read it. */
export function planPeople(ports: readonly number[], people: readonly Person[]): Plan {
  return {
    targets: ports.map((port) => ({ port, path: `/realtime?v=${protocolVersion}` })),
    sockets: people.map(planPerson),
    beat: { everyMs: limits.heartbeatMs, frame: '{"id":%I,"cmd":"connection.beat","d":{}}' },
  };
}

function planPerson({ token, opens, sendsTo, group = 0, node = 0, asks = [], repeats }: Person): PlannedSocket {
  const commands: PlannedCommand[] = [{ cmd: "connect", d: { token, device: "bench" } }, ...asks];
  if (opens.length > 0) {
    // Rooms of the world have ids of the wire.
    const rooms = opens.map((roomId) => ({ roomId: roomId as never, mode: "open" as const }));
    commands.push({ cmd: "room.watch", d: { rooms } });
  }
  const first = commands.map((command, i) => JSON.stringify({ id: i + 1, ...command }));
  const socket = { target: node, group, first };
  if (repeats) return { ...socket, send: `{"id":%I,${JSON.stringify(repeats).slice(1)}` };
  if (sendsTo === undefined) return socket;
  const send = `{"id":%I,"cmd":"message.send","d":{"roomId":"${sendsTo}","clientMessageId":"%K","text":"${text}"}}`;
  return { ...socket, send };
}

/** The same sends to a server that asks for nothing first. */
export function planBarePublishers(port: number, count: number): Plan {
  const { send = "" } = planPerson({ token: "", opens: [], sendsTo: "room" });
  const socket = { target: 0, group: 0, first: [], send };
  return { targets: [{ port, path: "/" }], sockets: Array.from({ length: count }, () => socket) };
}
