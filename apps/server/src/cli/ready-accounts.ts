import type { Identity } from "../features/identity/index.ts";

const people = [
  { email: "bom@maru.test", password: "maru-bom-1234", nickname: "봄" },
  { email: "garam@maru.test", password: "maru-garam-1234", nickname: "가람" },
];

/** Makes the two accounts of `maru dev` and prints how to log in with them. */
export async function makeReadyAccounts(identity: Pick<Identity, "createReadyAccount">): Promise<void> {
  for (const { email, password, nickname } of people) {
    await identity.createReadyAccount({ email, password, nickname: `${nickname}이` });
    console.log(`Ready account: ${email} / ${password}`);
  }
}
