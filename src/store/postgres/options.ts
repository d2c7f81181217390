/** Settings of the connection to PostgreSQL. Times are in milliseconds. */
export interface PostgresOptions {
  /** Maximum number of connections of this process, besides the listening one. */
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  /** The server cancels a statement after this time; this process closes the connection `graceMs` later. */
  readonly statementTimeoutMs: number;
  /** Maximum wait of a statement for a lock. */
  readonly lockTimeoutMs: number;
  /** Additional wait beyond the server's own limit, for a server that does not respond. */
  readonly graceMs: number;
  /** How long to ask the server for the outcome of a commit without a response. */
  readonly commitDoubtMs: number;
  /** Interval between checks of the listening connection. */
  readonly pingMs: number;
}

/** The defaults. */
export const defaultPostgresOptions: PostgresOptions = {
  poolSize: 10,
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 5_000,
  graceMs: 2_000,
  commitDoubtMs: 5_000,
  pingMs: 10_000,
};
