import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { closing } from './behaviour/setup.ts';
import { storeBehaviour } from './behaviour/suite.ts';

/** The in-memory store runs the same code, and most other tests use it. */
describe('SQLite in a file', () => {
  let folder = '';
  let count = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'godwit-store-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  storeBehaviour(
    closing(
      () => openStore(`sqlite:${join(folder, `${++count}.db`)}`, { runtime: systemRuntime }),
      async (first) => first,
      async (statement) => {
        const database = new DatabaseSync(join(folder, `${count}.db`));
        database.exec(statement);
        database.close();
      },
    ),
  );
});
