import { describe, expect, test } from "bun:test";
import { ConfigError, describeConfig, listServiceVariables, readConfig, renderSettingsTable } from "./index.ts";

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
    expect(readConfig({})).toMatchObject({ port: 8080, bind: "127.0.0.1", databaseUrl: null, trustProxy: 0 });
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

  test("take earlier secrets, and say of each fault which it is without showing a secret", () => {
    const [a, b] = ["a".repeat(32), "b,".repeat(20)];
    const read = (value: string) => readConfig({ MARU_SECRET_KEYS_OLD: value }).secretKeysOld;
    expect([read(""), read(" "), read("[]")]).toEqual([[], [], []]);
    expect(read(` ${a} , ${"c".repeat(40)},`)).toEqual([a, "c".repeat(40)]);
    expect(read(JSON.stringify([a, b]))).toEqual([a, b]);
    expect(faultsOf({ MARU_SECRET_KEYS_OLD: `${a},hush` })).toEqual([
      "MARU_SECRET_KEYS_OLD must list secrets of at least 32 characters, and number 2 has 4.",
    ]);
    expect(faultsOf({ MARU_SECRET_KEYS_OLD: `${a},${a}` })[0]).toContain("each secret once, and number 2");
    for (const wrong of ["[", "[1]", '["x"', "[hush]"]) {
      expect([wrong, faultsOf({ MARU_SECRET_KEYS_OLD: wrong })[0]]).toEqual([
        wrong,
        expect.stringContaining("JSON list"),
      ]);
    }
    const same = { MARU_SECRET_KEY: a, MARU_SECRET_KEYS_OLD: a };
    expect(faultsOf(same)).toEqual([
      "MARU_SECRET_KEYS_OLD names the present secret too: take it out, or set MARU_SECRET_KEY to the new one.",
    ]);
    expect(faultsOf({ MARU_SECRET_KEY_OLD: a })[0]).toContain("did you mean MARU_SECRET_KEY");
    expect(faultsOf({ MARU_SECRET_KEYS_OLD: "short", MARU_SECRET_KEY: "short", MARU_PORT: "x" })).toHaveLength(3);
    expect(describeConfig(readConfig({ MARU_SECRET_KEYS_OLD: a }))).not.toContain(a);
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

  test("say whom to believe about clients: nobody, so many proxies in a row, or those of some networks", () => {
    const read = (value: string) => readConfig({ MARU_TRUST_PROXY: value }).trustProxy;
    for (const value of ["no", "off", "false", "0", ""]) expect([value, read(value)]).toEqual([value, 0]);
    for (const value of ["yes", "true", "on", "1"]) expect([value, read(value)]).toEqual([value, 1]);
    expect(read("2")).toBe(2);
    expect(read("10.0.0.0/8, fd00::/8,192.0.2.7")).toEqual(["10.0.0.0/8", "fd00::/8", "192.0.2.7"]);
    for (const value of ["maybe", "-1", "1.5", "100", "10.0.0.0/33", "10.0.0.0/8,x", "yes,2"])
      expect(faultsOf({ MARU_TRUST_PROXY: value })[0]).toContain("MARU_TRUST_PROXY must be yes, no, a number of");
  });

  test("take an origin in any form that people write it, and keep the one that browsers send", () => {
    const read = (value: string) => readConfig({ MARU_ORIGIN: value }).origins;
    expect(read("https://마루.example")).toEqual(["https://xn--2s2b1p.example"]);
    expect(read("HTTPS://Talk.Example:443/")).toEqual(["https://talk.example"]);
    expect(read("http://talk.example:80, https://talk.example:8443/")).toEqual([
      "http://talk.example",
      "https://talk.example:8443",
    ]);
    expect(read("https://a.example,https://A.example/")).toEqual(["https://a.example"]);
  });

  test("say of an origin that cannot be what is wrong with it", () => {
    const words: Record<string, string> = {
      "https://*.talk.example": "wildcards are not known",
      "talk.example": "begin with https:// or http://, and «talk.example» does not",
      "ftp://talk.example": "begin with https:// or http://",
      null: "begin with https:// or http://",
      "https://talk.example/chat": "without a path, such as https://talk.example;",
      "https://talk.example/?a": "without a path",
      "https://talk.example#x": "without a path",
      "https://me:hush@talk.example": "without a name or password",
      "https://": "names no host",
      "https://talk.example:99999": "names no host",
      "https://a b": "names no host",
    };
    for (const [value, why] of Object.entries(words)) {
      const [fault = ""] = faultsOf({ MARU_ORIGIN: value });
      expect([value, fault]).toEqual([value, expect.stringContaining(why)]);
      expect(fault).not.toContain("hush");
    }
  });

  test("take an address to listen on with and without brackets, and nothing that is none", () => {
    const read = (value: string) => readConfig({}, ["--bind", value]).bind;
    for (const value of ["0.0.0.0", "::1", "127.0.0.2", "localhost", "box-7.example", "마루"])
      expect(read(value)).toBe(value);
    expect(read("[::1]")).toBe("::1");
    for (const value of ["999.1.1.1", "1.2.3", "", " ", "http://x", "0.0.0.0:80", "a b", "[x]", "::g", "x/y"])
      expect([value, faultsOf({}, [`--bind=${value}`])[0]]).toEqual([
        value,
        expect.stringContaining("must be an IP address"),
      ]);
  });

  test("take a port of this machine, or an address and a port, for metrics, and nothing that is neither", () => {
    const read = (value: string) => readConfig({ MARU_METRICS: value }, []).metrics;
    for (const value of ["", " ", "no", "off"]) expect(read(value)).toBeNull();
    expect(read("9464")).toEqual({ host: "127.0.0.1", port: 9464 });
    expect(read("10.0.0.5:9464")).toEqual({ host: "10.0.0.5", port: 9464 });
    expect(read("[::1]:0")).toEqual({ host: "::1", port: 0 });
    for (const value of [
      "yes",
      "99999",
      "-1",
      "9464.5",
      "localhost:9464",
      "::1:9464",
      "10.0.0.5",
      "10.0.0.5:",
      "1:2:3",
    ])
      expect([value, faultsOf({ MARU_METRICS: value })[0]]).toEqual([
        value,
        expect.stringContaining("must be a port such as 9464"),
      ]);
  });

  test("skip what Kubernetes sets for a Service called maru, or maru-…, and nothing else", () => {
    const env = {
      MARU_PORT: "tcp://10.96.0.17:8080",
      MARU_SERVICE_HOST: "10.96.0.17",
      MARU_SERVICE_PORT: "8080",
      MARU_SERVICE_PORT_HTTP: "8080",
      MARU_PORT_8080_TCP: "tcp://10.96.0.17:8080",
      MARU_PORT_8080_TCP_PROTO: "tcp",
      MARU_PORT_8080_TCP_PORT: "8080",
      MARU_PORT_8080_TCP_ADDR: "10.96.0.17",
      MARU_DATA_PORT: "udp://10.96.0.18:53",
      MARU_DATA_SERVICE_HOST: "10.96.0.18",
      MARU_DATA_PORT_53_UDP_ADDR: "10.96.0.18",
    };
    expect(readConfig(env).port).toBe(8080);
    expect(readConfig(env, ["--port", "9001"]).port).toBe(9001);
    expect(listServiceVariables(env)).toEqual(Object.keys(env));
    expect(listServiceVariables({ MARU_PORT: "9000", MARU_BIND: "tcp://x", OTHER_PORT: "tcp://x:1" })).toEqual([]);
    expect(faultsOf({ MARU_SERVICE: "x", MARU_PORT_8080: "x", MARU_PORT: "http://x" })).toHaveLength(3);
  });

  test("never show a secret", () => {
    const shown = describeConfig(readConfig({ DATABASE_URL: "postgres://u:hunter2@h/d" }));
    expect(shown).not.toContain("hunter2");
    expect(shown).toContain("DATABASE_URL");
    expect(renderSettingsTable()).toContain("| `MARU_PORT` | `--port` |");
  });
});
