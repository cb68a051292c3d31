import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as protocol from "@maru/protocol";
import * as z from "zod";
import type { Check } from "../fault.ts";
import { runTool } from "../tool.ts";

/** Where the client keeps what its answers look like. */
export const shapesFile = "packages/client/src/connection/answer-shapes.ts";

type Shape = string | readonly unknown[] | { readonly [name: string]: Shape };
type Schema = z.core.$ZodType;

/**
 * The shapes of all that a client is told, written from the protocol's schemas in the small language that
 * `packages/client/src/connection/read-answer.ts` reads: the client validates without the schema library, which is four times its size.
 */
export function renderShapes(): string {
  const writer = new ShapeWriter();
  const table = (entries: readonly (readonly [string, Schema | null])[]) =>
    Object.fromEntries(entries.map(([name, schema]) => [name, schema ? writer.write(schema) : null]));
  const http = table(Object.entries(protocol.httpAnswers));
  const replies = table(Object.entries(protocol.commands).map(([name, { output }]) => [name, output]));
  const pushes = table(Object.entries(protocol.pushes));
  return [
    "// Written from the schemas of packages/protocol by ./maru check --write answer-shapes; see read-answer.ts.",
    "/** What something looks like; read-answer.ts says what each form means. */",
    "export type Shape = string | readonly unknown[] | { readonly [name: string]: Shape };",
    `export const named: Readonly<Record<string, Shape>> = ${JSON.stringify(writer.named)};`,
    `export const httpShapes = ${JSON.stringify(http)} as const satisfies Record<string, Shape | null>;`,
    `export const replyShapes = ${JSON.stringify(replies)} as const satisfies Record<string, Shape>;`,
    `export const pushShapes = ${JSON.stringify(pushes)} as const satisfies Record<string, Shape>;`,
  ].join("\n");
}

/** Translates schemas; those that the protocol exports are written once and named. */
class ShapeWriter {
  readonly named: Record<string, Shape> = {};
  readonly #names = new Map<unknown, string>();

  constructor() {
    for (const [name, value] of Object.entries(protocol)) {
      if (name.endsWith("Schema") && isComposite(value)) {
        this.#names.set(value, name.replace(/^./, (first) => first.toUpperCase()).replace(/Schema$/, ""));
      }
    }
  }

  write(schema: Schema): Shape {
    const name = this.#names.get(schema);
    if (name === undefined) return this.#describe(schema);
    if (!Object.hasOwn(this.named, name)) {
      this.named[name] = "";
      this.named[name] = this.#describe(schema);
    }
    return name;
  }

  #describe(schema: Schema): Shape {
    const shape = this.#plain(schema);
    const instead = protocol.readAs.get(schema as z.ZodType);
    if (instead?.isPartial) return ["partial", shape];
    return instead ? ["else", shape, instead.as, ...(instead.keeping ? [instead.keeping] : [])] : shape;
  }

  #plain(schema: Schema): Shape {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    switch (def.type) {
      case "string":
        return describeString(def);
      case "number":
        return describeNumber(def.checks ?? [], (def as { format?: string }).format);
      case "boolean":
        return "yesno";
      case "unknown":
        return "anything";
      case "null":
        return "null";
      case "enum":
        return ["words", ...Object.values(def.entries)];
      case "literal":
        return ["words", ...def.values];
      case "array":
        return ["list", this.write(def.element)];
      case "tuple":
        return ["tuple", ...def.items.map((item) => this.write(item))];
      case "record":
        return ["record", this.write(def.valueType)];
      case "nullable":
        return ["or", "null", this.write(def.innerType)];
      case "pipe":
        return this.write(def.in);
      case "union":
        return "discriminator" in def
          ? this.#describeKinds(def)
          : ["or", ...def.options.map((each) => this.write(each))];
      case "object":
        return this.#describeObject(def);
      default:
        throw new Error(`An answer holds a schema of type "${def.type}", which the client cannot read.`);
    }
  }

  #describeKinds(def: z.core.$ZodUnionDef): Shape {
    const key = (def as z.core.$ZodDiscriminatedUnionDef).discriminator;
    const kinds = def.options.map((option) => {
      const { shape } = (option as z.core.$ZodObject)._zod.def;
      const [word] = (shape[key] as z.core.$ZodLiteral)._zod.def.values;
      return [String(word), this.write(option)];
    });
    return ["kinds", key, Object.fromEntries(kinds)];
  }

  #describeObject({ shape, catchall }: z.core.$ZodObjectDef): Shape {
    const fields = Object.entries(shape).map(([name, field]): [string, Shape] => {
      const { def } = (field as z.core.$ZodTypes)._zod;
      return def.type === "optional" ? [`${name}?`, this.write(def.innerType)] : [name, this.write(field)];
    });
    const object = Object.fromEntries(fields);
    return catchall?._zod.def.type === "unknown" ? ["loose", object] : object;
  }
}

function isComposite(value: unknown): boolean {
  return value instanceof z.ZodObject || value instanceof z.ZodUnion || value instanceof z.ZodDiscriminatedUnion;
}

/** An id by its prefix, a moment, or any text: lengths bind those who write, not those who read. */
function describeString({ format, checks = [] }: z.core.$ZodStringDef & { format?: string }): Shape {
  if (format === "datetime") return "moment";
  const patterns = checks.map((check) => (check._zod.def as { pattern?: RegExp }).pattern?.source ?? "");
  return patterns.map((pattern) => /^\^([a-z]+_)\[0-9a-f\]/.exec(pattern)?.[1]).find((prefix) => prefix) ?? "text";
}

function describeNumber(checks: readonly z.core.$ZodCheck[], format: string | undefined): Shape {
  const isCount = checks.some((check) => {
    const def = check._zod.def as { check: string; value?: number; inclusive?: boolean };
    return def.check === "greater_than" && def.value === 0 && def.inclusive;
  });
  return format === "safeint" ? (isCount ? "count" : "whole") : "number";
}

/** The client's shapes are those of the protocol as it is now. */
export const answerShapes: Check = {
  name: "answer-shapes",
  async run(tree) {
    const written = await formatted(tree.root);
    const isSame = tree.files.includes(shapesFile) && tree.read(shapesFile) === written;
    const message = "is not what the protocol's schemas say; run ./maru check --write answer-shapes.";
    return { read: `${written.split("\n").length} lines`, faults: isSame ? [] : [{ file: shapesFile, message }] };
  },
  async repair(tree) {
    writeFileSync(join(tree.root, shapesFile), await formatted(tree.root));
  },
};

/** As `format` would leave it. */
async function formatted(root: string): Promise<string> {
  const { output, isClean } = await runTool(
    root,
    "@biomejs/biome/bin/biome",
    ["format", `--stdin-file-path=${shapesFile}`],
    renderShapes(),
  );
  if (!isClean) throw new Error(output);
  return `${output}\n`;
}
