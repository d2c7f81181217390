import { describe, expect, it } from 'vitest';
import { Bench, instance, restoreMs, url } from './tencent-client.ts';

describe('DescribeBackupMigration', () => {
  function filled(): Bench {
    const bench = new Bench();
    for (const [index, name] of ['alpha', 'beta', 'alphabet'].entries()) {
      bench.full(`db${index}.bak`, { MigrationName: name });
      bench.now += 1000;
    }
    return bench;
  }

  const names = (bench: Bench, parameters: object) => {
    const answer = bench.call('DescribeBackupMigration', { InstanceId: instance, ...parameters });
    return (answer.BackupMigrationSet as readonly { MigrationName: string }[]).map((task) => task.MigrationName);
  };

  it.each([
    ['nothing', {}, ['alpha', 'beta', 'alphabet']],
    ['a part of the name', { MigrationName: 'alpha' }, ['alpha', 'alphabet']],
    ['a part of the file name', { BackupFileName: 'db1' }, ['beta']],
    ['statuses', { StatusSet: [7, 9] }, []],
    ['no statuses', { StatusSet: [] }, ['alpha', 'beta', 'alphabet']],
    ['a type', { RecoveryType: 'FULL_LOG' }, []],
    ['an unknown id', { BackupMigrationId: 'mssql-backup-migration-00000000' }, []],
    ['the first page', { Limit: 2 }, ['alpha', 'beta']],
    ['the second page, by its number', { Limit: 2, Offset: 1 }, ['alphabet']],
    ['a page behind the last', { Limit: 2, Offset: 2 }, []],
    ['an order by name', { OrderBy: 'name', OrderByType: 'desc' }, ['beta', 'alphabet', 'alpha']],
    ['a direction without an order', { OrderByType: 'desc' }, ['alpha', 'beta', 'alphabet']],
    ['an order that does not exist', { OrderBy: 'toString', OrderByType: 'desc' }, ['alpha', 'beta', 'alphabet']],
    ['the latest first', { OrderBy: 'createTime', OrderByType: 'desc' }, ['alphabet', 'beta', 'alpha']],
  ])('filters and pages by %s', (_name, parameters, expected) => {
    expect(names(filled(), parameters)).toEqual(expected);
  });

  it('counts all matches rather than the page', () => {
    expect(filled().call('DescribeBackupMigration', { InstanceId: instance, Limit: 1 }).TotalCount).toBe(3);
  });

  it('rejects an unknown instance', () => {
    const code = new Bench().code('DescribeBackupMigration', { InstanceId: 'mssql-notfound' });
    expect(code).toBe('ResourceNotFound.InstanceNotFound');
  });
});

