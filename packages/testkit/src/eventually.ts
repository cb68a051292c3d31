/** How long something that is about to happen may take, in ms. */
const patienceMs = 10_000;

/**
 * Waits until a question is answered with something other than false, null or undefined, and gives the answer. Looks as
 * often as the machine allows, or every `everyMs`; fails with `what` when it does not happen.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  withinMs = patienceMs,
  everyMs = 5,
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== null && answer !== undefined)
      return answer as Exclude<T, false | null | undefined>;
    if (performance.now() > end) throw new Error(`It did not happen within ${withinMs} ms: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
