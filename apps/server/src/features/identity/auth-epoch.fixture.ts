import { randomBytes } from "node:crypto";
import { httpPaths } from "@maru/protocol";
import { newId } from "../../platform/ids.ts";
import { openAuthenticator } from "../../testing/authenticator.ts";
import { codeOf } from "../../testing/authenticator-app.ts";
import { holdTransactions } from "../../testing/hold-transactions.ts";
import { type Answer, goodPassword, openWorld } from "./identity.fixture.ts";
import { openProvider } from "./provider.fixture.ts";
import type { Device } from "./second-factor.fixture.ts";
import { hashSecret } from "./secret-hashes.ts";
import { toBase32 } from "./totp.ts";

export const origin = "https://talk.example";
/** A recovery code that {@link EpochWorld.addFactor} gives to an account. */
export const recoveryCode = "0000-1111-2222-3333";
/** Quickly checked: a table of hundreds of cells is walked with it. */
const cheap = { algorithm: "argon2id", memoryCost: 8, timeCost: 1 } as const;

/** Somebody with a password, a verified e-mail, a provider and a session of their own. */
export type EpochPerson = {
  readonly accountId: string;
  readonly email: string;
  /** Who they are at the provider. */
  readonly subject: string;
  readonly owner: Device;
};

export type EpochWorld = Awaited<ReturnType<typeof openEpochWorld>>;

/**
 * An installation of two nodes. On the near one the owner of an account changes what opens it; on the far one somebody is
 * on the way in, and can be held between what they proved and what that opens.
 */
export async function openEpochWorld() {
  const redirectUris = [`${origin}/api/auth/providers/sun/callback`];
  const sun = await openProvider({ id: "sun", redirectUris });
  const providers = { settings: [sun.settings], fetch: (url: string, init: object) => fetch(url, init) };
  const world = await openWorld({ isMailOn: true, origin, providers });
  const { sql } = world.db;
  const held = holdTransactions(world.db);
  const far = await world.openNode({ db: held.db });
  const passwordHash = await Bun.password.hash(goodPassword, cheap);
  let count = 0;

  return {
    world,
    sun,
    sql,
    far,
    hold: held.holdNext,

    /** A browser on the far node. */
    farDevice: () => world.device(far),

    async newPerson(): Promise<EpochPerson> {
      const accountId = newId();
      const number = ++count;
      const subject = `sub-${number}`;
      const email = `${subject}@maru.example`;
      const at = new Date(world.clock.now());
      await sql`
        insert into identity_accounts
          (id, email, email_key, email_verified_at, nickname, nickname_key, password_hash, avatar_seed, created_at)
        values (${accountId}, ${email}, ${email}, ${at}, ${email}, ${email}, ${passwordHash}, 'x', ${at})`;
      await sql`
        insert into identity_provider_links (issuer, subject, account_id, provider_id, connected_at)
        values (${sun.issuer}, ${subject}, ${accountId}, 'sun', ${at})`;
      const owner = world.device();
      const answer = await owner.signIn({ email, password: goodPassword });
      if (answer.status !== 200) throw new Error(`the owner is not signed in: ${JSON.stringify(answer.body)}`);
      return { accountId, email, subject, owner };
    },

    /** Puts a factor into the tables, past everything that would raise the epoch. Tells the app's secret. */
    async addFactor({ accountId }: EpochPerson, kind: "totp" | "passkey"): Promise<string> {
      const at = new Date(world.clock.now());
      const key = randomBytes(20);
      if (kind === "totp") {
        const sealed = world.secretBox.seal("totp secret", key.toString("base64url"));
        await sql`
          insert into identity_totp (account_id, sealed, confirmed_at, created_at) values (${accountId}, ${sealed}, ${at}, ${at})
          on conflict (account_id) do update set sealed = excluded.sealed, confirmed_at = excluded.confirmed_at`;
      } else {
        await sql`
          insert into identity_passkeys (id, account_id, public_key, counter, transports, name, created_at)
          values (${key.toString("base64url")}, ${accountId}, 'x', 0, '[]', 'x', ${at})`;
      }
      const hash = hashSecret(`${accountId}:${recoveryCode.replaceAll("-", "")}`);
      await sql`
        insert into identity_recovery_codes (account_id, hash) values (${accountId}, ${hash}) on conflict do nothing`;
      return kind === "totp" ? toBase32(key) : key.toString("base64url");
    },

    /** Puts a link into the table with the epoch of now, as the mail or the command line would have it. */
    async addLink({ accountId }: EpochPerson, kind: "reset" | "first_sign_in"): Promise<string> {
      const token = newId();
      const [at, end] = [new Date(world.clock.now()), new Date(world.clock.now() + 600_000)];
      await sql`
        insert into identity_links (hash, kind, account_id, auth_epoch, created_at, expires_at)
        select ${hashSecret(token)}, ${kind}, id, auth_epoch, ${at}, ${end} from identity_accounts where id = ${accountId}`;
      return token;
    },

    /** Adds an authenticator app in the settings of who is signed in. */
    async addTotp(device: Device, password?: string): Promise<Answer> {
      const { secret } = (await device.ask<{ secret: string }>("POST", httpPaths.totp, { body: { password } })).body;
      return device.ask("POST", httpPaths.totpConfirm, { body: { code: codeOf(secret, world.clock.now()) } });
    },

    /** Goes to the provider as somebody and tells where it sends the browser back to. */
    async goToProvider(device: Device, path: string, subject: string, body: object): Promise<string> {
      sun.be({ sub: subject, email: `${subject}@maru.example`, email_verified: true });
      const begun = await device.ask<{ url: string }>("POST", path.replace("{providerId}", "sun"), { body });
      const back = new URL(await sun.follow(begun.body.url));
      return `${back.pathname}${back.search}`;
    },

    /** Comes back from the provider; tells the answer, with the fault that its page would show as the code. */
    async comeBack(device: Device, path: string): Promise<Pick<Answer, "status" | "code">> {
      const answer = await device.ask("GET", path, { headers: { origin: "" } });
      const fault = new URL(answer.headers.get("location") ?? "", "https://x").searchParams.get("fault");
      return fault === null ? answer : { status: 403, code: fault };
    },

    newAuthenticator: () => openAuthenticator(origin),

    /** Everything that opens an account, and how many sessions are open. */
    async describeWaysIn({ accountId }: EpochPerson): Promise<string> {
      const rows = await sql`
        select kind, state, password_hash,
          (select sealed || confirmed_at::text from identity_totp t where t.account_id = a.id) as totp,
          (select json_agg(id order by id) from identity_passkeys p where p.account_id = a.id) as passkeys,
          (select json_agg(c order by hash) from identity_recovery_codes c where c.account_id = a.id) as recovery_codes,
          (select json_agg(subject order by subject) from identity_provider_links l where l.account_id = a.id) as links,
          (select json_agg(id order by id) from identity_auth_sessions s
            where s.account_id = a.id and s.revoked_at is null) as sessions
        from identity_accounts a where id = ${accountId}`;
      return JSON.stringify(rows);
    },

    /** Everything that was begun and opens nothing yet. */
    async describeBegun({ accountId }: EpochPerson): Promise<string> {
      const rows = await sql`
        select (select sealed from identity_totp where account_id = a.id) as totp,
          (select challenge from identity_challenges where account_id = a.id) as challenge,
          (select count(*)::int from identity_provider_attempts where account_id = a.id) as attempts
        from identity_accounts a where id = ${accountId}`;
      return JSON.stringify(rows);
    },

    async close() {
      await world.close();
      await sun.close();
    },
  };
}
