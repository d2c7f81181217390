import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { ReplicaTimes } from '../../src/domain/replicas.ts';
import type { Store } from '../../src/domain/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { temporaryFolder } from './gateway.ts';
import { findPostgres, type PostgresServer } from './postgres.ts';

/** Describes the same on a new SQLite file and on a new PostgreSQL database each time; the latter is skipped, with the reason, where there is none. */
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

/** One database as four processes have it open, and how these count each other while time is virtual. */
export interface FourProcesses {
  readonly stores: readonly Store[];
  readonly replicaTimes: ReplicaTimes;
  /** Ends the server; the stores are closed by whoever uses them. */
  stop(): Promise<void>;
}

/** A new PostgreSQL database with four processes on it. Their times for coming and going are real time, because the database's clock is. */
export async function fourProcesses(): Promise<FourProcesses> {
  const postgres = await findPostgres();
  if (!postgres.available) throw new Error(postgres.reason);
  const open = (url: string): Promise<Store> => openStore(url, { runtime: systemRuntime });
  const server = await postgres.start(async (url) => (await open(url)).close());
  const url = await server.createDatabase();
  return {
    stores: await Promise.all([open(url), open(url), open(url), open(url)]),
    replicaTimes: { beatMs: 5000, viewMs: 60_000, joinMs: 20, leaveMs: 600_000, tellMs: 200 },
    stop: () => server.stop(),
  };
}
