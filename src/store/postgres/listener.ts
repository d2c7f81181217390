import type { Client } from 'pg';
import type { Instant } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { StoreUnavailable } from '../../domain/store.ts';
import { advisoryLocks, processLock } from './dialect.ts';
import type { Servers } from './servers.ts';

/** The channel on which every write names the migration it changed. */
export const channel = 'godwit_changed';

/** A change as a notification says it. */
export function changeInWords(origin: string, migrationId: string, claimableAt: Instant | null): string {
  return `${origin} ${migrationId} ${claimableAt ?? ''}`;
}

/** Clock skew in ms above which this process uses the database's clock. */
const countingOffsetMs = 500;
const firstRetryMs = 100;
const maxRetryMs = 5_000;
/** Maximum wait for a notification, in milliseconds, after which none is assumed to arrive. */
const probeMs = 5_000;
/** What stands in the place of a migration's id in a notification that only has to arrive. */
const probe = 'probe';
/** After a gap: how many changed migrations are named at most. */
const catchUpLimit = 10_000;

export interface ListenerOptions {
  readonly servers: Servers;
  readonly runtime: Pick<Runtime, 'sleep' | 'now'>;
  /** What this process puts before its own notifications, which its listeners have heard of already. */
  readonly origin: string;
  readonly pingMs: number;
  /** Notifies the channel over another connection. */
  readonly notify: (payload: string) => Promise<unknown>;
  readonly tell: (changes: ReadonlyMap<string, Instant | null>) => void;
  /** The connection was made again, to another server than before or to one that was started again. */
  readonly onOtherServer: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Receives changes of other processes over its own connection. A lost connection is re-established, and missed changes are read from the
 * event log.
 */
export class ChangeListener {
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** The last event of which everything before has been told; null before the first connection. */
  #position: number | null = null;
  #clockOffset = 0;
  #server: string | null = null;
  #hears = false;
  #probeArrived = new AbortController();

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** The server's clock minus ours, in milliseconds; 0 while they differ by less than counts. */
  get clockOffset(): number {
    return this.#clockOffset;
  }

  /** Whether the last notification that was sent to try it has arrived, and the connection stands. */
  get hears(): boolean {
    return this.#hears;
  }

  /** Resolves when it listens; rejects when the first connection fails, and with `StoreUnavailable` when nothing is heard over it. */
  async start(): Promise<void> {
    const connection = await this.#connect();
    try {
      await this.#try(connection);
      if (!this.#hears) throw new StoreUnavailable('notifications (LISTEN) do not arrive');
    } catch (error) {
      connection.drop();
      throw error;
    }
    this.#running = this.#run(connection);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(first: Connection): Promise<void> {
    const { runtime, onError } = this.#options;
    const { signal } = this.#stopping;
    let connection: Connection | null = first;
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      try {
        if (connection === null) {
          connection = await this.#connect();
          await this.#try(connection).catch(onError);
        }
        retryMs = firstRetryMs;
        await this.#watch(connection);
      } catch (error) {
        this.#hears = false;
        onError(error);
        connection?.drop();
        connection = null;
        await runtime.sleep(retryMs, signal);
        retryMs = Math.min(retryMs * 2, maxRetryMs);
      }
    }
    await connection?.end();
  }

