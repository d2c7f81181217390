import type { Expression, Kysely } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import type { ChangeListener } from '../domain/store.ts';
import type { Statement, StatementDialect } from './statement.ts';
import type { EventRow, Tables } from './tables.ts';
import type { UnreadableRecords } from './unreadable.ts';

/** What the databases do differently inside a transaction. */
export interface SqlDialect extends StatementDialect {
  /** Wraps a column so that its condition uses no index. For values whose number of rows the database cannot estimate. */
  withoutIndex<T>(column: Expression<T>): Expression<T>;
  /** Unique id of this process among those that have the database open. */
  readonly process: string;
  /** Whether the process that wrote a record may still be running. `process`: undefined if it is unknown. */
  processLives(db: Kysely<Tables>, process: string | undefined): Promise<boolean>;
  /** Locks the migrations of an instance until the transaction ends. Call it before any row lock. */
  lockTarget(session: Session, account: string, instanceId: string): void;
  /** As `lockTarget`, for the instance of a stored migration. */
  lockTargetOf(session: Session, migrationId: string): void;
  /** Locks the number of webhooks until the transaction ends. */
  lockWebhooks(session: Session): void;
  /** Locks the list of processes until the transaction ends. */
  lockReplicas(session: Session): void;
}

/** A writing transaction. Its events are appended at its end, because the lock on appending is held until the commit. */
export interface Session {
  readonly db: Kysely<Tables>;
  readonly dialect: SqlDialect;
  readonly unreadable: UnreadableRecords;
  /** Runs a statement and returns its rows. Statements requested at the same time, and queued ones, share a round trip. */
  rows<Values extends object, Row>(statement: Statement<Values, Row>, values: Values): Promise<readonly Row[]>;
  /** Queues a statement. It runs with the next one whose rows are needed, or with the commit. If it fails, the transaction fails. */
  run<Values extends object>(statement: Statement<Values, unknown>, values: Values): void;
  /**
   * Notifies listeners of a changed migration after the commit. `claimableAt`: from when it may be claimed; null: it is leased or has no due
   * time.
   */
  changed(migrationId: string, claimableAt: Instant | null): void;
  /** Appends events at the end of the transaction. */
  append(events: readonly EventRow[]): void;
}

/** An open database. Its failures reject with `StoreUnavailable`. */
export interface Backend {
  readonly dialect: SqlDialect;
  readonly unreadable: UnreadableRecords;
  /** Runs one reading statement. `work` may run more than once. */
  read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** See `Store.version`. */
  version(migrationId: string): Promise<number | null>;
  /** Runs `work` as a transaction. It is durable when the promise resolves. `work` may run more than once. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** See `Store.onChange`. */
  onChange(listener: ChangeListener): () => void;
  /** The listener is called before the first read from a database that may have another history than the previous one. */
  onOtherHistory(listener: () => void): void;
  /** See `Store.receivesNotifications`. */
  receivesNotifications(): boolean | null;
  /** See `Store.clockOffset`. */
  clockOffset(): number;
  /** See `Store.check`. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Carries an exception of a caller's function past the code that repeats transactions or translates errors. */
export class Thrown {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

/** Runs a caller's function and wraps its exception in `Thrown`. */
export function asCaller<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Thrown(cause);
  }
}
