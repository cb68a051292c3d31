import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { fail } from "../errors.ts";
import type { HttpEnv } from "./http-env.ts";
import type { HttpPolicy } from "./http-policy.ts";

type Handler = MiddlewareHandler<HttpEnv>;

/** Hands a route its body as the policy says; one that is too large is refused with `request.too_large`. */
export function takeBody({ body, bodyBytes }: Pick<HttpPolicy, "body" | "bodyBytes">): Handler {
  const whole: Handler = bodyLimit({
    maxSize: bodyBytes,
    onError: () => {
      throw fail("request.too_large");
    },
  });
  switch (body) {
    case "whole":
      return whole;
    case "raw":
      return (context, next) =>
        whole(context, async () => {
          // Kept by the request, so that a validator behind it reads the same bytes.
          context.set("rawBody", new Uint8Array(await context.req.arrayBuffer()));
          await next();
        });
    case "stream":
      return (context, next) => {
        const { raw } = context.req;
        const length = raw.headers.get("content-length");
        if (length !== null && Number(length) > bodyBytes) throw fail("request.too_large");
        // With a length the runtime takes that many and no more; without one whoever reads counts.
        if (raw.body && length === null)
          context.req.raw = new Request(raw, { body: raw.body.pipeThrough(countTo(bodyBytes)) });
        return next();
      };
    default:
      return body satisfies never;
  }
}

/** Passes bytes on as they come and fails at the one that is too many. */
function countTo(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(part, passed) {
      bytes += part.byteLength;
      if (bytes > maxBytes) throw fail("request.too_large");
      passed.enqueue(part);
    },
  });
}
