import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
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
