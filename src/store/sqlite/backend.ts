import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { type Expression, Kysely, sql } from 'kysely';
import type { Runtime } from '../../domain/runtime.ts';
import { type ChangeListener, StoreUnavailable } from '../../domain/store.ts';
import { insertEvents, salted } from '../event-rows.ts';
import { Changes, Listeners } from '../listeners.ts';
import { migrateSchema, sqliteColumns } from '../schema.ts';
import { type Backend, type Session, type SqlDialect, Thrown } from '../session.ts';
import { type CompiledStatement, parametersOf, type Statement } from '../statement.ts';
import type { EventRow, Tables } from '../tables.ts';
import { UnreadableRecords } from '../unreadable.ts';
import { NodeSqliteDialect } from './dialect.ts';
import { sqliteCommitFailure, sqliteFailure } from './errors.ts';
import type { SqliteFile } from './file.ts';
import { rowsOf } from './rows-of.ts';
import { Turns } from './turns.ts';

/** Maximum number of writes per commit, so that the first one does not wait for long. */
const batchLimit = 64;

const sqliteSql = (process: string): SqlDialect => ({
  rowLocks: false,
  // The unary operator only keeps the column from using an index.
  withoutIndex: <T>(column: Expression<T>) => sql<T>`+${column}`,
  leaseClock: (appNow) => sql<number>`${appNow}`,
  process,
  // Another process that wrote here had the lock on the file, which this process has now.
  processLives: async () => false,
  // There is a single writer, so no locks are needed.
  lockTarget: () => {},
  lockTargetOf: () => {},
  lockWebhooks: () => {},
  lockReplicas: () => {},
});

/** Maximum time from now to a stored due time at the start, in milliseconds. */
const furthestDueMs = 900_000;

interface Write {
  readonly run: (session: Session) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface Prepared<Values, Row> {
  all(values: Values): readonly Row[];
  run(values: Values): void;
}

type Outcome = { readonly value: unknown; readonly changed: Changes } | { readonly error: unknown };

/** SQLite in this process. Concurrent writes share a commit; each is atomic by itself. */
export class SqliteBackend implements Backend {
  readonly dialect: SqlDialect;
  readonly unreadable: UnreadableRecords;
  readonly #database: DatabaseSync;
  readonly #countChanges: StatementSync;
  readonly #unlock: () => void;
  readonly #db: Kysely<Tables>;
  readonly #listeners: Listeners;
  readonly #turns: Turns;
  readonly #queue: Write[] = [];
  readonly #runtime: Pick<Runtime, 'randomBytes'>;
  readonly #statements = new Map<Statement<never, unknown>, Prepared<never, unknown>>();
  #findVersion: ReturnType<typeof rowsOf> | null = null;
  #draining: Promise<void> | null = null;
  #closed = false;

  private constructor(
    file: SqliteFile,
    runtime: Pick<Runtime, 'uuid' | 'monotonic' | 'randomBytes'>,
    onError: (error: unknown) => void,
  ) {
    this.#runtime = runtime;
    this.dialect = sqliteSql(runtime.uuid());
    this.#turns = new Turns(() => runtime.monotonic());
    this.#database = file.database;
    this.#countChanges = file.database.prepare('select total_changes() as changes');
    this.#unlock = file.unlock;
    this.#db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(file.database) });
    this.#listeners = new Listeners(onError);
    this.unreadable = new UnreadableRecords(onError);
  }

  /** Migrates the schema and ends the leases of an earlier process, which must be gone because it had the lock on the file. */
  static async open(
    file: SqliteFile,
    runtime: Pick<Runtime, 'uuid' | 'monotonic' | 'now' | 'randomBytes'>,
    onError: (error: unknown) => void,
  ): Promise<SqliteBackend> {
    const backend = new SqliteBackend(file, runtime, onError);
    try {
      await migrateSchema(backend.#db, sqliteColumns, 'sqlite');
      // Uses the index of due migrations. A lease on a migration that is never due does not matter.
      await backend.#db
        .updateTable('migrations')
        .set({ lease_owner: null, lease_until: null })
        .where('due_at', 'is not', null)
        .where('lease_owner', 'is not', null)
        .execute();
      // A due time that a clock ahead of this one has written would delay the migration until then.
      const now = runtime.now();
      await backend.#db
        .updateTable('migrations')
        .set({ due_at: now })
        .where('due_at', '>', now + furthestDueMs)
        .execute();
      await backend.#db
        .updateTable('deliveries')
        .set({ lease_until: null })
        .where('lease_until', 'is not', null)
        .execute();
      return backend;
    } catch (error) {
      file.database.close();
      file.unlock();
      throw sqliteFailure(error);
    }
  }

  async read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    try {
      this.#assertOpen();
      return await this.#turns.run(() => work(this.#db));
    } catch (error) {
      throw sqliteFailure(error);
    }
  }

