import packageFile from "../../package.json" with { type: "json" };
import { describeConfig, readConfig } from "../config/index.ts";
import { StartError } from "../platform/start-error.ts";
import { createAdmin } from "./create-admin.ts";
import { doctor } from "./doctor.ts";
import { doctorUnread } from "./doctor-unread.ts";
import { invite } from "./invite.ts";
import { migrateOnly } from "./migrate-only.ts";
import { printError } from "./print-error.ts";
import { reseal } from "./reseal.ts";
import { rotateKeys } from "./rotate-keys.ts";
import { serve } from "./serve.ts";

/** A subcommand. `run` returns the exit code. */
export type CommandLine = {
  readonly name: string;
  readonly doc: string;
  readonly run: (args: readonly string[]) => Promise<number>;
};

export const commandLines: readonly CommandLine[] = [
  { name: "serve", doc: "Start Maru and stay until Ctrl-C.", run: (args) => serve(readConfig(process.env, args)) },
  {
    name: "dev",
    doc: "Start Maru for development: ready accounts on loopback.",
    run: (args) => serve(readConfig(process.env, args), { isDev: true }),
  },
  {
    name: "migrate",
    doc: "Bring the database up to date and stop.",
    run: (args) => migrateOnly(readConfig(process.env, args)),
  },
  {
    name: "config",
    doc: "Print the settings in force, without secrets.",
    run: async (args) => {
      console.log(describeConfig(readConfig(process.env, args)));
      return 0;
    },
  },
  {
    name: "doctor",
    doc: "Look for what is wrong and say how to mend it; `doctor unread` recounts every badge.",
    run: async ([subject = "", ...args]) => {
      if (subject === "unread") return doctorUnread(readConfig(process.env, args));
      if (subject === "" || subject.startsWith("--")) {
        return doctor(readConfig(process.env, subject === "" ? args : [subject, ...args]));
      }
      printError(`The doctor knows nothing of «${subject}»; it looks at everything, or at \`unread\`.`);
      return 2;
    },
  },
  {
    name: "create-admin",
    doc: "Make an operator, `create-admin EMAIL`, and print the link of the first sign-in; `--reset-second-factor` lets one in again.",
    run: (args) => createAdmin(process.env, args),
  },
  {
    name: "invite",
    doc: "Make a code for sign-up by invitation; `--uses N`, `--days N`.",
    run: (args) => invite(process.env, args),
  },
  {
    name: "rotate-keys",
    doc: "Put a new signing key in front; nobody is signed out.",
    run: (args) => rotateKeys(process.env, args),
  },
  {
    name: "reseal",
    doc: "Seal everything anew under the present secret, beside running nodes; `--give-up` gives up what no known secret opens.",
    run: (args) => reseal(process.env, args),
  },
  {
    name: "version",
    doc: "Print the version.",
    run: async (args) => {
      requireNoMore("version", args);
      console.log(packageFile.version);
      return 0;
    },
  },
  {
    name: "help",
    doc: "Print this.",
    run: async (args) => {
      requireNoMore("help", args);
      console.log(commandLines.map(({ name, doc }) => `  ${name.padEnd(12)} ${doc}`).join("\n"));
      return 0;
    },
  },
];

/** Refuses words that would be passed over in silence. */
function requireNoMore(name: string, [first]: readonly string[]): void {
  if (first !== undefined) throw new StartError(`\`${name}\` takes no more words, and «${first}» is one.`);
}
