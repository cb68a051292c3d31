import type { LiveConnection } from "./connection.ts";

/** Why a connection that the handshake let in is closed at once; a browser sees close codes, but no HTTP status. */
export type Refusal = 4005 | 4503;

/** A socket's data before it is a connection. */
export type Handshake = { readonly connection: LiveConnection; readonly refusal: Refusal | null };
