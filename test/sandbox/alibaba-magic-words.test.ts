import { describe, expect, it } from 'vitest';
import { chain, full, instance, newCloud, validatedCloud } from './alibaba-client.ts';

const sync = { CheckDBMode: 'SyncExecuteDBCheck' };

describe('failures triggered by a word in the key', () => {
  const failures: readonly (readonly [
    key: string,
    status: string,
    fragment: string,
    extra?: Record<string, string>,
  ])[] = [
    ['corrupt.bak', 'Failed', 'corrupted or newer edition'],
    ['newer-version.bak', 'Failed', 'corrupted or newer edition'],
    ['newer_version.bak', 'Failed', 'corrupted or newer edition'],
    ['no-space.bak', 'Failed', 'Not Enough Disk Space'],
    ['expired.bak', 'Failed', 'OSS URL was expired'],
    ['wrong-kind.bak', 'Failed', 'is a Database Differential backup'],
    ['night.trn', 'Failed', 'is a Transaction Log backup'],
    ['count-limit.bak', 'Failed', 'due to databases count limitation'],
    ['edition.bak', 'Failed', 'Failed to open database'],
    ['dbcc-failed.bak', 'Failed', 'DBCC checkdb failed', sync],
    ['dbcc-failed.bak', 'Success', 'asynchronously DBCC checkdb failed'],
    ['no-account.bak', 'Success', "doesn't have any init account"],
  ];
  for (const [key, status, fragment, extra] of failures) {
    it(`${key} ends as ${status} with “${fragment}”`, () => {
      const cloud = validatedCloud();
      const id = cloud.create(full('orders', `prod/${key}`, extra));
      cloud.pass(2);
      expect(cloud.show(id)).toMatchObject({ Status: status, Description: expect.stringContaining(fragment) });
    });
  }

  const refusals: readonly (readonly [key: string, code: string, other: string])[] = [
    ['missing.bak', 'InvalidOSSURL', 'InvalidOssUrl'],
    ['storage-class.bak', 'InvalidOssObjectStorageClassType', 'InvalidOssObjectStorageClassType'],
    ['exceed-disk.bak', 'ExceedDiskSize', 'FileSizeExceeded'],
    ['too-large.bak', 'BakFileSizeExceeded', 'BakFileSizeExceeded'],
    ['daily-limit.bak', 'ExceedUploadTime', 'UploadLimitExceeded'],
    ['instance-limit.bak', 'ConcurrentTaskExceeded', 'ConcurrentTaskExceeded'],
    ['orders.zip', 'InvalidFile', 'IncorrectFileExtension'],
  ];
  for (const [key, code, other] of refusals) {
    it(`${key} is refused with ${code}, or ${other} where the alternative codes are used`, () => {
      const cloud = validatedCloud();
      expect(cloud.call('CreateMigrateTask', full('orders', key)).Code).toBe(code);
      const there = { DBInstanceId: 'rm-altcodes' };
      expect(cloud.call('CreateMigrateTask', full('orders', key, there)).Code).toBe(other);
    });
  }

  it('odd-status.bak shows an undocumented status for a while', () => {
    const cloud = newCloud();
    const { MigrateTaskId } = cloud.call('CreateMigrateTask', full('orders', 'odd-status.bak')).json;
    const seen: unknown[] = [];
    for (const part of [0.2, 0.1, 0.5, 0.3]) {
      cloud.pass(part);
      seen.push(cloud.call('DescribeMigrateTaskById', { ...instance, MigrateTaskId }).json.Status);
    }
    expect(seen).toEqual(['Running', 'Verifying', 'Running', 'Success']);
  });

  it('sparse.bak shows nulls, odd times and a single row instead of a list', () => {
    const cloud = newCloud();
    const { MigrateTaskId } = cloud.call('CreateMigrateTask', full('orders', 'sparse.bak')).json;
    const named = { ...instance, MigrateTaskId };
    expect(cloud.call('DescribeMigrateTaskById', named).json).toMatchObject({
      CreateTime: '2026-11-21 T12:00:30Z',
      EndTime: null,
      Description: null,
      IsDBReplaced: null,
    });
    const { Items } = cloud.call('DescribeOssDownloads', named).json;
    expect(Items.OssDownload).toMatchObject({ FileName: 'sparse.bak' });
  });

  it('ignores a magic word inside another word', () => {
    const cloud = validatedCloud();
    const id = cloud.create(full('orders', 'singapore/expedition.bak'));
    cloud.pass(1);
    expect(cloud.status(id)).toBe('Success');
  });
});

