import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../src/domain/provider.ts';
import {
  backup,
  backupStates,
  bodyOf,
  call,
  chain,
  child,
  childId,
  children,
  increment,
  inFlight,
  instanceId,
  observe,
  observeOne,
  task,
  taskId,
  tasks,
} from './fixtures.ts';

const allow = (...AllowedAction: string[]) => ({ Action: { AllowedAction } });

describe('a chain', () => {
  const base = (state: 'restoring' | 'restored' = 'restoring') =>
    chain([], { backups: [backup({ state, providerRefs: { backupMigrationId: taskId, flowId: '1' } })] });

  it('waits after its full backup even though its flow has succeeded', () => {
    const seen = observeOne(base(), tasks(task(8)));
    expect(seen).toMatchObject({ phase: 'ready', percent: null, finishedAt: null });
    expect(backupStates(seen)).toEqual([['restored', '8']]);
  });

  it('fails when its full backup fails', () => {
    const seen = observeOne(base(), tasks(task(10, { Message: 'bad file' })));
    expect(seen.phase).toBe('failed');
    expect(backupStates(seen)).toEqual([['failed', '10']]);
  });

  it('reads no increments while none is active', () => {
    expect(observeOne(chain([increment(), increment({ id: 'x', state: 'restored' })]), tasks(task(8))).phase).toBe(
      'ready',
    );
  });

  it('reads the active increment', () => {
    const { requests } = observe([chain([inFlight()])], [tasks(task(12)), children(child(12))]);
    expect(requests.map(({ operation }) => operation)).toEqual([
      'DescribeBackupMigration',
      'DescribeIncrementalMigration',
    ]);
    expect(bodyOf(requests[1])).toEqual({
      InstanceId: instanceId,
      BackupMigrationId: taskId,
      IncrementalMigrationId: childId,
      Limit: 100,
      Offset: 0,
    });
  });

  it.each<[string, unknown, unknown, boolean, Observation['phase'], readonly (readonly [string, string])[]]>([
    ['the child runs', 12, 12, false, 'restoring', [['restoring', '12']]],
    ['the task has not noticed the start yet', 8, 12, false, 'restoring', [['restoring', '12']]],
    ['neither has noticed the start yet', 8, 2, false, 'restoring', [['restoring', '2']]],
    ['the child is done, the task lags', 12, 9, false, 'restoring', [['restored', '9']]],
    ['both are done', 8, 9, false, 'ready', [['restored', '9']]],
    ['the last child is done, the task lags at 8', 8, 9, true, 'restoring', [['restored', '9']]],
    ['the last child is done, the task lags at 12', 12, 9, true, 'restoring', [['restored', '9']]],
    ['all is done', 9, 9, true, 'succeeded', [['restored', '9']]],
    ['all is done, the list of children lags', 9, 12, true, 'succeeded', [['restored', '12']]],
    ['the child’s status is undocumented', 12, 5, false, 'restoring', [['restoring', '5']]],
  ])('is $4 when $0', (_title, parent, status, final, phase, expected) => {
    const seen = observeOne(chain([inFlight({ final })]), tasks(task(parent)), children(child(status)));
    expect(seen.phase).toBe(phase);
    expect(seen.providerStatus).toBe(String(parent));
    expect(backupStates(seen)).toEqual(expected);
  });

  it('stays restoring while the new increment is not listed', () => {
    expect(observeOne(chain([inFlight()]), tasks(task(8)), children())).toMatchObject({
      phase: 'restoring',
      backups: [],
    });
  });

  it('has succeeded even if its last increment is no longer listed', () => {
    expect(backupStates(observeOne(chain([inFlight({ final: true })]), tasks(task(9)), children()))).toEqual([
      ['restored', '9'],
    ]);
  });

  it('reports the increment’s progress', () => {
    const seen = observeOne(chain([inFlight()]), tasks(task(12)), children(child(12, { Detail: { Progress: 77 } })));
    expect(seen.percent).toBe(77);
  });

  it('waits while a registered increment waits for its upload', () => {
    const waiting = inFlight({ state: 'submitting', source: { type: 'upload', fileName: 'x.bak' } });
    expect(observeOne(chain([waiting]), tasks(task(8)), children(child(2)))).toMatchObject({
      phase: 'ready',
      backups: [],
    });
  });

  it('does not wait while the start of an increment may have arrived', () => {
    const sent = inFlight({ state: 'submitting' });
    const calls = [call('StartIncrementalMigration', sent, { state: 'unknown' })];
    expect(observeOne(chain([sent], { calls }), tasks(task(8)), children(child(2))).phase).toBe('restoring');
  });

  it('does not treat an increment of undocumented status as idle', () => {
    const of = chain([inFlight({ providerRefs: { incrementalMigrationId: childId } })]);
    expect(observeOne(of, tasks(task(8)), children(child(5))).phase).toBe('unrecognized');
  });

  it('does not report success when the last increment failed', () => {
    const of = chain([inFlight({ final: true, providerRefs: { incrementalMigrationId: childId } })]);
    const seen = observeOne(of, tasks(task(9)), children(child(10)), tasks(task(9)));
    expect(seen).toMatchObject({ phase: 'unrecognized', backups: [] });
  });

  describe('a chain with a failed increment', () => {
    const failing = (parent: unknown, again: Record<string, unknown>) =>
      observeOne(
        chain([inFlight()]),
        tasks(task(12)),
        children(child(10, { Message: 'LSN is too recent' })),
        tasks(task(parent, again)),
      );

    it.each<[string, unknown, Record<string, unknown>, Observation['phase']]>([
      ['rests where a further one is allowed', 8, allow('view', 'incremental'), 'ready'],
      ['rests although the task says failed, where a further one is allowed', 10, allow('incremental'), 'ready'],
      ['is over where none is allowed', 10, allow('view', 'delete'), 'failed'],
      ['rests while none is allowed, as long as the task does not say failed', 8, allow('view'), 'ready'],
      ['rests by the documented status where the vendor names no actions', 8, { Action: null }, 'ready'],
      ['is over by the documented status where the vendor names no actions', 10, { Action: null }, 'failed'],
      ['waits for the task’s status', 12, allow('view'), 'restoring'],
    ])('%s', (_title, parent, again, phase) => {
      const seen = failing(parent, again);
      expect(seen.phase).toBe(phase);
      expect(backupStates(seen)).toEqual([['failed', '10']]);
      expect(seen.backups[0]?.error?.provider).toMatchObject({
        operation: 'DescribeIncrementalMigration',
        message: 'LSN is too recent',
      });
      expect(seen.error?.provider?.message).toBe(phase === 'failed' ? 'LSN is too recent' : undefined);
    });

    it('keeps the failure without reading the increment again', () => {
      const failed = inFlight({ state: 'failed', error: { code: 'restore_failed', detail: 'kept', retryable: false } });
      expect(observeOne(chain([failed]), tasks(task(10, allow('incremental')))).phase).toBe('ready');
      expect(observeOne(chain([failed]), tasks(task(10, allow('view'))))).toMatchObject({
        phase: 'failed',
        error: { detail: 'kept' },
      });
    });

    it('is not failed by the old status while a replacement runs', () => {
      const failed = inFlight({ state: 'failed' });
      const next = inFlight({ id: 'bkp_next', providerRefs: { incrementalMigrationId: 'next' } });
      const answers = [tasks(task(10, allow('incremental'))), children(child(12, { MigrationId: 'next' }))];
      expect(observeOne(chain([failed, next]), ...answers).phase).toBe('restoring');
      expect(
        observeOne(
          chain([inFlight({ attempt: 2 })], {
            calls: [
              call('CreateIncrementalMigration', inFlight({ attempt: 2 }), {
                refs: { incrementalMigrationId: childId },
              }),
            ],
          }),
          tasks(task(10)),
          children(child(2)),
        ).phase,
      ).toBe('restoring');
    });

    it('is failed by the task’s status when no increment failed before', () => {
      const seen = observeOne(chain([inFlight()]), tasks(task(10, { Message: 'gone' })), children(child(12)));
      expect(seen).toMatchObject({ phase: 'failed', error: { provider: { message: 'gone' } } });
    });
  });
});
