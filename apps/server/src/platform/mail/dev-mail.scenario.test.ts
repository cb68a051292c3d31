import { afterAll, beforeAll, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { startTestServer, type TestServer } from "../../testing/start-test-server.ts";
import { createLog } from "../log.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isDev: true, config: { trustProxy: 0 } });
});
afterAll(() => server.stop());

const ask = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers });

test("under dev, mails are kept and shown on this machine instead of being sent", async () => {
  expect(await (await ask("/dev/mail")).text()).toContain("No mail has been sent yet");
  const headers = { "content-type": "application/json", "x-maru-request": "1" };
  await server.app.identity.createReadyAccount({ email: "bom@maru.test", password: "maru-bom-1234", nickname: "봄이" });
  const body = JSON.stringify({ email: "bom@maru.test", locale: "ko" });
  const sent = await fetch(server.url + httpPaths.passwordReset, { method: "POST", headers, body });
  expect(sent.status).toBe(204);
  const mails = await eventually("the mail is there", async () => {
    const kept = (await (await ask("/dev/mail/all.json")).json()) as { mails: { to: string; text: string }[] };
    return kept.mails.length > 0 && kept.mails;
  });
  expect(mails).toMatchObject([{ to: "bom@maru.test", text: expect.stringContaining("/reset-password#") }]);
  const page = await (await ask("/dev/mail")).text();
  expect(page).toContain('<a href="http://localhost');
});

test("the page is for this machine alone: a name that points here does not show it", async () => {
  const refused = await ask("/dev/mail", { host: "evil.example" });
  expect(refused.status).toBe(404);
  expect(await refused.text()).not.toContain("reset-password");
});

test("without dev there is no such page, and the start says that mail is off", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "warn", write: (line) => lines.push(line), now: () => 0 });
  const other = await startTestServer({ log });
  expect(lines.filter((line) => line.includes("Mail is off"))).toHaveLength(1);
  for (const path of ["/dev/mail", "/dev/mail/all.json"]) expect((await fetch(other.url + path)).status).toBe(404);
  await other.stop();
});
