import { limits, usualAccountLimits } from "@maru/protocol";
import { type Case, must, mustEqual, type Stage } from "../case.ts";
import { signIn, signOut } from "../person.ts";

/** A case in which a frame is none, and its connection is closed with a code of the table. */
function closes(name: string, closeCode: number, doc: string, ...frames: string[]): Case {
  return {
    name: `commands.${name}`,
    doc: `closes with ${closeCode} for ${doc}`,
    run: async (stage) => {
      for (const frame of frames) {
        const speaker = await stage.connect(stage.alice);
        speaker.say(frame);
        mustEqual(await speaker.expectClose(), closeCode, frame.slice(0, 60));
      }
    },
  };
}

/** Sends one command on a connection that is ready, and returns its error. */
async function errorOf(stage: Stage, code: Parameters<typeof askRaw>[2], frame: object, locale?: "ko" | "en") {
  const speaker = await stage.connect(stage.alice, locale);
  const error = await askRaw(speaker, frame, code);
  await speaker.isAlive();
  return error;
}

async function askRaw(
  speaker: Awaited<ReturnType<Stage["connect"]>>,
  frame: object,
  code: Parameters<typeof speaker.errorOf>[0],
) {
  const id = speaker.expect();
  speaker.say(JSON.stringify({ id, ...frame }));
  return speaker.errorOf(code, id);
}

