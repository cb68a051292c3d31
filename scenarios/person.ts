import { createClient, type MaruClient } from "@maru/client";
import { eventually } from "@maru/testkit";

let count = 0;
/** Everybody's. */
export const password = "hanok-floor-4";

/** Somebody with the SDK, signed up and online at an address of the cluster. */
export async function newPerson(url: string): Promise<{ maru: MaruClient; email: string; nickname: string }> {
  const maru = createClient({ url });
  const email = `person${++count}-${process.pid}@maru.example`;
  const nickname = `사람${process.pid % 1000}${count}`;
  const legal = await maru.getLegal();
  await maru.signUp({
    email,
    password,
    nickname,
    isFourteenOrOver: true,
    consents: { terms: legal.terms.version, privacy: legal.privacy.version },
  });
  await untilOnline(maru);
  return { maru, email, nickname };
}

/** Another device of somebody, online. */
export async function newDevice(url: string, email: string): Promise<MaruClient> {
  const maru = createClient({ url });
  await maru.signIn({ email, password });
  await untilOnline(maru);
  return maru;
}

export function untilOnline(maru: MaruClient): Promise<unknown> {
  return eventually("the client is online", () => maru.connection.getSnapshot().state === "online", 20_000);
}
