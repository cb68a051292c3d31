/**
 * Loaded into the server before its own code: raises limits that a person would hit long before the server does. They
 * stay in force, only higher, so that what they cost is measured too. `BENCH_LIMITS` holds them as JSON.
 */
import { limits } from "@maru/protocol";

Object.assign(limits, JSON.parse(process.env["BENCH_LIMITS"] ?? "{}"));
