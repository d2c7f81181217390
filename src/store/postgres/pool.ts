import type { PostgresPool, PostgresPoolClient } from 'kysely';
import { type ClientConfig, Pool, type PoolClient, types } from 'pg';
import type { PostgresOptions } from './options.ts';

const int8 = 20;
const json = 114;

/** Connection settings of every connection of ours. 64-bit integers arrive as numbers, JSON as its text. */
export function clientConfig(url: string, options: PostgresOptions): ClientConfig {
  return {
    connectionString: url,
    application_name: 'godwit',
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: options.statementTimeoutMs + options.graceMs,
    query_timeout: options.statementTimeoutMs + options.graceMs,
    keepAlive: true,
    types: {
      getTypeParser: (oid, format) => {
        if (oid === int8) return Number;
        if (oid === json) return (text: string) => text;
        return types.getTypeParser(oid, format);
      },
    },
  };
}

/** A pool whose broken connections are neither used again nor able to end the process. */
export function openPool(config: ClientConfig, poolSize: number, onError: (error: unknown) => void): PostgresPool {
  const pool = new Pool({ ...config, max: poolSize });
  // An idle connection that the server closes; the pool has dropped it already.
  pool.on('error', onError);
  // The same for one that is between two statements of a transaction: the next statement tells its user.
  pool.on('connect', (client) => client.on('error', () => {}));
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      const known = clients.get(client);
      if (known !== undefined) return known;
      const guarded = guard(client);
      clients.set(client, guarded);
      return guarded;
    },
  };
}

/** A connection whose statement went without an answer is closed, because the answer would be taken for the next one's. */
function guard(client: PoolClient): PostgresPoolClient {
  let broken: Error | null = null;
  const query = async (text: string, parameters: readonly unknown[]) => {
    if (broken !== null) throw broken;
    try {
      return await client.query(text, parameters.map(withoutNul));
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') broken = error;
      throw error;
    }
  };
  return {
    // Kysely's second signature is for cursors, which it is not given.
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy?: boolean) => client.release(destroy === true || broken !== null),
  };
}

/** PostgreSQL has no NUL in text. In JSON it is written as an escape and stays. */
function withoutNul(parameter: unknown): unknown {
  return typeof parameter === 'string' && parameter.includes('\0') ? parameter.replaceAll('\0', '\uFFFD') : parameter;
}
