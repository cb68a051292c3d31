export { rooms, roomsListPane } from "./feature.tsx";
export { readListSearch } from "./list/list-search.ts";
export { RecentRooms } from "./list/recent-rooms.tsx";
export { findPartner } from "./room-names.ts";
