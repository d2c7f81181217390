import type { Client } from 'pg';
import type { Instant } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { StoreUnavailable } from '../../domain/store.ts';
import { advisoryLocks, processLock } from './dialect.ts';
import type { Servers } from './servers.ts';

/** The notification channel. Each write notifies the id of the changed migration. */
export const channel = 'godwit_changed';

/** The payload of a notification. `origin`: the sending process. */
export function changeInWords(origin: string, migrationId: string, claimableAt: Instant | null): string {
  return `${origin} ${migrationId} ${claimableAt ?? ''}`;
}

/** Clock skew in ms above which this process uses the database's clock. */
const countingOffsetMs = 500;
const firstRetryMs = 100;
const maxRetryMs = 5_000;
/** Maximum wait for a test notification, in milliseconds. Without it, notifications are assumed not to arrive. */
const probeMs = 5_000;
/**
 * After a notification the connection is not read for this time, in milliseconds. A process is woken by its own notifications too, and under
 * load each wake costs more than its content.
 */
const gatheringMs = 10;
/** Takes the place of the migration's id in a test notification. */
const probe = 'probe';
/** Maximum number of changed migrations to report after a gap. */
const catchUpLimit = 10_000;

/** The dependencies of `ChangeListener`. `pingMs`: interval of checks in milliseconds. */
export interface ListenerOptions {
  readonly servers: Servers;
  readonly runtime: Pick<Runtime, 'sleep' | 'now'>;
  /** Identifies this process in its own notifications, which it ignores on arrival. */
  readonly origin: string;
  readonly pingMs: number;
  /** Sends a notification over another connection. */
  readonly notify: (payload: string) => Promise<unknown>;
  readonly tell: (changes: ReadonlyMap<string, Instant | null>) => void;
  /** Called after a reconnection to another or restarted server. */
  readonly onOtherServer: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Receives the changes of other processes on a connection of its own. After a loss it reconnects, and reads the missed changes from the event
 * log.
 */
export class ChangeListener {
  readonly #options: ListenerOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** Position up to which all events have been reported; null before the first connection. */
  #position: number | null = null;
  #clockOffset = 0;
  #server: string | null = null;
  #receiving = false;
  #probeArrived = new AbortController();

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** The server's clock minus this process's clock, in milliseconds; 0 while they differ by at most `countingOffsetMs`. */
  get clockOffset(): number {
    return this.#clockOffset;
  }

  /** Whether the last test notification has arrived and the connection is open. */
  get receiving(): boolean {
    return this.#receiving;
  }

