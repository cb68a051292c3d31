import type { RoomKind } from "@maru/protocol";
import type { Context, MiddlewareHandler } from "hono";
import type { Gateway } from "../gateway/index.ts";
import type { AccountRevs } from "../platform/account-log/contributor.ts";
import type { HttpApp } from "../platform/http/app.ts";
import type { HttpEnv } from "../platform/http/http-env.ts";
import type { HttpPolicyName } from "../platform/http/http-policy.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";
import type { SecretUse } from "./secret-use.ts";

/**
 * A feature of the server, as its `index.ts` offers it. `app.ts` lists them; nothing else names one.
 *
 * `P` is what the feature needs, in its own words: of the node, and of the features before it, each under its name. `E` is
 * what features after it get.
 */
export type Feature<N extends string, P, E> = {
  /** Names its tables, its migrations, its eraser, its part of an export and its step of the shut-down. */
  readonly name: N;
  /** Its folder, which holds `migrations` and `indexes` if it has any: `import.meta.dir`. */
  readonly folder: string;
  /** What it seals or knows by a keyed hash. */
  readonly secrets?: SecretUse;
  /** The kinds of room that it brings, each with what is stored with its rooms; `doctor` compares them. */
  readonly roomKinds?: readonly (readonly [
    RoomKind,
    { readonly isPair: boolean; readonly showsLeftMembers: boolean },
  ])[];
  /** Makes it. Nothing runs yet, and what it registers with others is registered here. */
  readonly create: (ports: P) => FeatureParts<E> | Promise<FeatureParts<E>>;
};

/** What a feature consists of; each part may be left out. The node composes them in the order of the list. */
export type FeatureParts<E = unknown> = {
  /** What features after it get, as `ports.NAME`. */
  readonly exports?: E;
  /** What the node itself needs of a feature. */
  readonly services?: Partial<NodeServices>;
  /** Registers its commands, and listens for sockets that come and go. */
  readonly commands?: (gateway: Gateway) => void;
  /** Registers its routes, by the HTTP policy that holds for them. */
  readonly routes?: { readonly [policy in HttpPolicyName]?: (http: HttpApp, access: Access) => void };
  /** Takes away what it holds on an account that is gone. */
  readonly eraser?: AccountEraser;
  /** Returns all that it holds on an account, as JSON that its owner can read. */
  readonly exporter?: (accountId: string) => Promise<unknown>;
  /** Names what an operator watches of it. */
  readonly metrics?: (metrics: Metrics) => void;
  /** Starts what it does by itself: after the features before it, and before any job and any request. */
  readonly start?: () => Promise<unknown> | unknown;
  /** Ends it, before the features that it was started after. */
  readonly stop?: () => Promise<unknown> | unknown;
};

/** Done twice it must change nothing: whoever was not erased everywhere is erased again. */
export type AccountEraser = {
  /**
   * Takes in that the account is closed, rather than after the grace time: a bounded part of it, and returns whether more is
   * left.
   */
  readonly depart?: (accountId: string) => Promise<"more" | "done">;
  readonly erase: (accountId: string, wish: { readonly messages: "keep" | "remove" }) => Promise<void>;
};

/** What the middleware that requires an account leaves with a request. */
export type AccountEnv = HttpEnv & { Variables: { right: { readonly accountId: string } } };

/** How routes learn who is there. */
export type Access = {
  /** Middleware that lets a request pass that carries a good access token, and leaves `right` with it. */
  readonly requireAccount: MiddlewareHandler<AccountEnv>;
};

/** What the node needs of features; exactly one of them supplies each. */
export type NodeServices = Access & {
  /** Returns who a token of a socket speaks for. */
  readonly authenticate: (
    token: string,
  ) => Promise<{ readonly accountId: string; readonly sessionId: string; readonly expiresAt: number }>;
  /** Sees every request and what came of it, those that a limit refused too. */
  readonly observeRequest: MiddlewareHandler<HttpEnv>;
  /** The browser that a request comes from, by which limits count it; null where it is not known. */
  readonly deviceOf: (context: Context<HttpEnv>) => string | null;
  /** Numbers of accounts' logs. */
  readonly accountRevs: AccountRevs;
  /** Identity of the numbering that those belong to. */
  readonly accountEpoch: () => string;
};

/** Defines what a feature is; its parts are inferred. */
export function defineFeature<const N extends string, P, E>(feature: Feature<N, P, E>): Feature<N, P, E> {
  return feature;
}
