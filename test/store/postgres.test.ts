import { afterAll, beforeAll, describe } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { closing } from './behaviour/setup.ts';
import { storeBehaviour } from './behaviour/suite.ts';

const postgres = await findPostgres();
const reason = postgres.available ? '' : ` (skipped: ${postgres.reason})`;

describe.skipIf(!postgres.available)(`PostgreSQL${reason}`, () => {
  let server: PostgresServer;
  let url = '';
  const open = () => openStore(url, { runtime: systemRuntime });

  beforeAll(async () => {
    if (!postgres.available) return;
    server = await postgres.start(async (template) => {
      const store = await openStore(template, { runtime: systemRuntime });
      await store.close();
    });
  }, 120_000);
  afterAll(() => server?.stop());

  storeBehaviour(
    closing(async () => {
      url = await server.createDatabase();
      return open();
    }, open),
  );
});