  /** Without `Turns` and Kysely, because the statement takes less time than either. */
  async version(migrationId: string): Promise<number | null> {
    this.#assertOpen();
    // During a transaction on this connection the read would see uncommitted changes.
    if (this.#database.isTransaction)
      return this.read(async (db) => {
        const row = await db
          .selectFrom('migrations')
          .select('version')
          .where('id', '=', migrationId)
          .executeTakeFirst();
        return row?.version ?? null;
      });
    try {
      this.#findVersion ??= rowsOf(this.#database.prepare('select version from migrations where id = ?'));
      const [row] = this.#findVersion([migrationId]);
      return row === undefined ? null : Number(row.version);
    } catch (error) {
      throw sqliteFailure(error);
    }
  }

  async write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ run: work, resolve: (value) => resolve(value as T), reject });
      this.#draining ??= this.#drain();
    });
  }

  onChange(listener: ChangeListener): () => void {
    return this.#listeners.add(listener);
  }

  /** The listener is never called, because no other process can change the file while it is open. */
  onOtherHistory(): void {}

  receivesNotifications(): null {
    return null;
  }

  clockOffset(): number {
    return 0;
  }

  async check(): Promise<void> {
    await this.read((db) => db.selectFrom('migrations').select('id').limit(1).execute());
  }

  /** Waits for writes in progress. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    await this.#db.destroy();
    this.#unlock();
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreUnavailable('the store is closed');
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // Requests that the process has already received join the commit, as long as more arrive.
      let arrived: number;
      do {
        arrived = this.#queue.length;
        await setImmediate();
      } while (this.#queue.length > arrived && this.#queue.length < batchLimit);
      await this.#commit(this.#queue.splice(0, batchLimit));
    }
    this.#draining = null;
  }

  async #commit(batch: readonly Write[]): Promise<void> {
    let outcomes: readonly Outcome[];
    try {
      outcomes = await this.#db.connection().execute((db) => this.#transaction(db, batch));
    } catch (error) {
      // The writes of a failed batch run again one by one, so that one failure does not affect the others.
      if (batch.length > 1) for (const write of batch) await this.#commit([write]);
      else batch[0]?.reject(failureOf(error));
      return;
    }
    for (const [index, outcome] of outcomes.entries())
      if ('error' in outcome) batch[index]?.reject(outcome.error);
      else {
        this.#listeners.tell(outcome.changed);
        batch[index]?.resolve(outcome.value);
      }
  }

  /** Runs a batch in one transaction and returns the outcome of each write. Throws if the transaction failed; then nothing is stored. */
  async #transaction(db: Kysely<Tables>, batch: readonly Write[]): Promise<readonly Outcome[]> {
    // Left open if even the rollback failed because of the disk.
    if (this.#database.isTransaction) this.#database.exec('rollback');
    this.#database.exec('begin immediate');
    try {
      const outcomes: Outcome[] = [];
      for (const write of batch) outcomes.push(await this.#run(db, write));
      this.#commitTransaction();
      return outcomes;
    } catch (error) {
      // Some errors roll back by themselves.
      if (this.#database.isTransaction) this.#database.exec('rollback');
      throw error;
    }
  }

  #commitTransaction(): void {
    try {
      this.#database.exec('commit');
    } catch (error) {
      throw sqliteCommitFailure(error);
    }
  }

  /** The prepared form of a statement on this connection. */
  #prepared<Values extends object, Row>(statement: Statement<Values, Row>): Prepared<Values, Row> {
    let prepared = this.#statements.get(statement as Statement<never, unknown>);
    if (prepared === undefined) {
      const compiled: CompiledStatement = statement.compiledFor(this.#db, this.dialect);
      const onConnection = this.#database.prepare(compiled.text);
      const inputs = (values: object) => parametersOf(compiled, values) as SQLInputValue[];
      const rows = rowsOf(onConnection);
      prepared = {
        all: (values) => rows(inputs(values)),
        run: (values) => void onConnection.run(...inputs(values)),
      };
      this.#statements.set(statement as Statement<never, unknown>, prepared);
    }
    return prepared as Prepared<Values, Row>;
  }

  /**
   * Runs one write of a transaction. Throws if it fails after it has changed something; the transaction is then rolled back. There are no savepoints,
   * because SQLite copies each page that is written after one, and writes rarely fail half-way: they check first.
   */
  async #run(db: Kysely<Tables>, write: Write): Promise<Outcome> {
    const changed = new Changes();
    const changes = this.#countChanges.get()?.changes;
    try {
      const events: EventRow[] = [];
      const session: Session = {
        db,
        dialect: this.dialect,
        unreadable: this.unreadable,
        rows: async (statement, values) => this.#prepared(statement).all(values),
        run: (statement, values) => this.#prepared(statement).run(values),
        changed: (id, claimableAt) => changed.add(id, claimableAt),
        append: (rows) => void events.push(...rows),
      };
      const value = await write.run(session);
      insertEvents(session, salted(events, this.#runtime));
      return { value, changed };
    } catch (error) {
      const failure = failureOf(error);
      if (failure instanceof StoreUnavailable && !(error instanceof Thrown)) throw error;
      if (this.#countChanges.get()?.changes !== changes) throw error;
      return { error: failure };
    }
  }
}

function failureOf(error: unknown): unknown {
  return error instanceof Thrown ? error.cause : sqliteFailure(error);
}
