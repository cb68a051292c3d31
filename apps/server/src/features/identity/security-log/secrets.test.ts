import { expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { createLog } from "../../../platform/log.ts";
import { openWorld } from "../fixtures/identity.fixture.ts";

test("logs hold no password, token, cookie or e-mail of anybody, whatever goes wrong", async () => {
  const lines: string[] = [];
  const log = createLog({ level: "debug", now: () => 0, write: (line) => lines.push(line) });
  const world = await openWorld({ log });
  const secrets = new Set<string>();
  const { person, device, accountId } = await world.signUpPerson();
  const remember = () => {
    for (const secret of [device.accessToken, device.refreshToken]) if (secret) secrets.add(secret);
  };
  try {
    const password = "a-very-odd-password-77";
    secrets.add(person.password).add(person.email).add(password);
    remember();
    await world.device().signIn({ email: person.email, password });
    await world.device().signIn({ email: "someone.else@maru.example", password });
    secrets.add("someone.else@maru.example");
    await world.device().signUp({ ...world.newPerson(), email: person.email, password });
    const stolen = new Map(device.jar);
    await device.refresh();
    remember();
    await device.refresh();
    remember();
    expect((await device.refresh({ jar: stolen })).code).toBe("auth.revoked");
    await device.signIn({ email: person.email, password: person.password });
    remember();
    await world.identity.suspendAccount(accountId);
    await device.ask("GET", httpPaths.me);
    // The worst case: an unexpected error in the middle of each, with the database's own words in it.
    await world.db.sql.unsafe("alter table identity_accounts rename column email_key to email_key_gone");
    expect((await world.device().signIn({ email: person.email, password })).status).toBe(500);
    expect((await world.device().signUp({ ...world.newPerson(), email: person.email, password })).status).toBe(500);
    await world.db.sql.unsafe("alter table identity_refresh_tokens rename column sealed to sealed_gone");
    expect((await device.refresh()).status).toBeGreaterThanOrEqual(400);
  } finally {
    await world.close();
  }
  expect(lines.length).toBeGreaterThan(4);
  const text = lines.join("\n");
  expect(secrets.size).toBeGreaterThan(7);
  for (const secret of secrets) expect(text).not.toContain(secret);
});
