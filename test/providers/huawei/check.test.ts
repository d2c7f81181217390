import { describe, expect, it } from 'vitest';
import type { Migration, Source } from '../../../src/domain/migration.ts';
import { checkBackup, checkMigration } from '../../../src/providers/huawei/check.ts';
import { backup, instanceBackup, migration, objects, target } from './fixtures.ts';

const pointers = (changes: Partial<Migration>, source: Source = objects('a/orders.bak')) =>
  checkMigration(migration({ ...changes, backups: [backup({ source })] })).map((fault) => fault.pointer);
const databases = (...list: { name: string; restoreAs?: string }[]) => ({
  target: { instanceId: target, overwrite: false, databases: list },
});
const renamed = { name: 'orders', restoreAs: 'orders_copy' };

describe('checkMigration', () => {
  it.each<[string, Partial<Migration>, Source?]>([
    ['one file', {}],
    ['many files', {}, objects(...Array.from({ length: 256 }, (_, index) => `f/${index}.bak`))],
    ['the longest name in a folder with dots and spaces', {}, objects(`a.b c/${'x'.repeat(200)}.bak`)],
    ['capitals in the suffix', {}, objects('ORDERS.BAK')],
    ['the bucket’s own host', {}, { ...objects('a.bak'), endpoint: 'obs.ap-southeast-3.myhuaweicloud.com' } as Source],
    ['a rename of one file’s database', databases(renamed)],
    [
      'a name to itself in a chain',
      { mode: 'full_log', ...databases({ name: 'Kunden-Bestände', restoreAs: 'Kunden-Bestände' }) },
    ],
    [
      'many renames from an instance',
      databases(renamed, { name: 'hr', restoreAs: 'hr2' }, { name: 'x' }),
      instanceBackup,
    ],
    ['tags', { providerOptions: { huawei: { tags: { team: '数据 a_.:/=+-@9' } } } }],
  ])('accepts %s', (_title, changes, source) => {
    expect(pointers(changes, source)).toEqual([]);
  });

  it.each<[string, Partial<Migration>, Source | undefined, string[]]>([
    ['another suffix', {}, objects('a.bak', 'b.zip', 'c/.bak'), ['/source/keys/1', '/source/keys/2']],
    ['a folder', {}, objects('a.bak/'), ['/source/keys/0']],
    ['a long name', {}, objects(`${'x'.repeat(201)}.bak`), ['/source/keys/0']],
    ['a long folder', {}, objects(`${'x'.repeat(512)}/a.bak`), ['/source/keys/0']],
    ['a name with a dot', {}, objects('a/b.c.bak'), ['/source/keys/0']],
    ['a folder beyond ASCII', {}, objects('数据/a.bak'), ['/source/keys/0']],
    ['a name beyond ASCII', {}, objects('数据.bak'), ['/source/keys/0']],
    ['an address for a bucket', {}, { ...objects('a.bak'), bucket: '10.0.0.1' } as Source, ['/source/bucket']],
    [
      'a bucket of another region',
      {},
      { ...objects('a.bak'), endpoint: 'obs.cn-north-4.myhuaweicloud.com' } as Source,
      ['/source/endpoint'],
    ],
    ['a chain from an instance’s backup', { mode: 'full_log' }, instanceBackup, ['/source/type']],
    ['a rename in a chain', { mode: 'full_log', ...databases(renamed) }, undefined, ['/target/databases/0/restoreAs']],
    ['a rename among several', databases({ name: 'hr' }, renamed), undefined, ['/target/databases/1/restoreAs']],
    ['a rename of several files', databases(renamed), objects('a.bak', 'b.bak'), ['/target/databases/0/restoreAs']],
    ['SQL Server’s own database', databases({ name: 'Master' }), undefined, ['/target/databases/0/name']],
    [
      'SQL Server’s own name',
      databases({ name: 'a', restoreAs: 'TempDB' }),
      undefined,
      ['/target/databases/0/restoreAs'],
    ],
    ['a new name with a dot', databases({ name: 'a', restoreAs: 'a.b' }), undefined, ['/target/databases/0/restoreAs']],
    [
      'a new name with a line end',
      databases({ name: 'a', restoreAs: 'ab\n' }),
      undefined,
      ['/target/databases/0/restoreAs'],
    ],
    [
      'a long new name',
      databases({ name: 'a', restoreAs: 'b'.repeat(65) }),
      instanceBackup,
      ['/target/databases/0/restoreAs'],
    ],
    [
      'a tag',
      { providerOptions: { huawei: { tags: { a: 'x', b: 'x;y' } } } },
      undefined,
      ['/providerOptions/huawei/tags/b'],
    ],
  ])('refuses %s', (_title, changes, source, wanted) => {
    expect(pointers(changes, source)).toEqual(wanted);
  });

  it('allows a longer new name from object storage', () => {
    expect(pointers(databases({ name: 'a', restoreAs: 'b'.repeat(128) }))).toEqual([]);
    expect(pointers(databases({ name: 'a', restoreAs: 'b'.repeat(129) }))).toHaveLength(1);
  });

  it('reports all faults at once, in plain words', () => {
    const faults = checkMigration(
      migration({ mode: 'full_log', ...databases(renamed), backups: [backup({ source: objects('a.txt', 'ü.bak') })] }),
    );
    expect(faults).toHaveLength(3);
    for (const { detail } of faults) expect(detail).toMatch(/^\S.*\.$/);
  });
});

describe('checkBackup', () => {
  const chain = migration({ mode: 'full_log' });
  it.each<[string, Parameters<typeof checkBackup>[1], string[]]>([
    ['a log backup', { type: 'log', source: objects('a.bak', 'b.bak'), final: true }, []],
    ['a differential backup', { type: 'differential', source: objects('a.bak'), final: false }, ['/type']],
    ['a backup of an instance', { type: 'log', source: instanceBackup, final: false }, ['/source/type']],
    ['another suffix', { type: 'log', source: objects('a.trn'), final: false }, ['/source/keys/0']],
  ])('$0 has faults at $2', (_title, given, wanted) => {
    expect(checkBackup(chain, given).map((fault) => fault.pointer)).toEqual(wanted);
  });
});
