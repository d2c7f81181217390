import { describe, expect, it } from 'vitest';
import { Bench, instance, restoreMs, url } from './tencent-client.ts';

describe('a failing full import', () => {
  it.each(['corrupt', 'denied', 'newer-version', 'no-space'])('of a file named %s ends with a message', (word) => {
    const bench = new Bench();
    const id = bench.full(`orders-${word}.bak`);
    const { FlowId } = bench.startFull(id);
    bench.now += restoreMs / 4;
    expect(bench.task(id)).toMatchObject({ Status: 7, Message: '' });
    bench.now += restoreMs;
    expect(bench.task(id)).toMatchObject({
      Status: 10,
      Message: expect.stringMatching(/\w/),
      EndTime: '2023-11-15 06:13:24',
      Detail: { Progress: 40 },
      Action: { AllowedAction: ['view', 'delete'] },
    });
    expect(bench.task(id).Detail?.StepInfo?.map((step) => step.Status)).toEqual([1, 2, 4, 4]);
    expect(bench.flow(FlowId)).toBe(1);
    expect(bench.call('DescribeDatabases', { InstanceIdSet: [instance] }).TotalCount).toBe(0);
  });

  it('with a missing file does not start', () => {
    const bench = new Bench();
    const id = bench.full('orders-missing.bak');
    expect(bench.startFull(id).Error?.Code).toBe('ResourceNotFound.BackupNotFound');
    expect(bench.task(id).Status).toBe(2);
    const encoded = bench.full('orders.bak', { BackupFiles: [url('folder/orders.bak')] });
    expect(bench.startFull(encoded).Error?.Code).toBe('ResourceNotFound.BackupNotFound');
  });

  it('is caused by an existing database of the same name in any case', () => {
    const bench = new Bench();
    const [first, second] = [bench.full('orders.bak'), bench.full('ORDERS_full.bak')];
    bench.startFull(first);
    bench.startFull(second);
    bench.now += restoreMs;
    expect(bench.task(first).Status).toBe(9);
    expect(bench.task(second)).toMatchObject({ Status: 10, Message: expect.stringContaining('ORDERS') });
    bench.call('DeleteBackupMigration', { InstanceId: instance, BackupMigrationId: first });
    const third = bench.full('orders.bak');
    bench.startFull(third);
    bench.now += restoreMs;
    expect(bench.task(third).Status).toBe(10);
  });

  it('leaves no trace, so another one may follow', () => {
    const bench = new Bench();
    const renames = { DBRename: [{ NewName: 'orders' }] };
    const broken = bench.full('corrupt.bak');
    bench.call('ModifyBackupMigration', { InstanceId: instance, BackupMigrationId: broken, ...renames });
    bench.startFull(broken);
    bench.now += restoreMs;
    const sound = bench.full('orders.bak');
    bench.startFull(sound);
    bench.now += restoreMs;
    expect([bench.task(broken).Status, bench.task(sound).Status]).toEqual([10, 9]);
  });

  it('is caused by a bucket in another region', () => {
    const bench = new Bench();
    const file = 'https://demo-1250000000.cos.ap-singapore.myqcloud.com/orders.bak';
    const id = bench.full('', { BackupFiles: [file] });
    bench.startFull(id);
    bench.now += restoreMs;
    expect(bench.task(id)).toMatchObject({ Status: 10, Message: expect.stringContaining('ap-singapore') });
  });
});

describe('other magic files', () => {
  it('slow makes a restore ten times longer', () => {
    const bench = new Bench();
    const id = bench.full('orders-slow.bak');
    bench.startFull(id);
    bench.now += restoreMs * 5;
    expect(bench.task(id)).toMatchObject({ Status: 7, Detail: { Progress: 50 } });
    bench.now += restoreMs * 5;
    expect(bench.task(id).Status).toBe(9);
  });

  it('odd-status shows an undocumented status for a while', () => {
    const bench = new Bench();
    const id = bench.full('orders-odd-status.bak');
    bench.startFull(id);
    const seen = [0, 0.3, 0.3, 0.3, 0.2].map((share) => {
      bench.now += share * restoreMs;
      return bench.task(id).Status;
    });
    expect(seen).toEqual([7, 11, 11, 7, 9]);
  });

  it('sparse returns null members', () => {
    const bench = new Bench();
    expect(bench.task(bench.full('orders-sparse.bak'))).toMatchObject({ Detail: null, Action: null, Message: null });
  });
});

describe('magic instances', () => {
  const create = (InstanceId: string) => ({
    InstanceId,
    RecoveryType: 'FULL',
    UploadType: 'COS_URL',
    MigrationName: 'a',
    BackupFiles: [url('orders.bak')],
  });

  it.each([
    ['mssql-notfound', 'ResourceNotFound.InstanceNotFound', 0],
    ['mssql-readonly', 'ResourceUnavailable.NotSupportRoInstance', 1],
    ['mssqlro-12345678', 'ResourceUnavailable.NotSupportRoInstance', 1],
    ['mssql-isolated', 'ResourceUnavailable.InstanceStatusInvalid', 1],
  ])('%s rejects with %s', (id, code, described) => {
    const bench = new Bench();
    expect(bench.code('CreateBackupMigration', create(id))).toBe(code);
    expect(bench.call('DescribeDBInstances', { InstanceIdSet: [id] }).TotalCount).toBe(described);
  });

  it('a locked one rejects each change of a task twice', () => {
    const bench = new Bench();
    const locked = 'mssql-locked00';
    const id = String(bench.call('CreateBackupMigration', create(locked)).BackupMigrationId);
    const named = { InstanceId: locked, BackupMigrationId: id };
    for (const action of ['ModifyBackupMigration', 'StartBackupMigration']) {
      const codes = [1, 2, 3].map(() => bench.code(action, named));
      expect(codes).toEqual(['FailedOperation.MigrationLockError', 'FailedOperation.MigrationLockError', undefined]);
    }
    expect(bench.cloud.journal().map((entry) => entry.effect)).toEqual(['registered', 'renamed', 'restore']);
  });

  it('a lagging one lists a task late, like the configured lag', () => {
    const bench = new Bench();
    const lagging = 'mssql-lag00000';
    bench.call('CreateBackupMigration', create(lagging));
    const count = (InstanceId: string) => bench.call('DescribeBackupMigration', { InstanceId }).TotalCount;
    expect(count(lagging)).toBe(0);
    bench.now += restoreMs;
    expect(count(lagging)).toBe(1);
    bench.lagMs = 5000;
    bench.full('orders.bak');
    expect(count(instance)).toBe(0);
    bench.now += 5000;
    expect(count(instance)).toBe(1);
  });
});
