export type { Account } from "./account.ts";
export type { StorageState } from "./browser.ts";
export { type ClientOptions, createClient, type MaruClient } from "./client.ts";
export { type ClientErrorBody, type ClientErrorCode, describeErrorBody, MaruClientError } from "./client-error.ts";
export type { ConnectionSnapshot } from "./connection-state.ts";
export { MemoryOutboxStorage } from "./memory-outbox-storage.ts";
export type { HeardMessage } from "./message-feed.ts";
export type { Observable } from "./observable.ts";
export type { HistoryPlace, RoomSnapshot } from "./open-room.ts";
export type { UnsentMessage } from "./outbox.ts";
export type {
  ClientPorts,
  Environment,
  FetchLike,
  OutboxEntry,
  OutboxStorage,
  SocketConstructor,
  SocketLike,
  TabChannel,
} from "./ports.ts";
export type { PresenceSnapshot } from "./presences.ts";
export type { RoomListSnapshot } from "./room-directory.ts";
export type { EnterResult, SessionSnapshot } from "./session.ts";
export { countUnreadReaders, type UnreadReaderCounts } from "./unread-reader-counts.ts";
