import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";

type Options = { readonly challenge: string; readonly rp?: { id?: string }; readonly rpId?: string };

const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest();
const base64url = (data: Uint8Array) => Buffer.from(data).toString("base64url");

/**
 * A browser with an authenticator in it, as far as a server can tell: makes ES256 passkeys and signs with them. `origin`
 * is the page it believes to be on.
 */
export function openAuthenticator(origin: string) {
  const rpId = new URL(origin).hostname;
  const id = randomBytes(16);
  let key: KeyObject | null = null;
  let counter = 0;

  function authenticatorSays(flags: number, rest = Buffer.alloc(0)): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(++counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags]), count, rest]);
  }

  function clientSays(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  const envelope = { id: base64url(id), rawId: base64url(id), type: "public-key", clientExtensionResults: {} };

  return {
    id: base64url(id),

    /** Answers `navigator.credentials.create`. */
    create({ challenge }: Options) {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      key = pair.privateKey;
      const { x = "", y = "" } = pair.publicKey.export({ format: "jwk" });
      const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
      const cose = new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytesOf(x)],
        [-3, bytesOf(y)],
      ]);
      const length = Buffer.from([0, id.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, Buffer.from(isoCBOR.encode(cose))]);
      const authData = new Uint8Array(authenticatorSays(0x45, attested));
      const attestation = new Map<string, unknown>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", authData],
      ]);
      return {
        ...envelope,
        response: {
          clientDataJSON: base64url(clientSays("webauthn.create", challenge)),
          // The encoder's own type of what it can encode is narrower than what it can.
          attestationObject: base64url(isoCBOR.encode(attestation as never)),
          transports: ["internal"],
        },
      };
    },

    /** Answers `navigator.credentials.get`. */
    get({ challenge }: Options) {
      if (!key) throw new Error("this authenticator has made no passkey yet");
      const authData = authenticatorSays(0x05);
      const clientData = clientSays("webauthn.get", challenge);
      const signature = createSign("sha256")
        .update(Buffer.concat([authData, sha256(clientData)]))
        .sign(key);
      return {
        ...envelope,
        response: {
          clientDataJSON: base64url(clientData),
          authenticatorData: base64url(authData),
          signature: base64url(signature),
        },
      };
    },
  };
}
