export { rooms, roomsListPane } from "./feature.tsx";
export { RecentRooms } from "./list/recent-rooms.tsx";
export { findPartner } from "./room-names.ts";
