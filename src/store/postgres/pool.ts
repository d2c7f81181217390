import type { PostgresPool } from 'kysely';
import { type Client, DatabaseError, Pool, type PoolClient } from 'pg';
import { type BatchingClient, withoutNul } from './batch.ts';
import type { Servers } from './servers.ts';

/** Maximum age of a connection in seconds, because a host's address or a password may have changed. */
const maxLifeSeconds = 300;

/** A pool whose connections can be declared outdated. */
export interface RecyclingPool extends PostgresPool {
  connect(): Promise<BatchingClient>;
  /** Every connection that was made before is closed instead of being used again. */
  recycle(): void;
}

/** A pool whose broken connections are neither used again nor able to end the process. `limits`: see `Servers.prepare`. */
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
  // An idle connection that the server closes; the pool has dropped it already.
  pool.on('error', onError);
  let generation = 0;
  const generations = new WeakMap<PoolClient, number>();
  pool.on('connect', (client) => {
    generations.set(client, generation);
    // The same for one that is between two statements of a transaction: the next statement tells its user.
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
 * A connection whose statement went without an answer is closed, because the answer would be taken for the next one's; so is one whose server
 * takes no writes any more.
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
    // Kysely's second signature is for cursors, which it is not given.
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

/** `read_only_sql_transaction`, or a server that shuts down or recovers. */
function takesNoWrites({ code = '' }: DatabaseError): boolean {
  return code === '25006' || code.startsWith('57P');
}
