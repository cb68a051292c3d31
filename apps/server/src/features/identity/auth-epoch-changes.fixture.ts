import { httpPaths, type PasskeyOptions } from "@maru/protocol";
import type { EpochPerson, EpochWorld } from "./auth-epoch.fixture.ts";
import type { AuthChange } from "./auth-epochs.ts";
import { goodPassword } from "./identity.fixture.ts";

/** How a change of what opens an account is made, through the doors. */
export type ChangeDriver = {
  /** Puts into the tables what is changed, after the journey has begun and without raising the epoch. */
  readonly arrange?: (at: EpochWorld, person: EpochPerson) => Promise<unknown>;
  /** Makes the change; tells the status of the answer, or true. */
  readonly make: (at: EpochWorld, person: EpochPerson, password: string | undefined) => Promise<number | true>;
};

export const otherPassword = "another-floor-5";
const links = new WeakMap<EpochPerson, string>();
const passkeys = new WeakMap<EpochPerson, string>();

const addPasskey = async (at: EpochWorld, person: EpochPerson) => {
  passkeys.set(person, await at.addFactor(person, "passkey"));
};
const addLink = (kind: "reset" | "first_sign_in") => async (at: EpochWorld, person: EpochPerson) => {
  links.set(person, await at.addLink(person, kind));
};
const useLink = (path: string) => async (at: EpochWorld, person: EpochPerson) =>
  (await at.world.device().ask("POST", path, { body: { token: links.get(person), password: otherPassword } })).status;
const ask =
  (path: string | ((person: EpochPerson) => string), more: object = {}) =>
  async (_at: EpochWorld, person: EpochPerson, password: string | undefined) => {
    const where = typeof path === "string" ? path : path(person);
    return (await person.owner.ask("POST", where, { body: { password, ...more } })).status;
  };
const makeOperator =
  (resetsSecondFactor: boolean) =>
  async (at: EpochWorld, { email }: EpochPerson) => {
    await at.world.identity.createOperator({ email, nickname: "나머지", resetsSecondFactor });
    return true as const;
  };

/** One driver for each change: a change without one does not compile. */
export const changeDrivers: { readonly [C in AuthChange]: ChangeDriver } = {
  password_changed: { make: ask(httpPaths.password, { newPassword: otherPassword }) },
  password_reset: { arrange: addLink("reset"), make: useLink(httpPaths.passwordResetFinish) },
  password_set_by_link: { arrange: addLink("first_sign_in"), make: useLink(httpPaths.firstSignIn) },
  totp_added: {
    // An account has one: whoever is about to take theirs away would get no other.
    arrange: (at, { accountId }) => at.sql`
      delete from identity_totp where account_id = ${accountId} and confirmed_at is not null`,
    make: async (at, { owner }, password) => (await at.addTotp(owner, password)).status,
  },
  totp_removed: {
    // The second one stays: an operator cannot take the last away.
    arrange: async (at, person) => {
      await at.addFactor(person, "totp");
      await at.addFactor(person, "passkey");
    },
    make: ask(httpPaths.totpRemove),
  },
  passkey_added: {
    make: async (at, { owner }, password) => {
      const asked = await owner.ask<PasskeyOptions>("POST", httpPaths.passkeyOptions, { body: { password } });
      const passkey = at.newAuthenticator().create(asked.body);
      return (await owner.ask("POST", httpPaths.passkeys, { body: { passkey } })).status;
    },
  },
  passkey_removed: {
    arrange: async (at, person) => {
      await at.addFactor(person, "passkey");
      await addPasskey(at, person);
    },
    make: ask((person) => httpPaths.passkeyRemove.replace("{passkeyId}", passkeys.get(person) ?? "")),
  },
  recovery_codes_replaced: { arrange: addPasskey, make: ask(httpPaths.recoveryCodes) },
  provider_connected: {
    // Theirs before, so that a sign-in through the provider that is under way still arrives at them.
    arrange: (at, { accountId }) => at.sql`
      delete from identity_provider_links where account_id = ${accountId} and provider_id = 'sun'`,
    async make(at, { owner, subject }, password) {
      const back = await at.goToProvider(owner, httpPaths.providerConnect, subject, { password });
      const { status, code } = await at.comeBack(owner, back);
      return code === undefined ? true : status;
    },
  },
  provider_removed: {
    arrange: (at, { accountId, subject }) => at.sql`
      insert into identity_provider_links (issuer, subject, account_id, provider_id, connected_at)
      values ('https://moon.example', ${subject}, ${accountId}, 'moon', ${new Date()})`,
    // The one of the settings stays: an account without a password cannot lose its last way in.
    make: ask(httpPaths.providerRemove.replace("{providerId}", "moon")),
  },
  promoted: { make: makeOperator(false) },
  second_factor_reset: { make: makeOperator(true) },
  suspended: {
    make: async (at, { accountId }) => {
      if (!(await at.world.identity.suspendAccount(accountId))) throw new Error("the account was not suspended");
      return true;
    },
  },
  signed_out_everywhere: { make: ask(httpPaths.signOutEverywhere) },
  left: { make: ask(httpPaths.leave, { messages: "keep" }) },
};

/** Makes a change, or fails: what was not changed proves nothing. */
export async function makeChange(
  at: EpochWorld,
  change: AuthChange,
  person: EpochPerson,
  password: string | null = goodPassword,
): Promise<void> {
  const done = await changeDrivers[change].make(at, person, password ?? undefined);
  if (done !== true && done >= 300) throw new Error(`${change} was answered with ${done}`);
}
