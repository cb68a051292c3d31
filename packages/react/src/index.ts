export { ClientProvider, useClient } from "./client-context.tsx";
export {
  type ReadyRoom,
  useConnection,
  useLimits,
  useMatch,
  useObservable,
  usePresence,
  useRoom,
  useRoomList,
  useSession,
  useTyping,
} from "./hooks.ts";
