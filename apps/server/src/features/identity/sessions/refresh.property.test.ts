import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const secondMs = 1_000;
/** Longest time that an answer is under way; the client gives up before. */
const travelMs = 45 * secondMs;
/** Longest wait of a request between its arrival and the database. */
const lagMs = 10 * secondMs;

type Asked = { readonly token: string; readonly arrivedAt: number };
type Answered = { readonly token: string; readonly leftAt: number; readonly round: number };

/**
 * One browser: a cookie jar, tabs that ask with what the jar holds, a network that delays and loses. Requests reach the
 * server in the order in which they are sent; the database gets to them in any order; answers come back in any order.
 * An answer that took so long that two later rounds were begun meanwhile never comes: one tab at a time refreshes, and
 * gives up on an answer before it asks again.
 */
class Browser {
  readonly asked: Asked[] = [];
  readonly answered: Answered[] = [];
  readonly rounds = new Map<string, number>();
  refreshes = 0;
  #begun = 0;

  constructor(public jar: string) {
    this.rounds.set(jar, 0);
  }

  async ask(): Promise<void> {
    await world.clock.advance(1);
    this.asked.push({ token: this.jar, arrivedAt: world.clock.now() });
    this.#begun = Math.max(this.#begun, (this.rounds.get(this.jar) ?? 0) + 1);
  }

  async serve(index: number): Promise<void> {
    const [request] = this.asked.splice(index % Math.max(1, this.asked.length), 1);
    if (!request) return;
    const code = await this.#present(request);
    if (code !== null) throw new Error(`signed out by itself: ${code}`);
  }

  async #present(request: Asked): Promise<string | null> {
    const device = world.device();
    device.jar.set("maru_refresh", request.token);
    const now = world.clock.now;
    // The handler reads the clock first: that is the arrival.
    let isFirst = true;
    world.clock.now = () => {
      if (!isFirst) return now.call(world.clock);
      isFirst = false;
      return request.arrivedAt;
    };
    const answer = await device.refresh().finally(() => {
      world.clock.now = now;
    });
    if (answer.status !== 200) return answer.code ?? String(answer.status);
    this.refreshes++;
    const token = answer.headers.getSetCookie().length > 0 ? device.refreshToken : undefined;
    if (token !== undefined) {
      const round = (this.rounds.get(request.token) ?? 0) + 1;
      this.rounds.set(token, round);
      this.answered.push({ token, leftAt: world.clock.now(), round });
    }
    return null;
  }

  deliver(index: number): void {
    const [answer] = this.answered.splice(index % Math.max(1, this.answered.length), 1);
    if (!answer) return;
    if (this.#begun - answer.round < 2) this.jar = answer.token;
  }

  lose(index: number): void {
    this.answered.splice(index % Math.max(1, this.answered.length), 1);
  }

  async pass(ms: number): Promise<void> {
    await world.clock.advance(ms);
    const now = world.clock.now();
    for (let index = this.asked.length - 1; index >= 0; index--) {
      if (now - (this.asked[index]?.arrivedAt ?? 0) >= lagMs) this.asked.splice(index, 1);
    }
    for (let index = this.answered.length - 1; index >= 0; index--) {
      if (now - (this.answered[index]?.leftAt ?? 0) >= travelMs) this.answered.splice(index, 1);
    }
  }
}

type Step =
  | { readonly does: "ask" }
  | { readonly does: "serve" | "deliver" | "lose"; readonly which: number }
  | { readonly does: "pass"; readonly ms: number };

const which = fc.nat({ max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Step>({ does: "ask" }) },
  { weight: 5, arbitrary: which.map<Step>((index) => ({ does: "serve", which: index })) },
  { weight: 3, arbitrary: which.map<Step>((index) => ({ does: "deliver", which: index })) },
  { weight: 1, arbitrary: which.map<Step>((index) => ({ does: "lose", which: index })) },
  {
    weight: 1,
    arbitrary: fc
      .oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 3_000, max: 90_000 }), fc.constant(3 * 86_400_000))
      .map<Step>((ms) => ({ does: "pass", ms })),
  },
);

async function walk(browser: Browser, steps: readonly Step[]): Promise<void> {
  for (const each of steps) {
    if (each.does === "ask") await browser.ask();
    else if (each.does === "pass") await browser.pass(each.ms);
    else if (each.does === "serve") await browser.serve(each.which);
    else if (each.does === "deliver") browser.deliver(each.which);
    else browser.lose(each.which);
  }
}

test("tabs, lost answers and sleep never sign anybody out by themselves", async () => {
  const { person } = await world.signUpPerson();
  let refreshes = 0;
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 120 }), async (steps) => {
      const device = world.device();
      await device.signIn({ email: person.email, password: person.password });
      const browser = new Browser(device.refreshToken ?? "");
      await walk(browser, steps);
      // Whatever the walk left in the jar is still good.
      await browser.pass(travelMs);
      await browser.ask();
      await browser.serve(0);
      refreshes += browser.refreshes;
      runs++;
    }),
    { numRuns: 60 },
  );
  expect(runs).toBeGreaterThanOrEqual(60);
  expect(refreshes).toBeGreaterThan(300);
}, 60_000);

test("a copied token is found out once both holders have gone on", async () => {
  const { person } = await world.signUpPerson();
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 20 }),
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 61_000, max: 600_000 })), { minLength: 4, maxLength: 12 }),
      async (before, moves) => {
        const owner = world.device();
        await owner.signIn({ email: person.email, password: person.password });
        const browser = new Browser(owner.refreshToken ?? "");
        await walk(browser, before);
        await browser.pass(travelMs);
        owner.jar.set("maru_refresh", browser.jar);
        const thief = world.device();
        thief.jar.set("maru_refresh", browser.jar);

        const went = { owner: 0, thief: 0 };
        const codes: (string | undefined)[] = [];
        const alternating: (readonly [boolean, number])[] = [
          [true, 61_000],
          [false, 61_000],
          [true, 61_000],
          [false, 61_000],
        ];
        for (const [isThief, ms] of [...moves, ...alternating]) {
          await world.clock.advance(ms);
          codes.push((await (isThief ? thief : owner).refresh()).code);
          went[isThief ? "thief" : "owner"]++;
          if (codes.includes("auth.revoked")) break;
        }
        expect(codes).toContain("auth.revoked");
        // Found out no later than when each had gone on twice, and then both are out.
        expect(Math.min(went.owner, went.thief)).toBeLessThanOrEqual(2);
        for (const holder of [owner, thief])
          expect((await holder.refresh()).code).toMatch(/^auth\.(required|revoked)$/);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
