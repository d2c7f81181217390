import { Kysely, sql } from 'kysely';
import { DatabaseError } from 'pg';
import { joined } from '../../domain/joined.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { type ChangeListener as OnChange, StoreOutcomeUnknown, StoreUnavailable } from '../../domain/store.ts';
import { placeInWords } from '../../domain/store-url.ts';
import { insertEvents, salted } from '../event-rows.ts';
import { Changes, Listeners } from '../listeners.ts';
import { findVersions } from '../queries.ts';
import { migrateSchema, postgresColumns } from '../schema.ts';
import { type Backend, type Session, type SqlDialect, Thrown } from '../session.ts';
import { raw, statement } from '../statement.ts';
import type { EventRow, Tables } from '../tables.ts';
import { UnreadableRecords } from '../unreadable.ts';
import type { BatchingClient } from './batch.ts';
import { Conversation } from './conversation.ts';
import { advisoryLocks, PooledPostgresDialect, postgresSql } from './dialect.ts';
import { certainlyRolledBack, postgresFailure, unreachable, worthRepeating } from './errors.ts';
import { ChangeListener, changeInWords, channel } from './listener.ts';
import type { PostgresOptions } from './options.ts';
import { openPool, type RecyclingPool } from './pool.ts';
import { NotPrimary, readOnlyServer, Servers, type StoreUrlSource, textParserOf } from './servers.ts';

/** Maximum attempts at a transaction, and the base of the pauses between them in milliseconds. */
const tries = 4;
const pauseMs = 50;

/** What identifies a transaction later. `event`: its first event, or null if it appended none. */
interface CommitMark {
  readonly transactionId: string;
  readonly event: { readonly migrationId: string; readonly salt: string } | null;
}

const begin = statement((db) => raw(db, sql`begin isolation level read committed`));
const commit = statement((db) => raw(db, sql`commit`));
const transactionId = statement((db) => db.selectNoFrom(sql<string>`pg_current_xact_id()::text`.as('id')));
const lockEvents = statement((db) =>
  db.selectNoFrom(
    sql`pg_advisory_xact_lock(${sql.lit(advisoryLocks.space)}, ${sql.lit(advisoryLocks.events)})`.as('taken'),
  ),
);
const notify = statement((db, { words }: { readonly words: string }) =>
  db.selectNoFrom(sql`pg_notify(${sql.lit(channel)}, ${words}::text)`.as('told')),
);