describe('instances with a magic word in their id', () => {
  const refusals: readonly (readonly [id: string, create: string, open: string, status: number])[] = [
    ['rm-notfound-1', 'InvalidDBInstanceId.NotFound', 'InvalidDBInstanceName.NotFound', 404],
    ['pgm-1', 'InvalidDBInstanceId.NotFound', 'InvalidDBInstanceName.NotFound', 404],
    ['rm-locked', 'InvalidInstanceLockMode', 'IncorrectDBInstanceLockMode', 404],
    ['rm-busy', 'InvalidInstanceState', 'IncorrectDBInstanceState', 403],
    ['rm-readonly', 'InvalidInstanceType', 'IncorrectDBInstanceType', 403],
    ['rm-mysql', 'InvalidDBType', 'EngineNotSupported', 400],
    ['rm-altcodes-busy', 'IncorrectDBInstanceState', 'IncorrectDBInstanceState', 403],
  ];
  for (const [DBInstanceId, create, open, status] of refusals) {
    it(`${DBInstanceId}: ${create}, and ${open} on opening`, () => {
      const { cloud, call } = newCloud();
      expect(call('CreateMigrateTask', full('orders', 'a.bak', { DBInstanceId })).json.Code).toBe(create);
      const parameters = { DBInstanceId, DBName: 'orders', MigrateTaskId: '1', CheckDBMode: 'AsyncExecuteDBCheck' };
      expect(call('CreateOnlineDatabaseTask', parameters)).toMatchObject({ status, json: { Code: open } });
      expect(cloud.journal()).toEqual([]);
    });
  }

  it('are busy until the first call plus one restore time', () => {
    const cloud = validatedCloud();
    const there = { DBInstanceId: 'rm-busy' };
    const status = () => cloud.call('DescribeDBInstanceAttribute', there).Items.DBInstanceAttribute[0].DBInstanceStatus;
    cloud.pass(2);
    expect(cloud.call('CreateMigrateTask', full('orders', 'a.bak', there)).Code).toBe('InvalidInstanceState');
    expect(cloud.call('CheckDBNameAvailable', { ...there, DBName: 'x' }).Code).toBe('OperationDenied.DBInstanceStatus');
    cloud.pass(0.99);
    expect(status()).toBe('TRANSING');
    cloud.pass(0.01);
    expect(status()).toBe('Running');
    expect(cloud.call('CreateMigrateTask', full('orders', 'a.bak', there)).Code).toBeUndefined();
  });

  it('show their faults in advance', () => {
    const { call } = validatedCloud();
    const show = (id: string) => call('DescribeDBInstanceAttribute', { DBInstanceId: id }).Items.DBInstanceAttribute[0];
    expect(show('rm-1a')).toMatchObject({ DBInstanceStatus: 'Running', LockMode: 'Unlock', DBInstanceType: 'Primary' });
    expect(show('rm-locked')).toMatchObject({ LockMode: 'ManualLock' });
    expect(show('rm-busy')).toMatchObject({ DBInstanceStatus: 'TRANSING' });
    expect(show('rm-readonly')).toMatchObject({ DBInstanceType: 'Readonly' });
    expect(show('rm-cluster')).toMatchObject({ Category: 'AlwaysOn', EngineVersion: '2017_ent' });
    expect(show('rm-2008r2')).toMatchObject({ EngineVersion: '2008r2', DBInstanceStorageType: 'local_ssd' });
  });

  it('cannot list tasks on a cluster, yet show a task by id', () => {
    const cloud = validatedCloud();
    const there = { DBInstanceId: 'rm-cluster' };
    const id = cloud.create(full('orders', 'a.bak', there));
    expect(cloud.list(there).Code).toBe('EngineVersionNotSupported');
    expect(cloud.call('DescribeOssDownloads', { ...there, MigrateTaskId: id }).Code).toBe('EngineVersionNotSupported');
    expect(cloud.show(id, there).Status).toBe('NoStart');
  });

  it('accept only signed URLs and single full restores on 2008 R2 with local disks', () => {
    const cloud = validatedCloud();
    const there = { DBInstanceId: 'rm-2008r2' };
    const { OssObjectPositions: _, ...rest } = full('orders', '', there);
    const urls = 'https://b.oss/prod/a.bak?Expires=1&Signature=x|https://b.oss/prod/b.bak?Expires=1&Signature=y';
    const id = cloud.create({ ...rest, OSSUrls: encodeURIComponent(urls) });
    expect(cloud.call('DescribeOssDownloads', { ...there, MigrateTaskId: id }).Items.OssDownload).toHaveLength(2);
    expect(cloud.call('CreateMigrateTask', rest).Code).toBe('MissingOSSUrls');
    expect(cloud.call('CreateMigrateTask', { ...rest, OSSUrls: 'https://b.oss/a.bak' }).Code).toBe('InvalidOSSURL');
    expect(cloud.call('CreateMigrateTask', chain('stock', 'a.bak', there)).Code).toBe('InvalidParameter');
  });
});
