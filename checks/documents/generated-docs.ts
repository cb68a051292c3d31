import { closeCodes, commands, errors, limits, pushes, usualAccountLimits } from "@maru/protocol";
import { renderSettingsTable } from "../../apps/server/src/config/index.ts";
import { renderVocabulary } from "../rules/vocabulary.ts";
import { renderCommandEndpoints, renderHttpEndpoints, renderRateLimits } from "./limit-tables.ts";
import { code, table } from "./markdown.ts";

/** A part of a document that is written from the code: `<!-- generated:NAME -->` … `<!-- /generated:NAME -->`. */
export type GeneratedBlock = { readonly name: string; render(): string };

export const generatedBlocks: readonly GeneratedBlock[] = [
  { name: "vocabulary", render: renderVocabulary },
  { name: "settings", render: renderSettingsTable },
  { name: "rate-limits", render: renderRateLimits },
  { name: "http-endpoints", render: renderHttpEndpoints },
  { name: "command-endpoints", render: renderCommandEndpoints },
  {
    name: "commands",
    render: () =>
      table(
        ["command", "what it does", "takes", "answers"],
        Object.entries(commands).map(([name, { doc, input, output }]) => [
          code(name),
          doc,
          fieldsOf(input),
          fieldsOf(output),
        ]),
      ),
  },
  {
    name: "pushes",
    render: () =>
      table(
        ["push", "carries"],
        Object.entries(pushes).map(([name, body]) => [code(name), fieldsOf(body)]),
      ),
  },
  {
    name: "errors",
    render: () =>
      table(
        ["code", "HTTP", "worth repeating", "한국어", "English"],
        Object.entries(errors).map(([name, { status, temporary, ko, en }]) => [
          code(name),
          String(status),
          temporary ? "yes" : "no",
          ko,
          en,
        ]),
      ),
  },
  {
    name: "close-codes",
    render: () =>
      table(
        ["code", "the client", "why"],
        Object.entries(closeCodes).map(([number, { reaction, reason }]) => [number, code(reaction), reason]),
      ),
  },
  {
    name: "limits",
    render: () =>
      table(
        ["limit", "value", "whose"],
        [
          ...Object.entries(usualAccountLimits).map(([name, value]) => [code(name), amount(value), "the account's"]),
          ...Object.entries(limits).map(([name, value]) => [code(name), amount(value), "everybody's"]),
        ],
      ),
  },
];

const amount = (value: number) => value.toLocaleString("en-US");

type Field = { safeParse(value: unknown): { success: boolean } };
type Body = { readonly shape?: Readonly<Record<string, Field>>; readonly options?: readonly Body[] };

/** The names of an object's fields, of each form it may take; those that may be left out carry a question mark. */
function fieldsOf({ shape = {}, options }: Body): string {
  if (options) return options.map(fieldsOf).join(" or ");
  return Object.entries(shape)
    .map(([name, field]) => code(field.safeParse(undefined).success ? `${name}?` : name))
    .join(" ");
}
