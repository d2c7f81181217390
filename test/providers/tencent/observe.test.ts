import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import type { BackupObservation, Observation } from '../../../src/domain/provider.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import type { TencentAccount } from '../../../src/providers/tencent/account.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import {
  account,
  backup,
  bodyOf,
  call,
  chain,
  child,
  childId,
  children,
  converse,
  increment,
  inFlight,
  instanceId,
  migration,
  refusal,
  reply,
  running,
  sentAt,
  task,
  taskId,
  tasks,
} from './fixtures.ts';

type Answers = Parameters<typeof converse>[1];
const run = (migrations: readonly Migration[], answers: Answers) =>
  converse(tencent.observe(migrations, account, sentAt), answers);

function see(of: Migration, ...answers: Answers): Observation {
  const { result, requests } = run([of], answers);
  expect(requests).toHaveLength(answers.length);
  const seen = result.get(of.id);
  if (seen === undefined) throw new Error('nothing observed');
  return seen;
}
const states = (seen: Observation) => seen.backups.map(({ state, providerStatus }) => [state, providerStatus]);
const flow = (Status: unknown) => reply({ Status, RequestId: 'r-3' });
const allow = (...AllowedAction: string[]) => ({ Action: { AllowedAction } });

describe('a single full restore', () => {
  it.each<[unknown, Observation['phase'], BackupObservation['state']]>([
    [2, 'restoring', 'restoring'],
    [7, 'restoring', 'restoring'],
    ['7', 'restoring', 'restoring'],
    [8, 'restoring', 'restoring'],
    [9, 'succeeded', 'restored'],
    [10, 'failed', 'failed'],
    [12, 'restoring', 'restoring'],
  ])('status %s', (status, phase, state) => {
    const seen = see(running(), tasks(task(status)));
    expect(seen.phase).toBe(phase);
    expect(seen.providerStatus).toBe(String(status));
    expect(states(seen)).toEqual([[state, String(status)]]);
  });

  it.each([0, 1, 3, 4, 5, 6, 11, 13, -1, null, 'done', 7.5])(
    'keeps its state under the undocumented status %s',
    (status) => {
      const seen = see(running({}, { backupMigrationId: taskId }), tasks(task(status)));
      expect(seen).toMatchObject({ phase: 'unrecognized', providerStatus: String(status), error: null, backups: [] });
    },
  );

  it('reads one task by its id', () => {
    const { requests } = run([running()], [tasks(task(7))]);
    expect(requests).toMatchObject([{ operation: 'DescribeBackupMigration', effect: 'read', service: 'sqlserver' }]);
    expect(bodyOf(requests[0])).toEqual({ InstanceId: instanceId, BackupMigrationId: taskId, Limit: 100, Offset: 0 });
  });

  it('reports progress and times in the account’s time zone', () => {
    const seen = see(
      running(),
      tasks(task(9, { EndTime: '2026-11-22 00:30:00', Detail: { Progress: '100', StepInfo: [] } })),
    );
    expect(seen).toMatchObject({
      percent: 100,
      startedAt: Date.UTC(2026, 10, 21, 11, 9),
      finishedAt: Date.UTC(2026, 10, 21, 16, 30),
    });
    const tokyo = converse(tencent.observe([running()], { ...account, timeZone: '+09:00' } as TencentAccount, sentAt), [
      tasks(task(7)),
    ]).result;
    expect([...tokyo.values()][0]?.startedAt).toBe(Date.UTC(2026, 10, 21, 10, 9));
  });

  it.each<[string, Record<string, unknown>, Partial<Observation>]>([
    ['sentinel dates', { StartTime: '0000-00-00 00:00:00' }, { startedAt: null, finishedAt: null }],
    ['broken dates', { StartTime: 'soon', EndTime: 7 }, { startedAt: null, finishedAt: null }],
    ['an impossible date', { StartTime: '2026-13-41 25:00:00' }, { startedAt: null }],
    ['no detail', { Detail: null }, { percent: null }],
    ['progress beyond its range', { Detail: { Progress: 400 } }, { percent: null }],
    ['no action', { Action: null }, { phase: 'restoring' }],
  ])('takes %s as they come', (_title, changes, expected) => {
    expect(see(running(), tasks(task(7, changes)))).toMatchObject(expected);
  });

  it('explains a failure and keeps the vendor’s words', () => {
    const StepInfo = [
      { StepNo: 1, StepName: 'download', Status: 1 },
      { StepNo: 2, StepName: 'restore', Status: '2' },
      null,
    ];
    const seen = see(
      running(),
      tasks(task(10, { Message: '磁盘空间不足', EndTime: '2026-11-21 20:00:00', Detail: { Progress: 50, StepInfo } })),
    );
    expect(seen.finishedAt).toBe(Date.UTC(2026, 10, 21, 12));
    expect(seen.error).toEqual({
      code: 'insufficient_space',
      detail: expect.stringMatching(/“restore”.*free storage/),
      retryable: true,
      provider: {
        name: 'tencent',
        operation: 'DescribeBackupMigration',
        code: null,
        message: '磁盘空间不足',
        requestId: 'r-1',
        httpStatus: 200,
      },
    });
    expect(seen.backups[0]?.error).toEqual(seen.error);
  });

  it('explains a failure without a message', () => {
    const seen = see(running(), tasks(task(10, { Message: null })));
    expect(seen.error?.provider?.message).toBeNull();
    expect(seen.error?.detail.length).toBeGreaterThan(20);
  });

  it('passes on a message that is not a failure', () => {
    expect(see(running(), tasks(task(9, { Message: 'done with remarks' }))).warnings).toEqual([
      { code: 'provider_message', detail: 'done with remarks' },
    ]);
  });

  it('is not running while it waits for its upload', () => {
    const waiting = migration({
      state: 'pending',
      providerRefs: { backupMigrationId: taskId },
      backups: [
        backup({
          state: 'submitting',
          source: { type: 'upload', fileName: 'x.bak' },
          providerRefs: { backupMigrationId: taskId },
        }),
      ],
    });
    expect(see(waiting, tasks(task(2)))).toMatchObject({ phase: 'restoring', backups: [] });
  });

  it('reads only the current attempt’s task', () => {
    const again = backup({ attempt: 2, state: 'submitting', providerRefs: { backupMigrationId: taskId } });
    const of = migration({
      backups: [again],
      calls: [call('CreateBackupMigration', backup(), { refs: { backupMigrationId: taskId } })],
    });
    expect(run([of], []).result.size).toBe(0);
    const created = call('CreateBackupMigration', again, { number: 2, refs: { backupMigrationId: 'new' } });
    const { requests } = run([{ ...of, calls: [...of.calls, created] }], [tasks(task(2, { MigrationId: 'new' }))]);
    expect(bodyOf(requests[0]).BackupMigrationId).toBe('new');
  });
});

