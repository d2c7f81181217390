import { Client } from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { findPostgres, type PostgresServer } from '../support/postgres.ts';
import { closing } from './behaviour/setup.ts';
import { storeBehaviour } from './behaviour/suite.ts';
import { connectionTests } from './postgres/connections.ts';
import { testDatabase } from './postgres/database.ts';
import { failureTests } from './postgres/failures.ts';
import { replicaTests } from './postgres/replicas.ts';

const postgres = await findPostgres();
const reason = postgres.available ? '' : ` (skipped: ${postgres.reason})`;

describe.skipIf(!postgres.available)(`PostgreSQL${reason}`, () => {
  let server: PostgresServer;
  const database = testDatabase(() => server);
  const open = () => openStore(database.url, { runtime: systemRuntime });

  beforeAll(async () => {
    if (!postgres.available) return;
    server = await postgres.start(async (template) => {
      const store = await openStore(template, { runtime: systemRuntime });
      await store.close();
    });
  }, 120_000);
  afterAll(() => server?.stop(), 120_000);

  storeBehaviour(
    closing(
      async () => {
        await database.create();
        return open();
      },
      open,
      async (statement) => {
        const client = new Client({ connectionString: database.url });
        await client.connect();
        await client.query(statement);
        await client.end();
      },
    ),
  );
  replicaTests(database);
  connectionTests(database);
  failureTests(database);
});
