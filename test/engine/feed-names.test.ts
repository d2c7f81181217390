import { expect, it } from 'vitest';
import { newMigration } from '../../src/domain/creation.ts';
import type { FolderFile } from '../../src/engine/feed/folder-file.ts';
import { planFeed } from '../../src/engine/feed/plan.ts';
import { history } from '../backups/history.ts';
import { Simulation } from '../support/simulation.ts';

it('a folder of thousands of misnamed files costs a bounded number of searches for a chain', async () => {
  const { context, account } = await Simulation.start({ provider: 'tencent' });
  const creation = { runtime: context.runtime, seal: (url: string) => ({ display: url, sealed: url }) };
  const migration = newMigration(
    {
      provider: 'tencent',
      mode: 'full_differential',
      target: { instanceId: 'mssql-12345678', databases: [{ name: 'orders' }] },
      feed: { bucket: 'acme-backups-1250000000', prefix: '' },
    },
    account,
    'tests',
    creation,
  );
  const [full, differential] = history(['full', 'differential']);
  if (full === undefined || differential === undefined) throw new Error('no backup was made');
  const names = [
    'orders_20261127010000_1full1_1noreconvery1.bak',
    ...Array.from({ length: 3000 }, (_, n) => `d${n}.bak`),
  ];
  const files = new Map(
    names.map((key, number): [string, FolderFile] => {
      const { file } = number === 0 ? full : differential;
      const lastLsn = String(BigInt(file.header.lastLsn ?? 0) + BigInt(number));
      const object = { key, size: 9000, lastModified: number, etag: key, storageClass: 'STANDARD' };
      return [key, { object, seenAt: 0, unread: null, file: { ...file, header: { ...file.header, lastLsn } } }];
    }),
  );
  const provider = context.providers.of('tencent');
  // Each search for a chain reads each header.
  let reads = 0;
  const watched = files.get('d0.bak');
  if (watched === undefined || watched.file === null) throw new Error('no file is watched');
  const { header, ...rest } = watched.file;
  const file = Object.defineProperty({ ...rest, header }, 'header', {
    get() {
      reads++;
      return header;
    },
  });
  files.set('d0.bak', { ...watched, file });
  const plan = planFeed(migration, files, { provider, account, now: 1e6, scanMs: 1000 });
  expect(plan.coming).toEqual([names[0]]);
  expect(plan.items.filter(({ verdict }) => verdict === 'refused')).toHaveLength(3000);
  expect(reads).toBeLessThan(200);
});
