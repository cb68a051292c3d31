import { countCharacters, findNicknameFault, findPasswordFault, type NameFault } from "@maru/protocol";

/** Why an e-mail address cannot be one, or null. The server says the last word. */
export function findEmailFault(email: string): "empty" | "shape" | null {
  const address = email.trim();
  if (address === "") return "empty";
  return address.length <= 254 && /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[^\s@.]+(\.[^\s@.]+)+$/.test(address)
    ? null
    : "shape";
}

/** The catalogue key of what is wrong with an e-mail address. */
export function emailFaultKey(email: string) {
  const fault = findEmailFault(email);
  if (fault === null) return null;
  return fault === "empty" ? "auth.email.empty" : "auth.email.shape";
}

/** The catalogue key of what is wrong with a new password. */
export function passwordFaultKey(password: string) {
  const fault = findPasswordFault(password);
  if (fault === null) return null;
  if (fault === "length") return countCharacters(password) > 128 ? "auth.password.long" : "auth.password.short";
  return fault === "simple" ? "auth.password.simple" : "auth.password.characters";
}

const nicknameFaultKeys = {
  length: "auth.nickname.length",
  characters: "auth.nickname.characters",
  marks: "auth.nickname.marks",
} as const satisfies Record<NameFault, string>;

/** The catalogue key of what is wrong with a nickname. */
export function nicknameFaultKey(nickname: string) {
  const fault = findNicknameFault(nickname);
  return fault === null ? null : nicknameFaultKeys[fault];
}