describe('a chain', () => {
  const base = (state: 'restoring' | 'restored' = 'restoring') =>
    chain([], { backups: [backup({ state, providerRefs: { backupMigrationId: taskId, flowId: '1' } })] });

  it('waits after its full backup even though its flow has succeeded', () => {
    const seen = see(base(), tasks(task(8)));
    expect(seen).toMatchObject({ phase: 'ready', percent: null, finishedAt: null });
    expect(states(seen)).toEqual([['restored', '8']]);
  });

  it('fails when its full backup fails', () => {
    const seen = see(base(), tasks(task(10, { Message: 'bad file' })));
    expect(seen.phase).toBe('failed');
    expect(states(seen)).toEqual([['failed', '10']]);
  });

  it('reads no increments while none is active', () => {
    expect(see(chain([increment(), increment({ id: 'x', state: 'restored' })]), tasks(task(8))).phase).toBe('ready');
  });

  it('reads the active increment', () => {
    const { requests } = run([chain([inFlight()])], [tasks(task(12)), children(child(12))]);
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
    ['the child’s status is not documented', 12, 5, false, 'restoring', [['restoring', '5']]],
  ])('%s', (_title, parent, status, final, phase, expected) => {
    const seen = see(chain([inFlight({ final })]), tasks(task(parent)), children(child(status)));
    expect(seen.phase).toBe(phase);
    expect(seen.providerStatus).toBe(String(parent));
    expect(states(seen)).toEqual(expected);
  });

  it('stays restoring while the new increment is not listed', () => {
    expect(see(chain([inFlight()]), tasks(task(8)), children())).toMatchObject({ phase: 'restoring', backups: [] });
  });

  it('has succeeded even if its last increment is no longer listed', () => {
    expect(states(see(chain([inFlight({ final: true })]), tasks(task(9)), children()))).toEqual([['restored', '9']]);
  });

  it('reports the increment’s progress', () => {
    const seen = see(chain([inFlight()]), tasks(task(12)), children(child(12, { Detail: { Progress: 77 } })));
    expect(seen.percent).toBe(77);
  });

  it('waits while a registered increment waits for its upload', () => {
    const waiting = inFlight({ state: 'submitting', source: { type: 'upload', fileName: 'x.bak' } });
    expect(see(chain([waiting]), tasks(task(8)), children(child(2)))).toMatchObject({ phase: 'ready', backups: [] });
  });

  it('does not wait while the start of an increment may have arrived', () => {
    const sent = inFlight({ state: 'submitting' });
    const calls = [call('StartIncrementalMigration', sent, { state: 'unknown' })];
    expect(see(chain([sent], { calls }), tasks(task(8)), children(child(2))).phase).toBe('restoring');
  });

  it('does not treat an increment of undocumented status as idle', () => {
    const of = chain([inFlight({ providerRefs: { incrementalMigrationId: childId } })]);
    expect(see(of, tasks(task(8)), children(child(5))).phase).toBe('unrecognized');
  });

  it('does not report success when the last increment failed', () => {
    const of = chain([inFlight({ final: true, providerRefs: { incrementalMigrationId: childId } })]);
    const seen = see(of, tasks(task(9)), children(child(10)), tasks(task(9)));
    expect(seen).toMatchObject({ phase: 'unrecognized', backups: [] });
  });

  describe('a chain with a failed increment', () => {
    const failing = (parent: unknown, again: Record<string, unknown>) =>
      see(
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
      ['waits for the task’s word', 12, allow('view'), 'restoring'],
    ])('%s', (_title, parent, again, phase) => {
      const seen = failing(parent, again);
      expect(seen.phase).toBe(phase);
      expect(states(seen)).toEqual([['failed', '10']]);
      expect(seen.backups[0]?.error?.provider).toMatchObject({
        operation: 'DescribeIncrementalMigration',
        message: 'LSN is too recent',
      });
      expect(seen.error?.provider?.message).toBe(phase === 'failed' ? 'LSN is too recent' : undefined);
    });

    it('keeps the failure without reading the increment again', () => {
      const failed = inFlight({ state: 'failed', error: { code: 'restore_failed', detail: 'kept', retryable: false } });
      expect(see(chain([failed]), tasks(task(10, allow('incremental')))).phase).toBe('ready');
      expect(see(chain([failed]), tasks(task(10, allow('view'))))).toMatchObject({
        phase: 'failed',
        error: { detail: 'kept' },
      });
    });

    it('is not failed by the old status while a replacement runs', () => {
      const failed = inFlight({ state: 'failed' });
      const next = inFlight({ id: 'bkp_next', providerRefs: { incrementalMigrationId: 'next' } });
      const answers = [tasks(task(10, allow('incremental'))), children(child(12, { MigrationId: 'next' }))];
      expect(see(chain([failed, next]), ...answers).phase).toBe('restoring');
      expect(
        see(
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
      const seen = see(chain([inFlight()]), tasks(task(10, { Message: 'gone' })), children(child(12)));
      expect(seen).toMatchObject({ phase: 'failed', error: { provider: { message: 'gone' } } });
    });
  });
});

describe('many migrations of one instance', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => running({ id: `mig_${index}` }, { backupMigrationId: `t-${index}` }));
  const rows = (count: number) => Array.from({ length: count }, (_, index) => task(7, { MigrationId: `t-${index}` }));
  const page = (all: readonly unknown[]) => (body: Record<string, unknown>) =>
    reply({
      TotalCount: all.length,
      BackupMigrationSet: all.slice(Number(body.Offset) * 100, Number(body.Offset) * 100 + 100),
    });

  it('are grouped by account, region and instance', () => {
    expect(tencent.observationGroup(running())).toBe('tc-main|ap-guangzhou|mssql-rdc0gajn');
  });

  it('are read with one list that ends as soon as all are found', () => {
    const { result, requests } = run(many(3), [page(rows(250))]);
    expect([...result.values()].map(({ phase }) => phase)).toEqual(['restoring', 'restoring', 'restoring']);
    expect(bodyOf(requests[0])).toEqual({
      InstanceId: instanceId,
      OrderBy: 'createTime',
      OrderByType: 'desc',
      Limit: 100,
      Offset: 0,
    });
  });

  it('are read over several pages', () => {
    const all = page(rows(250));
    const { result, requests } = run(many(250), [all, all, all]);
    expect(result.size).toBe(250);
    expect(requests).toHaveLength(3);
  });

  it('are read by id when the list does not show them', () => {
    const { result, requests } = run(many(2), [
      tasks(task(7, { MigrationId: 't-0' })),
      tasks(task(9, { MigrationId: 't-1' })),
    ]);
    expect(bodyOf(requests[1]).BackupMigrationId).toBe('t-1');
    expect([...result.values()].map(({ phase }) => phase)).toEqual(['restoring', 'succeeded']);
  });

  it('exclude unregistered ones', () => {
    const { result } = run([migration({ id: 'mig_new' }), running()], [tasks(task(7))]);
    expect([...result.keys()]).toEqual([running().id]);
  });
});

