import type { SQL } from "bun";

/** How much is written, in bytes: enough that ordinary writes find room after it, too. */
const probeBytes = 1_048_576;

/**
 * Writes for real, and takes it back: new files grow and the log is flushed, so a full disk, a failing one and a
 * read-only database all show. The space is given back with the next probe, or at the end.
 */
export async function probeWrite(sql: SQL): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local lock_timeout = '1s'`;
    await tx`truncate platform_write_probes`;
    await tx`insert into platform_write_probes (filler) select repeat('x', ${probeBytes})`;
  });
  await sql`truncate platform_write_probes`;
}
