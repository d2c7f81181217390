import { Client, type ClientConfig, types } from 'pg';
import { type PostgresPlace, postgresPlace } from '../../domain/store-url.ts';
import type { PostgresOptions } from './options.ts';

const int8 = 20;
const json = 114;

/** The server accepts no writes: a standby, a former primary, or a server that is set to read-only. */
export class NotPrimary extends Error {
  override readonly name = 'NotPrimary';

  constructor() {
    super('the database refuses writes: it is a standby or read-only');
  }
}

/** The source of a store URL that may change while the process runs. */
export interface StoreUrlSource {
  /** Returns the present URL. Throws if it cannot be read. */
  readonly read: () => string;
  /** Called if the URL cannot be read or used. The previous one stays in use. */
  readonly onFault: (error: unknown) => void;
}

/** SQL expression: the server accepts no writes. */
export const readOnlyServer = "(pg_is_in_recovery() or current_setting('transaction_read_only') = 'on')";

/**
 * The servers in a store URL. A connection is made to the server that worked last, and to the next one after it fails or accepts no writes. The
 * URL is read again for each new connection.
 */
export class Servers {
  readonly #options: PostgresOptions;
  readonly #source: StoreUrlSource | null;
  #url: string;
  #place: PostgresPlace;
  #current = 0;
  #server: string | null = null;
  /** Called before a connection to another or restarted server is used. That server may lack the last commits of the previous one. */
  onOtherServer: () => void = () => {};

  /** Throws `StoreUrlFault` for an invalid URL. */
  constructor(url: string, options: PostgresOptions, source: StoreUrlSource | null = null) {
    this.#url = url;
    this.#place = postgresPlace(url);
    this.#options = options;
    this.#source = source;
  }

  /** The parsed URL. */
  get place(): PostgresPlace {
    return this.#place;
  }

  /** Whether the URL names several servers. */
  get several(): boolean {
    return this.place.hosts.length > 1;
  }

  /** The client class that connects to the current server. */
  get client(): typeof Client {
    const servers = this;
    return class extends Client {
      readonly #index: number;

      constructor(config?: ClientConfig) {
        super({ ...config, ...servers.#settings() });
        this.#index = servers.#current;
      }

      override connect(): Promise<Client>;
      override connect(callback: (error: Error) => void): void;
      override connect(callback?: (error: Error) => void): Promise<Client> | undefined {
        const connecting = super.connect().then(
          () => this,
          (error: unknown) => {
            servers.failed(this.#index);
            throw error;
          },
        );
        if (callback === undefined) return connecting;
        // The pool's callback. It is called without an argument on success.
        void connecting.then(() => (callback as () => void)(), callback);
        return undefined;
      }

      get serverIndex(): number {
        return this.#index;
      }
    } as typeof Client;
  }

  /** Makes the next server current, unless another failure has already done so. */
  failed(index: number): void {
    if (index === this.#current) this.#current = (this.#current + 1) % this.place.hosts.length;
  }

  /** Tries the servers in turn until one accepts writes. The last one is not tried; the next connection does that. */
  async findPrimary(): Promise<void> {
    for (let left = this.place.hosts.length - 1; left > 0; left--) {
      const client = new this.client();
      client.on('error', () => {});
      try {
        await client.connect();
        await this.prepare(client);
        return;
      } catch {
        // The loop tries the next server.
      } finally {
        client.end().catch(() => {});
      }
    }
  }

  /**
   * Sets the limits of a new connection and checks that its server accepts writes. The limits are set by a statement, because poolers reject them as
   * startup parameters. `limits`: false for schema changes, which may wait for long. Calls `onOtherServer` for another or restarted server.
   * Rejects with `NotPrimary`.
   */
  async prepare(client: Client, limits = true): Promise<void> {
    const { statementTimeoutMs, lockTimeoutMs, graceMs } = this.#options;
    const values = limits ? [statementTimeoutMs, lockTimeoutMs, statementTimeoutMs + graceMs] : [0, 0, 0];
    const { rows } = await client.query(
      `select set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
        set_config('idle_in_transaction_session_timeout', $3, false), ${readOnlyServer} as "readOnly",
        concat_ws(' ', inet_server_addr(), inet_server_port(), pg_postmaster_start_time()) as server`,
      values.map(String),
    );
    if (rows[0]?.readOnly !== true) {
      const server: string = rows[0]?.server ?? '';
      if (this.#server !== null && this.#server !== server) this.onOtherServer();
      this.#server = server;
      return;
    }
    const { serverIndex } = client as Client & { readonly serverIndex?: number };
    if (serverIndex !== undefined) this.failed(serverIndex);
    throw new NotPrimary();
  }

  /** Uses the present URL if it has changed. */
  #reread(): void {
    if (this.#source === null) return;
    try {
      const url = this.#source.read();
      if (url === this.#url) return;
      this.#place = postgresPlace(url);
      this.#url = url;
      this.#current = 0;
    } catch (error) {
      this.#source.onFault(error);
    }
  }

  #settings(): ClientConfig {
    this.#reread();
    const { place } = this;
    const { host, port } = place.hosts[this.#current] ?? { host: 'localhost', port: 5432 };
    const { connectTimeoutMs, statementTimeoutMs, graceMs } = this.#options;
    const named = host.includes(':') ? `[${host}]` : encodeURIComponent(host);
    const query = new URLSearchParams([...place.parameters]).toString();
    return {
      connectionString: `postgres://${credentialsOf(place)}${named}:${port}/${encodeURIComponent(place.database ?? '')}${query === '' ? '' : `?${query}`}`,
      application_name: 'godwit',
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs + graceMs,
      keepAlive: true,
      types: { getTypeParser: (oid, format) => parserOf(oid) ?? types.getTypeParser(oid, format) },
    };
  }
}

/** The parser of a type, by its object id; null: that of `pg`. */
function parserOf(oid: number): ((text: string) => unknown) | null {
  if (oid === int8) return Number;
  return oid === json ? (text) => text : null;
}

/** The parser of a type's text format, by its object id. */
export function textParserOf(oid: number): (text: string) => unknown {
  return parserOf(oid) ?? types.getTypeParser(oid, 'text');
}

function credentialsOf({ user, password }: PostgresPlace): string {
  if (user === undefined) return '';
  return `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
}
