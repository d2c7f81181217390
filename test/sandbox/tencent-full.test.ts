import { describe, expect, it } from 'vitest';
import { Bench, instance, restoreMs, signed, start, url } from './tencent-client.ts';

const never = '0000-00-00 00:00:00';

describe('a full import', () => {
  it('moves from created through importing to succeeded by time', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak');
    expect(id).toMatch(/^mssql-backup-migration-[a-z0-9]{8}$/);
    expect(bench.task(id)).toMatchObject({
      Status: 2,
      CreateTime: '2023-11-15 06:13:20',
      StartTime: never,
      EndTime: never,
      Message: '',
      IsRecovery: '',
      DBRename: null,
      Detail: { StepAll: 0, StepNow: 0, Progress: 0, StepInfo: null },
      Action: { AllowedAction: ['view', 'modify', 'delete', 'start'] },
    });

    bench.now += 1000;
    const { FlowId } = bench.startFull(id);
    expect(FlowId).toEqual(expect.any(Number));
    bench.now += restoreMs / 2;
    expect(bench.task(id)).toMatchObject({
      Status: 7,
      StartTime: '2023-11-15 06:13:21',
      EndTime: never,
      Detail: { StepAll: 4, StepNow: 3, Progress: 50 },
      Action: { AllowedAction: ['view'] },
    });
    expect(bench.task(id).Detail?.StepInfo?.map((step) => step.Status)).toEqual([1, 1, 3, 0]);
    expect(bench.flow(FlowId)).toBe(2);

    bench.now += restoreMs / 2 - 1;
    expect(bench.task(id)).toMatchObject({ Status: 7, Detail: { Progress: 99 } });
    bench.now += 1;
    expect(bench.task(id)).toMatchObject({
      Status: 9,
      EndTime: '2023-11-15 06:13:31',
      Detail: { Progress: 100 },
      Action: { AllowedAction: ['view', 'delete'] },
    });
    expect(bench.flow(FlowId)).toBe(0);
  });

  it('can be started once', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak');
    bench.startFull(id);
    for (const wait of [0, restoreMs]) {
      bench.now += wait;
      expect(bench.startFull(id).Error?.Code).toBe('ResourceUnavailable.CosStatusErr');
    }
    expect(bench.cloud.journal().filter((entry) => entry.effect === 'restore')).toHaveLength(1);
  });

  it('is created twice by two equal requests', () => {
    const bench = new Bench();
    expect(bench.full('orders.bak')).not.toBe(bench.full('orders.bak'));
  });

  it('cannot be changed or deleted while it runs, but deleted after its end', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak');
    const named = { InstanceId: instance, BackupMigrationId: id };
    bench.startFull(id);
    expect(bench.code('ModifyBackupMigration', named)).toBe('ResourceUnavailable.CosStatusErr');
    expect(bench.code('DeleteBackupMigration', named)).toBe('ResourceUnavailable.CosStatusErr');
    bench.now += restoreMs;
    expect(bench.code('DeleteBackupMigration', named)).toBeUndefined();
    expect(bench.call('DescribeBackupMigration', named)).toMatchObject({ TotalCount: 0, BackupMigrationSet: [] });
    expect(bench.code('DeleteBackupMigration', named)).toBe('ResourceNotFound.FullBackupMigrationNotExist');
  });

  it('needs a file before its start, which a modification may add', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak', { BackupFiles: undefined });
    expect(bench.startFull(id).Error?.Code).toBe('InvalidParameterValue.BackupNameIsIllegal');
    const named = { InstanceId: instance, BackupMigrationId: id };
    expect(bench.code('ModifyBackupMigration', { ...named, BackupFiles: [url('orders.bak')] })).toBeUndefined();
    expect(bench.startFull(id).FlowId).toEqual(expect.any(Number));
  });

  it('applies its rules to a modification and stays unchanged after a rejected one', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak');
    const named = { InstanceId: instance, BackupMigrationId: id };
    const codes = [
      { MigrationName: 'new name' },
      { MigrationName: 'new_name', RecoveryType: 'FULL_LOG' },
      { BackupFiles: [url('orders.txt')] },
    ].map((change) => bench.code('ModifyBackupMigration', { ...named, ...change }));
    expect(codes).toEqual([
      'InvalidParameterValue.MigrationNameIsIllegal',
      'InvalidParameterValue.BackupNameIsIllegal',
      'InvalidParameterValue.BackupNameIsIllegal',
    ]);
    expect(bench.task(id)).toMatchObject({ MigrationName: 'orders_20231114', RecoveryType: 'FULL' });
  });

  it('belongs to one instance and region', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak');
    expect(bench.startFull(id, 'mssql-other000').Error?.Code).toBe('ResourceNotFound.FullBackupMigrationNotExist');
    const elsewhere = signed(
      'StartBackupMigration',
      { InstanceId: instance, BackupMigrationId: id },
      { headers: { 'x-tc-region': 'ap-singapore' } },
    );
    expect(bench.send(elsewhere).Error?.Code).toBe('ResourceNotFound.FullBackupMigrationNotExist');
  });

  it.each([
    ['a free name', 'FULL', 'anything at all.bak', undefined],
    ['an archive', 'FULL', 'orders.zip', undefined],
    ['a log chain', 'FULL_LOG', 'orders_20231114220000_2full2_2noreconvery2.bak', undefined],
    ['a differential chain', 'FULL_DIFF', 'orders_20231114220000_1full1_1noreconvery1.bak', undefined],
    ['a free name', 'FULL_LOG', 'orders.bak', 'InvalidParameterValue.BackupNameIsIllegal'],
    [
      'the name of the other chain',
      'FULL_LOG',
      'orders_20231114220000_1full1_1noreconvery1.bak',
      'InvalidParameterValue.BackupNameIsIllegal',
    ],
    [
      'an increment',
      'FULL_LOG',
      'orders_20231114220000_2log2_2noreconvery2.bak',
      'InvalidParameterValue.BackupNameIsIllegal',
    ],
    [
      'a recovered full',
      'FULL_DIFF',
      'orders_20231114220000_1full1_1reconvery1.bak',
      'InvalidParameterValue.BackupNameIsIllegal',
    ],
    [
      'the correctly spelt `norecovery`',
      'FULL_LOG',
      'orders_20231114220000_2full2_2norecovery2.bak',
      'InvalidParameterValue.BackupNameIsIllegal',
    ],
  ])('with $0 for $1 gets the error $3', (_name, RecoveryType, file, code) => {
    const parameters = { InstanceId: instance, UploadType: 'COS_URL', MigrationName: 'a', BackupFiles: [url(file)] };
    expect(new Bench().code('CreateBackupMigration', { ...parameters, RecoveryType })).toBe(code);
  });
});