/** What holds for every command, whatever it does. */
export const commandCases: readonly Case[] = [
  {
    name: "commands.connect-first",
    doc: "refuses everything before connect, and lets connect follow",
    run: async (stage) => {
      const speaker = await stage.openSpeaker();
      await speaker.expectError("connection.required", "room.list", {});
      await speaker.expectError("connection.required", "connection.beat", {});
      await speaker.expectOk("connect", { token: stage.alice.token });
      await speaker.isAlive();
    },
  },
  {
    name: "commands.connect-once",
    doc: "refuses a second connect and keeps the connection",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      await speaker.expectError("connection.already_connected", "connect", { token: stage.bob.token });
      await speaker.isAlive();
    },
  },
  {
    name: "commands.connect-reply",
    doc: "tells the limits, the heartbeat and when the token ends",
    run: async (stage) => {
      const speaker = await stage.openSpeaker();
      const answer = await speaker.expectOk("connect", { token: stage.alice.token });
      mustEqual(answer.heartbeatMs, answer.limits["heartbeatMs"], "the heartbeat");
      // A later server may tell more.
      const missing = Object.keys({ ...limits, ...usualAccountLimits }).filter((name) => !(name in answer.limits));
      mustEqual(missing, [], "the limits that are not told");
      must(Date.parse(answer.tokenExpiresAt) > Date.parse(answer.serverTime), "the token has already ended");
    },
  },
  {
    name: "commands.connect-wrong-token",
    doc: "answers a token that is none and closes with 4502",
    run: async (stage) => {
      const [head = "", body = "", signature = ""] = stage.alice.token.split(".");
      const unsigned = `${btoa('{"alg":"none","typ":"at+jwt"}').replaceAll("=", "")}.${body}.`;
      const other = stage.bob.token.split(".")[1];
      for (const token of ["none", unsigned, `${head}.${other}.${signature}`, `${head}.${body}.${"A".repeat(86)}`]) {
        const speaker = await stage.openSpeaker();
        await speaker.expectError("auth.invalid", "connect", { token });
        mustEqual(await speaker.expectClose(), 4502, "the close code");
      }
    },
  },
  {
    name: "commands.renew",
    doc: "takes a new token of the same account, and refuses another account's",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      await speaker.expectError("auth.wrong_account", "auth.renew", { token: stage.bob.token });
      await speaker.expectError("auth.invalid", "auth.renew", { token: "none" });
      await speaker.expectOk("auth.renew", { token: stage.alice.token });
      await speaker.isAlive();
    },
  },
  {
    name: "commands.sign-out-closes",
    doc: "closes the connections of a session with 4500 when it signs out, and nobody else's",
    run: async (stage) => {
      const other = await signIn(stage.url, stage.alice.email, stage.alice.password);
      const [stays, goes] = [await stage.connect(stage.alice), await stage.connect(other)];
      const signedOutAt = performance.now();
      await signOut(stage.url, other.token);
      mustEqual(await goes.expectClose(), 4500, "the close code");
      must(performance.now() - signedOutAt < 1_500, "it took more than a second");
      await stays.isAlive();
      // Another node may hear of it a moment later; then it closes what it let in.
      const late = await stage.openSpeaker();
      const reply = await late.ask("connect", { token: other.token });
      if ("err" in reply) mustEqual(reply.err.code, "auth.revoked", "the error");
      mustEqual(await late.expectClose(), 4500, "the close code of who comes back");
      must(performance.now() - signedOutAt < 2_500, "it took more than a second on another node");
    },
  },
  {
    name: "commands.unknown",
    doc: "answers a command that it does not know, in the language of the connection, and lives on",
    run: async (stage) => {
      for (const locale of ["ko", "en"] as const) {
        for (const cmd of ["room.explode", "", "__proto__", "toString"]) {
          await errorOf(stage, "command.unknown", { cmd }, locale);
        }
      }
    },
  },
  {
    name: "commands.invalid-input",
    doc: "names the fields that are wrong, and lives on",
    run: async (stage) => {
      const id = `room_${"0".repeat(32)}`;
      const wrong: [string, unknown, string][] = [
        ["room.get", {}, "roomId"],
        ["room.get", { roomId: "room_1" }, "roomId"],
        ["room.get", { roomId: `acc_${"0".repeat(32)}` }, "roomId"],
        ["message.send", { roomId: id, clientMessageId: "short", text: "" }, "clientMessageId"],
        ["message.list", { roomId: id, limit: limits.pageMessages + 1 }, "limit"],
        ["room.read", { roomId: id, seq: -1 }, "seq"],
        ["room.list", "everything", ""],
      ];
      for (const [cmd, d, path] of wrong) {
        const error = await errorOf(stage, "request.invalid", { cmd, d });
        must(error.fields?.some((field) => field.path === path) === true, `${cmd}: ${JSON.stringify(error.fields)}`);
      }
    },
  },
  {
    name: "commands.unknown-fields",
    doc: "passes over fields that it does not know",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      const id = speaker.expect();
      speaker.say(
        `{"later":1,"id":${id},"cmd":"connection.beat","d":{"__proto__":{"x":1},"colour":"jade"},"trace":[]}`,
      );
      mustEqual(await speaker.replyTo(id), { id, ok: {} }, "the reply");
    },
  },
  {
    name: "commands.one-reply-each",
    doc: "answers each of a hundred commands at once exactly once, under its own id",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      const ids = Array.from({ length: 100 }, (_, n) => {
        if (n % 3 === 0) return speaker.send("connection.beat", {});
        if (n % 3 === 1) return speaker.send("room.list", {});
        return speaker.send("room.get", { roomId: `room_${"0".repeat(32)}` });
      });
      for (const id of ids.toReversed()) await speaker.replyTo(id);
      await speaker.isAlive();
    },
  },
  {
    name: "commands.rate",
    doc: "tells who is too fast how long to wait, and serves them again afterwards",
    run: async (stage) => {
      const speaker = await stage.connect(stage.alice);
      const ids = Array.from({ length: limits.commandsBurst + 60 }, () => speaker.send("connection.beat", {}));
      const errors: number[] = [];
      for (const id of ids) {
        const reply = await speaker.replyTo(id);
        if (!("err" in reply)) continue;
        mustEqual(reply.err.code, "rate.limited", "the error");
        errors.push(reply.err.retryAfterMs ?? 0);
      }
      must(errors.length > 0, "nobody was ever told to wait");
      must(
        errors.every((ms) => ms > 0 && ms < 5_000),
        `told to wait ${errors.join(", ")} ms`,
      );
      await new Promise((resolve) => setTimeout(resolve, Math.max(...errors)));
      await speaker.isAlive();
    },
  },
  {
    name: "commands.size",
    doc: "takes a frame of the largest size and closes with 4509 for one byte more",
    run: async (stage) => {
      // Not who was too fast a moment ago: beats count by account.
      const speaker = await stage.connect(stage.bob);
      const build = (id: number, bytes: number) => {
        const [head, tail] = [`{"id":${id},"cmd":"connection.beat","pad":"`, '"}'];
        return head + "x".repeat(bytes - head.length - tail.length) + tail;
      };
      const id = speaker.expect();
      speaker.say(build(id, limits.frameBytes));
      must("ok" in (await speaker.replyTo(id)), "the largest frame was refused");
      speaker.say(build(speaker.expect(), limits.frameBytes + 1));
      mustEqual(await speaker.expectClose(), 4509, "the close code");
    },
  },
  {
    name: "commands.far-too-large",
    doc: "ends a connection that sends a frame of two megabytes",
    run: async (stage) => {
      const socket = await stage.open();
      socket.sendText("x".repeat(2_000_000));
      await socket.readEnding();
    },
  },
  closes("no-json", 4504, "a frame that is no JSON object", "", "hello", "[]", "null", '"x"', '{"id":1', "{}{}"),
  closes("no-id", 4504, "a frame without an id or a cmd", "{}", '{"id":1}', '{"cmd":"connection.beat"}'),
  closes(
    "strange-id",
    4504,
    "an id that is no whole number",
    ...["-1", "1.5", '"1"', "1e20"].map((id) => `{"id":${id},"cmd":"a"}`),
  ),
  closes(
    "too-deep",
    4504,
    "a frame that is nested too deep",
    `{"id":1,"cmd":"a","d":${"[".repeat(16)}${"]".repeat(16)}}`,
    "[".repeat(60_000),
  ),
];
