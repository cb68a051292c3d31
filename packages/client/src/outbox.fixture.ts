import type { Message } from "@maru/protocol";
import { settle } from "@maru/testkit";
import { CarefulOutboxStorage } from "./careful-outbox-storage.ts";
import { ClientWorld, PretendedBrowser } from "./client.fixture.ts";
import { account, aMessage } from "./entities.fixture.ts";
import { Outbox } from "./outbox.ts";

export type Send = { readonly roomId: string; readonly key: string; readonly text: string };

/** The room as the server stores it: one message for each key, whoever sends it and however often. */
export class PretendedSends {
  readonly sends: Send[] = [];
  readonly stored: Send[] = [];
  isOnline = true;
  /** What happens to a send; thrown errors reach the client. */
  fate: (send: Send, store: () => Message) => Message | Promise<Message> = (_, store) => store();

  async take(send: Send): Promise<Message> {
    this.sends.push(send);
    return this.fate(send, () => {
      const place = this.stored.findIndex(({ key }) => key === send.key);
      if (place < 0) this.stored.push(send);
      return aMessage({ seq: (place < 0 ? this.stored.length - 1 : place) + 1, clientMessageId: send.key });
    });
  }
}

/** One tab's outbox. */
export type Tab = {
  readonly outbox: Outbox;
  /** Ends the tab: nothing more leaves it, and it answers nobody. */
  close(): void;
};

/** The tabs of one browser, one storage, one server. */
export class OutboxWorld {
  readonly world = new ClientWorld();
  readonly browser = new PretendedBrowser();
  readonly server = new PretendedSends();

  get clock() {
    return this.world.clock;
  }

  /** Opens a tab of the signed-in account; it has taken over what tabs left that are gone. */
  async openTab(): Promise<Tab> {
    const { server, world, browser } = this;
    const ports = world.ports(browser);
    let isThere = true;
    const outbox = new Outbox({
      ports,
      storage: new CarefulOutboxStorage(ports.storage, ports.clock, ports.random),
      send: (roomId, key, text) => (isThere ? server.take({ roomId, key, text }) : new Promise(() => {})),
      onSent() {},
      onChanged() {},
      isOnline: () => isThere && server.isOnline,
    });
    const opening = outbox.open(account.id).catch(() => {});
    await this.storageSettles();
    await this.clock.advance(1_000);
    await this.storageSettles();
    await opening;
    const close = () => {
      isThere = false;
      (ports.tabs as ReturnType<PretendedBrowser["openTab"]>).close();
    };
    return { outbox, close };
  }

  /** IndexedDB answers on later turns of the event loop. */
  async storageSettles(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await settle();
    }
  }
}
