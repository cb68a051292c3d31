import { expect, test } from "bun:test";
import { openSmtpServer } from "../../testing/open-smtp-server.ts";
import { newId } from "../ids.ts";
import { layOutMail } from "./layout.ts";
import { createSmtpTransport } from "./smtp-transport.ts";

const letter = { subject: "확인 코드", paragraphs: ["안녕하세요 <b>봄</b>"], code: "012345", footnote: "끝" };
const mail = layOutMail("bom@maru.example", "ko", letter);

test("says who it is to a server that asks, and does not send a password in the clear to another machine", async () => {
  let seen = "";
  const server = await openSmtpServer({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) => {
      seen = `${auth.username}:${auth.password}`;
      done(null, { user: auth.username });
    },
  });
  const url = server.url.replace("smtp://", "smtp://maru%40x:se%3Acret@");
  const transport = createSmtpTransport({ url, from: "maru@maru.example" });
  await transport.send(mail, newId());
  expect(seen).toBe("maru@x:se:cret");
  transport.close();
  seen = "";
  // The same machine under an address that could be anybody's.
  const far = createSmtpTransport({ url: url.replace("127.0.0.1", "127.0.0.2"), from: "maru@maru.example" });
  expect(await far.send(mail, newId()).then(String, ({ code }) => code)).toBe("ETLS");
  expect(seen).toBe("");
  far.close();
  await server.close();
});

test("speaks TLS with a server that offers it", async () => {
  let isSecure = false;
  const server = await openSmtpServer({
    onAuth: (auth, session, done) => {
      isSecure = session.secure;
      done(null, { user: auth.username });
    },
  });
  const url = server.url.replace("smtp://", "smtp://maru:secret@");
  const transport = createSmtpTransport({ url, from: "maru@maru.example" });
  await transport.send(mail, newId());
  expect([isSecure, server.mails.length]).toEqual([true, 1]);
  transport.close();
  await server.close();
});

test("a real server's 5xx to an address is a refusal, its 4xx is not", async () => {
  let code = 550;
  const refuse: NonNullable<Parameters<typeof openSmtpServer>[0]>["onRcptTo"] = (_address, _session, done) =>
    done(Object.assign(new Error("no"), { responseCode: code }));
  const server = await openSmtpServer({ onRcptTo: refuse });
  const transport = createSmtpTransport({ url: server.url, from: "maru@maru.example" });
  expect(await transport.send(mail, newId()).catch((error: Error) => error.name)).toBe("MailRefused");
  code = 451;
  expect(await transport.send(mail, newId()).catch((error: Error) => error.name)).toBe("Error");
  transport.close();
  await server.close();
});
