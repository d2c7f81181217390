import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { account, backup, converse, instanceId, migration, refusal, reply, type Script } from './fixture.ts';

const healthy = {
  DBInstanceId: instanceId,
  Engine: 'SQLServer',
  EngineVersion: '2019_std_ha',
  DBInstanceStatus: 'Running',
  LockMode: 'Unlock',
  DBInstanceType: 'Primary',
  DBInstanceStorageType: 'cloud_essd',
  RegionId: 'cn-hangzhou',
};
const instance = (changes: Record<string, unknown> = {}) =>
  reply({ RequestId: 'r', Items: { DBInstanceAttribute: [{ ...healthy, ...changes }] } });
const free = reply({ RequestId: 'r' });
const run = (script: Script, of: Migration = migration()) => converse(alibaba.preflight(of, account), script);
const url = { type: 'url', urls: [{ display: 'https://b.oss/a.bak', sealed: 's' }] } as const;
const fromUrl = migration({ backups: [backup({ source: url })] });

describe('preflight checks of a new migration', () => {
  it('find no fault on a healthy instance with a free name', () => {
    const { value, asked } = run({ DescribeDBInstanceAttribute: instance(), CheckDBNameAvailable: free });
    expect(value).toEqual([]);
    expect(asked).toEqual([
      { operation: 'DescribeDBInstanceAttribute', query: { DBInstanceId: instanceId } },
      { operation: 'CheckDBNameAvailable', query: { DBInstanceId: instanceId, DBName: 'orders' } },
    ]);
  });

  it.each([
    [{ Engine: 'MySQL' }, '/target/instanceId', 'MySQL'],
    [{ DBInstanceStatus: 'Rebooting' }, '/target/instanceId', 'Rebooting'],
    [{ LockMode: 'LockByDiskQuota' }, '/target/instanceId', 'LockByDiskQuota'],
    [{ DBInstanceType: 'Readonly' }, '/target/instanceId', 'Readonly'],
    [{ RegionId: 'cn-beijing' }, '/region', 'cn-beijing'],
  ])('report %j at %s', (changes, pointer, word) => {
    const { value } = run({ DescribeDBInstanceAttribute: instance(changes), CheckDBNameAvailable: free });
    expect(value).toEqual([{ pointer, detail: expect.stringContaining(word) }]);
  });

  it('conclude nothing from fields that are missing', () => {
    const bare = reply({ Items: { DBInstanceAttribute: { DBInstanceId: instanceId, Engine: null } } });
    expect(run({ DescribeDBInstanceAttribute: bare, CheckDBNameAvailable: free }).value).toEqual([]);
  });

  it('find a bucket in a different region', () => {
    const source = {
      type: 'object_storage',
      bucket: 'b-1',
      keys: ['a.bak'],
      endpoint: 'oss-cn-beijing-internal.aliyuncs.com',
    } as const;
    const { value } = run(
      { DescribeDBInstanceAttribute: instance(), CheckDBNameAvailable: free },
      migration({ backups: [backup({ source })] }),
    );
    expect(value).toMatchObject([{ pointer: '/source/endpoint' }]);
  });

  it.each([
    ['InvalidDBName.Duplicate', 400, '/target/databases/0/name'],
    ['InvalidDBName.Forbid', 400, '/target/databases/0/name'],
    ['InvalidParameter.Keyword', 400, '/target/databases/0/name'],
    ['OperationDenied.DBInstanceStatus', 403, '/target/instanceId'],
  ])('report %s as a fault with the vendor’s words', (code, status, pointer) => {
    const { value } = run({ DescribeDBInstanceAttribute: instance(), CheckDBNameAvailable: refusal(code, status) });
    expect(value).toEqual([{ pointer, detail: expect.stringContaining(`words of ${code}`) }]);
  });

  it('point at the new name of a renamed database', () => {
    const databases = [{ name: 'orders', restoreAs: 'orders_copy' }];
    const { value } = run(
      { DescribeDBInstanceAttribute: instance(), CheckDBNameAvailable: refusal('InvalidDBName.Duplicate') },
      migration({ target: { instanceId, databases, overwrite: false } }),
    );
    expect(value).toMatchObject([{ pointer: '/target/databases/0/restoreAs' }]);
  });

  it.each([
    ['a refusal', refusal('InvalidDBInstanceId.NotFound', 404)],
    ['an empty list', reply({ Items: { DBInstanceAttribute: [] } })],
  ])('find an unknown instance by %s', (_what, answer) => {
    expect(run({ DescribeDBInstanceAttribute: answer }).value).toMatchObject([{ pointer: '/target/instanceId' }]);
  });

  it('reject a URL unless the target is 2008 R2', () => {
    const script = { DescribeDBInstanceAttribute: instance(), CheckDBNameAvailable: free };
    expect(run(script, fromUrl).value).toMatchObject([{ pointer: '/source/type' }]);
  });

  it('accept 2008 R2 on local disks without reading the database names', () => {
    const old = instance({ EngineVersion: '2008r2', DBInstanceStorageType: 'local_ssd' });
    expect(run({ DescribeDBInstanceAttribute: old }, fromUrl).value).toEqual([]);
    expect(run({ DescribeDBInstanceAttribute: old }, migration({ mode: 'full_log' })).value).toMatchObject([
      { pointer: '/mode' },
      { pointer: '/source/type' },
    ]);
  });

  it('treat 2008 R2 on cloud disks like the newer ones', () => {
    const cloud = instance({ EngineVersion: '2008r2', DBInstanceStorageType: 'cloud_essd' });
    expect(
      run({ DescribeDBInstanceAttribute: cloud, CheckDBNameAvailable: free }, migration({ mode: 'full_log' })).value,
    ).toEqual([]);
  });

  it.each(['Throttling', 'NoPermission', 'InternalError'])('fail as a whole on %s', (code) => {
    expect(() => run({ DescribeDBInstanceAttribute: refusal(code) })).toThrow(VendorError);
    const script = { DescribeDBInstanceAttribute: instance(), CheckDBNameAvailable: refusal(code) };
    expect(() => run(script)).toThrow(VendorError);
  });
});
