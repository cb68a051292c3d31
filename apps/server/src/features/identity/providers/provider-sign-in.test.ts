import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, type Security } from "@maru/protocol";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { newcomer, openProviderWorld } from "../fixtures/provider-visits.fixture.ts";
import { addTotp } from "../fixtures/second-factor.fixture.ts";

let at: Awaited<ReturnType<typeof openProviderWorld>>;
beforeAll(async () => {
  at = await openProviderWorld();
});
afterAll(() => at.close());

const countRows = async () =>
  (
    await at.world.db
      .sql`select (select count(*) from identity_accounts)::int + (select count(*) from identity_steps)::int
      + (select count(*) from identity_provider_links)::int + (select count(*) from identity_consents)::int as count`
  )[0].count;

describe("a first sign-in through a provider", () => {
  test("stores nothing before age and consents, then makes an account with a verified e-mail", async () => {
    const before = await countRows();
    const person = newcomer({ nickname: "해님" });
    const { device, location } = await at.signInAs(at.sun, person);
    expect(location).toBe("/log-in");
    expect(await at.stepOf(device)).toEqual({
      next: "consent",
      providerId: "sun",
      email: person.email ?? "",
      isEmailVerified: true,
      nickname: "해님",
    });
    expect([await countRows(), device.refreshToken]).toEqual([before, undefined]);
    const kept = device.jar.get("maru_step") ?? "";
    expect(Buffer.from(kept.slice(2), "base64url").toString("latin1")).not.toContain("maru.example");

    expect((await at.consent(device, { isFourteenOrOver: false })).code).toBe("age.too_young");
    expect((await at.consent(device, { consents: { terms: "", privacy: "", marketing: false } })).code).toBe(
      "consent.required",
    );
    expect(await countRows()).toBe(before);
    const done = await at.consent(device, { nickname: "해님이" });
    expect(done.body.account).toMatchObject({ email: person.email, emailVerified: true, nickname: "해님이" });
    const kinds = await at.world.db.sql`select kind from identity_consents
      where account_id = ${done.body.account.id.slice(4)} order by kind`;
    expect(kinds.map(({ kind }: { kind: string }) => kind)).toEqual(["age", "privacy", "terms"]);
    expect((await device.ask<Security>("GET", httpPaths.security)).body).toMatchObject({
      hasPassword: false,
      providers: [{ id: "sun" }],
    });
    const again = await at.signInAs(at.sun, person);
    expect([again.location, await at.idOf(again.device)]).toEqual(["/", done.body.account.id]);
  });

  test("learns from a provider that tells more only when asked", async () => {
    const person = newcomer();
    const { device } = await at.signInAs(at.moon, person);
    expect(await at.stepOf(device)).toMatchObject({ email: person.email, isEmailVerified: true });
  });

  test.each([
    ["does not say that the e-mail is verified", { email_verified: false }],
    ["says nothing of it", { email_verified: undefined }],
  ])("with a provider that %s needs our code", async (_name, more) => {
    const { email_verified, ...rest } = newcomer();
    const person = more.email_verified === undefined ? rest : { ...rest, ...more };
    const { device } = await at.signInAs(at.sun, person);
    expect(await at.stepOf(device)).toMatchObject({ email: person.email, isEmailVerified: false });
    const answer = await at.consent(device);
    expect([answer.status, answer.body as unknown]).toMatchObject([202, { next: "code", email: person.email }]);
    const code = /\b\d{6}\b/.exec((await at.world.mailsTo(person.email ?? "")).at(-1)?.text ?? "")?.[0];
    const done = await device.enter(httpPaths.stepCode, { code });
    expect(done.body.account).toMatchObject({ email: person.email, emailVerified: true });
    expect((await at.signInAs(at.sun, person)).location).toBe("/");
  });

  test("without an e-mail asks for one, and for our code", async () => {
    const { email: _email, email_verified: _verified, ...person } = newcomer();
    const { device } = await at.signInAs(at.sun, person);
    expect(await at.stepOf(device)).toMatchObject({ email: null, isEmailVerified: false });
    expect((await at.consent(device)).code).toBe("email.invalid");
    const { email } = at.world.newPerson();
    expect((await at.consent(device, { email })).status).toBe(202);
    const code = /\b\d{6}\b/.exec((await at.world.mailsTo(email)).at(-1)?.text ?? "")?.[0];
    expect((await device.enter(httpPaths.stepCode, { code })).body.account).toMatchObject({
      email,
      emailVerified: true,
    });
  });

  test("with an e-mail typed that is taken tells only its owner, and links nothing", async () => {
    const owner = await at.world.signUpPerson();
    const { email: _email, ...person } = newcomer();
    const { device } = await at.signInAs(at.sun, person);
    expect((await at.consent(device, { email: owner.person.email })).status).toBe(202);
    expect((await at.world.mailsTo(owner.person.email)).at(-1)?.subject).toBe("이미 가입한 이메일이에요");
    expect((await device.enter(httpPaths.stepCode, { code: "000000" })).code).toBe("code.wrong");
    expect((await at.signInAs(at.sun, person)).location).toBe("/log-in");
  });

  test("a consent is good once and for a quarter of an hour", async () => {
    const person = newcomer();
    const { device } = await at.signInAs(at.sun, person);
    const copy = new Map(device.jar);
    expect((await at.consent(device)).status).toBe(200);
    const { nickname, isFourteenOrOver, consents } = at.world.newPerson();
    const agreement = { nickname, isFourteenOrOver, consents };
    const replayed = await at.world.device().ask("POST", httpPaths.stepConsent, { body: agreement, jar: copy });
    expect(replayed.code).toBe("step.expired");
    const late = await at.signInAs(at.sun, newcomer());
    await at.world.clock.advance(900_000);
    expect((await at.consent(late.device)).code).toBe("step.expired");
    expect(await at.stepOf(late.device)).toEqual({ next: "none" });
  });

  test("of two consents at once one makes the account", async () => {
    const person = newcomer();
    const devices = [(await at.signInAs(at.sun, person)).device, (await at.signInAs(at.sun, person)).device];
    const answers = await Promise.all(devices.map((device) => at.consent(device)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const owners = await at.world.db.sql`select account_id from identity_provider_links where subject = ${person.sub}`;
    expect(owners).toHaveLength(1);
  });
});

describe("an e-mail that an account has", () => {
  test("links by itself when both sides have verified it, and tells the owner", async () => {
    const owner = await at.world.signUpPerson();
    const person = newcomer({ email: owner.person.email.toUpperCase() });
    const { device, location } = await at.signInAs(at.sun, person);
    expect([location, await at.idOf(device)]).toEqual(["/", `acc_${owner.accountId}`]);
    expect((await at.world.mailsTo(owner.person.email)).map(({ subject }) => subject)).toContain(
      "로그인 방법이 연결되었어요",
    );
    expect((await at.world.device().signIn(owner.person)).status).toBe(200);
  });

  test("does not link when the provider does not say that it is verified, and is not told to be anybody's", async () => {
    const owner = await at.world.signUpPerson();
    const results = [];
    for (const email of [owner.person.email, "nobody-has-it@maru.example"]) {
      const { device, location } = await at.signInAs(at.sun, newcomer({ email, email_verified: false }));
      const { email: shown, ...step } = (await at.stepOf(device)) as { email: string };
      expect(shown).toBe(email);
      const answer = await at.consent(device);
      const { email: mailed, expiresAt: _, ...code } = answer.body as unknown as { email: string; expiresAt: string };
      expect(mailed).toBe(email);
      results.push([location, step, answer.status, code]);
    }
    expect(results[0]).toEqual(results[1] as never);
    // Its owner alone is told, by mail, and no code makes a second account of it.
    expect((await at.world.mailsTo(owner.person.email)).at(-1)?.subject).toBe("이미 가입한 이메일이에요");
  });

  test("does not hand a newcomer to an account that somebody made first with their unverified address", async () => {
    const squatter = await at.world.signUpPerson();
    await at.world.db.sql`update identity_accounts set email_verified_at = null where id = ${squatter.accountId}`;
    const person = newcomer({ email: squatter.person.email });
    const { device, location } = await at.signInAs(at.sun, person);
    expect([location, device.refreshToken]).toEqual(["/log-in?fault=provider.link_required", undefined]);
    const links = await at.world.db.sql`select 1 from identity_provider_links where subject = ${person.sub}`;
    expect(links).toHaveLength(0);

    // The owner of the mailbox takes the account over by mail, and the squatter keeps no way in.
    await at.connect(at.moon, newcomer(), squatter.device);
    await at.world.device().ask("POST", httpPaths.passwordReset, { body: { email: squatter.person.email } });
    const token = /#([\w-]+)/.exec((await at.world.mailsTo(squatter.person.email)).at(-1)?.text ?? "")?.[1];
    const password = "the-owners-own-1";
    await at.world.device().ask("POST", httpPaths.passwordResetFinish, { body: { token, password } });
    expect((await squatter.device.refresh()).code).toBe("auth.revoked");
    const linkRows = await at.world.db
      .sql`select 1 from identity_provider_links where account_id = ${squatter.accountId}`;
    expect(linkRows).toHaveLength(0);
    expect((await at.signInAs(at.sun, person)).location).toBe("/");
  });

  test("belongs to one person who comes by two providers", async () => {
    const person = newcomer();
    const { id } = await at.arrive(at.sun, person);
    const other = { ...newcomer(), email: person.email ?? "" };
    const { device } = await at.signInAs(at.moon, other);
    expect(await at.idOf(device)).toBe(id);
    const security = (await device.ask<Security>("GET", httpPaths.security)).body;
    expect(security.providers.map(({ id: name }) => name).sort()).toEqual(["moon", "sun"]);
  });

  test("changed at the provider later changes nothing here, also when it is another person's by now", async () => {
    const person = newcomer();
    const { id } = await at.arrive(at.sun, person);
    const other = await at.world.signUpPerson();
    const { device } = await at.signInAs(at.sun, { ...person, email: other.person.email });
    expect(await at.idOf(device)).toBe(id);
    expect((await device.ask("GET", httpPaths.me)).body).toMatchObject({ email: person.email });
  });
});

describe("a second factor and a suspension", () => {
  test("stand behind a provider as behind a password", async () => {
    const owner = await at.world.signUpPerson();
    await at.connect(at.sun, { sub: "with-totp" }, owner.device);
    const { secret } = await addTotp(at.world, owner.device);
    const { device, location } = await at.signInAs(at.sun, { sub: "with-totp" });
    expect([location, device.refreshToken]).toEqual(["/log-in", undefined]);
    expect(await at.stepOf(device)).toMatchObject({ next: "second_factor" });
    const totp = codeOf(secret, at.world.clock.now());
    expect((await device.enter(httpPaths.stepSecondFactor, { totp })).status).toBe(200);
    await at.world.identity.suspendAccount(owner.accountId);
    expect((await at.signInAs(at.sun, { sub: "with-totp" })).location).toBe("/log-in?fault=account.suspended");
  });
});
