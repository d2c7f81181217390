import { describe, expect, it } from 'vitest';
import { Bench, instance, restoreMs, url } from './tencent-client.ts';

const log = (time: string, database = 'orders') => `${database}_${time}_2log2_2noreconvery2.bak`;
const lastLog = (time: string, database = 'orders') => `${database}_${time}_2log2_2reconvery2.bak`;
const states = (bench: Bench, full: string, child: unknown) => [
  bench.task(full).Status,
  bench.child(full, child).Status,
];

describe('a chain', () => {
  it('stays at 8 while its flow has succeeded', () => {
    const bench = new Bench();
    const id = bench.full('orders_20231114220000_2full2_2noreconvery2.bak', { RecoveryType: 'FULL_LOG' });
    const { FlowId } = bench.startFull(id);
    bench.now += restoreMs;
    expect(bench.task(id)).toMatchObject({
      Status: 8,
      EndTime: '0000-00-00 00:00:00',
      Action: { AllowedAction: ['view', 'delete', 'incremental'] },
    });
    expect(bench.flow(FlowId)).toBe(0);
    bench.now += restoreMs * 1000;
    expect(bench.task(id).Status).toBe(8);
    const { DBInstances } = bench.call('DescribeDatabases', { InstanceIdSet: [instance] });
    expect(DBInstances).toMatchObject([{ DBDetails: [{ Name: 'orders', InternalStatus: 'RESTORING' }] }]);
  });

  it('accepts increments one by one and ends with the recovering one', () => {
    const bench = new Bench();
    const full = bench.waitingChain();
    const { IncrementalMigrationId: first } = bench.increment(full, log('20231114230000'));
    expect(first).toMatch(/^mssql-incremental-migration-[a-z0-9]{8}$/);
    expect(states(bench, full, first)).toEqual([8, 2]);
    expect(bench.task(full).Action?.AllowedAction).toEqual(['view', 'delete']);
    expect(bench.child(full, first)).toMatchObject({ IsRecovery: 'NO', MigrationName: '', Detail: { StepInfo: null } });
    const { FlowId } = bench.startIncrement(full, first);
    expect(states(bench, full, first)).toEqual([12, 12]);
    expect(bench.task(full).Action?.AllowedAction).toEqual(['view']);
    bench.now += restoreMs;
    expect(states(bench, full, first)).toEqual([8, 9]);
    expect(bench.flow(FlowId)).toBe(0);

    const { IncrementalMigrationId: last } = bench.increment(full, lastLog('20231115000000'), 'YES');
    bench.startIncrement(full, last);
    bench.now += restoreMs - 1;
    expect(states(bench, full, last)).toEqual([12, 12]);
    bench.now += 1;
    expect(states(bench, full, last)).toEqual([9, 9]);
    expect(bench.task(full)).toMatchObject({
      EndTime: '2023-11-15 06:13:50',
      Action: { AllowedAction: ['view', 'delete'] },
    });
    expect(bench.increment(full, log('20231115010000')).Error?.Code).toBe('ResourceUnavailable.CosStatusErr');
    const effects = bench.cloud.journal().map((entry) => `${entry.effect} ${entry.subject}`);
    expect(effects).toEqual([
      'registered orders_20231114220000_2full2_2noreconvery2.bak',
      'restore orders_20231114220000_2full2_2noreconvery2.bak',
      `registered ${log('20231114230000')}`,
      `restore ${log('20231114230000')}`,
      `registered ${lastLog('20231115000000')}`,
      `restore ${lastLog('20231115000000')}`,
    ]);
  });

  it('permits nothing for a while after a restore with no-action in its file name, and everything afterwards', () => {
    const bench = new Bench();
    const full = bench.full('orders-no-action_20231114220000_2full2_2noreconvery2.bak', { RecoveryType: 'FULL_LOG' });
    bench.startFull(full);
    bench.now += restoreMs;
    expect(bench.task(full)).toMatchObject({ Status: 8, Action: { AllowedAction: [] } });
    const increment = log('20231114230000', 'orders-no-action');
    expect(bench.increment(full, increment).Error?.Code).toBe('ResourceUnavailable.CosStatusErr');
    bench.now += restoreMs - 1;
    expect(bench.task(full).Action?.AllowedAction).toEqual([]);
    bench.now += 1;
    expect(bench.task(full).Action?.AllowedAction).toEqual(['view', 'delete', 'incremental']);
    const { IncrementalMigrationId } = bench.increment(full, increment);
    bench.startIncrement(full, IncrementalMigrationId);
    bench.now += restoreMs;
    expect(bench.task(full)).toMatchObject({ Status: 8, Action: { AllowedAction: [] } });
  });

  it('allows one unstarted increment at a time', () => {
    const bench = new Bench();
    const full = bench.waitingChain();
    const { IncrementalMigrationId } = bench.increment(full, log('20231114230000'));
    expect(bench.increment(full, log('20231114230000')).Error?.Code).toBe('ResourceInUse.IncrementalMigrationExist');
    const named = { InstanceId: instance, BackupMigrationId: full, IncrementalMigrationId };
    expect(bench.code('DeleteIncrementalMigration', named)).toBeUndefined();
    expect(bench.code('DeleteIncrementalMigration', named)).toBe('ResourceNotFound.IncreBackupMigrationNotExist');
    expect(bench.increment(full, log('20231114230000')).Error).toBeUndefined();
  });

  it('accepts increments only while it waits, and never as FULL', () => {
    const bench = new Bench();
    const plain = bench.full('orders.bak');
    const refused = bench.increment(plain, log('20231114230000'));
    expect(refused.Error?.Code).toBe('ResourceUnavailable.BackupMigrationRecoveryTypeErr');
    const full = bench.full('a_20231114220000_2full2_2noreconvery2.bak', { RecoveryType: 'FULL_LOG' });
    const code = () => bench.increment(full, log('20231114230000')).Error?.Code;
    expect(code()).toBe('ResourceUnavailable.CosStatusErr');
    bench.startFull(full);
    expect(code()).toBe('ResourceUnavailable.CosStatusErr');
    bench.now += restoreMs;
    const { IncrementalMigrationId } = bench.increment(full, log('20231114230000'));
    bench.startIncrement(full, IncrementalMigrationId);
    expect(code()).toBe('ResourceUnavailable.CosStatusErr');
    expect(bench.startIncrement(full, IncrementalMigrationId).Error?.Code).toBe('ResourceUnavailable.CosStatusErr');
  });

  it.each([
    ['FULL_LOG', log('20231114230000'), 'NO', undefined],
    ['FULL_LOG', lastLog('20231114230000'), 'YES', undefined],
    ['FULL_LOG', lastLog('20231114230000'), 'NO', 'InvalidParameterValue.BackupNameIsIllegal'],
    ['FULL_LOG', log('20231114230000'), 'YES', 'InvalidParameterValue.BackupNameIsIllegal'],
    ['FULL_LOG', 'orders_20231114230000_1diff1_1noreconvery1.bak', 'NO', 'InvalidParameterValue.BackupNameIsIllegal'],
    ['FULL_LOG', 'orders_20231114230000_2full2_2noreconvery2.bak', 'NO', 'InvalidParameterValue.BackupNameIsIllegal'],
    ['FULL_DIFF', 'orders_20231114230000_1diff1_1reconvery1.bak', 'YES', undefined],
    ['FULL_DIFF', log('20231114230000'), 'NO', 'InvalidParameterValue.BackupNameIsIllegal'],
    ['FULL_LOG', 'orders.trn', 'NO', 'InvalidParameterValue.BackupNameIsIllegal'],
  ] as const)('of type %s takes %s with IsRecovery %s: error %s', (type, file, recovery, code) => {
    const bench = new Bench();
    expect(bench.increment(bench.waitingChain(type), file, recovery).Error?.Code).toBe(code);
  });

  it('allows a waiting increment to become the last one', () => {
    const bench = new Bench();
    const full = bench.waitingChain();
    const { IncrementalMigrationId } = bench.increment(full, log('20231114230000'));
    const named = { InstanceId: instance, BackupMigrationId: full, IncrementalMigrationId };
    const flipped = { ...named, IsRecovery: 'YES' };
    expect(bench.code('ModifyIncrementalMigration', flipped)).toBe('InvalidParameterValue.BackupNameIsIllegal');
    const BackupFiles = [url(lastLog('20231114230000'))];
    expect(bench.call('ModifyIncrementalMigration', { ...flipped, BackupFiles })).toMatchObject({
      IncrementalMigrationId,
    });
    bench.startIncrement(full, IncrementalMigrationId);
    expect(bench.code('ModifyIncrementalMigration', named)).toBe('ResourceUnavailable.CosStatusErr');
    bench.now += restoreMs;
    expect(states(bench, full, IncrementalMigrationId)).toEqual([9, 9]);
  });

  it.each(['gap', 'corrupt', 'no-space'])('continues after an increment that failed by %s', (word) => {
    const bench = new Bench();
    const full = bench.waitingChain();
    const { IncrementalMigrationId: broken } = bench.increment(
      full,
      lastLog('20231114230000', `orders-${word}`),
      'YES',
    );
    const { FlowId } = bench.startIncrement(full, broken);
    bench.now += restoreMs;
    expect(states(bench, full, broken)).toEqual([8, 10]);
    expect(bench.child(full, broken).Message).toMatch(/\w/);
    expect(bench.flow(FlowId)).toBe(1);
    expect(bench.task(full)).toMatchObject({
      Message: '',
      Action: { AllowedAction: ['view', 'delete', 'incremental'] },
    });
    const { IncrementalMigrationId: sound } = bench.increment(full, lastLog('20231114230000'), 'YES');
    bench.startIncrement(full, sound);
    bench.now += restoreMs;
    expect(states(bench, full, sound)).toEqual([9, 9]);
  });

  it('fails with a dead-chain increment', () => {
    const bench = new Bench();
    const full = bench.waitingChain();
    const { IncrementalMigrationId } = bench.increment(full, log('20231114230000', 'orders-dead-chain'));
    bench.startIncrement(full, IncrementalMigrationId);
    expect(states(bench, full, IncrementalMigrationId)).toEqual([12, 12]);
    bench.now += restoreMs;
    expect(states(bench, full, IncrementalMigrationId)).toEqual([10, 10]);
    expect(bench.task(full)).toMatchObject({
      Message: expect.stringMatching(/\w/),
      Action: { AllowedAction: ['view', 'delete'] },
    });
    const named = { InstanceId: instance, BackupMigrationId: full, IncrementalMigrationId };
    expect(bench.code('DeleteIncrementalMigration', named)).toBeUndefined();
    expect(bench.task(full).Status).toBe(10);
  });

  it('fails an increment older than the restored backups', () => {
    const bench = new Bench();
    const full = bench.waitingChain();
    const { IncrementalMigrationId } = bench.increment(full, log('20231114210000'));
    bench.startIncrement(full, IncrementalMigrationId);
    bench.now += restoreMs;
    expect(states(bench, full, IncrementalMigrationId)).toEqual([8, 10]);
  });

  it('rejects starting an increment whose file is missing', () => {
    const bench = new Bench();
    const full = bench.waitingChain();
    const { IncrementalMigrationId } = bench.increment(full, log('20231114230000', 'orders-missing'));
    expect(bench.startIncrement(full, IncrementalMigrationId).Error?.Code).toBe('ResourceNotFound.BackupNotFound');
    expect(states(bench, full, IncrementalMigrationId)).toEqual([8, 2]);
  });

  it('can be deleted between increments, which leaves its database restoring', () => {
    const bench = new Bench();
    const full = bench.waitingChain();
    bench.increment(full, log('20231114230000'));
    const named = { InstanceId: instance, BackupMigrationId: full };
    expect(bench.code('DeleteBackupMigration', named)).toBeUndefined();
    expect(bench.call('DescribeIncrementalMigration', named).TotalCount).toBe(0);
    expect(bench.call('DescribeDatabases', { InstanceIdSet: [instance] }).TotalCount).toBe(1);
  });
});

