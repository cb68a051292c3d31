/** The runtime's own socket, which takes headers and ends at once; the types of a browser, which the SDK needs, hide it. */
export const RuntimeSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket;
