import { type ControlledTransaction, Kysely, sql } from 'kysely';
import { DatabaseError } from 'pg';
import { joined } from '../../domain/joined.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { type ChangeListener as OnChange, StoreOutcomeUnknown, StoreUnavailable } from '../../domain/store.ts';
import { placeInWords } from '../../domain/store-url.ts';
import { Changes, Listeners } from '../listeners.ts';
import { findVersions } from '../queries.ts';
import { migrateSchema, postgresColumns } from '../schema.ts';
import { type Backend, type Session, type SqlDialect, Thrown } from '../session.ts';
import type { EventRow, Tables } from '../tables.ts';
import { UnreadableRecords } from '../unreadable.ts';
import { advisoryLocks, PooledPostgresDialect, postgresSql } from './dialect.ts';
import { certainlyRolledBack, postgresFailure, unreachable, worthRepeating } from './errors.ts';
import { ChangeListener, changeInWords, channel } from './listener.ts';
import type { PostgresOptions } from './options.ts';
import { openPool, type RecyclingPool } from './pool.ts';
import { NotPrimary, readOnlyServer, Servers, type StoreUrlSource } from './servers.ts';

/** How often a transaction is tried that met a deadlock, a failed serialization or a lost connection. */
const tries = 4;
const pauseMs = 50;

/** By what a transaction is known to the server afterwards. The place of its first event, or null where it appended none. */
interface CommitMark {
  readonly transactionId: string;
  readonly position: number | null;
  readonly salt: string | null;
}