  /** Resolves when it listens. Rejects if the connection fails, and with `StoreUnavailable` if the test notification does not arrive. */
  async start(): Promise<void> {
    const connection = await this.#connect();
    try {
      await this.#try(connection);
      if (!this.#receiving) throw new StoreUnavailable('notifications (LISTEN) do not arrive');
    } catch (error) {
      connection.drop();
      throw error;
    }
    this.#running = this.#run(connection);
  }

  /** Closes the connection. */
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
        this.#receiving = false;
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
    const { servers, runtime } = this.#options;
    const connection = new Connection(servers, runtime, (payload) => this.#received(payload));
    try {
      const server = await connection.open(this.#options.origin);
      // Pooled connections lead to the previous server.
      if (this.#server !== null && this.#server !== server) this.#options.onOtherServer();
      this.#server = server;
      await this.#catchUp(connection);
      return connection;
    } catch (error) {
      connection.drop();
      throw error;
    }
  }

  /** Checks the connection until `stop`. Throws if it is lost or does not respond. */
  async #watch(connection: Connection): Promise<void> {
    const { runtime, pingMs } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await runtime.sleep(pingMs, AbortSignal.any([signal, connection.lost]));
      if (connection.lost.aborted) throw connection.lost.reason;
      if (signal.aborted) return;
      const wasReceiving = this.#receiving;
      // A failure to send the test says nothing about this connection.
      await this.#try(connection).catch(this.#options.onError);
      // If notifications do not arrive, the changes are read from the event log.
      if (wasReceiving && this.#receiving) this.#position = await this.#look(connection);
      else await this.#catchUp(connection);
      if (wasReceiving && !this.#receiving)
        this.#options.onError(new StoreUnavailable('notifications (LISTEN) do not arrive'));
    }
  }

  /** Sends a test notification over another connection and waits for it: a transaction pooler accepts `listen` but forwards nothing. */
  async #try(connection: Connection): Promise<void> {
    const { runtime, origin, notify } = this.#options;
    this.#probeArrived = new AbortController();
    const { signal } = this.#probeArrived;
    await notify(changeInWords(origin, probe, null));
    await runtime.sleep(probeMs, AbortSignal.any([signal, connection.lost, this.#stopping.signal]));
    if (!this.#stopping.signal.aborted) this.#receiving = signal.aborted;
  }

  /** Reports the migrations with events since the last position. */
  async #catchUp(connection: Connection): Promise<void> {
    const since = this.#position;
    this.#position = await this.#look(connection);
    if (since === null) return;
    // Whether they may be claimed is unknown, so it is assumed.
    this.#options.tell(new Map((await connection.changedAfter(since)).map((id) => [id, 0])));
  }

  /** Reads the last position, and measures the offset of the server's clock. */
  async #look(connection: Connection): Promise<number> {
    const { now } = this.#options.runtime;
    const askedAt = now();
    const { position, serverNow } = await connection.lastPosition();
    const took = now() - askedAt;
    const offset = Math.round(serverNow - askedAt - took / 2);
    // Small differences are ignored, because a clock that is corrected often is worse than a slightly wrong one.
    if (Math.abs(offset - this.#clockOffset) > countingOffsetMs + took) this.#clockOffset = offset;
    return position;
  }

  #received(payload: string): void {
    const [origin, id, claimableAt = ''] = payload.split(' ');
    if (origin === this.#options.origin && id === probe) this.#probeArrived.abort();
    if (origin === this.#options.origin || id === undefined || id === probe) return;
    this.#options.tell(new Map([[id, claimableAt === '' ? null : Number(claimableAt)]]));
  }
}

/** The listening connection. Its loss aborts a signal. */
class Connection {
  readonly #servers: Servers;
  readonly #client: Client;
  readonly #lost = new AbortController();
  readonly #runtime: Pick<Runtime, 'sleep'>;

  constructor(servers: Servers, runtime: Pick<Runtime, 'sleep'>, heard: (payload: string) => void) {
    this.#servers = servers;
    this.#runtime = runtime;
    this.#client = new servers.client();
    this.#client.on('error', (error) => this.#lost.abort(error));
    this.#client.on('end', () => this.#lost.abort(new Error('the listening connection has ended')));
    this.#client.on('notification', (message) => {
      heard(message.payload ?? '');
      void this.#gather();
    });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Connects, listens, and takes the lock that shows other processes that this one runs. Returns the identity of the server. */
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

  /** The position of the latest event, and the server's clock in milliseconds. */
  async lastPosition(): Promise<{ readonly position: number; readonly serverNow: number }> {
    const { rows } = await this.#client.query(
      'select coalesce(max(position), 0) as position, (extract(epoch from clock_timestamp()) * 1000)::float8 as now from events',
    );
    return { position: rows[0].position, serverNow: rows[0].now };
  }

  /** Ids of migrations with events after a position, at most `catchUpLimit`. */
  async changedAfter(position: number): Promise<readonly string[]> {
    const { rows } = await this.#client.query('select distinct migration_id from events where position > $1 limit $2', [
      position,
      catchUpLimit,
    ]);
    return rows.map((row) => row.migration_id);
  }

  /** What arrives meanwhile is read together. */
  async #gather(): Promise<void> {
    const { stream } = this.#client.connection;
    if (stream.isPaused()) return;
    stream.pause();
    await this.#runtime.sleep(gatheringMs);
    stream.resume();
  }

  /** Closes without waiting, because the server may be gone. */
  drop(): void {
    this.#client.end().catch(() => {});
  }

  async end(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}
