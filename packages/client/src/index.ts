export type { Account } from "./account.ts";
export { createClient, type MaruClient } from "./client.ts";
export { type ClientErrorBody, type ClientErrorCode, describeErrorBody, MaruClientError } from "./client-error.ts";
export type { StorageState } from "./connection/browser.ts";
export type { ConnectionSnapshot } from "./connection/connection-state.ts";
export type { EnterResult, SessionSnapshot } from "./connection/session.ts";
export type { ClientCore, ClientOptions } from "./core.ts";
export type { Observable } from "./observable.ts";
export { MemoryOutboxStorage } from "./outbox/memory-outbox-storage.ts";
export type { UnsentMessage } from "./outbox/outbox.ts";
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
export type { MessageDraft } from "./rooms/message-draft.ts";
export type { HeardMessage } from "./rooms/message-feed.ts";
export type { HistoryPlace, RoomSnapshot } from "./rooms/open-room.ts";
export type { OwnPresence, PresenceSnapshot } from "./rooms/presences.ts";
export type { RoomListSnapshot } from "./rooms/room-directory.ts";
export { countUnreadReaders, type UnreadReaderCounts } from "./unread-reader-counts.ts";
