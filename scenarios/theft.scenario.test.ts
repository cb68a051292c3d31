import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "@maru/client";
import { csrfHeader, httpPaths } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import { openSmtpServer } from "../apps/server/src/testing/open-smtp-server.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";

let smtp: Awaited<ReturnType<typeof openSmtpServer>>;
let server: TestServer;
beforeAll(async () => {
  smtp = await openSmtpServer();
  server = await startTestServer({ config: { smtpUrl: smtp.url, mailFrom: "maru@maru.example" } });
});
afterAll(async () => {
  await server.stop();
  await smtp.close();
});

/** Presents a refresh token as whoever holds a copy of the cookie can. */
async function refresh(token: string) {
  const headers = { cookie: `maru_refresh_${server.port}=${token}`, [csrfHeader]: "1" };
  const response = await fetch(server.url + httpPaths.refresh, { method: "POST", headers });
  const [, next = ""] = /maru_refresh_\d+=([\w-]+)/.exec(response.headers.getSetCookie().join()) ?? [];
  const body = (await response.json()) as { error?: { code: string } };
  return { next, code: body.error?.code };
}

test("a stolen sign-in that is used ends for both: live sockets close, and the person is told by mail", async () => {
  const email = "bom@maru.example";
  let stolen = "";
  const device = createClient({
    url: server.url,
    deviceName: "laptop",
    async fetch(url, init) {
      const response = await fetch(url, init);
      stolen ||= /maru_refresh_\d+=([\w-]+)/.exec(response.headers.getSetCookie().join())?.[1] ?? "";
      return response;
    },
  });
  const legal = await device.getLegal();
  const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
  await device.signUp({ email, password: "hanok-floor-4", nickname: "봄이", isFourteenOrOver: true, consents });
  const [code = ""] = /\b\d{6}\b/.exec((await smtp.waitForMail(email)).body) ?? [];
  await device.account.enterCode(code);
  await eventually("the socket is there", () => device.connection.getSnapshot().state === "online");

  // The thief moves on along the chain; then the owner's browser presents the token that it still has.
  const first = await refresh(stolen);
  const second = await refresh(first.next);
  expect([first.code, second.code]).toEqual([undefined, undefined]);
  expect((await refresh(stolen)).code).toBe("auth.revoked");
  expect((await refresh(second.next)).code).toBe("auth.revoked");
  await eventually("the owner's page is signed out", () => {
    const session = device.session.getSnapshot();
    return session.state === "signed_out" && session.reason === "ended";
  });
  const notice = await smtp.waitForMail(email, 2);
  expect(notice.body).toContain("두 곳에서 쓰였어요");
  expect(notice.body).toContain(`${server.config.origins[0] ?? "http://localhost"}`);
  device.close();
});
