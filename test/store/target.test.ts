import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/domain/migration.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { targetClaim } from '../../src/store/target.ts';
import { sampleBackup, sampleMigration } from '../support/samples.ts';
import { lease, noLease, onDatabases } from './samples.ts';

const object = (bucket: string, ...keys: string[]): Source => ({ type: 'object_storage', bucket, keys });
const url = (...displays: string[]): Source => ({
  type: 'url',
  urls: displays.map((display, index) => ({ display, sealed: `sealed-${index}-${display.length}` })),
});
const instanceBackup = (backupId: string, engineVersion = '2019_EE'): Source => ({
  type: 'instance_backup',
  instanceId: 'in04',
  backupId,
  engineVersion,
});
const upload = (fileName: string): Source => ({ type: 'upload', fileName });

const sources = (source: Source) => targetClaim(sampleMigration({ backups: [sampleBackup({ source })] })).sources;
const inCommon = (a: readonly string[], b: readonly string[]) => a.some((each) => b.includes(each));

describe('the target key of a migration', () => {
  it('consists of its restored names in any case', () => {
    const renamed = sampleMigration({
      target: { instanceId: 'rm-1', overwrite: false, databases: [{ name: 'orders', restoreAs: 'Copy' }] },
    });
    expect(targetClaim(renamed).names).toEqual(targetClaim(sampleMigration(onDatabases('COPY'))).names);
    expect(targetClaim(renamed).names).not.toEqual(targetClaim(sampleMigration(onDatabases('orders'))).names);
  });

  it('contains no databases when the list is absent or empty', () => {
    for (const databases of [undefined, []]) {
      const target = { instanceId: 'rm-1', overwrite: false, ...(databases === undefined ? {} : { databases }) };
      expect(targetClaim(sampleMigration({ target }))).toMatchObject({ namesDatabases: false, names: [] });
    }
  });

  it('uses the source of the full backup, not of later ones', () => {
    const [full, log] = [object('b', 'full.bak'), object('b', 'log.bak')].map((source) => sampleBackup({ source }));
    if (full === undefined || log === undefined) throw new Error('no backups');
    expect(targetClaim(sampleMigration({ backups: [full, log] })).sources).toEqual(
      targetClaim(sampleMigration({ backups: [full] })).sources,
    );
  });

  it.each<readonly [string, Source, Source, boolean]>([
    ['a key in common', object('b', 'x', 'y'), object('b', 'y', 'z'), true],
    ['keys that differ in case', object('b', 'X'), object('b', 'x'), false],
    ['another bucket', object('b', 'x'), object('c', 'x'), false],
    ['a bucket and key that read alike', object('b', 'c/x'), object('b.c', 'x'), false],
    ['the same URL but for its query', url('https://h/x'), url('https://h/other', 'https://h/x'), true],
    ['another URL', url('https://h/x'), url('https://h/y'), false],
    ['the same backup', instanceBackup('br04'), instanceBackup('br04', '2022_SE'), true],
    ['another backup', instanceBackup('br04'), instanceBackup('br05'), false],
    ['the same file', upload('x.bak'), upload('x.bak'), true],
    ['another file', upload('x.bak'), upload('y.bak'), false],
    ['another kind of source', upload('x'), object('b', 'x'), false],
  ])('for $0: shared is $3', (_, one, other, shared) => {
    expect(inCommon(sources(one), sources(other))).toBe(shared);
  });

  it('has a bounded length for any object key', () => {
    expect(sources(object('b', 'k'.repeat(1023)))[0]).toHaveLength(64);
  });
});

describe('the database’s conflict check', () => {
  const names = fc.option(fc.uniqueArray(fc.constantFrom('a', 'A', 'b', 'c'), { minLength: 1 }), { nil: undefined });
  const keys = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 });
  const side = fc.record({ names, keys });
  type Side = { readonly names: readonly string[] | undefined; readonly keys: readonly string[] };

  const collide = (one: Side, other: Side) =>
    one.names === undefined || other.names === undefined
      ? one.keys.some((key) => other.keys.includes(key))
      : one.names.some((name) => other.names?.some((each) => each.toLowerCase() === name.toLowerCase()));
  const migrationOf = ({ names, keys }: Side, account: string) =>
    sampleMigration({
      account,
      target: {
        instanceId: 'rm-1',
        overwrite: false,
        ...(names === undefined ? {} : { databases: names.map((name) => ({ name })) }),
      },
      backups: [sampleBackup({ source: object('bucket', ...keys) })],
    });

  it('agrees with the domain rule for any two requests', async () => {
    const store = await openStore('sqlite::memory:', { runtime: systemRuntime });
    let account = 0;
    await fc.assert(
      fc.asyncProperty(side, side, async (one, other) => {
        const name = `account-${++account}`;
        const first = migrationOf(one, name);
        await store.create(first, noLease);
        const result = await store.create(migrationOf(other, name), lease());
        expect(result.outcome).toBe(collide(one, other) ? 'target_busy' : 'created');
      }),
      { numRuns: 300 },
    );
    await store.close();
  });
});
