/** Holds any Maru server against the realtime protocol and RFC 6455: `bun conformance/main.ts --url http://localhost:8080`. */
import { parseArgs } from "node:util";
import { type Person, signIn, signUp } from "./person.ts";
import { describeCoverage, describeResults } from "./report.ts";
import { Coverage } from "./speaker.ts";
import { allCases, runSuite } from "./suite.ts";

const usage = `Usage: bun conformance/main.ts --url URL [--only PART] [--account E-MAIL:PASSWORD …] [--alone] [--list]

Signs up three people at the server; where it does not let them, name three accounts that are there.
--only runs the cases whose names contain PART, --list tells all of them. --alone says that nobody else uses the server
now, and adds the cases in which the suite might meet them.`;

const options = {
  url: { type: "string" },
  only: { type: "string", default: "" },
  account: { type: "string", multiple: true, default: [] as string[] },
  alone: { type: "boolean", default: false },
  list: { type: "boolean", default: false },
} as const;

async function main(args: string[]): Promise<number> {
  const values = readWords(args);
  if (values === null) return 2;
  const chosen = allCases.filter(({ name }) => name.includes(values.only));
  const cases = chosen.filter(({ needsToBeAlone }) => values.alone || values.list || !needsToBeAlone);
  if (values.list) {
    for (const { name, doc } of cases) console.log(`${name}: ${doc}`);
    return 0;
  }
  if (values.url === undefined || cases.length === 0 || ![0, 3].includes(values.account.length)) {
    console.error(usage);
    return 2;
  }
  const url = URL.canParse(values.url) ? new URL(values.url) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    console.error(`--url takes an address such as http://localhost:8080, and «${values.url.slice(0, 200)}» is none.`);
    return 2;
  }
  const people = await gatherPeople(url, values.account).catch((error: Error) => {
    console.error(`Nobody could come in at ${url.origin}: ${error.message}`);
    return null;
  });
  if (people === null) return 1;
  const coverage = new Coverage();
  const results = await runSuite(url, people, { cases, coverage });
  console.log(describeResults(results));
  console.log(describeCoverage(coverage));
  if (cases.length < chosen.length) console.log(`Left out: ${chosen.length - cases.length} that need to be --alone.`);
  return results.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

/** What was typed; null when it is told in words that it cannot be. */
function readWords(args: string[]) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return null;
  }
}

async function gatherPeople(url: URL, accounts: readonly string[]): Promise<[Person, Person, Person]> {
  const [first, second, third] = accounts.map((account) => {
    const colon = account.indexOf(":");
    return () => signIn(url, account.slice(0, colon), account.slice(colon + 1));
  });
  const alice = await (first ?? (() => signUp(url, "alice")))();
  const bob = await (second ?? (() => signUp(url, "bob")))();
  return [alice, bob, await (third ?? (() => signUp(url, "carol")))()];
}

process.exitCode = await main(process.argv.slice(2));
