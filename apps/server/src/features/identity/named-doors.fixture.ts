import { type AuthSession, type PasskeyOptions, httpPaths as p, type Security, type SignInStep } from "@maru/protocol";
import { openAuthenticator } from "../../testing/authenticator.ts";
import { type Answer, goodPassword } from "./identity.fixture.ts";
import { newcomer, type openProviderWorld } from "./provider-travel.fixture.ts";

export type NamedHouse = Awaited<ReturnType<typeof openProviderWorld>>;
type Device = ReturnType<NamedHouse["world"]["device"]>;

/** A place where a name comes in: asks with one, and tells the name that people see once one was taken. */
type NamedDoor = {
  readonly ask: (name: string) => Promise<Answer<never>>;
  readonly shown: () => Promise<string | undefined>;
};
type NamedKind = "nickname" | "device" | "passkey";

const codeIn = (text = "") => /\b\d{6}\b/.exec(text)?.[0];
const tokenIn = (text = "") => /[#=]([\w-]{20,})/.exec(text)?.[1];

/** Every field of a request over HTTP by which a name comes in, as `METHOD path field`. */
export function listNamedDoors(house: NamedHouse): Map<string, readonly [NamedKind, () => Promise<NamedDoor>]> {
  const { world, sun } = house;
  const origin = world.origin;
  const entered = (device: Device, path: string, bodyOf: (name: string) => object) => async (name: string) =>
    (await device.enter(path, bodyOf(name))) as Answer<never>;
  const shownDevice = (device: Device) => async () => {
    const { body } = await device.ask<{ sessions: AuthSession[] }>("GET", p.sessions);
    return body.sessions.find(({ isCurrent }) => isCurrent)?.deviceName;
  };
  const shownNickname = (device: Device) => async () =>
    (await device.ask<{ nickname: string }>("GET", p.me)).body.nickname;
  const shownPasskey = (device: Device) => async () =>
    (await device.ask<Security>("GET", p.security)).body.passkeys[0]?.name;
  const lastMail = async (email: string) => (await world.mailsTo(email)).at(-1)?.text;
  /** Enters the code of a sign-up, after which somebody is there to be seen. */
  const finishSignUp = async (device: Device, email: string) =>
    device.enter(p.stepCode, { code: codeIn(await lastMail(email)) });
  const enrolling = async () => {
    const email = world.newPerson().email;
    const { nickname } = world.newPerson();
    const { url } = await world.identity.createOperator({ email, nickname, resetsSecondFactor: false });
    return { device: world.device(), token: tokenIn(url) };
  };
  const travelled = async () => {
    const person = newcomer();
    const { device } = await house.signInAs(sun, person);
    return device;
  };

  async function signingUp(field: "nickname" | "deviceName"): Promise<NamedDoor> {
    const [device, person] = [world.device(), world.newPerson()];
    const shown = field === "nickname" ? shownNickname(device) : shownDevice(device);
    return {
      ask: entered(device, p.signUp, (name) => ({ ...person, [field]: name })),
      shown: async () => {
        await finishSignUp(device, person.email);
        return shown();
      },
    };
  }

  return new Map<string, readonly [NamedKind, () => Promise<NamedDoor>]>([
    [`POST ${p.signUp} nickname`, ["nickname", () => signingUp("nickname")]],
    [`POST ${p.signUp} deviceName`, ["device", () => signingUp("deviceName")]],
    [
      `POST ${p.signIn} deviceName`,
      [
        "device",
        async () => {
          const [{ person }, device] = [await world.signUpPerson(), world.device()];
          const { email, password } = person;
          const ask = entered(device, p.signIn, (deviceName) => ({ email, password, deviceName }));
          return { ask, shown: shownDevice(device) };
        },
      ],
    ],
    [
      `POST ${p.stepCode} nickname`,
      [
        "nickname",
        async () => {
          const [device, person] = [world.device(), world.newPerson()];
          await device.signUp(person);
          const code = codeIn(await lastMail(person.email));
          return { ask: entered(device, p.stepCode, (nickname) => ({ code, nickname })), shown: shownNickname(device) };
        },
      ],
    ],
    [
      `POST ${p.stepConsent} nickname`,
      [
        "nickname",
        async () => {
          const device = await travelled();
          const ask = async (nickname: string) => (await house.consent(device, { nickname })) as Answer<never>;
          return { ask, shown: shownNickname(device) };
        },
      ],
    ],
    [
      `PATCH ${p.me} nickname`,
      [
        "nickname",
        async () => {
          const { device } = await world.signUpPerson();
          const ask = (nickname: string) => device.ask<never>("PATCH", p.me, { body: { nickname } });
          return { ask, shown: shownNickname(device) };
        },
      ],
    ],
    [
      `POST ${p.providerStart} deviceName`,
      [
        "device",
        async () => {
          const device = world.device();
          const path = p.providerStart.replace("{providerId}", sun.settings.id);
          let url = "";
          return {
            ask: async (deviceName) => {
              const answer = await device.ask<{ url: string }>("POST", path, { body: { deviceName } });
              url = answer.body.url;
              return answer as Answer<never>;
            },
            shown: async () => {
              sun.be(newcomer());
              const back = new URL(await sun.follow(url));
              await device.ask("GET", back.pathname + back.search, { headers: { origin: "" } });
              await house.consent(device);
              return shownDevice(device)();
            },
          };
        },
      ],
    ],
    [
      `POST ${p.providerConnect} deviceName`,
      [
        "device",
        async () => {
          const { device, person } = await world.signUpPerson();
          const path = p.providerConnect.replace("{providerId}", sun.settings.id);
          const ask = (deviceName: string) =>
            device.ask<never>("POST", path, { body: { deviceName, password: person.password } });
          return { ask, shown: unseen };
        },
      ],
    ],
    [
      `POST ${p.firstSignIn} deviceName`,
      [
        "device",
        async () => {
          const { device, token } = await enrolling();
          const ask = entered(device, p.firstSignIn, (deviceName) => ({ token, password: goodPassword, deviceName }));
          return {
            ask,
            shown: async () => {
              const options = (await device.ask<PasskeyOptions>("POST", p.stepNewPasskeyOptions)).body;
              await device.enter(p.stepNewPasskey, { passkey: openAuthenticator(origin).create(options) });
              return shownDevice(device)();
            },
          };
        },
      ],
    ],
    [
      `POST ${p.passwordResetFinish} deviceName`,
      [
        "device",
        async () => {
          const { person } = await world.signUpPerson();
          await world.device().ask("POST", p.passwordReset, { body: { email: person.email } });
          const token = tokenIn(await lastMail(person.email));
          const ask = (deviceName: string) =>
            world.device().ask<never>("POST", p.passwordResetFinish, {
              body: { token, password: `another-${goodPassword}`, deviceName },
            });
          return { ask, shown: unseen };
        },
      ],
    ],
    [
      `POST ${p.stepNewPasskey} name`,
      [
        "passkey",
        async () => {
          const { device, token } = await enrolling();
          await device.enter(p.firstSignIn, { token, password: goodPassword });
          const options = (await device.ask<PasskeyOptions>("POST", p.stepNewPasskeyOptions)).body;
          const passkey = openAuthenticator(origin).create(options);
          return { ask: entered(device, p.stepNewPasskey, (name) => ({ name, passkey })), shown: shownPasskey(device) };
        },
      ],
    ],
    [
      `POST ${p.passkeys} name`,
      [
        "passkey",
        async () => {
          const { device } = await world.signUpPerson();
          const body = { password: goodPassword };
          const options = (await device.ask<PasskeyOptions>("POST", p.passkeyOptions, { body })).body;
          const passkey = openAuthenticator(origin).create(options);
          const ask = (name: string) => device.ask<never>("POST", p.passkeys, { body: { name, passkey } });
          return { ask, shown: shownPasskey(device) };
        },
      ],
    ],
  ]);
}

/** Where a name is judged and then shown to nobody. */
const unseen = async () => undefined;

/** The nickname that a page offers to who came from a provider that calls them so. */
export async function offeredNickname({ signInAs, stepOf, sun }: NamedHouse, nickname: string): Promise<unknown> {
  const { device } = await signInAs(sun, newcomer({ nickname }));
  return ((await stepOf(device)) as SignInStep & { nickname?: unknown }).nickname;
}
