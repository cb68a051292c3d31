import type { PasskeyOptions } from "@maru/protocol";
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";

/** Whether this browser knows passkeys at all: it hides them on plain http. */
export function hasPasskeys(): boolean {
  return typeof window.PublicKeyCredential === "function";
}

/** Lets the person sign with a passkey they have. Rejects when they turn away. */
export async function signWithPasskey(options: PasskeyOptions) {
  const { startAuthentication } = await import("@simplewebauthn/browser");
  // The contract leaves the form to WebAuthn; the server made it with the same library.
  return startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON });
}

/** Lets the person make a passkey. Rejects when they turn away. */
export async function makePasskey(options: PasskeyOptions) {
  const { startRegistration } = await import("@simplewebauthn/browser");
  // As above.
  return startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON });
}
