import { describe, expect, it } from 'vitest';
import type { Backup, Migration } from '../../../src/domain/migration.ts';
import type { AlibabaAccount } from '../../../src/providers/alibaba/account.ts';
import { stsUrl } from '../../../src/providers/alibaba/endpoints.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { account, backup, call, credentials, instanceId, log, migration } from './fixture.ts';

const stored = (changes: Partial<Extract<Backup['source'], { type: 'object_storage' }>>): Backup['source'] => ({
  type: 'object_storage',
  bucket: 'acme-backups',
  keys: ['a.bak'],
  ...changes,
});
const urls = (...display: string[]): Backup['source'] => ({
  type: 'url',
  urls: display.map((each) => ({ display: each, sealed: 's' })),
});
const pointers = (of: Migration) => alibaba.checkMigration(of, account).map(({ pointer }) => pointer);
const named = (name: string, restoreAs?: string) =>
  migration({
    target: { instanceId, databases: [restoreAs === undefined ? { name } : { name, restoreAs }], overwrite: false },
  });

describe('a new migration', () => {
  it.each([
    ['a plain file', stored({}), []],
    ['capital letters', stored({ keys: ['A.BAK'] }), []],
    ['signs that only some pages discourage', stored({ keys: ['x/or_ders-1 (2)@+.trn'] }), []],
    ['.diff and .log', stored({ keys: ['a.diff', 'a.log'] }), []],
    ['a colon', stored({ keys: ['a:b.bak'] }), ['/source/keys/0']],
    ['a leading slash', stored({ keys: ['/a.bak'] }), ['/source/keys/0']],
    ['another extension', stored({ keys: ['a.bak', 'b.bkp'] }), ['/source/keys/1']],
    ['no extension', stored({ keys: ['bak'] }), ['/source/keys/0']],
    ['an archive', stored({ keys: ['a.zip'] }), ['/source/keys/0']],
    ['an archive with a good extension', stored({ keys: ['a.zip.log'] }), ['/source/keys/0']],
    ['a bucket with a dot', stored({ bucket: 'a.b.c' }), ['/source/bucket']],
    [
      'an endpoint with the bucket in it',
      stored({ endpoint: 'acme-backups.oss-x.aliyuncs.com' }),
      ['/source/endpoint'],
    ],
    ['a URL', urls('https://b.oss/a.bak'), []],
    ['a wholly masked URL', urls('[secret]'), []],
    ['a URL of another file', urls('https://b.oss/a.bak', 'https://b.oss/a.txt'), ['/source/urls/1']],
  ])('with $0 has faults at $2', (_what, source, expected) => {
    expect(pointers(migration({ backups: [backup({ source })] }))).toEqual(expected);
  });

  it('cannot start a chain from a URL', () => {
    const backups = [backup({ source: urls('https://b.oss/a.bak') })];
    expect(pointers(migration({ mode: 'full_log', backups }))).toEqual(['/source/type']);
  });

  it.each([
    ['orders', undefined, []],
    ['订单 2026', undefined, []],
    ['master', 'orders', []],
    ['MASTER', undefined, ['/target/databases/0/name']],
    ['orders', 'tempdb', ['/target/databases/0/restoreAs']],
    ['orders', ' orders', ['/target/databases/0/restoreAs']],
    ['or\u0000ders', undefined, ['/target/databases/0/name']],
    ['o'.repeat(129), undefined, ['/target/databases/0/name']],
  ])('with name $0 and new name $1 has faults at $2', (name, restoreAs, expected) => {
    expect(pointers(named(name, restoreAs))).toEqual(expected);
  });

  it('without databases is left to the generic check', () => {
    expect(pointers(migration({ target: { instanceId, overwrite: false } }))).toEqual([]);
  });
});

describe('an added backup', () => {
  const chain = migration({ mode: 'full_log' });
  it.each([
    [stored({ keys: ['a.trn'] }), []],
    [stored({ keys: ['a:b.trn'] }), ['/source/keys/0']],
    [urls('https://b.oss/a.trn'), ['/source/type']],
  ])('$0 has faults at $1', (source, expected) => {
    const faults = alibaba.checkBackup(chain, { type: 'log', source, final: false });
    expect(faults.map(({ pointer }) => pointer)).toEqual(expected);
  });
});

