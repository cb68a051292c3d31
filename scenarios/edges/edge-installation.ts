import { spyOn } from "bun:test";
import { httpPaths, type Legal } from "@maru/protocol";
import { openProvider } from "../../apps/server/src/testing/open-provider.ts";
import { startTestServer } from "../../apps/server/src/testing/start-test-server.ts";
import type { EdgeInstallation } from "./edge-visitor.ts";
import type { FaultLog } from "./kept-log.ts";

/** Hashes passwords at no cost from here on: thousands are hashed, and each takes tens of milliseconds of a core. */
function hashCheaply() {
  const { hash } = Bun.password;
  return spyOn(Bun.password, "hash").mockImplementation((text) =>
    hash(text, { algorithm: "argon2id", memoryCost: 8, timeCost: 1 }),
  );
}

/** Opens an installation of two nodes: people are made at one, without mails; the other one sends mails and is tried. */
export async function openInstallation(log: FaultLog): Promise<EdgeInstallation & { close(): Promise<void> }> {
  const hashing = hashCheaply();
  const provider = openProvider("edge");
  // Told, as passkeys are bound to it: by itself a server of the tests takes the port that it asked for, which is none.
  const origin = "http://localhost:8080";
  const config = { providers: JSON.stringify([provider.settings]), origins: [origin] };
  const maker = await startTestServer({ log: log.log, config });
  const door = await startTestServer({ log: log.log, config, isDev: true, database: maker.database, hub: maker.hub });
  const legal = (await (await fetch(maker.url + httpPaths.legal)).json()) as Legal;
  return {
    maker,
    door,
    provider,
    legal,
    origin,
    async close() {
      await door.stop();
      await maker.stop();
      await provider.close();
      hashing.mockRestore();
    },
  };
}
