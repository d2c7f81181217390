import type { Expression, Kysely } from 'kysely';
import type { Instant } from '../domain/migration.ts';
import type { ChangeListener } from '../domain/store.ts';
import type { Statement, StatementDialect } from './statement.ts';
import type { EventRow, Tables } from './tables.ts';
import type { UnreadableRecords } from './unreadable.ts';

/** What the two databases do differently inside a transaction. */
export interface SqlDialect extends StatementDialect {
  /** The column for a condition that no index may be chosen for, where the database cannot tell how many rows a value has. */
  withoutIndex<T>(column: Expression<T>): Expression<T>;
  /** Unique per process that has the database open. */
  readonly process: string;
  /** Whether a process that wrote here may still be running. Undefined: it is not known which one wrote. */
  processLives(db: Kysely<Tables>, process: string | undefined): Promise<boolean>;
  /** Lets one transaction at a time touch the migrations of an instance, until it ends. Taken before any row lock. */
  lockTarget(session: Session, account: string, instanceId: string): void;
  /** The same for the instance of a stored migration. */
  lockTargetOf(session: Session, migrationId: string): void;
  /** Lets one transaction at a time count webhooks and add one, until it ends. */
  lockWebhooks(session: Session): void;
  /** Lets one transaction at a time read and change who is there, until it ends. */
  lockReplicas(session: Session): void;
}

/** One transaction that writes. Its events are appended at its end, since from there to the commit no other can append. */
export interface Session {
  readonly db: Kysely<Tables>;
  readonly dialect: SqlDialect;
  readonly unreadable: UnreadableRecords;
  /** The rows of a statement. Statements that are asked for at once, and those that were only run before, share a round trip. */
  rows<Values extends object, Row>(statement: Statement<Values, Row>, values: Values): Promise<readonly Row[]>;
  /** Runs a statement at the latest with the next one whose rows are asked for, or with the commit. Its failure is that of the transaction. */
  run<Values extends object>(statement: Statement<Values, unknown>, values: Values): void;
  /**
   * Says that listeners are to be told of this migration once the transaction is durable. `claimableAt`: from when on it may be claimed;
   * null when it is held or has nothing to do.
   */
  changed(migrationId: string, claimableAt: Instant | null): void;
  /** Appends these events when all else is done. */
  append(events: readonly EventRow[]): void;
}

/** A database that is open. Every failure of the database itself rejects with `StoreUnavailable`. */
export interface Backend {
  readonly dialect: SqlDialect;
  readonly unreadable: UnreadableRecords;
  /** Runs one statement that reads. It may run more than once. */
  read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** See `Store.version`. */
  version(migrationId: string): Promise<number | null>;
  /** Runs `work` as a transaction that is durable when the promise resolves. It may run more than once. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
  onChange(listener: ChangeListener): () => void;
  /** Told before anything is read from a database that may have another history than the one before. */
  onOtherHistory(listener: () => void): void;
  /** See `Store.hearsOthers`. */
  hearsOthers(): boolean | null;
  /** See `Store.clockOffset`. */
  clockOffset(): number;
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Carries what a caller's function threw past everything that retries or translates failures of the database. */
export class Thrown {
  readonly cause: unknown;

  constructor(cause: unknown) {
    this.cause = cause;
  }
}

/** Runs a caller's function; what it throws is carried as `Thrown`. */
export function asCaller<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Thrown(cause);
  }
}
