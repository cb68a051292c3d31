export { eventually } from "./eventually.ts";
export { FakeClock, settle } from "./fake-clock.ts";
export { seededRandom } from "./seeded-random.ts";
