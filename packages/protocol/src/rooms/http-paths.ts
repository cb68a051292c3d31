/** HTTP paths of rooms. */
export const roomsHttpPaths = {
  rooms: "/api/rooms",
  room: "/api/rooms/{roomId}",
  messages: "/api/rooms/{roomId}/messages",
} as const;
