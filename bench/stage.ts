import { limits as limitsInForce, usualAccountLimits } from "@maru/protocol";
import { type Checkout, thisCheckout } from "./against/checkout.ts";
import type { BenchOptions } from "./bench-options.ts";
import { LoadClient } from "./load/load-client.ts";
import { type Person, planPeople } from "./people.ts";
import { Product, type RaisedLimits } from "./product.ts";
import { Requester } from "./requester.ts";
import { openTokenMint } from "./tokens.ts";
import { seedWorld, type World, type WorldPlan } from "./world.ts";

/** A person of a stage by the number of their account. */
export type Role = Omit<Person, "token"> & { readonly account: number };

/**
 * Limits per account and address, raised because a bench has fewer accounts than the crowd it stands for, and one
 * address. They are counted all the same.
 */
export const raised: RaisedLimits = {
  connectionsPerAddress: 20_000,
  sendsPerSecond: 20_000,
  sendsBurst: 20_000,
  commandsPerSecond: 20_000,
  commandsBurst: 20_000,
};

/** A seeded world with a server running on it. */
export class Stage {
  private constructor(
    readonly world: World & { remove(): void },
    readonly product: Product,
    private readonly options: BenchOptions,
  ) {}

  /** The limits are {@link raised} unless said; with none changed the server has those of the product. */
  static async open(
    plan: WorldPlan,
    options: BenchOptions,
    checkout: Checkout = thisCheckout,
    changed: {
      readonly limits: RaisedLimits;
      readonly preload?: readonly string[];
      /** More settings, by their environment names. */
      readonly env?: Readonly<Record<string, string>>;
    } = { limits: raised },
  ): Promise<Stage> {
    options.print(`seeding ${plan.accountCount} accounts and ${plan.rooms.length} rooms …`);
    const world = await seedWorld(plan, checkout);
    try {
      const product = await Product.start({
        data: world.data,
        ...changed,
        profile: options.profile,
        checkout,
        // Where a bench says from which address it calls, that is believed.
        env: { MARU_TRUST_PROXY: "yes", ...changed.env },
      });
      return new Stage(world, product, options);
    } catch (error) {
      world.remove();
      throw error;
    }
  }

  /** Opens a connection for each role; each is signed in and watches its rooms when this resolves. */
  async connect(roles: readonly Role[]): Promise<LoadClient> {
    const people = await this.#signIn(roles);
    const client = await LoadClient.start(this.options.load.command, planPeople([this.product.port], people));
    try {
      await client.open();
      return client;
    } catch (error) {
      await client.stop();
      throw error;
    }
  }

  /** Opens a connection that asks and waits for its answers. */
  async ask(account: number): Promise<Requester> {
    const mint = await openTokenMint(this.world.data);
    return Requester.open(this.product.port, await mint(this.accountId(account)));
  }

  /** Settings that the running server has, for the report. */
  describeSettings(): Record<string, string> {
    const { sendsPerSecond, commandsPerSecond } = raised;
    return {
      durability: this.product.describeDurability(),
      limits: `on; raised for the bench: ${sendsPerSecond} sends/s of an account (product: ${usualAccountLimits.sendsPerSecond}), ${commandsPerSecond} commands/s of a connection (product: ${limitsInForce.commandsPerSecond}), ${raised.connectionsPerAddress} connections of an address (product: ${limitsInForce.connectionsPerAddress})`,
      rights: "on: token of each connection, membership in each append, duplicate check by clientMessageId",
    };
  }

  async close(): Promise<void> {
    await this.product.stop();
    this.world.remove();
  }

  async #signIn(roles: readonly Role[]): Promise<Person[]> {
    const mint = await openTokenMint(this.world.data);
    return Promise.all(
      roles.map(async ({ account, ...role }) => ({ ...role, token: await mint(this.accountId(account)) })),
    );
  }

  private accountId(index: number): string {
    const id = this.world.accountIds[index];
    if (id === undefined) throw new Error(`the world has no account ${index}`);
    return id;
  }
}
