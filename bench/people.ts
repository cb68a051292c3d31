import { limits, protocolVersion } from "@maru/protocol";
import type { Plan, PlannedSocket } from "./load/plan.ts";

/** One connection of a bench: who it is, what it watches, where it sends. */
export type Person = {
  readonly token: string;
  readonly opens: readonly string[];
  readonly sendsTo?: string;
  readonly group?: number;
};

/** Marks a delivery and fills the text up to what people write: forty characters beside the time. */
const text = "~%T~ 오늘 저녁에 강가에서 만나요 see you by the river";

/** What people say first and how they send, as the load clients read it. */
export function planPeople(port: number, people: readonly Person[]): Plan {
  return {
    targets: [{ port, path: `/realtime?v=${protocolVersion}` }],
    sockets: people.map(planPerson),
    beat: { everyMs: limits.heartbeatMs, frame: '{"id":%I,"cmd":"connection.beat","d":{}}' },
  };
}

function planPerson({ token, opens, sendsTo, group = 0 }: Person): PlannedSocket {
  const first = [JSON.stringify({ id: 1, cmd: "connect", d: { token, device: "bench" } })];
  if (opens.length > 0) {
    const rooms = opens.map((roomId) => ({ roomId, mode: "open" }));
    first.push(JSON.stringify({ id: 2, cmd: "room.watch", d: { rooms } }));
  }
  if (sendsTo === undefined) return { target: 0, group, first };
  const send = `{"id":%I,"cmd":"message.send","d":{"roomId":"${sendsTo}","clientMessageId":"%K","text":"${text}"}}`;
  return { target: 0, group, first, send };
}

/** The same sends to a server that asks for nothing first. */
export function planStrangers(port: number, count: number): Plan {
  const { send = "" } = planPerson({ token: "", opens: [], sendsTo: "room" });
  const socket = { target: 0, group: 0, first: [], send };
  return { targets: [{ port, path: "/" }], sockets: Array.from({ length: count }, () => socket) };
}