describe('missing or unknown vendor data', () => {
  it('reports missing and keeps the state', () => {
    const of = running({}, { backupMigrationId: taskId });
    expect(see(of, tasks())).toMatchObject({ phase: 'missing', backups: [], error: null });
    expect(see(of, refusal('ResourceNotFound.InstanceNotFound'))).toMatchObject({
      phase: 'missing',
      providerStatus: 'ResourceNotFound.InstanceNotFound',
    });
  });

  it.each<[string, unknown, Observation['phase']]>([
    ['runs', 2, 'restoring'],
    ['has succeeded', 0, 'succeeded'],
    ['has failed', '1', 'failed'],
    ['is unknown', 7, 'missing'],
  ])('a single restore without its task is told by its flow: %s', (_title, status, phase) => {
    const { result, requests } = run([running()], [tasks(), flow(status)]);
    expect(requests[1]).toMatchObject({ operation: 'DescribeFlowStatus', body: { FlowId: 1001399 } });
    expect([...result.values()][0]?.phase).toBe(phase);
  });

  it.each([
    [2, 'restoring'],
    [0, 'missing'],
    [1, 'missing'],
  ] as const)('does not end a chain by its flow: %s', (status, phase) => {
    expect(see(chain([]), tasks(), flow(status)).phase).toBe(phase);
  });

  it('keeps an undocumented status and shows the flow’s status beside it', () => {
    for (const status of [0, 1, 2]) {
      const seen = see(running(), tasks(task(3)), flow(status));
      expect(seen.phase).toBe('unrecognized');
      expect(seen.warnings).toMatchObject([
        { code: 'provider_flow_status', detail: expect.stringContaining(`reports ${status}`) },
      ]);
    }
    expect(see(running(), tasks(task(3)), flow('x')).warnings).toEqual([]);
  });

  it('tolerates an unreadable flow', () => {
    expect(see(running(), tasks(), 'unavailable').phase).toBe('missing');
    expect(see(running(), tasks(task(3)), refusal('InternalError')).phase).toBe('unrecognized');
  });

  it('throws the vendor’s failures', () => {
    for (const answer of [refusal('RequestLimitExceeded'), refusal('InternalError'), reply({})] as const)
      expect(() => run([running()], [answer])).toThrow(VendorError);
  });
});
