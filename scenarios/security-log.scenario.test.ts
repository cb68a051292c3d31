import { afterAll, beforeAll, expect, test } from "bun:test";
import { csrfHeader, httpPaths, type SignedIn } from "@maru/protocol";
import { createLog } from "../apps/server/src/platform/log.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";
import { password } from "./person.ts";
import { newBrowser, newRawPerson, RawSocket } from "./raw-person.ts";

const lines: string[] = [];
let server: TestServer;
beforeAll(async () => {
  const log = createLog({ level: "info", write: (line) => void lines.push(line), now: Date.now });
  server = await startTestServer({ log });
});
afterAll(() => server.stop());

test("the running product tells refused sign-ins, those that a limit refuses too, and no address", async () => {
  const headers = { [csrfHeader]: "1", "content-type": "application/json", "x-forwarded-for": "198.51.100.7" };
  const body = JSON.stringify({ email: "otterflute@maru.example", password: "not-the-password" });
  const signIn = () => fetch(server.url + httpPaths.signIn, { method: "POST", headers, body });
  const statuses = new Set<number>();
  // A flood is paced by the server itself; the bound only ends a run in which no limit is left.
  for (let count = 0; count < 1_000 && !statuses.has(429); count++) statuses.add((await signIn()).status);
  expect([...statuses]).toContain(429);
  const told = lines.map((line) => JSON.parse(line)).filter(({ message }) => message === "security");
  expect(told[0]).toMatchObject({
    level: "info",
    event: "sign_in.password",
    outcome: "refused",
    reason: "sign_in.failed",
  });
  expect(new Set(told.map(({ address }) => address)).size).toBe(1);
  expect(told[0].address).toMatch(/^[0-9a-f]{16}$/);
  expect(told.length).toBeLessThan(60);
  expect(lines.join("\n")).not.toMatch(/otterflute|198\.51\.100|not-the-password/);
});

test("a request that a limit refuses is told as well", async () => {
  const headers = { [csrfHeader]: "1", "content-type": "application/json", "x-forwarded-for": "198.51.100.8" };
  const reset = () => fetch(server.url + httpPaths.passwordReset, { method: "POST", headers, body: "{}" });
  const before = lines.length;
  for (let count = 0; count < 1_000 && (await reset()).status !== 429; count++);
  const told = lines.slice(before).map((line) => JSON.parse(line));
  expect(told.at(-1)).toMatchObject({ event: "password.request_reset", outcome: "refused", reason: "rate.limited" });
});

test("a socket that comes, or goes on, with the token of an ended session is told of once, however often it tries", async () => {
  const person = await newRawPerson(server.url);
  const socket = await person.connect(server.url);
  const stolen = newBrowser();
  const { body } = await stolen.ask<SignedIn>("POST", server.url + httpPaths.signIn, { email: person.email, password });
  const token = body.accessToken;
  await stolen.ask("POST", server.url + httpPaths.signOut);
  const before = lines.length;
  for (let count = 0; count < 5; count++) {
    expect((await socket.ask("auth.renew", { token })).err?.code).toBe("auth.revoked");
    expect(await RawSocket.open(server.url, token).catch(String)).toContain("auth.revoked");
  }
  const told = lines.slice(before).map((line) => JSON.parse(line));
  const accountId = body.account.id.slice("acc_".length);
  expect(told.filter(({ message }) => message === "security")).toMatchObject([
    { event: "session.refused", outcome: "refused", reason: "auth.revoked", accountId },
  ]);
  socket.close();
});
