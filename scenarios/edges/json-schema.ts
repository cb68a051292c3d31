/** The part of JSON Schema that the tables of commands and routes are told in. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
};

export type SchemaKind = "object" | "array" | "number" | "string" | "boolean" | "any";

/** What a schema describes; `any` where it says nothing, so that everything is tried. */
export function kindOf(schema: JsonSchema): SchemaKind {
  const type = [schema.type ?? []].flat().find((word) => word !== "null");
  if (type === "object" || schema.properties) return "object";
  if (type === "array") return "array";
  if (type === "integer" || type === "number") return "number";
  if (type === "string") return "string";
  if (type === "boolean") return "boolean";
  return "any";
}

/** A good value of a schema, for fields that a test knows nothing about: the least that the schema lets through. */
export function sampleOf(schema: JsonSchema, known: (name: string) => unknown, name = ""): unknown {
  const value = known(name);
  if (value !== undefined) return value;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum?.length) return schema.enum[0];
  const branch = (schema.anyOf ?? schema.oneOf)?.[0];
  if (branch) return sampleOf(branch, known, name);
  switch (kindOf(schema)) {
    case "object":
      return sampleObject(schema, known);
    case "array":
      return schema.items ? [sampleOf(schema.items, known, singular(name))] : [];
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return false;
    default:
      return sampleText(schema);
  }
}

/** Fields that may be left out, and without which nothing behind them is reached. */
const neverLeftOut = new Set(["password"]);

function sampleObject(schema: JsonSchema, known: (name: string) => unknown): Record<string, unknown> {
  const optional = Object.keys(schema.properties ?? {}).filter((name) => neverLeftOut.has(name));
  const names = new Set([...(schema.required ?? []), ...optional]);
  return Object.fromEntries([...names].map((name) => [name, sampleOf(schema.properties?.[name] ?? {}, known, name)]));
}

/** `roomIds` is a list of what `roomId` is one of. */
function singular(name: string): string {
  return name.replace(/s$/, "");
}

function sampleText({ format, pattern = "", minLength = 0 }: JsonSchema): string {
  if (format === "date-time") return "2026-01-02T03:04:05.678Z";
  const prefix = /^\^([a-z]+_)\[0-9a-f\]\{32\}\$$/.exec(pattern)?.[1];
  if (prefix !== undefined) return prefix + "0".repeat(32);
  return "edge-0001".padEnd(minLength, "0");
}
