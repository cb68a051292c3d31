import type { Server } from "bun";
import {
  type Address,
  isLoopback,
  isWithin,
  type Network,
  readAddress,
  readNetwork,
  writeAddress,
} from "./addresses.ts";

/** Whom to believe about clients: so many proxies in a row, the proxies of these networks, or with 0 nobody. */
export type ProxyTrust = number | readonly string[];

/** The source of the address of a request's socket. */
export type SocketAddresses = Pick<Server<unknown>, "requestIP">;

export type ClientReader = {
  /** The client's address in its canonical form; `unknown` where there is no socket. */
  addressOf(request: Request, sockets: SocketAddresses | null): string;
  /** Whether the client speaks https with us or with the operator's proxy. */
  isSecure(request: Request, sockets: SocketAddresses | null): boolean;
};

/** One proxy's word about who had asked it. */
type Hop = { readonly for: string; readonly proto: string | undefined };

/**
 * Reads from a request who the client is: the socket's other end, or behind proxies of the operator's the last address
 * that none of them vouches for itself. Whatever stands further left comes from the client and may say anything.
 *
 * Proxies speak by `X-Forwarded-For` or by `Forwarded` (RFC 7239), and pass on the one that they do not know as the
 * client sent it. So where both are there and name different clients, neither is believed.
 */
export function createClientReader(trust: ProxyTrust): ClientReader {
  const hopLimit = typeof trust === "number" ? trust : Number.POSITIVE_INFINITY;
  const networks = typeof trust === "number" ? null : trust.map(requireNetwork);

  function socketOf(request: Request, sockets: SocketAddresses | null): Address | null {
    const socket = sockets?.requestIP(request)?.address;
    return socket === undefined ? null : readAddress(socket);
  }

  /** Walks from the socket towards the client; returns the last believed address and how many proxies spoke. */
  function walk(socket: Address | null, hops: readonly Hop[]): { address: Address | null; count: number } {
    let address = socket;
    let count = 0;
    while (count < hopLimit && count < hops.length) {
      if (networks && (address === null || !isWithin(address, networks))) break;
      const next = readAddress(hops[hops.length - 1 - count]?.for ?? "");
      if (next === null) break;
      address = next;
      count++;
    }
    return { address, count };
  }

  return {
    addressOf(request, sockets) {
      const socket = socketOf(request, sockets);
      const named =
        hopLimit === 0 ? [] : [readForwardedFor(request), readForwarded(request)].filter((h) => h.length > 0);
      const [first, second] = named.map((hops) => walk(socket, hops).address);
      const address = first === undefined ? socket : first;
      if (address === null) return "unknown";
      const isDisputed = second !== undefined && (second === null || writeAddress(second) !== writeAddress(address));
      return isDisputed ? (socket ? writeAddress(socket) : "unknown") : writeAddress(address);
    },
    isSecure(request, sockets) {
      const isOwn = request.url.startsWith("https:");
      if (hopLimit === 0) return isOwn;
      const socket = socketOf(request, sockets);
      if (networks && (socket === null || !isWithin(socket, networks))) return isOwn;
      const listed = listOf(request.headers.get("x-forwarded-proto"));
      const forwarded = readForwarded(request);
      const words = listed.length > 0 ? listed : forwarded.map(({ proto }) => proto);
      const hops = readForwardedFor(request);
      const { count } = walk(socket, hops.length > 0 ? hops : forwarded);
      // A proxy says one word for all of them, or adds its own to those that were there.
      const word = words.at(-Math.min(Math.max(count, 1), words.length));
      return word === undefined ? isOwn : word.toLowerCase() === "https";
    },
  };
}

function requireNetwork(text: string): Network {
  const network = readNetwork(text);
  if (!network) throw new Error(`${text} is no network.`);
  return network;
}

function listOf(header: string | null): string[] {
  return (header ?? "")
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function readForwardedFor(request: Request): Hop[] {
  return listOf(request.headers.get("x-forwarded-for")).map((word) => ({ for: word, proto: undefined }));
}

/** The elements of `Forwarded`; a comma or semicolon inside quotes belongs to the value. */
function readForwarded(request: Request): Hop[] {
  const header = request.headers.get("forwarded");
  // An open quote would swallow what the proxy wrote behind it, and leave the client's own words for the last ones.
  if (!header || header.split('"').length % 2 === 0) return [];
  return (header.match(/(?:"[^"]*"|[^,"])+/g) ?? []).map((element) => {
    const pairs = (element.match(/(?:"[^"]*"|[^;"])+/g) ?? []).map((pair) => {
      const [name = "", value = ""] = pair.split(/=(.*)/s, 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")] as const;
    });
    const read = (wanted: string) => pairs.find(([name]) => name === wanted)?.[1];
    return { for: read("for") ?? "", proto: read("proto") };
  });
}

/**
 * Whether a request comes from this machine, and was meant for it: a page elsewhere can make its name point here,
 * but cannot make a browser say `localhost` (DNS rebinding).
 */
export function isOwnMachine(request: Request, address: string): boolean {
  return isLoopback(new URL(request.url).hostname) && isLoopback(address);
}
