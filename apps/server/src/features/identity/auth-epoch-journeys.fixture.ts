import { httpPaths, type PasskeyOptions } from "@maru/protocol";
import { codeOf } from "../../testing/authenticator-app.ts";
import { type EpochPerson, type EpochWorld, recoveryCode } from "./auth-epoch.fixture.ts";
import { otherPassword } from "./auth-epoch-changes.fixture.ts";
import type { Journey } from "./auth-epochs.ts";
import { type Answer, goodPassword } from "./identity.fixture.ts";
import type { Device } from "./second-factor.fixture.ts";

/** A journey that has begun: whoever is on it, and the one request that ends it. */
export type Going = { readonly device: Device; readonly finish: () => Promise<Pick<Answer, "status" | "code">> };

/** How a journey is made, through the doors, up to the request that opens or changes something. */
export type JourneyDriver = {
  /** Told in the test's name, where a journey can be made in several ways. */
  readonly way: string;
  /** Whether it waits somewhere between its beginning and its end; else both are one request. */
  readonly waits: boolean;
  /** Where it ends, if that is a door that asks for the password again. */
  readonly path?: string;
  /** Whether its end is only the beginning of another journey: it opens and changes nothing yet. */
  readonly isBeginning?: true;
  /** What the owner of the account proves changes with. */
  readonly ownersPassword?: "none";
  readonly begin: (at: EpochWorld, person: EpochPerson) => Promise<Going>;
};

const secretOf = async (device: Device, path: string, body?: object) =>
  (await device.ask<{ secret: string }>("POST", path, body ? { body } : {})).body.secret;
const optionsOf = async (device: Device, path: string, body?: object) =>
  (await device.ask<PasskeyOptions>("POST", path, body ? { body } : {})).body;

/** Signs in on the far node, up to the step that the account asks for. */
async function signIn(at: EpochWorld, { email }: EpochPerson): Promise<Device> {
  const device = at.farDevice();
  await device.signIn({ email, password: goodPassword });
  return device;
}

async function enroll(at: EpochWorld, person: EpochPerson): Promise<Device> {
  await at.sql`update identity_accounts set kind = 'operator' where id = ${person.accountId}`;
  return signIn(at, person);
}

/** Goes to the provider and back; what is left is the request with which the browser comes back. */
async function travel(at: EpochWorld, device: Device, path: string, subject: string, body: object): Promise<Going> {
  const back = await at.goToProvider(device, path, subject, body);
  return { device, finish: () => at.comeBack(device, back) };
}

/** A door that asks for the password again, and what is sent to it besides. */
type ProofDoor = {
  readonly way: string;
  readonly path: string;
  readonly more?: object;
  readonly isBeginning?: true;
  /** Puts into the tables what the door takes away; tells its name in the path. */
  readonly arrange?: (at: EpochWorld, person: EpochPerson) => Promise<string>;
};

const askAt = async (at: EpochWorld, person: EpochPerson, device: Device, door: ProofDoor, password?: string) => {
  const name = (await door.arrange?.(at, person)) ?? "sun";
  const body = { ...(password === undefined ? {} : { password }), ...door.more };
  return { device, finish: () => device.ask("POST", door.path.replace(/\{\w+\}/, name), { body }) };
};

const proofWay = (door: ProofDoor): JourneyDriver => ({
  ...door,
  waits: false,
  async begin(at, person) {
    await at.addFactor(person, "passkey");
    // Of a session that was there before the factor, on the other node.
    const device = at.farDevice();
    for (const [name, value] of person.owner.jar) device.jar.set(name, value);
    device.accessToken = person.owner.accessToken;
    return askAt(at, person, device, door, goodPassword);
  },
});

/** Instead of a password that the account does not have, the sign-in of a moment ago. */
const freshWay = (door: ProofDoor): JourneyDriver => ({
  ...door,
  waits: true,
  ownersPassword: "none",
  async begin(at, person) {
    const device = await signIn(at, person);
    await at.sql`update identity_accounts set password_hash = null where id = ${person.accountId}`;
    return askAt(at, person, device, door);
  },
});

const leaving: ProofDoor = { way: "leaving", path: httpPaths.leave, more: { messages: "keep" } };
const newPasskey: ProofDoor = { way: "begin of a passkey", path: httpPaths.passkeyOptions, isBeginning: true };
const newProvider: ProofDoor = { way: "begin of a provider", path: httpPaths.providerConnect, isBeginning: true };

