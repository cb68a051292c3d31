import { isIP } from "node:net";
import { isLoopback } from "./addresses.ts";

/** The addresses of everything that this machine is reached by. */
const everywhere = ["0.0.0.0", "::", "::0"];

/** Whether others than this machine can reach what listens on an address. */
export function isOpenToNetwork(bind: string): boolean {
  return !isLoopback(bind);
}

/**
 * The origin under which what listens on an address answers on this machine: printed at the start, and put into links
 * where the operator named no address.
 */
export function originOfBind(bind: string, port: number): string {
  if (bind === "127.0.0.1" || everywhere.includes(bind)) return new URL(`http://localhost:${port}`).origin;
  return new URL(`http://${isIP(bind) === 6 ? `[${bind}]` : bind}:${port}`).origin;
}

/** All origins whose pages are ours where the operator named none. `localhost` means both loopback addresses. */
export function ownOrigins(bind: string, port: number): string[] {
  const names = ["localhost", "127.0.0.1", "::1", ...everywhere].includes(bind) ? namesOf(bind) : [];
  return [...new Set([originOfBind(bind, port), ...names.map((name) => new URL(`http://${name}:${port}`).origin)])];
}

function namesOf(bind: string): string[] {
  if (bind === "::1") return ["[::1]", "localhost"];
  if (bind === "localhost") return ["localhost", "127.0.0.1", "[::1]"];
  return ["localhost", "127.0.0.1"];
}
