import { expect, setDefaultTimeout, test } from "bun:test";
import { csrfHeader, httpPaths } from "@maru/protocol";
import { startTestServer } from "../../testing/start-test-server.ts";

setDefaultTimeout(60_000);

for (const bind of ["127.0.0.1", "127.0.0.2", "::1", "localhost", "0.0.0.0"]) {
  test(`listening on ${bind} it prints an address that answers, and whose pages may sign in`, async () => {
    const { url, stop } = await startTestServer({ config: { bind } });
    const signIn = async (origin: string) => {
      const answer = await fetch(`${url}${httpPaths.signIn}`, {
        method: "POST",
        headers: { origin, "content-type": "application/json", [csrfHeader]: "1" },
        body: JSON.stringify({ email: "nobody@talk.example", password: "nobody knows this" }),
      });
      return ((await answer.json()) as { error: { code: string } }).error.code;
    };
    expect(await signIn(url)).toBe("sign_in.failed");
    expect(await signIn("http://evil.example")).toBe("request.forbidden_origin");
    await stop();
  });
}
