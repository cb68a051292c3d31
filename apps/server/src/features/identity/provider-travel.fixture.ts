import { httpPaths, type SignInStep } from "@maru/protocol";
import { goodPassword, openWorld, type World } from "./identity.fixture.ts";
import { openProvider, type ProviderPerson, type TestProvider } from "./provider.fixture.ts";

type Device = ReturnType<World["device"]>;

let count = 0;

/** Somebody whom a provider knows and we do not. */
export function newcomer(more: Partial<ProviderPerson> = {}): ProviderPerson {
  const number = ++count;
  return { sub: `sub-${number}`, email: `provided${number}@maru.example`, email_verified: true, ...more };
}

/** An installation with two providers: the sun tells all it knows in the id token, the moon only when asked. */
export async function openProviderWorld(given: Parameters<typeof openWorld>[0] = {}) {
  const { origin = "http://maru.test" } = given;
  const redirectUris = ["sun", "moon"].map((id) => `${origin}/api/auth/providers/${id}/callback`);
  const sun = await openProvider({ id: "sun", redirectUris });
  const moon = await openProvider({ id: "moon", redirectUris, isTerse: true });
  const providers = { settings: [sun.settings, moon.settings], fetch: (url: string, init: object) => fetch(url, init) };
  const world = await openWorld({ isMailOn: true, providers, ...given, origin });

  /** Goes to a provider and back; tells where the browser ends up. */
  async function travel(device: Device, provider: TestProvider, path: string, body: object) {
    const begin = path.replace("{providerId}", provider.settings.id);
    const start = await device.ask<{ url: string }>("POST", begin, { body });
    if (start.status !== 200) return { start, location: "" };
    const back = new URL(await provider.follow(start.body.url));
    const arrived = await device.ask("GET", `${back.pathname}${back.search}`, { headers: { origin: "" } });
    return { start, location: arrived.headers.get("location") ?? "" };
  }

  async function signInAs(provider: TestProvider, person: ProviderPerson | null, device = world.device()) {
    provider.be(person);
    const { location } = await travel(device, provider, httpPaths.providerStart, {});
    if (device.refreshToken !== undefined) await device.refresh();
    return { device, location };
  }

  function consent(device: Device, more: object = {}) {
    const { nickname, isFourteenOrOver, consents } = world.newPerson();
    return device.enter(httpPaths.stepConsent, { nickname, isFourteenOrOver, consents, ...more });
  }

  return {
    world,
    sun,
    moon,
    signInAs,
    consent,

    /** Connects a provider with the account that is signed in. */
    connect(provider: TestProvider, person: ProviderPerson, device: Device) {
      provider.be(person);
      return travel(device, provider, httpPaths.providerConnect, { returnTo: "/settings", password: goodPassword });
    },

    stepOf: async (device: Device) => (await device.ask<SignInStep>("GET", httpPaths.step)).body,
    idOf: async (device: Device) => (await device.ask<{ id: string }>("GET", httpPaths.me)).body.id,

    /** Somebody who came in through a provider for the first time and agreed. */
    async arrive(provider: TestProvider, person: ProviderPerson) {
      const { device } = await signInAs(provider, person);
      const answer = await consent(device);
      if (answer.status !== 200) throw new Error(`no account was made: ${JSON.stringify(answer.body)}`);
      return { device, id: answer.body.account.id };
    },

    async close() {
      await world.close();
      await sun.close();
      await moon.close();
    },
  };
}
