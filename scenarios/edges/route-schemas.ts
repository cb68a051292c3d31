import { httpEndpoints, httpPaths } from "@maru/protocol";
import type { JsonSchema } from "./json-schema.ts";

/** What a route takes: parts of its path, its query, its body. */
export type RouteSchema = { readonly path: JsonSchema; readonly query: JsonSchema; readonly body: JsonSchema | null };

type Described = {
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: JsonSchema }[];
  readonly requestBody?: { content?: Record<string, { schema?: JsonSchema }> };
};

const text: JsonSchema = { type: "string" };
const object = (properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema => ({
  type: "object",
  properties,
  required,
});

/** What the description leaves open, told here so that its parts are taken to their edges too. */
const credential = object({
  id: { type: "string", maxLength: 2_000 },
  rawId: text,
  type: text,
  response: object({ clientDataJSON: text, attestationObject: text, authenticatorData: text, signature: text }),
});
const undocumentedQueries: Readonly<Record<string, JsonSchema>> = {
  [`GET ${httpPaths.providerCallback}`]: object({ state: text, code: text, error: text, iss: text }, ["state", "code"]),
  [`GET ${httpPaths.realtime}`]: object({ v: { type: "integer", minimum: 1, maximum: 1 } }),
};

/** Reads what every endpoint of the table takes: from the running server's own description, where that has it. */
export async function readRouteSchemas(url: string): Promise<Map<string, RouteSchema>> {
  const { paths } = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Described>>;
  };
  return new Map(
    Object.keys(httpEndpoints).map((endpoint) => {
      const [method = "", path = ""] = endpoint.split(" ");
      return [endpoint, readRoute(endpoint, paths[path]?.[method.toLowerCase()] ?? {})] as const;
    }),
  );
}

function readRoute(endpoint: string, { parameters = [], requestBody }: Described): RouteSchema {
  const place = (where: string) => {
    const own = parameters.filter((each) => each.in === where);
    const properties = Object.fromEntries(own.map(({ name, schema }) => [name, schema ?? {}]));
    return object(
      properties,
      own.filter(({ required }) => required).map(({ name }) => name),
    );
  };
  const body = requestBody?.content?.["application/json"]?.schema ?? null;
  const query = undocumentedQueries[endpoint] ?? place("query");
  return { path: place("path"), query, body: body && withCredential(body) };
}

function withCredential(body: JsonSchema): JsonSchema {
  if (!body.properties?.["passkey"]) return body;
  return { ...body, properties: { ...body.properties, passkey: credential } };
}
