import type { PasskeyOptions } from "@maru/protocol";
import { openAuthenticator } from "../../apps/server/src/testing/authenticator.ts";

type Authenticator = ReturnType<typeof openAuthenticator>;
type Credential = ReturnType<Authenticator["create"]> | ReturnType<Authenticator["get"]>;

const standIn = (part: string) => `edge-passkey-${part}`;

/** Stands in a request for what a browser makes, part by part: all of it holds the challenge of the moment. */
export const passkeyStandIn = {
  id: standIn("id"),
  rawId: standIn("rawId"),
  type: "public-key",
  clientExtensionResults: {},
  response: {
    clientDataJSON: standIn("clientDataJSON"),
    attestationObject: standIn("attestationObject"),
    authenticatorData: standIn("authenticatorData"),
    signature: standIn("signature"),
  },
};

/** Puts what an authenticator has made in the place of its stand-ins; those whose part it did not make are left as they are. */
export function putPasskey(json: string, { id, rawId, response }: Credential): string {
  const parts = Object.entries({ id, rawId, ...response }).filter(([, value]) => typeof value === "string");
  return parts.reduce((text, [part, value]) => text.replaceAll(`"${standIn(part)}`, `"${value}`), json);
}

/** A fresh challenge and an authenticator's answer to it before each request, since an answer spends its challenge. */
export const makesPasskeys =
  (origin: string, ask: () => Promise<PasskeyOptions>) =>
  async (json: string): Promise<string> =>
    putPasskey(json, openAuthenticator(origin).create(await ask()));

/** The same with one authenticator that made its passkey before; without options the step is over, and nothing is put in. */
export const answersWith =
  (authenticator: Authenticator, ask: () => Promise<PasskeyOptions | null>) =>
  async (json: string): Promise<string> => {
    const options = await ask();
    return options ? putPasskey(json, authenticator.get(options)) : json;
  };