describe('the cancel verdict for a migration', () => {
  it.each(['pending', 'restoring', 'awaiting_backup'] as const)('%s: cancel at the vendor with a warning', (state) => {
    expect(alibaba.cancelVerdict(migration({ state }))).toMatchObject({
      possible: true,
      calls: true,
      warning: { code: 'half_restored_database' },
    });
  });

  it.each(['cutting_over', 'succeeded', 'failed', 'cancelled'] as const)('%s: cannot cancel', (state) => {
    expect(alibaba.cancelVerdict(migration({ state }))).toMatchObject({ possible: false });
  });

  it('cancels only the record before anything was sent', () => {
    const of = migration({ state: 'pending', providerRefs: {}, calls: [call({ state: 'deferred' })] });
    expect(alibaba.cancelVerdict(of)).toEqual({ possible: true, calls: false, warning: null });
  });

  it.each(['sending', 'unknown'] as const)(
    'cannot cancel while a submission is %s, because its restore would continue unseen',
    (state) => {
      const of = migration({ state: 'pending', providerRefs: {}, calls: [call({ state })] });
      expect(alibaba.cancelVerdict(of)).toMatchObject({ possible: false });
    },
  );

  it('can cancel while an increment’s outcome is unknown, because the task is known', () => {
    const of = migration({ mode: 'full_log', backups: [backup(), log(1)], calls: [call({ state: 'unknown' })] });
    expect(alibaba.cancelVerdict(of)).toMatchObject({ possible: true, calls: true });
  });
});

describe('the endpoint of a region', () => {
  it.each([
    ['cn-hangzhou', 'https://rds.aliyuncs.com'],
    ['ap-southeast-1', 'https://rds.aliyuncs.com'],
    ['cn-beijing-gov-1', 'https://rds.aliyuncs.com'],
    ['rus-west-1-pop', 'https://rds.aliyuncs.com'],
    ['cn-hangzhou-finance', 'https://rds-vpc.cn-hangzhou-finance.aliyuncs.com'],
    ['cn-zhangjiakou', 'https://rds.cn-zhangjiakou.aliyuncs.com'],
    ['eu-central-1', 'https://rds.eu-central-1.aliyuncs.com'],
    ['xx-new-9', 'https://rds.xx-new-9.aliyuncs.com'],
  ])('%s is %s', (region, url) => {
    expect(alibaba.endpoint('rds', region, account)).toBe(url);
  });

  it.each(['cn-hangzhou', 'cn-zhangjiakou', 'cn-shanghai-finance-1'])('in a VPC of %s', (region) => {
    const inVpc: AlibabaAccount = { ...account, site: 'vpc' };
    expect(alibaba.endpoint('rds', region, inVpc)).toBe(`https://rds-vpc.${region}.aliyuncs.com`);
    expect(alibaba.objectStore.endpoint('storage', region, inVpc)).toBe(`https://oss-${region}-internal.aliyuncs.com`);
    expect(stsUrl({ ...inVpc, region })).toBe(`https://sts-vpc.${region}.aliyuncs.com`);
  });

  it('exists once for every offered region', () => {
    const { regions } = alibaba.capabilities;
    expect(new Set(regions).size).toBe(regions.length);
    expect(regions).toEqual(expect.arrayContaining(['cn-hangzhou', 'na-south-1', 'cn-hangzhou-finance']));
  });
});

describe('what the provider offers', () => {
  it('matches the contract’s capability table', () => {
    expect(alibaba).toMatchObject({ id: 'alibaba', services: ['rds'] });
    expect(alibaba.capabilities).toMatchObject({
      id: 'alibaba',
      modes: ['full', 'full_log', 'full_differential'],
      sources: ['object_storage', 'url'],
      filesPerBackup: { min: 1, max: 1 },
      databases: { optional: false, min: 1, max: 1, renames: 1 },
      overwrite: false,
      options: ['consistencyCheck'],
      cutoverWithoutBackup: true,
      cancelWhileRestoring: true,
      failedIncrement: 'fatal',
      differentialBeforeLogs: true,
      oneRestorePerInstance: false,
      progressPercent: false,
    });
  });

  it('requires no session', () => {
    expect(alibaba.login(account, 'cn-hangzhou', credentials)).toBeNull();
  });
});
