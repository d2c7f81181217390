/** Settings for a PostgreSQL server. Times in milliseconds. */
export interface PostgresOptions {
  /** Connections of this process at most, beside the one that listens. */
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  /** The server ends a statement after this long; the process gives the connection up `graceMs` later. */
  readonly statementTimeoutMs: number;
  /** How long a statement waits for a lock. */
  readonly lockTimeoutMs: number;
  /** How long the process waits beyond the server's own limit, for a server that has gone silent. */
  readonly graceMs: number;
  /** How long the server is asked whether a commit with a lost answer took place. */
  readonly commitDoubtMs: number;
  /** Interval between checks of the listening connection, so that a dead one is noticed. */
  readonly pingMs: number;
}

export const defaultPostgresOptions: PostgresOptions = {
  poolSize: 10,
  connectTimeoutMs: 5_000,
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 5_000,
  graceMs: 2_000,
  commitDoubtMs: 5_000,
  pingMs: 10_000,
};
