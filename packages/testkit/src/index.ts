export { eventually } from "./eventually.ts";
export { FakeClock, settle } from "./fake-clock.ts";
export { type Program, type Requirement, requires } from "./requirements.ts";
export { seededRandom } from "./seeded-random.ts";
