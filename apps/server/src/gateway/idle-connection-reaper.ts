import { type Clock, limits, type Timer } from "@maru/protocol";
import type { LiveConnection } from "./connection.ts";
import type { ConnectionRegistry } from "./connection-registry.ts";

/** How often all connections are looked at, in ms. One timer for all costs 0.7 ms for ten thousand. */
const sweepMs = 250;
/** Least time between two looks, in ms, however many rights end one after the other. */
const restMs = 10;
/** Time between the end of a right and the close, in ms: the answer to a command on its way still arrives. */
const expiredGraceMs = 2_000;
/** Unsent bytes at which a slow reader is cut; the native bound is twice as high and gives no reason. */
export const softBufferBytes = 524_288;
const silenceMs = limits.heartbeatMs * 2.5;

export type IdleConnectionReaper = {
  /** Notes a right given, so that its end is not missed by up to a round. */
  expectEnd(endsAt: number): void;
  stop(): void;
};

/** Closes what should no longer be open: late, silent, slow and expired connections. */
export function startIdleConnectionReaper(connectionRegistry: ConnectionRegistry, clock: Clock): IdleConnectionReaper {
  let timer: Timer | null = null;
  let dueAt = 0;

  function look(): void {
    const now = clock.monotonic();
    let nextAt = now + sweepMs;
    for (const connection of connectionRegistry.all) {
      inspect(connection, now);
      if (connection.state.is === "ready") nextAt = Math.min(nextAt, connection.state.endsAt);
    }
    lookAt(Math.max(nextAt, now + restMs), now);
  }

  function lookAt(at: number, now: number): void {
    if (timer) clock.clearTimeout(timer);
    dueAt = at;
    timer = clock.setTimeout(look, Math.ceil(at - now));
  }

  lookAt(clock.monotonic() + sweepMs, clock.monotonic());
  return {
    expectEnd(endsAt) {
      const now = clock.monotonic();
      if (endsAt < dueAt) lookAt(Math.max(endsAt, now), now);
    },
    stop() {
      if (timer) clock.clearTimeout(timer);
    },
  };
}

function inspect(connection: LiveConnection, now: number): void {
  const { state } = connection;
  switch (state.is) {
    case "opened":
    case "authenticating":
      if (now - connection.openedAt >= limits.connectDeadlineMs) connection.close(4004);
      return;
    case "ready":
      if (now >= state.endsAt) connection.expire(state, now + expiredGraceMs);
      else if (now - connection.lastReceivedAt > silenceMs) connection.close(4003);
      else if (connection.link.getBufferedAmount() > softBufferBytes) connection.close(4002);
      return;
    case "expired":
      if (now >= state.closesAt) connection.close(4001);
      return;
    case "closing":
    case "closed":
      return;
    default:
      state satisfies never;
  }
}