describe('upload helpers', () => {
  it('return upload credentials until the start', () => {
    const bench = new Bench();
    const id = bench.full('', { UploadType: 'COS_UPLOAD', BackupFiles: ['orders.bak'] });
    const named = { InstanceId: instance, BackupMigrationId: id };
    expect(bench.task(id).Action?.AllowedAction).toEqual(['view', 'modify', 'delete', 'upload', 'start']);
    expect(bench.call('DescribeUploadBackupInfo', named)).toMatchObject({
      Path: `1250000000/sqlserver/${instance}/migration/backup/${id}/`,
      StartTime: '1700000000',
      ExpiredTime: '1700000500',
    });
    const sizes = bench.call('DescribeBackupUploadSize', named);
    expect(sizes.CosUploadBackupFileSet).toMatchObject([{ FileName: 'orders.bak', Size: expect.any(Number) }]);
    bench.startFull(id);
    expect(bench.code('DescribeUploadBackupInfo', named)).toBe('ResourceUnavailable.CosStatusErr');
  });

  it('return a path below the parent for an increment', () => {
    const bench = new Bench();
    const file = 'orders_20231114220000_2full2_2noreconvery2.bak';
    const upload = { UploadType: 'COS_UPLOAD', RecoveryType: 'FULL_LOG', BackupFiles: [file] };
    const id = bench.full('', upload);
    bench.startFull(id);
    bench.now += restoreMs;
    const named = { InstanceId: instance, BackupMigrationId: id };
    const { IncrementalMigrationId } = bench.call('CreateIncrementalMigration', named);
    const info = bench.call('DescribeUploadIncrementalInfo', { ...named, IncrementalMigrationId });
    expect(info.Path).toBe(
      `1250000000/sqlserver/${instance}/migration/backup/${id}/increment/${IncrementalMigrationId}/`,
    );
  });

  it('reject a task whose file comes from a URL, and a path as file name', () => {
    const bench = new Bench();
    const named = { InstanceId: instance, BackupMigrationId: bench.full('orders.bak') };
    expect(bench.code('DescribeUploadBackupInfo', named)).toBe('UnsupportedOperation.UploadTypeError');
    const upload = { ...named, UploadType: 'COS_UPLOAD' };
    expect(bench.code('ModifyBackupMigration', upload)).toBe('InvalidParameterValue.BackupNameIsIllegal');
    const named2 = { ...upload, BackupFiles: [url('orders.bak')] };
    expect(bench.code('ModifyBackupMigration', named2)).toBe('InvalidParameterValue.BackupNameIsIllegal');
  });
});

describe('DescribeBackupCommand', () => {
  it.each([
    ['FULL', 'NO', 'D:\\orders.bak'],
    ['FULL_LOG', 'NO', '_2full2_2noreconvery2.bak'],
    ['LOG', 'NO', '_2log2_2noreconvery2.bak'],
    ['LOG', 'YES', '_2log2_2reconvery2.bak'],
    ['FULL_DIFF', 'NO', '_1full1_1noreconvery1.bak'],
    ['DIFF', 'NO', '_1diff1_1noreconvery1.bak'],
    ['DIFF', 'YES', '_1diff1_1reconvery1.bak'],
  ])('names the file of %s %s', (BackupFileType, IsRecovery, part) => {
    const parameters = { BackupFileType, IsRecovery, DataBaseName: 'orders' };
    const { Command } = new Bench().call('DescribeBackupCommand', parameters);
    expect(Command).toContain(part);
    expect(Command).not.toContain('\n');
  });

  it('has no command for the full backup of a recovering chain', () => {
    const parameters = { BackupFileType: 'FULL_LOG', IsRecovery: 'YES', DataBaseName: 'orders' };
    expect(new Bench().code('DescribeBackupCommand', parameters)).toBe('InvalidParameter.InputIllegal');
  });
});

describe('instances and regions', () => {
  it('describes named and used instances', () => {
    const bench = new Bench();
    expect(bench.call('DescribeDBInstances').TotalCount).toBe(0);
    bench.full('orders.bak');
    const used = bench.call('DescribeDBInstances').DBInstances;
    expect(used).toMatchObject([{ InstanceId: instance, Status: 2, ROFlag: '', Storage: 500 }]);
    const { DBInstances } = bench.call('DescribeDBInstances', { InstanceIdSet: [instance, 'mssql-isolated'] });
    expect(DBInstances).toMatchObject([{ Status: 2 }, { Status: 4 }]);
    expect(bench.call('DescribeDBInstances', { Status: 4, InstanceIdSet: [instance] }).TotalCount).toBe(0);
  });

  it('lists regions without parameters', () => {
    const { RegionSet, TotalCount } = new Bench().call('DescribeRegions');
    expect(RegionSet).toHaveLength(Number(TotalCount));
    expect(RegionSet).toContainEqual(expect.objectContaining({ Region: 'ap-guangzhou', RegionState: 'AVAILABLE' }));
  });

  it('shows no databases for an unknown instance', () => {
    const code = new Bench().code('DescribeDatabases', { InstanceIdSet: ['mssql-notfound'] });
    expect(code).toBe('ResourceNotFound.InstanceNotFound');
  });
});
