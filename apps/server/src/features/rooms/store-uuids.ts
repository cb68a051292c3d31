/** Takes the dashes out of a `uuid` as Postgres prints it: inside the server an id is 32 hexadecimal digits. */
export function toHex(uuid: string): string {
  return uuid.replaceAll("-", "");
}
