/**
 * Guesses passwords from 200 addresses, so many under way at all times, until its input ends; then it prints what it was
 * answered, by code. A process of its own, so that what it costs is not the server's.
 */
import { httpPaths, type SignedIn } from "@maru/protocol";
import { newAddress, newBrowser } from "./raw-person.ts";

const atOnce = 100;
const [url = "", email = ""] = process.argv.slice(2);
const browsers = Array.from({ length: 200 }, () => newBrowser(newAddress()));
const answers: Record<string, number> = {};
let isOn = true;
let next = 0;

async function guess(): Promise<void> {
  const number = next++;
  const input = { email: email.replace("*", String(number % 200)), password: `wrong-guess-${number}-x` };
  const browser = browsers[number % browsers.length];
  const answer = await browser?.ask<SignedIn>("POST", url + httpPaths.signIn, input);
  const code = answer?.body.error?.code ?? String(answer?.status);
  answers[code] = (answers[code] ?? 0) + 1;
  if (number === atOnce) console.log("guessing");
}

const lanes = Array.from({ length: atOnce }, async () => {
  while (isOn) await guess();
});
for await (const _ of Bun.stdin.stream()) {
  // Nothing is said to it; only the end counts.
}
isOn = false;
await Promise.all(lanes);
console.log(JSON.stringify(answers));
