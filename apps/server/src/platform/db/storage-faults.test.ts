import { expect, test } from "bun:test";
import { fail } from "../errors.ts";
import { createLog } from "../log.ts";
import { findStorageFault, findStorageFaultIn, quietenDatabaseFaults } from "./storage-faults.ts";

const postgresError = (errno: string, message = "") => Object.assign(new Error(message), { errno });

test("a full, failing or read-only disk is told from everything else that can go wrong", () => {
  expect(findStorageFault(postgresError("53100"))).toBe("the disk is full");
  expect(findStorageFault(postgresError("58030"))).toBe("the disk cannot be read or written");
  expect(findStorageFault(postgresError("25006"))).toBe("the database is read-only");
  expect(findStorageFault(postgresError("42501", 'could not open "base/5/1": Read-only file system'))).toBe(
    "the disk is read-only",
  );
  for (const error of [
    postgresError("42501", "permission denied for table rooms"),
    ...["23505", "40001", "55P03", "57P01", "08006", "53300"].map((code) => postgresError(code)),
    fail("server.busy"),
    null,
    "text",
  ])
    expect(findStorageFault(error)).toBeNull();
  expect(findStorageFaultIn('PANIC:  could not write to file "x": No space left on device')).toBe("the disk is full");
  expect(findStorageFaultIn("FATAL:  could not create lock file: Read-only file system")).toBe("the disk is read-only");
  expect(findStorageFaultIn("LOG:  received fast shutdown request")).toBeNull();
});

test("a failure that comes of the disk is logged for who looks for it only; every other one as it is", () => {
  const levels: string[] = [];
  const db = { isAway: false };
  const log = quietenDatabaseFaults(
    createLog({ level: "debug", write: (line) => levels.push(JSON.parse(line).level), now: () => 0 }),
    db,
  );
  const full = postgresError("53100");
  const refused = fail("server.unavailable", undefined, { cause: full });
  for (const error of [full, refused, new Error("a batch failed", { cause: refused })])
    log.warn("A task failed.", { error });
  log.child({ feature: "rooms" }).error("A task failed.", { error: full });
  expect(levels.splice(0)).toEqual(["debug", "debug", "debug", "debug"]);
  log.warn("A task failed.", { error: postgresError("57P01") });
  log.error("A task failed.", { error: fail("server.unavailable") });
  log.warn("The bus is away.");
  log.child({ feature: "rooms" }).error("A task failed.", { error: new Error("boom") });
  expect(levels.splice(0)).toEqual(["warn", "error", "warn", "error"]);
  db.isAway = true;
  for (const error of [postgresError("57P01"), fail("server.unavailable"), fail("server.busy")])
    log.warn("A task failed.", { error: new Error("a batch failed", { cause: error }) });
  expect(levels.splice(0)).toEqual(["debug", "debug", "debug"]);
  log.error("A task failed.", { error: new Error("boom") });
  log.warn("A task failed.", { error: postgresError("23505") });
  log.warn("The bus is away.");
  expect(levels).toEqual(["error", "warn", "warn"]);
});
