/**
 * Opens the store that its argument names, claims a first migration and then writes until it is killed. Prints
 * `open`, and the id and version of every migration that the store has acknowledged.
 */

import { systemRuntime } from '../../../src/runtime.ts';
import { openStore } from '../../../src/store/open.ts';
import { sampleMigration } from '../../support/samples.ts';
import { lease, noLease } from '../samples.ts';

const store = await openStore(process.argv[2] ?? '', { runtime: systemRuntime });
const held = sampleMigration();
await store.create(held, lease({ leaseMs: 3_600_000 }));
process.stdout.write(`open ${held.id}\n`);

async function writeForever(): Promise<never> {
  for (;;) {
    const migration = sampleMigration();
    await store.create(migration, noLease);
    process.stdout.write(`${migration.id} 1\n`);
    await store.update(migration.id, (current) => ({ ...current, state: 'restoring' }));
    process.stdout.write(`${migration.id} 2\n`);
  }
}

if (process.argv[3] === 'write') await Promise.all(Array.from({ length: 8 }, writeForever));
else setInterval(() => {}, 60_000);
