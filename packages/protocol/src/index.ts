export * from "./aliases.ts";
export * from "./clock.ts";
export * from "./close-codes.ts";
export * from "./commands.ts";
export * from "./endpoints.ts";
export * from "./entities.ts";
export * from "./errors.ts";
export * from "./frames.ts";
export * from "./http.ts";
export * from "./http-account.ts";
export * from "./http-answers.ts";
export * from "./http-paths.ts";
export * from "./ids.ts";
export * from "./limits.ts";
export * from "./pushes.ts";
<<<<<<< HEAD
export * from "./rate-limits.ts";
=======
export * from "./read-as.ts";
>>>>>>> cb00a07 (client: read every answer by its shape; what is none of ours passes, what is newer is skipped.)
export * from "./text.ts";