describe('renames', () => {
  const renamed = (file: string, DBRename: unknown) => {
    const bench = new Bench();
    const id = bench.full(file);
    const answer = bench.call('ModifyBackupMigration', { InstanceId: instance, BackupMigrationId: id, DBRename });
    return { bench, id, answer };
  };

  it('restore the database under its new name', () => {
    const { bench, id } = renamed('orders_full.bak', [{ OldName: 'orders', NewName: 'orders_copy' }]);
    expect(bench.task(id).DBRename).toEqual([{ NewName: 'orders_copy', OldName: 'orders' }]);
    bench.startFull(id);
    bench.now += restoreMs;
    expect(bench.task(id).Status).toBe(9);
    const { DBInstances } = bench.call('DescribeDatabases', { InstanceIdSet: [instance] });
    expect(DBInstances).toMatchObject([{ DBDetails: [{ Name: 'orders_copy', InternalStatus: 'ONLINE', Status: 2 }] }]);
  });

  it('of a database that the backup does not contain fail the restore', () => {
    const { bench, id } = renamed('orders.bak', [{ OldName: 'order', NewName: 'b' }]);
    bench.startFull(id);
    bench.now += restoreMs;
    expect(bench.task(id)).toMatchObject({ Status: 10, Message: expect.stringContaining('order') });
  });

  it('may omit one of the names', () => {
    const { bench, id } = renamed('orders.bak', [{ NewName: 'b' }]);
    bench.startFull(id);
    bench.now += restoreMs;
    const { DBInstances } = bench.call('DescribeDatabases', { InstanceIdSet: [instance] });
    expect(DBInstances).toMatchObject([{ DBDetails: [{ Name: 'b' }] }]);
  });

  it.each([
    ['both names empty', [{ OldName: '', NewName: '' }], 'InvalidParameter.InputIllegal'],
    ['no name', [{}], 'InvalidParameter.InputIllegal'],
    [
      'the same target twice',
      [
        { OldName: 'a', NewName: 'C' },
        { OldName: 'b', NewName: 'c' },
      ],
      'InvalidParameterValue.DBNameSame',
    ],
    [
      'more than five',
      Array.from({ length: 6 }, (_, n) => ({ OldName: `a${n}` })),
      'InvalidParameter.ParamsAssertFailed',
    ],
    ['an unknown member', [{ OldName: 'a', Newname: 'b' }], 'UnknownParameter'],
    ['a bracket', [{ OldName: 'a', NewName: 'b]' }], 'InvalidParameterValue.DBCharIllegal'],
  ])('are rejected with %s', (_name, DBRename, code) => {
    expect(renamed('a.bak', DBRename).answer.Error?.Code).toBe(code);
  });
});

describe('the journal', () => {
  it('records each effect once, with ids and file names but no URL query', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak', { BackupFiles: [`${url('orders.bak')}?q-signature=secret`] });
    const named = { InstanceId: instance, BackupMigrationId: id };
    bench.call('ModifyBackupMigration', { ...named, DBRename: [{ NewName: 'b' }] });
    bench.startFull(id);
    bench.startFull(id);
    bench.now += restoreMs;
    bench.call('DeleteBackupMigration', named);
    const common = { cloud: 'tencent', instanceId: instance, taskId: id, subject: 'orders.bak' };
    expect(bench.cloud.journal()).toMatchObject([
      { ...common, at: start, effect: 'registered', operation: 'CreateBackupMigration' },
      { ...common, effect: 'renamed', operation: 'ModifyBackupMigration' },
      { ...common, effect: 'restore', operation: 'StartBackupMigration' },
      { ...common, at: start + restoreMs, effect: 'deleted', operation: 'DeleteBackupMigration' },
    ]);
    expect(JSON.stringify(bench.cloud.journal())).not.toContain('secret');
  });
});
