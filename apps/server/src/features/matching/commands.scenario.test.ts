import { afterAll, beforeAll, expect, test } from "bun:test";
import { type CommandName, errors, toWireId } from "@maru/protocol";
import { newId } from "../../platform/ids.ts";
import { type CrowdMember, seedCrowd } from "../../testing/crowd.ts";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { MatchSocket } from "./fixtures/socket.fixture.ts";

let server: TestServer;
let accounts: CrowdMember[];
let comingCount = 0;
let addressCount = 0;
const sockets: MatchSocket[] = [];

beforeAll(async () => {
  server = await startTestServer();
  accounts = await seedCrowd(server.database, 12);
});
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await server.stop();
});

const newAddress = () => `10.2.0.${++addressCount}`;
async function connect(): Promise<MatchSocket> {
  const socket = await MatchSocket.connect(server.port, newAddress(), accounts[comingCount++] as CrowdMember);
  sockets.push(socket);
  return socket;
}

const commandNames: readonly CommandName[] = ["match.get", "match.request", "match.cancel", "match.next"];
const roomId = toWireId("room", newId());
const soundInput = (name: CommandName) => (name === "match.next" ? { roomId } : {});

for (const name of commandNames) {
  test(`${name} is refused to whoever has not signed in`, async () => {
    const stranger = await MatchSocket.open(server.port, newAddress());
    sockets.push(stranger);
    expect(await stranger.codeOf(name, soundInput(name))).toBe("connection.required");
  });

  test(`${name} refuses what is no input of it, with an error of the catalogue, and changes nothing`, async () => {
    const person = await connect();
    const bad: unknown[] = [[], "", 7, true];
    if (name === "match.next")
      bad.push(
        {},
        { roomId: 7 },
        { roomId: [roomId] },
        { roomId: null },
        { roomId: "room_1" },
        { roomId: toWireId("account", newId()) },
      );
    for (const input of bad) {
      const code = await person.codeOf(name, input);
      expect({ input, code }).toEqual({ input, code: "request.invalid" });
      expect(code in errors).toBe(true);
    }
    expect(await person.ask("match.get")).toMatchObject({ ok: { match: { state: "idle", reason: "none" } } });
    expect(person.told).toEqual([]);
  });
}

test("who waits is said by the connection: a field that names another account is ignored like any unknown one", async () => {
  const [person, other] = [await connect(), await connect()];
  const input = { accountId: toWireId("account", accounts[comingCount - 1]?.accountId ?? ""), colour: "jade" };
  expect(await person.ask("match.request", input)).toMatchObject({ ok: { match: { state: "waiting" } } });
  expect(await other.ask("match.get", input)).toMatchObject({ ok: { match: { state: "idle" } } });
  expect(await person.ask("match.cancel", input)).toMatchObject({ ok: { match: { state: "idle" } } });
});

test("next from a room that does not exist is refused, and nobody begins to wait", async () => {
  const person = await connect();
  expect(await person.codeOf("match.next", { roomId })).toBe("room.not_found");
  expect(await person.ask("match.get")).toMatchObject({ ok: { match: { state: "idle" } } });
});

test("two people ask over real sockets and meet; both are told the same", async () => {
  const [a, b] = [await connect(), await connect()];
  expect(await a.codeOf("match.request")).toBe("ok");
  expect(await b.codeOf("match.request")).toBe("ok");
  const match = await a.matched;
  expect(await b.matched).toEqual(match);
  expect(await a.ask("match.get")).toMatchObject({ ok: { match } });
  expect(await a.ask("match.request")).toMatchObject({ ok: { match } });
});