/** PostgreSQL, which may be shared with other replicas. */
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
  readonly #conversations = new WeakMap<BatchingClient, Conversation>();
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

  /** Connects to the primary and migrates the schema. Rejects with `StoreUnavailable`; its message names the place and a remedy if known. */
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

  onOtherHistory(listener: () => void): void {
    this.#servers.onOtherServer = listener;
  }

  receivesNotifications(): boolean {
    return this.#listener.receiving;
  }

  clockOffset(): number {
    return this.#listener.clockOffset;
  }

  /** Rejects also if the server accepts no writes; then all connections are replaced. */
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

  /** Runs `run` again after failures that may pass, up to `tries` times. */
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

  /** Milliseconds until the next attempt, random so that deadlocked transactions do not meet again. */
  #jitter(attempt: number): number {
    const [byte = 0] = this.#runtime.randomBytes(1);
    return (attempt * pauseMs * (1 + byte / 255)) / 2;
  }

  async #transaction<T>(work: (session: Session) => Promise<T>, changed: Changes): Promise<T> {
    const client = await this.#pool.connect();
    const conversation = this.#conversationOn(client);
    let done: { readonly value: T; readonly mark: CommitMark | null } | null = null;
    try {
      conversation.run(begin, {});
      // Requested before the commit, because afterwards the server may be gone.
      const transaction = conversation.rows(transactionId, {});
      transaction.catch(() => {});
      const events: EventRow[] = [];
      const value = await work({
        db: conversation.db,
        dialect: this.dialect,
        unreadable: this.unreadable,
        rows: (statement, values) => conversation.rows(statement, values),
        run: (statement, values) => conversation.run(statement, values),
        changed: (id, claimableAt) => changed.add(id, claimableAt),
        append: (rows) => void events.push(...rows),
      });
      const [identity] = await transaction;
      const first = this.#conclude(conversation, changed, events);
      done = { value, mark: identity === undefined ? null : { transactionId: identity.id, event: first } };
      await conversation.rows(commit, {});
      client.release();
      return value;
    } catch (error) {
      // If the rollback fails, the connection is closed, and the server rolls back.
      await conversation.rollBack().then(
        () => client.release(),
        () => client.release(true),
      );
      if (done !== null && (await this.#committed(done.mark, error))) return done.value;
      throw error;
    }
  }

  #conversationOn(client: BatchingClient): Conversation {
    const known = this.#conversations.get(client);
    if (known !== undefined) return known;
    const conversation = new Conversation(client, this.dialect, textParserOf);
    this.#conversations.set(client, conversation);
    return conversation;
  }

  /**
   * Sends the notifications and appends the events together with the commit. The lock on appending is held from here to the commit, so this time is
   * kept short. Returns what identifies the first event; null: there is none.
   */
  #conclude(conversation: Conversation, changes: Changes, events: readonly EventRow[]): CommitMark['event'] {
    for (const [id, claimableAt] of changes)
      conversation.run(notify, { words: changeInWords(this.#origin, id, claimableAt) });
    if (events.length === 0) return null;
    const rows = salted(events, this.#runtime);
    conversation.run(lockEvents, {});
    insertEvents(conversation, rows);
    const [first] = rows;
    return first === undefined ? null : { migrationId: first.migration_id, salt: first.salt };
  }

  /**
   * Whether a commit without a response took place. False: it certainly did not. Throws `StoreOutcomeUnknown` if that cannot be determined, because
   * a repetition might execute the transaction twice.
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
   * The status of a transaction; null: in progress, or the server does not respond. After a failover another transaction may have the same id, so
   * the event is decisive: a committed id without the event proves nothing.
   */
  async #statusOf({ transactionId, event }: CommitMark): Promise<string | null> {
    try {
      const { rows } = await sql<{ status: string | null; found: number | null }>`
        select pg_xact_status(${transactionId}::xid8) as status,
          (select max(position) from events
            where migration_id = ${event?.migrationId ?? null}::text and salt = ${event?.salt ?? null}::text) as found`.execute(
        this.#db,
      );
      const [{ status, found } = { status: null, found: null }] = rows;
      if (found !== null) return 'committed';
      if (status === 'committed' && event !== null) throw new Error('its event is not there');
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

/** Migrates the schema, without limits on statements, because waiting for another process's migration may take long. */
async function migrate(servers: Servers, onError: (error: unknown) => void): Promise<void> {
  const db = connect(openPool(servers, 1, onError, false));
  try {
    await migrateSchema(db, postgresColumns, 'postgres');
  } finally {
    await db.destroy();
  }
}

/** The error of a failed start, as one sentence with the place and, if known, a remedy. */
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

/** The code of an error. An error about several addresses, such as those of `localhost`, has that of its first one. */
function codeOf(error: unknown): string {
  const single = error instanceof AggregateError ? error.errors[0] : error;
  return single instanceof Error && 'code' in single ? String(single.code) : '';
}

/** Remedies by SQLSTATE or network error code. */
const remedies: Readonly<Record<string, string>> = {
  '28P01': ' Correct the user or the password in store.url.',
  '28000': ' Correct the user in store.url, or allow it in pg_hba.conf.',
  '3D000': ' Create the database, or correct its name in store.url.',
  '42501': ' Make Godwit’s user the owner of the database, or grant it CREATE on the schema.',
  '3F000': ' Create the schema that the search_path of Godwit’s user names.',
  '08P01': ' A connection pooler must pool by session, because Godwit uses LISTEN.',
  '42P07': ' Another application has a table of that name in this schema. Give Godwit its own schema or database.',
  ENOTFOUND: ' Correct the host in store.url.',
  EAI_AGAIN: ' Correct the host in store.url, or wait until DNS answers.',
  ECONNREFUSED: ' Start the database, or correct the host or the port in store.url.',
  '53300': ' Allow more connections, or fewer replicas.',
};

function unknownOutcome(cause: unknown): StoreOutcomeUnknown {
  return new StoreOutcomeUnknown('the connection was lost during a commit', { cause });
}
