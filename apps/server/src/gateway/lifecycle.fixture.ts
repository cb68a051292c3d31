import { eventually, seededRandom } from "@maru/testkit";
import type { LiveConnection } from "./connection.ts";
import { type GatewayWorld, openWorld } from "./gateway.fixture.ts";
import { idOf } from "./memory-tokens.fixture.ts";
import type { SocketCaller } from "./socket-caller.fixture.ts";

/** What the model knows of one socket. */
type Life = {
  readonly caller: SocketCaller;
  readonly account: string;
  session: string;
  stands: "open" | "asking" | "ready" | "over";
  endsAt: number;
  /** Set when its right was taken away while its token was read. */
  isDoomed: boolean;
  reply: Promise<unknown> | null;
  /** Numbers of the pushes that it must have heard. */
  readonly due: number[];
};

export type Plant = "closes only what is ready";

const accounts = ["alice", "bob", "carol"];
const sessions = ["phone", "desk"];

/** Lives of many sockets in a random order, held against a model after each step. */
export class Lifecycle {
  readonly did = { connects: 0, doomed: 0, expiries: 0, renewals: 0, revocations: 0, departures: 0, pushes: 0 };
  readonly #world: GatewayWorld = openWorld();
  readonly #random: () => number;
  readonly #lives: Life[] = [];
  readonly #plant: Plant | undefined;
  readonly #came: string[] = [];
  readonly #went: string[] = [];
  #letGo: (() => void) | null = null;
  #pushCount = 0;

  constructor(seed: number, plant?: Plant) {
    this.#random = seededRandom(seed);
    this.#plant = plant;
    this.#world.gateway.onConnected(({ id }) => this.#came.push(id));
    this.#world.gateway.onClosed(({ id }) => this.#went.push(id));
  }