describe('snapshot', () => {
  it('lets another cloud continue', () => {
    const before = new Bench();
    const full = before.waitingChain();
    const { IncrementalMigrationId } = before.increment(full, lastLog('20231114230000'), 'YES');
    const { FlowId } = before.startIncrement(full, IncrementalMigrationId);
    const after = new Bench(JSON.parse(JSON.stringify(before.cloud.snapshot())));
    after.now = before.now + restoreMs / 2;
    expect(states(after, full, IncrementalMigrationId)).toEqual([12, 12]);
    after.now += restoreMs / 2;
    expect(states(after, full, IncrementalMigrationId)).toEqual([9, 9]);
    expect(after.flow(FlowId)).toBe(0);
    expect(after.cloud.journal()).toEqual(before.cloud.journal());
    const next = after.full('other.bak');
    expect(after.startFull(next).FlowId).toBe(Number(FlowId) + 1);
    expect(before.cloud.journal()).toHaveLength(4);
  });

  it('is not changed by later calls', () => {
    const bench = new Bench();
    const id = bench.full('orders.bak');
    const snapshot = JSON.stringify(bench.cloud.snapshot());
    const kept = bench.cloud.snapshot();
    bench.startFull(id);
    expect(JSON.stringify(kept)).toBe(snapshot);
    expect(JSON.stringify(bench.cloud.snapshot())).not.toBe(snapshot);
  });
});
