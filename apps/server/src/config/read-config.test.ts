import { describe, expect, test } from "bun:test";
import { ConfigError, describeConfig, readConfig, renderSettingsTable } from "./index.ts";

function faultsOf(env: Record<string, string>, args: string[] = []): readonly string[] {
  try {
    readConfig(env, args);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
  }
  return [];
}

describe("settings", () => {
  test("have defaults that start on loopback", () => {
    expect(readConfig({})).toMatchObject({ port: 8080, bind: "127.0.0.1", databaseUrl: null, trustProxy: false });
  });

  test("come from the environment, and the command line wins", () => {
    expect(readConfig({ MARU_PORT: "9000" }).port).toBe(9000);
    expect(readConfig({ MARU_PORT: "9000" }, ["--port", "9001"]).port).toBe(9001);
    expect(readConfig({}, ["--port=9002"]).port).toBe(9002);
  });

  test("tell all that is wrong at once", () => {
    const faults = faultsOf({
      MARU_PORT: "http",
      MARU_ORIGIN: "talk.example/x",
      MARU_TRUST_PROXY: "maybe",
      MARU_LOG: "loud",
    });
    expect(faults).toHaveLength(4);
    expect(faults.join("\n")).toContain("MARU_PORT must be a whole number from 0 to 65535, not «http».");
  });

  test("refuse names that are near misses, and say which was meant", () => {
    expect(faultsOf({ MARU_ORIGNS: "https://a.example" })).toEqual([
      "MARU_ORIGNS is not a setting; did you mean MARU_ORIGIN?",
    ]);
    expect(faultsOf({}, ["--prot", "1"])[0]).toBe("--prot is not a flag; did you mean --port?");
    expect(faultsOf({}, ["--port"])).toEqual(["--port needs a value."]);
  });

  test("refuse several nodes without what they share", () => {
    expect(faultsOf({ BUS_URL: "nats://127.0.0.1:4222" })).toHaveLength(3);
    const shared = { MARU_SIGNING_KEYS: '{"keys":[]}', MARU_SECRET_KEY: "x".repeat(32) };
    expect(faultsOf({ BUS_URL: "kafka://x", DATABASE_URL: "mysql://x", ...shared })).toHaveLength(2);
  });

  test("refuse a mail server without a sender, one that is none, and a short secret", () => {
    expect(faultsOf({ MARU_SMTP_URL: "smtp://u:p@mail.example:587" })).toHaveLength(1);
    const from = { MARU_MAIL_FROM: "Maru <maru@talk.example>" };
    expect(faultsOf({ MARU_SMTP_URL: "smtp://u:p@mail.example:587", ...from })).toEqual([]);
    expect(faultsOf({ MARU_SMTP_URL: "https://mail.example", ...from })).toHaveLength(1);
    expect(faultsOf({ MARU_SECRET_KEY: "short" })).toHaveLength(1);
  });

  test("refuse keys and providers that cannot be read, and an id without its secret", () => {
    expect(faultsOf({ MARU_SIGNING_KEYS: "nonsense" })).toHaveLength(1);
    expect(faultsOf({ MARU_GOOGLE_CLIENT_ID: "x", MARU_KAKAO_CLIENT_ID: "y" })).toHaveLength(2);
    for (const text of ["nonsense", "{}", '[{"id":"x"}]', "[null]"]) {
      expect(faultsOf({ MARU_OIDC_PROVIDERS: text })).toHaveLength(1);
    }
    const whole = { id: "x", name: "X", issuer: "https://x.example", clientId: "a", clientSecret: "b" };
    expect(() => readConfig({ MARU_OIDC_PROVIDERS: JSON.stringify([whole]) })).not.toThrow();
  });

  test("tell what hangs together also where a value cannot be read", () => {
    expect(faultsOf({ MARU_PORT: "many", BUS_URL: "kafka://x" }).length).toBeGreaterThan(3);
  });

  test("take what follows an unknown flag for its value", () => {
    const faults = (() => {
      try {
        readConfig({}, ["--prot", "1"]);
        return [];
      } catch (error) {
        return (error as ConfigError).faults;
      }
    })();
    expect(faults).toEqual(["--prot is not a flag; did you mean --port?"]);
  });

  test("never show a secret", () => {
    const shown = describeConfig(readConfig({ DATABASE_URL: "postgres://u:hunter2@h/d" }));
    expect(shown).not.toContain("hunter2");
    expect(shown).toContain("DATABASE_URL");
    expect(renderSettingsTable()).toContain("| `MARU_PORT` | `--port` |");
  });
});