  async live(steps: number): Promise<void> {
    const acts = [
      this.#arrive,
      this.#ask,
      this.#ask,
      this.#answer,
      this.#renew,
      this.#revoke,
      this.#pass,
      this.#leave,
      this.#push,
    ];
    for (let step = 0; step < steps; step++) {
      const act = this.#pick(acts);
      await act.call(this);
      await this.#compare(`after step ${step}, ${act.name}`);
    }
    await this.#answer();
    for (const life of this.#lives) life.caller.leave();
    await this.#world.hasSockets(0);
    const { accountCount, admissionCount } = this.#world.gateway.stats();
    if (accountCount + admissionCount > 0)
      throw new Error(`left behind: ${JSON.stringify({ accountCount, admissionCount })}`);
    mustEqual(this.#went.toSorted(), this.#came.toSorted(), "those who went");
    mustEqual(new Set(this.#came).size, this.did.connects, "those who came");
    mustEqual(this.#world.logged, [], "what was logged");
  }

  close(): Promise<void> {
    return this.#world.close();
  }

  async #arrive(): Promise<void> {
    if (this.#lives.filter(({ stands }) => stands !== "over").length >= 12) return;
    const [account, session] = [this.#pick(accounts), this.#pick(sessions)];
    const caller = await this.#world.open();
    this.#lives.push({ caller, account, session, stands: "open", endsAt: 0, isDoomed: false, reply: null, due: [] });
  }

  /** Sends connect; its token is read and held until {@link #answer}. */
  async #ask(): Promise<void> {
    const life = this.#find("open");
    if (!life) return;
    const lifeMs = 200 + Math.floor(this.#random() * 8_000);
    this.#letGo ??= this.#world.tokens.hold();
    const held = this.#world.tokens.heldCount;
    life.endsAt = this.#world.clock.monotonic() + lifeMs;
    life.stands = "asking";
    const token = this.#world.tokens.issue(life.account, { lifeMs, session: `${life.account} ${life.session}` });
    life.reply = life.caller.ask("connect", { token }).catch(() => null);
    await eventually("the token is read", () => this.#world.tokens.heldCount > held || life.caller.closeCode !== null);
  }

  async #answer(): Promise<void> {
    this.#letGo?.();
    this.#letGo = null;
    for (const life of this.#lives.filter(({ stands }) => stands === "asking")) {
      await life.reply;
      const isGood = !life.isDoomed && life.endsAt > this.#world.clock.monotonic();
      if (isGood && life.caller.closeCode === null) this.did.connects++;
      if (life.isDoomed) this.did.doomed++;
      life.stands = isGood && life.caller.closeCode === null ? "ready" : "over";
    }
  }

  async #renew(): Promise<void> {
    const life = this.#find("ready");
    if (!life || this.#letGo) return;
    const lifeMs = 200 + Math.floor(this.#random() * 12_000);
    const session = this.#pick(sessions);
    const endsAt = this.#world.clock.monotonic() + lifeMs;
    const token = this.#world.tokens.issue(life.account, { lifeMs, session: `${life.account} ${session}` });
    await life.caller.expectOk("auth.renew", { token });
    this.did.renewals++;
    if (endsAt > life.endsAt) Object.assign(life, { endsAt, session });
  }

  async #revoke(): Promise<void> {
    const [account, session] = [this.#pick(accounts), this.#pick(sessions)];
    const isAccount = this.#random() < 0.5;
    const { gateway } = this.#world;
    this.did.revocations++;
    if (this.#plant) {
      const meant = [...gateway.connectionsOf(idOf(account))].filter(
        ({ sessionId }) => isAccount || sessionId === idOf(`${account} ${session}`),
      );
      for (const connection of meant) (connection as LiveConnection).close(4500);
    } else if (isAccount) gateway.closeAccount(idOf(account), 4501);
    else gateway.closeSession(idOf(`${account} ${session}`), 4500);
    for (const life of this.#lives) {
      if (life.account !== account || !(isAccount || life.session === session)) continue;
      if (life.stands === "ready") life.stands = "over";
      if (life.stands === "asking") life.isDoomed = true;
    }
  }

  /** Time passes. */
  async #pass(): Promise<void> {
    await this.#world.clock.advance(Math.floor(this.#random() * 3_000));
    const now = this.#world.clock.monotonic();
    for (const life of this.#lives) {
      if (life.stands === "ready" && life.endsAt <= now) {
        life.stands = "over";
        this.did.expiries++;
      }
    }
  }

  async #leave(): Promise<void> {
    const life = this.#find("ready");
    if (!life || this.#random() < 0.5) return;
    this.did.departures++;
    life.stands = "over";
    const before = this.#world.gateway.stats().connectionCount;
    life.caller.leave();
    await eventually("the server sees it go", () => this.#world.gateway.stats().connectionCount < before);
  }

  async #push(): Promise<void> {
    const account = this.#pick(accounts);
    const push = { push: "match.changed", match: { state: "idle", reason: "none" }, n: ++this.#pushCount } as const;
    this.#world.gateway.pushToAccount(idOf(account), push);
    this.did.pushes++;
    for (const life of this.#lives) if (life.stands === "ready" && life.account === account) life.due.push(push.n);
  }

  /** The server serves those whom the model serves, as whom it says, and told each what was due. */
  async #compare(when: string): Promise<void> {
    const ready = this.#lives.filter(({ stands }) => stands === "ready");
    const wanted = ready.map(({ account, session }) => `${idOf(account)} ${idOf(`${account} ${session}`)}`);
    const served = [...this.#world.gateway.connections()].map(
      ({ accountId, sessionId }) => `${accountId} ${sessionId}`,
    );
    mustEqual(served.toSorted(), wanted.toSorted(), `those who are served, ${when}`);
    await Promise.all(ready.map(({ caller }) => caller.isAlive()));
    for (const { caller, due, stands } of this.#lives) {
      const heard = caller.pushes.map((push) => (push as unknown as { n: number }).n);
      if (stands === "ready") mustEqual(heard, due, `what was heard, ${when}`);
      else mustEqual(heard, due.slice(0, heard.length), `what was heard by one who is gone, ${when}`);
    }
    // A socket that waited too long for its connect was closed; the model hears of it from the socket.
    for (const life of this.#lives) if (life.stands === "open" && life.caller.closeCode !== null) life.stands = "over";
  }

  #find(stands: Life["stands"]): Life | undefined {
    const found = this.#lives.filter((life) => life.stands === stands && life.caller.closeCode === null);
    return found.length === 0 ? undefined : this.#pick(found);
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}

function mustEqual(seen: unknown, wanted: unknown, what: string): void {
  if (!Bun.deepEquals(seen, wanted))
    throw new Error(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
}
