import { Client, type ClientConfig, types } from 'pg';
import { type PostgresPlace, postgresPlace } from '../../domain/store-url.ts';
import type { PostgresOptions } from './options.ts';

const int8 = 20;
const json = 114;

/** The server that was reached takes no writes: a standby, a primary of yesterday, or one that is set to read-only. */
export class NotPrimary extends Error {
  override readonly name = 'NotPrimary';

  constructor() {
    super('the database takes no writes (it is a standby, or set to read-only)');
  }
}

/** Where the store's URL stands, when that may change while the process runs. */
export interface StoreUrlSource {
  /** The URL as it stands now. Throws when it cannot be read. */
  readonly read: () => string;
  /** Told when it cannot be read or used; the URL of before stays in use. */
  readonly onFault: (error: unknown) => void;
}

/** SQL for whether the server that is asked takes no writes. */
export const readOnlyServer = "(pg_is_in_recovery() or current_setting('transaction_read_only') = 'on')";

/**
 * The servers of a store URL: connections are made to the one that worked last, and to the next one when that fails or takes no writes. Each new
 * connection goes by the URL as it stands then.
 */
export class Servers {
  readonly #options: PostgresOptions;
  readonly #source: StoreUrlSource | null;
  #url: string;
  #place: PostgresPlace;
  #current = 0;
  #server: string | null = null;
  /** Called before a connection to another server is used for the first time: it may have lost the last commits of the one before. */
  onOtherServer: () => void = () => {};

  /** Throws `StoreUrlFault`. */
  constructor(url: string, options: PostgresOptions, source: StoreUrlSource | null = null) {
    this.#url = url;
    this.#place = postgresPlace(url);
    this.#options = options;
    this.#source = source;
  }

  get place(): PostgresPlace {
    return this.#place;
  }

  get several(): boolean {
    return this.place.hosts.length > 1;
  }

  /** The class whose instances connect to the present server. */
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
        // A callback of the pool's; without an error it is called with none.
        void connecting.then(() => (callback as () => void)(), callback);
        return undefined;
      }

      get serverIndex(): number {
        return this.#index;
      }
    } as typeof Client;
  }

  /** The next connection goes elsewhere, if there is an elsewhere and nobody has moved on already. */
  failed(index: number): void {
    if (index === this.#current) this.#current = (this.#current + 1) % this.place.hosts.length;
  }

  /** Goes through the servers until one takes writes. The last one is left to whoever connects next. */
  async findPrimary(): Promise<void> {
    for (let left = this.place.hosts.length - 1; left > 0; left--) {
      const client = new this.client();
      client.on('error', () => {});
      try {
        await client.connect();
        await this.prepare(client);
        return;
      } catch {
        // The next connection goes to the next one.
      } finally {
        client.end().catch(() => {});
      }
    }
  }

  /**
   * Sets the limits of a new connection and makes sure that its server takes writes. By `set`, because a pooler between refuses them as
   * parameters of the start. Tells when it is another server than before, or the same one started again. Rejects with `NotPrimary`. `limits`: false while the schema is changed, which may wait for long.
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

  /** Takes up the URL as it stands now. */
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

/** How a value of a type is read, by the number of the type; null: as `pg` does. */
function parserOf(oid: number): ((text: string) => unknown) | null {
  if (oid === int8) return Number;
  return oid === json ? (text) => text : null;
}

/** The same for the text of a value, of any type. */
export function textParserOf(oid: number): (text: string) => unknown {
  return parserOf(oid) ?? types.getTypeParser(oid, 'text');
}

function credentialsOf({ user, password }: PostgresPlace): string {
  if (user === undefined) return '';
  return `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
}
