import { httpPaths, type PasskeyOptions, type RecoveryCodes, type TotpSetUp } from "@maru/protocol";
import type { openAuthenticator } from "../../testing/authenticator.ts";
import { codeOf } from "../../testing/authenticator-app.ts";
import { goodPassword, type World } from "./identity.fixture.ts";

export type Device = ReturnType<World["device"]>;

/** Sets an authenticator app up on an account that is signed in. */
export async function addTotp(world: World, device: Device) {
  const setUp = (await device.ask<TotpSetUp>("POST", httpPaths.totp, { body: { password: goodPassword } })).body;
  const code = codeOf(setUp.secret, world.clock.now());
  const answer = await device.ask<RecoveryCodes>("POST", httpPaths.totpConfirm, { body: { code } });
  if (answer.status !== 200) throw new Error(`the app was not set up: ${JSON.stringify(answer.body)}`);
  // The code just used is good no more; the next one is.
  await world.clock.advance(30_000);
  return { secret: setUp.secret, uri: setUp.uri, recoveryCodes: answer.body.recoveryCodes };
}

/** Adds a passkey to an account that is signed in. */
export async function addPasskey(device: Device, authenticator: ReturnType<typeof openAuthenticator>) {
  const options = await device.ask<PasskeyOptions>("POST", httpPaths.passkeyOptions, {
    body: { password: goodPassword },
  });
  const passkey = authenticator.create(options.body);
  return device.ask<RecoveryCodes & { passkey: { id: string } }>("POST", httpPaths.passkeys, {
    body: { name: "전화기", passkey },
  });
}
