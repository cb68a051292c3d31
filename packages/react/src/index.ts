export { ClientProvider, useClient } from "./client-context.tsx";
export { type ReadyRoom, useConnection, useMatch, useObservable, useRoom, useRoomList, useSession } from "./hooks.ts";
