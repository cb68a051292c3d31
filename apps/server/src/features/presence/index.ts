import { fromWireId } from "@maru/protocol";
import { defineFeature } from "../../feature-contract/feature.ts";
import { OwnAccounts } from "./own-accounts.ts";
import { OwnPresences } from "./own-presences.ts";
import type { PresenceDeps, PresenceGateway } from "./ports.ts";
import { eraseAccount } from "./store.ts";
import { Watching } from "./watching.ts";

export type { PresenceDeps } from "./ports.ts";

const subject = "presence.accounts";

/** Who is there: online, away, offline, on however many nodes. */
export interface Presence {
  register(gateway: PresenceGateway): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Forgets an account that is erased. */
  eraseAccount(accountId: string): Promise<void>;
}

export function createPresence(deps: PresenceDeps): Presence {
  const watching = new Watching(deps);
  const note = (accountIds: readonly string[]) => {
    watching.stir(accountIds);
    ownPresences.stir(accountIds);
  };
  const own = new OwnAccounts(deps, (accountIds) => {
    note(accountIds);
    deps.bus.publish(subject, accountIds.join(" "));
  });
  const ownPresences: OwnPresences = new OwnPresences(deps, (accountId) => own.isInUse(accountId));
  deps.accountLog.contribute(ownPresences.contributor);
  let end: (() => unknown) | null = null;

  return {
    register(gateway) {
      gateway.onConnected((connection) => own.connected(connection));
      gateway.onClosed((connection, accountId) => {
        watching.closed(connection, accountId);
        own.closed(accountId);
        ownPresences.closed(accountId);
      });
      gateway.command("presence.set", (connection, { presence }) => {
        own.set(connection, presence === "away");
        return {};
      });
      gateway.command("presence.watch", async (connection, { roomIds }) => ({
        presences: await watching.watch(connection, roomIds.map(fromWireId)),
      }));
      deps.rooms.onSightLost((accountId, roomId) => watching.endSight(accountId, roomId));
      deps.rooms.onSightChanged((roomId) => void watching.lookAgain(roomId));
    },
    async start() {
      end = await deps.bus.subscribe(subject, (payload) => note(payload.split(" ")));
      await own.start();
      watching.start();
      ownPresences.start();
    },
    async stop() {
      end?.();
      watching.stop();
      ownPresences.stop();
      await own.stop();
    },
    eraseAccount: (accountId) => eraseAccount(deps.db.sql, accountId),
  };
}

/** Presence as a feature of the server. */
export const presence = defineFeature({
  name: "presence",
  folder: import.meta.dir,
  create(ports: PresenceDeps) {
    const made = createPresence(ports);
    return {
      commands: made.register,
      eraser: { erase: made.eraseAccount },
      start: made.start,
      stop: made.stop,
    };
  },
});
