import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createClient, type MaruClient } from "@maru/client";
import { eventually } from "@maru/testkit";
import { codeOf } from "../apps/server/src/testing/authenticator-app.ts";
import { openSmtpServer } from "../apps/server/src/testing/open-smtp-server.ts";
import { startTestServer, type TestServer } from "../apps/server/src/testing/start-test-server.ts";

const password = "hanok-floor-4";
let smtp: Awaited<ReturnType<typeof openSmtpServer>>;
let server: TestServer;
beforeAll(async () => {
  smtp = await openSmtpServer();
  server = await startTestServer({ config: { smtpUrl: smtp.url, mailFrom: "마루 <maru@maru.example>" } });
});
afterAll(async () => {
  await server.stop();
  await smtp.close();
});

let count = 0;
const clients: MaruClient[] = [];
afterAll(() => {
  for (const client of clients) client.close();
});

/** A device with an address of its own. */
function openDevice(deviceName: string): MaruClient {
  const from = `198.51.100.${++count}`;
  const fetchFrom = (url: string, init: RequestInit) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), "x-forwarded-for": from } });
  const client = createClient({ url: server.url, deviceName, fetch: fetchFrom });
  clients.push(client);
  return client;
}

const codeIn = (text: string) => /\b\d{6}\b/.exec(text)?.[0] ?? "";

async function signUp(name: string) {
  const device = openDevice(`${name}'s laptop`);
  const email = `${name}@maru.example`;
  const legal = await device.getLegal();
  const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
  const step = await device.signUp({ email, password, nickname: name, isFourteenOrOver: true, consents });
  expect(step).toMatchObject({ next: "code", email });
  expect(await device.account.getStep()).toMatchObject({ next: "code", email });
  const mail = await smtp.waitForMail(email);
  expect(await device.account.enterCode(codeIn(mail.body))).toMatchObject({ next: "none" });
  return { device, email };
}

const isOnline = (device: MaruClient) => device.connection.getSnapshot().state === "online";

describe("an account, from the SDK to a real mail server", () => {
  test("is made by the code that came by mail, and talks at once", async () => {
    const { device, email } = await signUp("bom");
    expect(device.session.getSnapshot()).toMatchObject({ state: "signed_in", account: { email, emailVerified: true } });
    await eventually("the socket is there", () => isOnline(device));
    const mail = smtp.mails.find(({ to }) => to.includes(email));
    expect([mail?.from, mail?.head.includes("multipart/alternative")]).toEqual(["maru@maru.example", true]);
  });

  test("gets a new password by the mailed link, which ends all live sockets; a new device is told of", async () => {
    const { device, email } = await signUp("garam");
    await eventually("the socket is there", () => isOnline(device));
    const other = openDevice("phone");
    await other.account.requestPasswordReset(email);
    const token = /\/reset-password#([\w-]+)/.exec((await smtp.waitForMail(email, 2)).body)?.[1] ?? "";
    await other.account.finishPasswordReset(token, "another-floor-5");
    await eventually("the laptop is signed out", () => {
      const session = device.session.getSnapshot();
      return session.state === "signed_out" && session.reason === "ended";
    });
    expect(await other.signIn({ email, password: "another-floor-5" })).toMatchObject({ next: "none" });
    const { body } = await smtp.waitForMail(email, 4);
    expect(body).toContain("phone");
  });

  test("asks for the second factor once it has one", async () => {
    const { device, email } = await signUp("sol");
    const { secret } = await device.account.beginTotp({ password });
    const { recoveryCodes } = await device.account.finishTotp(codeOf(secret, Date.now()));
    const other = openDevice("phone");
    const step = await other.signIn({ email, password });
    expect(step).toEqual({ next: "second_factor", methods: ["totp", "recovery_code"] });
    expect(other.session.getSnapshot().state).not.toBe("signed_in");
    const wrong = other.account.enterSecondFactor({ totp: "000000" });
    expect(await wrong.catch((error: { code: string }) => error.code)).toBe("second_factor.failed");
    const done = await other.account.enterSecondFactor({ recoveryCode: recoveryCodes[0] ?? "" });
    expect(done).toMatchObject({ next: "none", account: { email } });
    expect(await other.account.getSecurity()).toMatchObject({ hasTotp: true, recoveryCodeCount: 9 });
  });

  test("of who leaves is closed on every device", async () => {
    const { device, email } = await signUp("dal");
    const phone = openDevice("phone");
    await phone.signIn({ email, password });
    await eventually("both sockets are there", () => isOnline(device) && isOnline(phone));
    expect((await phone.account.export()).parts).toMatchObject({ account: { email } });
    expect(await phone.account.leave("remove", { password })).toMatchObject({ erasedAfter: expect.any(String) });
    expect(phone.session.getSnapshot()).toEqual({ state: "signed_out", reason: "left" });
    await eventually("the laptop is signed out", () => device.session.getSnapshot().state === "signed_out");
    const again = await openDevice("tablet")
      .signIn({ email, password })
      .catch((error: { code: string }) => error.code);
    expect(again).toBe("sign_in.failed");
  });
});