/** PostgreSQL, shared with other replicas. */
export class PostgresBackend implements Backend {
  readonly dialect: SqlDialect;
  readonly unreadable: UnreadableRecords;
  readonly #db: Kysely<Tables>;
  readonly #listeners: Listeners;
  readonly #listener: ChangeListener;
  readonly #runtime: Runtime;
  readonly #origin: string;
  readonly #commitDoubtMs: number;
  readonly #servers: Servers;
  readonly #pool: RecyclingPool;
  readonly #version = joined((ids: readonly string[]) => this.read((db) => findVersions(db, ids)), {
    atOnce: 2,
    most: 200,
  });

  private constructor(servers: Servers, options: PostgresOptions, runtime: Runtime, onError: (error: unknown) => void) {
    this.#runtime = runtime;
    this.#origin = runtime.uuid();
    this.dialect = postgresSql(this.#origin);
    this.#commitDoubtMs = options.commitDoubtMs;
    this.#servers = servers;
    this.#pool = openPool(servers, options.poolSize, onError);
    this.#db = connect(this.#pool);
    this.#listeners = new Listeners(onError);
    this.unreadable = new UnreadableRecords(onError);
    this.#listener = new ChangeListener({
      servers,
      runtime,
      origin: this.#origin,
      pingMs: options.pingMs,
      notify: (payload) => sql`select pg_notify(${channel}, ${payload})`.execute(this.#db),
      tell: (changes) => this.#listeners.tell(changes),
      onOtherServer: () => this.#pool.recycle(),
      onError,
    });
  }

  static async open(
    url: string,
    options: PostgresOptions,
    runtime: Runtime,
    onError: (error: unknown) => void,
    source: StoreUrlSource | null = null,
  ): Promise<PostgresBackend> {
    const servers = new Servers(url, options, source);
    let backend: PostgresBackend | null = null;
    try {
      await servers.findPrimary();
      await migrate(servers, onError);
      backend = new PostgresBackend(servers, options, runtime, onError);
      await backend.#listener.start();
      return backend;
    } catch (error) {
      await backend?.close();
      throw openingFailure(error, placeInWords(servers.place));
    }
  }

  async read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#repeating(() => work(this.#db));
  }

  version(migrationId: string): Promise<number | null> {
    return this.#version(migrationId);
  }

  async write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const changed = new Changes();
    const value = await this.#repeating(() => {
      changed.clear();
      return this.#transaction(work, changed);
    });
    this.#listeners.tell(changed);
    return value;
  }

  onChange(listener: OnChange): () => void {
    return this.#listeners.add(listener);
  }

  hearsOthers(): boolean {
    return this.#listener.hears;
  }

  clockOffset(): number {
    return this.#listener.clockOffset;
  }

  /** A server that answers but takes no writes counts as not available, and its connections are given up. */
  async check(): Promise<void> {
    await this.read(async (db) => {
      const { rows } = await sql<{ readOnly: boolean }>`select ${sql.raw(readOnlyServer)} as "readOnly"`.execute(db);
      if (rows[0]?.readOnly === false) return;
      this.#pool.recycle();
      throw new NotPrimary();
    });
  }

  async close(): Promise<void> {
    await this.#listener.stop();
    await this.#db.destroy();
  }

  async #repeating<T>(run: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++)
      try {
        return await run();
      } catch (error) {
        if (error instanceof Thrown) throw error.cause;
        const elsewhere = this.#servers.several && unreachable(error);
        if (attempt === tries || !(elsewhere || worthRepeating(error))) throw postgresFailure(error);
        await this.#runtime.sleep(this.#jitter(attempt));
      }
  }

  /** Two transactions that met in a deadlock must not meet again. */
  #jitter(attempt: number): number {
    const [byte = 0] = this.#runtime.randomBytes(1);
    return (attempt * pauseMs * (1 + byte / 255)) / 2;
  }

  async #transaction<T>(work: (session: Session) => Promise<T>, changed: Changes): Promise<T> {
    const transaction = await this.#db.startTransaction().setIsolationLevel('read committed').execute();
    let value: T;
    let mark: CommitMark | null;
    const events: EventRow[] = [];
    try {
      value = await work({
        db: transaction,
        dialect: this.dialect,
        unreadable: this.unreadable,
        changed: (id, claimableAt) => changed.add(id, claimableAt),
        append: (rows) => void events.push(...rows),
      });
      mark = await this.#conclude(transaction, changed, events);
    } catch (error) {
      await rollBack(transaction);
      throw error;
    }
    try {
      await transaction.commit().execute();
    } catch (error) {
      await rollBack(transaction);
      if (!(await this.#committed(mark, error))) throw error;
    }
    return value;
  }

  /**
   * Appends the events and announces the changes, in one statement: from the lock to the commit nobody else can append, so that time is kept
   * short. Notifications go out with the commit. The answer is the id by which the server knows the transaction.
   */
  async #conclude(db: Kysely<Tables>, changes: Changes, events: readonly EventRow[]): Promise<CommitMark | null> {
    if (changes.size === 0 && events.length === 0) return null;
    const words = [...changes].map(([id, claimableAt]) => changeInWords(this.#origin, id, claimableAt));
    const column = (name: keyof EventRow) => events.map((event) => event[name]);
    const { rows } = await sql<CommitMark>`
      with turn as materialized (
        select pg_advisory_xact_lock(${sql.lit(advisoryLocks.space)}, ${sql.lit(advisoryLocks.events)}) as taken
      ), appended as (
        insert into events (salt, migration_id, account, type, at, data)
        select right(replace(gen_random_uuid()::text, '-', ''), 13),
          event.migration_id, event.account, event.type, event.at, event.data::json
        from turn, unnest(
          ${column('migration_id')}::text[], ${column('account')}::text[], ${column('type')}::text[],
          ${column('at')}::bigint[], ${column('data')}::text[]
        ) with ordinality as event (migration_id, account, type, at, data, place)
        order by event.place
        returning position, salt
      ), told as (
        select count(pg_notify(${channel}, words)) from unnest(${words}::text[]) as words
      )
      select pg_current_xact_id()::text as "transactionId", told.count,
        (select position from appended limit 1) as position, (select salt from appended limit 1) as salt
      from told`.execute(db);
    return rows[0] ?? null;
  }

  /**
   * Whether a commit whose answer was lost took place. False: it certainly did not. Throws when nobody can tell; running the
   * transaction again might then do it twice.
   */
  async #committed(mark: CommitMark | null, failure: unknown): Promise<boolean> {
    if (certainlyRolledBack(failure)) return false;
    if (mark === null) throw unknownOutcome(failure);
    const runtime = this.#runtime;
    const end = runtime.monotonic() + this.#commitDoubtMs;
    for (let look = 1; ; look++) {
      const status = await this.#statusOf(mark);
      if (status === 'committed') return true;
      if (status === 'aborted') return false;
      const pause = Math.min(pauseMs * look, 500);
      if (runtime.monotonic() + pause >= end) throw unknownOutcome(failure);
      await runtime.sleep(pause);
    }
  }

  /**
   * Null: it is under way, or the server cannot be asked. After a failover the number of the transaction may be another one's, so its event is
   * asked for first; a committed number without the event tells nothing.
   */
  async #statusOf({ transactionId, position, salt }: CommitMark): Promise<string | null> {
    try {
      const { rows } = await sql<{ status: string | null; event: number | null }>`
        select pg_xact_status(${transactionId}::xid8) as status,
          (select position from events where position = ${position}::bigint and salt = ${salt}::text) as event`.execute(
        this.#db,
      );
      const [{ status, event } = { status: null, event: null }] = rows;
      if (event !== null) return 'committed';
      if (status === 'committed' && position !== null) throw new Error('its event is not there');
      return status;
    } catch (error) {
      if (worthRepeating(error) || unreachable(error)) return null;
      throw unknownOutcome(error);
    }
  }
}

