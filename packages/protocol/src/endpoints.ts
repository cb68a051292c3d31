import type { CommandName } from "./commands.ts";
import { httpPaths } from "./http-paths.ts";
import type { RateLimitName } from "./rate-limits.ts";

/** What a call costs most of all, from what is cheap to what others feel first. */
export const costs = {
  memory: "answered from memory",
  file: "a file read from disk",
  read: "rows read from the database",
  signature: "a signature made or checked",
  write: "rows written to the database",
  fan_out: "other people's connections written to",
  provider: "another service asked",
  mail: "a mail sent",
  hash: "a password hashed: tens of milliseconds of a core",
} as const;
export type Cost = keyof typeof costs;

/** One place where calls come in: what a call costs, and the limits that stand before it, in their order. */
export type Endpoint = { readonly cost: Cost; readonly limits: readonly [RateLimitName, ...RateLimitName[]] };

const at = (cost: Cost, ...limits: [RateLimitName, ...RateLimitName[]]): Endpoint => ({ cost, limits });

const own = (cost: Cost, ...more: RateLimitName[]) => at(cost, "account", "account_request", ...more);
const codeMails = ["sign_up_code", "sign_up_code_all", "sign_up_code_late"] as const;
const p = httpPaths;

/**
 * Every HTTP route, `METHOD path`. A server whose routes are not all here does not start. `GET /*` stands for the files
 * of the web app and for whatever has no route.
 */
export const httpEndpoints: Readonly<Record<string, Endpoint>> = {
  [`POST ${p.signUp}`]: at("hash", "sign_up", ...codeMails),
  [`POST ${p.signIn}`]: at("hash", "sign_in", "password_address", "password_account", "password_device"),
  [`POST ${p.refresh}`]: at("signature", "refresh"),
  [`POST ${p.signOut}`]: at("write", "account"),
  [`POST ${p.signOutEverywhere}`]: own("write"),
  [`GET ${p.sessions}`]: own("read"),
  [`DELETE ${p.sessions}/{sessionId}`]: own("write"),
  [`GET ${p.authOptions}`]: at("memory", "account"),
  [`GET ${p.step}`]: at("read", "account"),
  [`DELETE ${p.step}`]: at("write", "step"),
  [`POST ${p.stepCode}`]: at("write", "step"),
  [`POST ${p.stepResend}`]: at("mail", "step", ...codeMails),
  [`POST ${p.stepSecondFactor}`]: at("write", "step", "second_factor"),
  [`POST ${p.stepPasskeyOptions}`]: at("write", "step"),
  [`POST ${p.stepTotp}`]: at("write", "step"),
  [`POST ${p.stepTotpConfirm}`]: at("write", "step"),
  [`POST ${p.stepNewPasskeyOptions}`]: at("write", "step"),
  [`POST ${p.stepNewPasskey}`]: at("write", "step"),
  [`POST ${p.stepConsent}`]: at("mail", "sign_up", ...codeMails),
  [`POST ${p.passwordReset}`]: at("mail", "mail", "reset_link", "reset_link_all", "reset_link_late"),
  [`POST ${p.passwordResetFinish}`]: at("hash", "step", "link_password"),
  [`POST ${p.firstSignIn}`]: at("hash", "step", "link_password"),
  [`POST ${p.providerStart}`]: at("provider", "sign_in"),
  [`POST ${p.providerConnect}`]: at("hash", "sign_in", "account_request", "password_proof", "password_proof_all"),
  [`GET ${p.providerCallback}`]: at("provider", "sign_in"),
  [`POST ${p.providerRemove}`]: own("hash", "password_proof", "password_proof_all"),
  [`GET ${p.nickname}`]: at("read", "nickname"),
  [`GET ${p.me}`]: own("read"),
  [`PATCH ${p.me}`]: own("fan_out", "rename"),
  [`POST ${p.password}`]: own("hash", "password_proof", "password_proof_all"),
  [`GET ${p.security}`]: own("read"),
  [`POST ${p.totp}`]: own("hash", "password_proof", "password_proof_all"),
  [`POST ${p.totpConfirm}`]: own("write", "second_factor"),
  [`POST ${p.totpRemove}`]: own("hash", "password_proof", "password_proof_all"),
  [`POST ${p.recoveryCodes}`]: own("hash", "password_proof", "password_proof_all"),
  [`POST ${p.passkeyOptions}`]: own("hash", "password_proof", "password_proof_all"),
  [`POST ${p.passkeys}`]: own("write"),
  [`POST ${p.passkeyRemove}`]: own("hash", "password_proof", "password_proof_all"),
  [`GET ${p.consents}`]: own("read"),
  [`PATCH ${p.consents}`]: own("write"),
  [`GET ${p.exportMe}`]: at("read", "mail", "account_request"),
  [`POST ${p.leave}`]: own("hash", "password_proof", "password_proof_all"),
  [`GET ${p.legal}`]: at("memory", "account"),
  [`GET ${p.jwks}`]: at("memory", "account"),
  [`GET ${p.rooms}`]: at("read", "rooms", "room_list"),
  [`GET ${p.room}`]: at("read", "rooms", "room_list"),
  [`GET ${p.messages}`]: at("read", "rooms", "history"),
  [`POST ${p.messages}`]: at("fan_out", "rooms", "send"),
  [`GET ${p.realtime}`]: at("memory", "socket"),
  "GET /healthz": at("memory", "health"),
  "GET /readyz": at("read", "health"),
  "GET /api/openapi.json": at("memory", "page"),
  "GET /api/docs": at("memory", "page"),
  "GET /api/docs/start.js": at("memory", "page"),
  "GET /api/docs/swagger-ui.css": at("file", "page"),
  "GET /api/docs/swagger-ui-bundle.js": at("file", "page"),
  "GET /terms": at("memory", "page"),
  "GET /privacy": at("memory", "page"),
  "GET /legal.css": at("memory", "page"),
  "GET /dev/mail": at("memory", "page"),
  "GET /dev/mail/all.json": at("memory", "page"),
  "GET /*": at("file", "file"),
};

/** Every command of the realtime door. What one connection may say in all stands before each of them besides. */
export const commandEndpoints: Readonly<Record<CommandName, Endpoint>> = {
  connect: at("signature", "socket"),
  "auth.renew": at("signature", "token"),
  "connection.beat": at("memory", "beat"),
  "account.sync": at("read", "room_list"),
  "room.list": at("read", "room_list"),
  "room.get": at("read", "room_list"),
  "room.watch": at("read", "room_list"),
  "room.unwatch": at("memory", "room_list"),
  "room.changes": at("read", "history"),
  "room.leave": at("fan_out", "list_change"),
  "room.read": at("write", "read"),
  "membership.update": at("write", "list_change"),
  "direct.open": at("write", "direct", "first_contact"),
  "message.send": at("fan_out", "send"),
  "message.list": at("read", "history"),
  "message.edit": at("fan_out", "edit"),
  "message.delete": at("fan_out", "edit"),
  "typing.set": at("fan_out", "typing"),
  "presence.set": at("fan_out", "presence"),
  "presence.watch": at("read", "presence"),
  "member.block": at("write", "block"),
  "block.list": at("read", "block"),
  "block.remove": at("write", "block"),
  "match.get": at("read", "match_look"),
  "match.request": at("write", "match_look", "match_request"),
  "match.cancel": at("write", "match_look"),
  "match.next": at("fan_out", "match_look", "match_request"),
};

/** The endpoint that answers where no route of its own does. */
export const fallbackEndpoint = "GET /*";
