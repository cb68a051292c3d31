export { rooms, roomsListPane } from "./feature.tsx";
export { RecentRooms } from "./list/recent-rooms.tsx";
export { findPartner, titleOfRoom } from "./room-names.ts";
