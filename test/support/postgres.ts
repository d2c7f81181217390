import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { Client } from 'pg';
import { getContainerRuntimeClient, ImageName } from 'testcontainers';

const image = 'postgres:15';

/** A PostgreSQL server on which every test gets a database of its own. */
export interface PostgresServer {
  /** A new database, as a copy of the template; about 50 ms. */
  createDatabase(): Promise<string>;
  /** A new database without tables. */
  createEmptyDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export type PostgresSupport =
  | { readonly available: true; start(prepare: (url: string) => Promise<void>): Promise<PostgresServer> }
  | { readonly available: false; readonly reason: string };

/**
 * Finds PostgreSQL: the server of TEST_DATABASE_URL, else a container if an engine answers and has the image.
 * With REQUIRE_DOCKER=1 its absence is an error.
 */
export async function findPostgres(): Promise<PostgresSupport> {
  const url = process.env.TEST_DATABASE_URL;
  if (url !== undefined && url !== '') return { available: true, start: (prepare) => serverAt(url, prepare, null) };
  const reason = await missing();
  if (reason === null) return { available: true, start: startContainer };
  if (process.env.REQUIRE_DOCKER === '1') throw new Error(`PostgreSQL is required here: ${reason}`);
  return { available: false, reason };
}

async function missing(): Promise<string | null> {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  try {
    const runtime = await getContainerRuntimeClient();
    if (await runtime.image.exists(ImageName.fromString(image))) return null;
    return `no TEST_DATABASE_URL, and the container engine has no image ${image}`;
  } catch {
    return 'no TEST_DATABASE_URL, and no container engine answers';
  }
}

async function startContainer(prepare: (url: string) => Promise<void>): Promise<PostgresServer> {
  const container = await new PostgreSqlContainer(image)
    .withCommand(['postgres', '-c', 'max_connections=300'])
    // The default of four checks per second costs a fifth of a core while the container lives.
    .withHealthCheck({ test: ['CMD', 'pg_isready', '--host', 'localhost'], interval: 2000, timeout: 1000, retries: 30 })
    .start();
  try {
    // The databases end with the container.
    return await serverAt(container.getConnectionUri(), prepare, async () => {
      await container.stop();
    });
  } catch (error) {
    await container.stop();
    throw error;
  }
}

async function serverAt(
  url: string,
  prepare: (url: string) => Promise<void>,
  stopServer: (() => Promise<void>) | null,
): Promise<PostgresServer> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  const stem = `godwit_test_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const template = `${stem}_template`;
  const created: string[] = [];
  const create = async (from: string | null) => {
    const name = from === null && created.length === 0 ? template : `${stem}_${created.length}`;
    await admin.query(`create database ${name}${from === null ? '' : ` template ${from}`}`);
    created.push(name);
    return databaseUrl(url, name);
  };
  await prepare(await create(null));
  return {
    createDatabase: () => create(template),
    createEmptyDatabase: () => create(null),
    stop: async () => {
      if (stopServer === null)
        for (const name of created) await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      await stopServer?.();
    },
  };
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
