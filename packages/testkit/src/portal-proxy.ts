import { connect, createServer, type Server, type Socket } from "node:net";

const page = "<!doctype html><title>Welcome</title><p>Please accept our terms to use this network.</p>";

function answer(status: string, type: string, body: string, more = ""): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n${more}connection: close\r\n\r\n${body}`;
}

const whole = (bytes: string) => (socket: Socket) => void socket.end(bytes);

/** What stands between a client and us may answer in our place. */
export const portalAnswers = {
  /** A captive portal, a proxy's own page. */
  page: whole(answer("200 OK", "text/html; charset=utf-8", page)),
  nothing: whole(answer("200 OK", "application/json", "")),
  /** Ends without a word. */
  end: (socket: Socket) => void socket.destroy(),
  half(socket: Socket) {
    const text = answer("200 OK", "application/json", '{"accessToken":"eyJ","account":{"id":"acc_0"},"rooms":[]}');
    socket.write(text.slice(0, -30), () => socket.destroy());
  },
  redirect: whole(answer("302 Found", "text/html", "", "location: /portal\r\n")),
  emptyObject: whole(answer("200 OK", "application/json", "{}")),
  badGateway: whole(answer("502 Bad Gateway", "text/html", "<h1>502 Bad Gateway</h1>")),
  /** A byte now and then, and never all. */
  trickle(socket: Socket) {
    socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n");
    const timer = setInterval(() => socket.write(" "), 50);
    socket.on("close", () => clearInterval(timer));
  },
} as const satisfies Record<string, (socket: Socket) => void>;

export type PortalAnswer = keyof typeof portalAnswers;

/**
 * A proxy of HTTP and WebSockets before a server, which can be told to answer in its place. While it does, connections that
 * went through it before are gone.
 *
 * @example
 * const portal = await PortalProxy.start(server.port);
 * portal.begin("page");
 * portal.stop();
 */
export class PortalProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #answer: PortalAnswer | null = null;
  #isMeant: (path: string) => boolean = () => true;
  /** What was answered in the server's place since the last `begin`, as `GET /path`. */
  readonly answered = new Set<string>();

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    server.on("connection", (client) => this.#join(client));
  }

  static async start(targetPort: number): Promise<PortalProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PortalProxy(server, targetPort);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers in the server's place from now on: all requests, or those of the paths that are meant. */
  begin(kind: PortalAnswer, isMeant: (path: string) => boolean = () => true): void {
    this.#answer = kind;
    this.#isMeant = isMeant;
    this.answered.clear();
    this.#cut();
  }

  /** Lets everything through again. */
  end(): void {
    this.#answer = null;
    this.#cut();
  }

  async stop(): Promise<void> {
    this.#cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #join(client: Socket): void {
    this.#keep(client);
    let head = Buffer.alloc(0);
    const read = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      client.off("data", read);
      const [method = "", target = ""] = head.subarray(0, end).toString("latin1").split(" ");
      const path = target.split("?")[0] ?? "";
      if (this.#answer && this.#isMeant(path)) {
        this.answered.add(`${method} ${path}`);
        client.resume();
        portalAnswers[this.#answer](client);
      } else this.#carry(client, head, this.#answer !== null);
    };
    client.on("data", read);
  }

  /** Goes between the two; `isOne`: for this one request, so that the next one of the connection is looked at too. */
  #carry(client: Socket, head: Buffer, isOne: boolean): void {
    const server = connect({ port: this.#targetPort, host: "127.0.0.1", noDelay: true });
    this.#keep(server);
    const isUpgrade = /\r\nupgrade:/i.test(head.toString("latin1"));
    const first = head
      .toString("latin1")
      .replace(/\r\nconnection:[^\r\n]*/i, "")
      .replace("\r\n", "\r\nConnection: close\r\n");
    server.write(isOne && !isUpgrade ? Buffer.from(first, "latin1") : head);
    client.on("data", (bytes: Buffer) => server.write(bytes));
    server.on("data", (bytes: Buffer) => client.write(bytes));
    server.on("close", () => client.end());
    client.on("close", () => server.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
