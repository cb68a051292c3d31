import {
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  commands,
  type MatchState,
  type Push,
  pushes,
} from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { MaruError } from "../../platform/errors.ts";
import type { RoomsGateway } from "../rooms/index.ts";
import type { MatchingGateway, MatchingSockets } from "./ports.ts";

type Handler = (connection: Tab, input: never) => unknown;

/** A gateway without sockets: validates as the real one does, and keeps what each tab was told of its matching. */
export class WorldGateway implements MatchingSockets {
  readonly tabs = new Set<Tab>();
  readonly #handlers = new Map<CommandName, Handler>();
  readonly #closeListeners: ((tab: Tab, accountId: string) => void)[] = [];

  command: MatchingGateway["command"] & RoomsGateway["command"] = (name: CommandName, handle: unknown) =>
    void this.#handlers.set(name, handle as Handler);

  onConnected(): void {}

  onClosed(listen: (tab: Tab, accountId: string) => void): void {
    this.#closeListeners.push(listen);
  }

  publish(): void {}

  pushToAccount(accountId: string, push: Push): void {
    for (const tab of this.connectionsOf(accountId)) tab.push(push);
  }

  connectionsOf(accountId: string): Tab[] {
    return [...this.tabs].filter((tab) => tab.accountId === accountId);
  }

  answer(tab: Tab, name: CommandName, input: unknown): unknown {
    const handler = this.#handlers.get(name);
    if (handler === undefined) throw new Error(`nobody answers ${name}`);
    const parsed = commands[name].input.safeParse(input);
    if (!parsed.success) throw new MaruError("request.invalid");
    return handler(tab, parsed.data as never);
  }

  close(tab: Tab): void {
    this.tabs.delete(tab);
    for (const listen of this.#closeListeners) listen(tab, tab.accountId);
  }
}

let tabCount = 0;

/** One tab of somebody, on one node. */
export class Tab {
  readonly id = `con_${++tabCount}`;
  /** What it was told of its matching, in order. */
  readonly told: MatchState[] = [];
  isOpen = true;
  readonly #slots = new Map<symbol, unknown>();

  constructor(
    readonly accountId: string,
    readonly gateway: WorldGateway,
  ) {
    gateway.tabs.add(this);
  }

  subscribe(): void {}
  unsubscribe(): void {}

  slot<T>(key: symbol, create: () => T): T {
    if (!this.#slots.has(key)) this.#slots.set(key, create());
    return this.#slots.get(key) as T;
  }

  push(push: Push): void {
    pushes[push.push].parse(push);
    if (push.push === "match.changed") this.told.push(push.match);
  }

  /** Runs a command as the gateway would; the answer is held against the protocol. */
  async run<N extends CommandName>(name: N, input: CommandArgument<N>): Promise<CommandOutput<N>> {
    const output = await this.gateway.answer(this, name, input);
    const wire: unknown = JSON.parse(JSON.stringify(output));
    commands[name].output.parse(wire);
    return wire as CommandOutput<N>;
  }

  async request(): Promise<MatchState> {
    return (await this.run("match.request", {})).match;
  }

  async cancel(): Promise<MatchState> {
    return (await this.run("match.cancel", {})).match;
  }

  async get(): Promise<MatchState> {
    return (await this.run("match.get", {})).match;
  }

  async next(roomId: string): Promise<MatchState> {
    return (await this.run("match.next", { roomId })).match;
  }

  /** Waits until the last thing it was told is of a kind. */
  expectTold<S extends MatchState["state"]>(state: S): Promise<Extract<MatchState, { state: S }>> {
    return eventually(`to be told ${state}`, () => {
      const last = this.told.at(-1);
      return last?.state === state ? (last as Extract<MatchState, { state: S }>) : null;
    });
  }

  close(): void {
    this.isOpen = false;
    this.gateway.close(this);
  }
}
