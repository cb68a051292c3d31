import { expect, test } from "bun:test";
import { requires } from "./requirements.ts";

const script = `
  import { expect, test } from "bun:test";
  import { requires } from ${JSON.stringify(`${import.meta.dir}/requirements.ts`)};
  const nginx = requires("nginx");
  nginx.describe("a proxy", () => test("answers", () => expect(nginx.path).not.toBe("")));
  nginx.test("starts", () => expect(nginx.path).not.toBe(""));
`;

/** Runs the script as a test file on a machine whose PATH has nothing but `folder`. */
async function runWith(environment: Record<string, string>): Promise<string> {
  const folder = `${process.env.TMPDIR ?? "/tmp"}/maru-requirements-${crypto.randomUUID()}`;
  await Bun.write(`${folder}/a.test.ts`, script);
  const run = Bun.spawn([process.execPath, "test", "./a.test.ts"], { cwd: folder, env: environment, stderr: "pipe" });
  const output = await new Response(run.stderr).text();
  await Bun.$`rm -rf ${folder}`;
  return output;
}

test("runs the tests where the program is", async () => {
  const output = await runWith({ NGINX_PATH: "/somewhere/nginx" });
  expect(output).toContain("2 pass");
});

test("leads to the program", () => {
  expect(requires("node").path).toMatch(/node/);
});