  async #connect(): Promise<Connection> {
    const connection = new Connection(this.#options.servers, (payload) => this.#heard(payload));
    try {
      const server = await connection.open(this.#options.origin);
      // What the pool holds leads to the server of before.
      if (this.#server !== null && this.#server !== server) this.#options.onOtherServer();
      this.#server = server;
      await this.#catchUp(connection);
      return connection;
    } catch (error) {
      connection.drop();
      throw error;
    }
  }

  /** Returns when stopped; throws when the connection is lost or does not answer. */
  async #watch(connection: Connection): Promise<void> {
    const { runtime, pingMs } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await runtime.sleep(pingMs, AbortSignal.any([signal, connection.lost]));
      if (connection.lost.aborted) throw connection.lost.reason;
      if (signal.aborted) return;
      const heard = this.#hears;
      // A pool that cannot send one now says nothing of this connection.
      await this.#try(connection).catch(this.#options.onError);
      // Missed notifications are looked up.
      if (heard && this.#hears) this.#position = await this.#look(connection);
      else await this.#catchUp(connection);
      if (heard && !this.#hears) this.#options.onError(new StoreUnavailable('notifications (LISTEN) do not arrive'));
    }
  }

  /** Sends a notification over another connection and waits for it: a pooler that pools by transaction takes `listen` and passes nothing on. */
  async #try(connection: Connection): Promise<void> {
    const { runtime, origin, notify } = this.#options;
    this.#probeArrived = new AbortController();
    const { signal } = this.#probeArrived;
    await notify(changeInWords(origin, probe, null));
    await runtime.sleep(probeMs, AbortSignal.any([signal, connection.lost, this.#stopping.signal]));
    if (!this.#stopping.signal.aborted) this.#hears = signal.aborted;
  }

  async #catchUp(connection: Connection): Promise<void> {
    const since = this.#position;
    this.#position = await this.#look(connection);
    if (since === null) return;
    // Whether they can be claimed is not known: they are taken to be.
    this.#options.tell(new Map((await connection.changedAfter(since)).map((id) => [id, 0])));
  }

  /** The last position, and what the server's clock says. */
  async #look(connection: Connection): Promise<number> {
    const { now } = this.#options.runtime;
    const askedAt = now();
    const { position, serverNow } = await connection.lastPosition();
    const took = now() - askedAt;
    const offset = Math.round(serverNow - askedAt - took / 2);
    // Small differences are left alone: a clock that is corrected all the time is worse than one that is a little off.
    if (Math.abs(offset - this.#clockOffset) > countingOffsetMs + took) this.#clockOffset = offset;
    return position;
  }

  #heard(payload: string): void {
    const [origin, id, claimableAt = ''] = payload.split(' ');
    if (origin === this.#options.origin && id === probe) this.#probeArrived.abort();
    if (origin === this.#options.origin || id === undefined || id === probe) return;
    this.#options.tell(new Map([[id, claimableAt === '' ? null : Number(claimableAt)]]));
  }
}

/** The listening connection, with its loss as a signal. */
class Connection {
  readonly #servers: Servers;
  readonly #client: Client;
  readonly #lost = new AbortController();

  constructor(servers: Servers, heard: (payload: string) => void) {
    this.#servers = servers;
    this.#client = new servers.client();
    this.#client.on('error', (error) => this.#lost.abort(error));
    this.#client.on('end', () => this.#lost.abort(new Error('the listening connection has ended')));
    this.#client.on('notification', (message) => heard(message.payload ?? ''));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Listens, and shows the other processes for as long as it stands that this one is running. Answers which server it is. */
  async open(process: string): Promise<string> {
    await this.#client.connect();
    await this.#servers.prepare(this.#client);
    await this.#client.query(`listen ${channel}`);
    await this.#client.query('select pg_advisory_lock_shared($1, $2)', [advisoryLocks.processes, processLock(process)]);
    const { rows } = await this.#client.query(
      "select concat_ws(' ', inet_server_addr(), inet_server_port(), pg_postmaster_start_time()) as server",
    );
    return rows[0].server;
  }

  async lastPosition(): Promise<{ readonly position: number; readonly serverNow: number }> {
    const { rows } = await this.#client.query(
      'select coalesce(max(position), 0) as position, (extract(epoch from clock_timestamp()) * 1000)::float8 as now from events',
    );
    return { position: rows[0].position, serverNow: rows[0].now };
  }

  async changedAfter(position: number): Promise<readonly string[]> {
    const { rows } = await this.#client.query('select distinct migration_id from events where position > $1 limit $2', [
      position,
      catchUpLimit,
    ]);
    return rows.map((row) => row.migration_id);
  }

  /** Closes without waiting for a server that may be gone. */
  drop(): void {
    this.#client.end().catch(() => {});
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}