/** At least one driver for each journey: a journey without one does not compile. */
export const journeyDrivers: { readonly [J in Journey]: readonly [JourneyDriver, ...JourneyDriver[]] } = {
  password: [
    {
      way: "",
      waits: false,
      async begin(at, { email }) {
        const device = at.farDevice();
        return { device, finish: () => device.signIn({ email, password: goodPassword }) };
      },
    },
  ],
  second_factor: [
    {
      way: "",
      waits: true,
      async begin(at, person) {
        await at.addFactor(person, "passkey");
        const device = await signIn(at, person);
        return { device, finish: () => device.enter(httpPaths.stepSecondFactor, { recoveryCode }) };
      },
    },
  ],
  enroll: [
    {
      way: "app",
      waits: true,
      async begin(at, person) {
        const device = await enroll(at, person);
        const code = codeOf(await secretOf(device, httpPaths.stepTotp), at.world.clock.now());
        return { device, finish: () => device.enter(httpPaths.stepTotpConfirm, { code }) };
      },
    },
    {
      way: "passkey",
      waits: true,
      async begin(at, person) {
        const device = await enroll(at, person);
        const passkey = at.newAuthenticator().create(await optionsOf(device, httpPaths.stepNewPasskeyOptions));
        return { device, finish: () => device.enter(httpPaths.stepNewPasskey, { passkey }) };
      },
    },
  ],
  reset: [
    {
      way: "",
      waits: true,
      async begin(at, { email }) {
        const device = at.farDevice();
        await device.ask("POST", httpPaths.passwordReset, { body: { email } });
        const token = /#([\w-]+)/.exec((await at.world.mailsTo(email)).at(-1)?.text ?? "")?.[1];
        const body = { token, password: "wooden-lattice-66" };
        return { device, finish: () => device.ask("POST", httpPaths.passwordResetFinish, { body }) };
      },
    },
  ],
  first_sign_in: [
    {
      way: "",
      waits: true,
      async begin(at, person) {
        const body = { token: await at.addLink(person, "first_sign_in"), password: "wooden-lattice-66" };
        const device = at.farDevice();
        return { device, finish: () => device.enter(httpPaths.firstSignIn, body) };
      },
    },
  ],
  provider_sign_in: [
    {
      way: "known",
      waits: true,
      begin: (at, { subject }) => travel(at, at.farDevice(), httpPaths.providerStart, subject, {}),
    },
    {
      way: "linked by e-mail",
      waits: true,
      async begin(at, { accountId, subject }) {
        await at.sql`delete from identity_provider_links where account_id = ${accountId}`;
        return travel(at, at.farDevice(), httpPaths.providerStart, subject, {});
      },
    },
  ],
  provider_connect: [
    {
      way: "",
      waits: true,
      async begin(at, person) {
        await at.sql`delete from identity_provider_links where account_id = ${person.accountId}`;
        const device = await signIn(at, person);
        return travel(at, device, httpPaths.providerConnect, person.subject, { password: goodPassword });
      },
    },
  ],
  totp_set_up: [
    {
      way: "",
      waits: true,
      async begin(at, person) {
        const device = await signIn(at, person);
        const secret = await secretOf(device, httpPaths.totp, { password: goodPassword });
        const code = codeOf(secret, at.world.clock.now());
        return { device, finish: () => device.ask("POST", httpPaths.totpConfirm, { body: { code } }) };
      },
    },
  ],
  passkey_creation: [
    {
      way: "",
      waits: true,
      async begin(at, person) {
        const device = await signIn(at, person);
        const options = await optionsOf(device, httpPaths.passkeyOptions, { password: goodPassword });
        const passkey = at.newAuthenticator().create(options);
        return { device, finish: () => device.ask("POST", httpPaths.passkeys, { body: { passkey } }) };
      },
    },
  ],
  password_proof: [
    proofWay({ way: "change of the password", path: httpPaths.password, more: { newPassword: otherPassword } }),
    proofWay({ way: "new recovery codes", path: httpPaths.recoveryCodes }),
    proofWay(leaving),
    proofWay({ way: "begin of an app", path: httpPaths.totp, isBeginning: true }),
    proofWay(newPasskey),
    proofWay(newProvider),
    proofWay({
      way: "removal of the app",
      path: httpPaths.totpRemove,
      arrange: (at, person) => at.addFactor(person, "totp"),
    }),
    proofWay({
      way: "removal of a passkey",
      path: httpPaths.passkeyRemove,
      arrange: (at, person) => at.addFactor(person, "passkey"),
    }),
    proofWay({ way: "removal of a provider", path: httpPaths.providerRemove }),
  ],
  recent_sign_in: [
    freshWay({ way: "first password", path: httpPaths.password, more: { newPassword: "wooden-lattice-66" } }),
    freshWay(leaving),
    freshWay(newPasskey),
    freshWay(newProvider),
  ],
};