function connect(pool: RecyclingPool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PooledPostgresDialect({ pool }) });
}

/** Without the limits on statements: a process that waits for another one's schema change may wait for long. */
async function migrate(servers: Servers, onError: (error: unknown) => void): Promise<void> {
  const db = connect(openPool(servers, 1, onError, false));
  try {
    await migrateSchema(db, postgresColumns, 'postgres');
  } finally {
    await db.destroy();
  }
}

/** Why the database cannot be used from the start, as one sentence with its place and, where it is known, the remedy. */
function openingFailure(error: unknown, place: string): unknown {
  if (error instanceof DatabaseError) {
    const remedy = remedies[error.code ?? ''] ?? '';
    return new StoreUnavailable(`the database at ${place} cannot be used: ${error.message}.${remedy}`, {
      cause: error,
    });
  }
  const failure = postgresFailure(error);
  if (!(failure instanceof StoreUnavailable)) return failure;
  if (error === failure && failure.message.includes('LISTEN'))
    return new StoreUnavailable(`the database at ${place} cannot be used: ${failure.message}.${remedies['08P01']}`);
  const remedy = remedies[codeOf(error)] ?? '';
  return new StoreUnavailable(`the database at ${place} cannot be used: ${failure.message}.${remedy}`, {
    cause: error,
  });
}

/** Of an error of several addresses (`localhost`): that of the first one. */
function codeOf(error: unknown): string {
  const single = error instanceof AggregateError ? error.errors[0] : error;
  return single instanceof Error && 'code' in single ? String(single.code) : '';
}

/** By SQLSTATE, or by the code of an error of the network. */
const remedies: Readonly<Record<string, string>> = {
  '28P01': ' Correct the user or the password in store.url.',
  '28000': ' Correct the user in store.url, or allow it in pg_hba.conf.',
  '3D000': ' Create the database, or correct its name in store.url.',
  '42501':
    ' Godwit needs a schema of its own: make its user the owner of the database, or grant it CREATE on the schema.',
  '3F000': ' Create the schema that the search_path of its user names.',
  '08P01': ' A pooler between has to pool by session, because Godwit listens.',
  '42P07':
    ' Another application has a table of that name in this schema: give Godwit a schema or a database of its own.',
  ENOTFOUND: ' Correct the host in store.url.',
  EAI_AGAIN: ' Correct the host in store.url, or wait for the name service.',
  ECONNREFUSED: ' Start the database, or correct the host or the port in store.url.',
  '53300': ' Allow more connections, or fewer replicas.',
};

/** Gives the connection back; one that cannot roll back is closed, and the server rolls back. */
async function rollBack(transaction: ControlledTransaction<Tables>): Promise<void> {
  await transaction
    .rollback()
    .execute()
    .catch(() => {});
}

function unknownOutcome(cause: unknown): StoreOutcomeUnknown {
  return new StoreOutcomeUnknown('the connection was lost while a commit was under way', { cause });
}
