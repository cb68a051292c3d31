export { eventually } from "./eventually.ts";
export { FakeClock, settle } from "./fake-clock.ts";
export { FaultProxy } from "./fault-proxy.ts";
export { HistoryChecker, type HistoryEntry, type HistoryReport, type StoredMessage } from "./history-checker.ts";
export { type PortalAnswer, PortalProxy, portalAnswers } from "./portal-proxy.ts";
export { type Program, type Requirement, requires } from "./requirements.ts";
export { seededRandom } from "./seeded-random.ts";
