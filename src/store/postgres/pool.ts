import type { PostgresPool } from 'kysely';
import { type Client, DatabaseError, Pool, type PoolClient } from 'pg';
import { type BatchingClient, withoutNul } from './batch.ts';
import type { Servers } from './servers.ts';

/** Maximum age of a connection in seconds, because addresses and passwords may change. */
const maxLifeSeconds = 300;

/** A pool whose existing connections can be replaced. */
export interface RecyclingPool extends PostgresPool {
  connect(): Promise<BatchingClient>;
  /** Closes all existing connections instead of using them again. */
  recycle(): void;
}

/** Opens a pool. Broken connections are not used again, and their errors do not end the process. `limits`: see `Servers.prepare`. */
export function openPool(
  servers: Servers,
  poolSize: number,
  onError: (error: unknown) => void,
  limits = true,
): RecyclingPool {
  const pool = new Pool({
    Client: servers.client,
    max: poolSize,
    maxLifetimeSeconds: maxLifeSeconds,
    verify: (client: Client, done: (error?: Error) => void) => {
      servers.prepare(client, limits).then(() => done(), done);
    },
  } as ConstructorParameters<typeof Pool>[0]);
  // Error of an idle connection that the server closed. The pool has removed it already.
  pool.on('error', onError);
  let generation = 0;
  const generations = new WeakMap<PoolClient, number>();
  pool.on('connect', (client) => {
    generations.set(client, generation);
    // Error of a connection between two statements of a transaction. Its next statement fails.
    client.on('error', () => {});
  });
  const clients = new WeakMap<PoolClient, BatchingClient>();
  return {
    options: pool.options,
    end: () => pool.end(),
    recycle() {
      generation++;
    },
    async connect() {
      let client = await pool.connect();
      while (generations.get(client) !== generation) {
        client.release(true);
        client = await pool.connect();
      }
      const known = clients.get(client);
      if (known !== undefined) return known;
      const guarded = guard(client, () => generations.get(client) !== generation);
      clients.set(client, guarded);
      return guarded;
    },
  };
}

/**
 * Wraps a connection. `release` closes it instead of reusing it if a statement got no response, because that response would be taken for the
 * next one's, or if its server accepts no more writes.
 */
function guard(client: PoolClient, isOld: () => boolean): BatchingClient {
  let lost: Error | null = null;
  let unfit = false;
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    if (lost !== null) throw lost;
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') lost = error;
      if (error instanceof DatabaseError && takesNoWrites(error)) unfit = true;
      throw error;
    }
  };
  const query = (text: string, parameters: readonly unknown[]) =>
    watched(() => client.query(text, parameters.map(withoutNul)));
  return {
    // Kysely's second signature is for cursors, which it does not get here.
    query: query as unknown as BatchingClient['query'],
    send: (batchOf) =>
      watched(
        () =>
          new Promise<void>((resolve, reject) => {
            client.query(batchOf((error) => (error === null ? resolve() : reject(error))));
          }),
      ),
    release: (destroy?: boolean) => client.release(destroy === true || lost !== null || unfit || isOld()),
  };
}

/** Whether the error is `read_only_sql_transaction`, or comes from a server that shuts down or starts. */
function takesNoWrites({ code = '' }: DatabaseError): boolean {
  return code === '25006' || code.startsWith('57P');
}
