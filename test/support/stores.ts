import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { ReplicaTimes } from '../../src/domain/replicas.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { temporaryFolder } from './gateway.ts';
import { findPostgres, type PostgresServer } from './postgres.ts';

/**
 * Describes the same tests on a new SQLite file and on a new PostgreSQL database. Skips the latter, with the reason,
 * without PostgreSQL.
 */
export async function onBothStores(what: string, tests: (newUrl: () => Promise<string>) => void): Promise<void> {
  const postgres = await findPostgres();
  describe(`${what}, on SQLite`, () => tests(async () => `sqlite:${join(await temporaryFolder(), 'godwit.db')}`));
  const reason = postgres.available ? '' : ` (skipped: ${postgres.reason})`;
  describe.skipIf(!postgres.available)(`${what}, on PostgreSQL${reason}`, () => {
    let server: PostgresServer;
    beforeAll(async () => {
      if (!postgres.available) return;
      server = await postgres.start(async (template) => {
        await (await openStore(template, { runtime: systemRuntime })).close();
      });
    }, 120_000);
    afterAll(() => server?.stop(), 120_000);
    tests(() => server.createDatabase());
  });
}

/** One database opened by four processes, and the intervals by which they count each other in virtual time. */
export interface FourProcesses {
  readonly stores: readonly Store[];
  readonly replicaTimes: ReplicaTimes;
  /** Stops the server. The users of the stores close them. */
  stop(): Promise<void>;
}

/**
 * A new PostgreSQL database with four processes. They join and leave in real time, because the database's clock is
 * real.
 */
export async function fourProcesses(): Promise<FourProcesses> {
  const postgres = await findPostgres();
  if (!postgres.available) throw new Error(postgres.reason);
  const open = (url: string): Promise<Store> => openStore(url, { runtime: systemRuntime });
  const server = await postgres.start(async (url) => (await open(url)).close());
  const url = await server.createDatabase();
  return {
    stores: await Promise.all([open(url), open(url), open(url), open(url)]),
    replicaTimes: { beatMs: 5000, viewMs: 60_000, joinMs: 20, leaveMs: 600_000, publishMs: 200 },
    stop: () => server.stop(),
  };
}
