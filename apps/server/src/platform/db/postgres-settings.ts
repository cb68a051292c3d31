/** Durable by default, small on a small machine, and silent about what people write. */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "60",
  shared_buffers: "32MB",
  effective_cache_size: "512MB",
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  wal_compression: "on",
  max_wal_size: "512MB",
  io_method: "sync",
  max_parallel_workers_per_gather: "0",
  jit: "off",
  // An error's words, details and statement may quote a row. Whoever ran the statement gets the error, and logs its code.
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_statement: "none",
  log_min_duration_statement: "-1",
  log_autovacuum_min_duration: "-1",
  log_lock_waits: "off",
  log_checkpoints: "off",
};

/** The settings as words of the command line; they win over files in the cluster. */
export function postgresFlags(differing: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries({ ...settings, ...differing }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
