import { describe, expect, it } from 'vitest';
import type { BackupObservation, Observation } from '../../../src/domain/provider.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import type { TencentAccount } from '../../../src/providers/tencent/account.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import {
  account,
  backup,
  backupStates,
  bodyOf,
  call,
  chain,
  converse,
  instanceId,
  migration,
  observe,
  observeOne,
  refusal,
  reply,
  running,
  sentAt,
  task,
  taskId,
  tasks,
} from './fixtures.ts';

const flow = (Status: unknown) => reply({ Status, RequestId: 'r-3' });

describe('a single full restore', () => {
  it.each<[unknown, Observation['phase'], BackupObservation['state']]>([
    [2, 'restoring', 'restoring'],
    [7, 'restoring', 'restoring'],
    ['7', 'restoring', 'restoring'],
    [8, 'restoring', 'restoring'],
    [9, 'succeeded', 'restored'],
    [10, 'failed', 'failed'],
    [12, 'restoring', 'restoring'],
  ])('status %s means %s', (status, phase, state) => {
    const seen = observeOne(running(), tasks(task(status)));
    expect(seen.phase).toBe(phase);
    expect(seen.providerStatus).toBe(String(status));
    expect(backupStates(seen)).toEqual([[state, String(status)]]);
  });

  it.each([0, 1, 3, 4, 5, 6, 11, 13, -1, null, 'done', 7.5])(
    'keeps its state under the undocumented status %s',
    (status) => {
      const seen = observeOne(running({}, { backupMigrationId: taskId }), tasks(task(status)));
      expect(seen).toMatchObject({ phase: 'unrecognized', providerStatus: String(status), error: null, backups: [] });
    },
  );

  it('reads one task by its id', () => {
    const { requests } = observe([running()], [tasks(task(7))]);
    expect(requests).toMatchObject([{ operation: 'DescribeBackupMigration', effect: 'read', service: 'sqlserver' }]);
    expect(bodyOf(requests[0])).toEqual({ InstanceId: instanceId, BackupMigrationId: taskId, Limit: 100, Offset: 0 });
  });

  it('reports progress and times in the account’s time zone', () => {
    const seen = observeOne(
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
  ])('tolerates %s', (_title, changes, expected) => {
    expect(observeOne(running(), tasks(task(7, changes)))).toMatchObject(expected);
  });

  it('explains a failure and keeps the vendor’s words', () => {
    const StepInfo = [
      { StepNo: 1, StepName: 'download', Status: 1 },
      { StepNo: 2, StepName: 'restore', Status: '2' },
      null,
    ];
    const seen = observeOne(
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
    const seen = observeOne(running(), tasks(task(10, { Message: null })));
    expect(seen.error?.provider?.message).toBeNull();
    expect(seen.error?.detail.length).toBeGreaterThan(20);
  });

  it('passes on a message that is not a failure', () => {
    expect(observeOne(running(), tasks(task(9, { Message: 'done with remarks' }))).warnings).toEqual([
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
    expect(observeOne(waiting, tasks(task(2)))).toMatchObject({ phase: 'restoring', backups: [] });
  });

  it('reads only the current attempt’s task', () => {
    const again = backup({ attempt: 2, state: 'submitting', providerRefs: { backupMigrationId: taskId } });
    const of = migration({
      backups: [again],
      calls: [call('CreateBackupMigration', backup(), { refs: { backupMigrationId: taskId } })],
    });
    expect(observe([of], []).result.size).toBe(0);
    const created = call('CreateBackupMigration', again, { number: 2, refs: { backupMigrationId: 'new' } });
    const { requests } = observe([{ ...of, calls: [...of.calls, created] }], [tasks(task(2, { MigrationId: 'new' }))]);
    expect(bodyOf(requests[0]).BackupMigrationId).toBe('new');
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
    const { result, requests } = observe(many(3), [page(rows(250))]);
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
    const { result, requests } = observe(many(250), [all, all, all]);
    expect(result.size).toBe(250);
    expect(requests).toHaveLength(3);
  });

  it('are read by id when the list does not show them', () => {
    const { result, requests } = observe(many(2), [
      tasks(task(7, { MigrationId: 't-0' })),
      tasks(task(9, { MigrationId: 't-1' })),
    ]);
    expect(bodyOf(requests[1]).BackupMigrationId).toBe('t-1');
    expect([...result.values()].map(({ phase }) => phase)).toEqual(['restoring', 'succeeded']);
  });

  it('exclude unregistered ones', () => {
    const { result } = observe([migration({ id: 'mig_new' }), running()], [tasks(task(7))]);
    expect([...result.keys()]).toEqual([running().id]);
  });
});

describe('missing or unknown vendor data', () => {
  it('reports missing and keeps the state', () => {
    const of = running({}, { backupMigrationId: taskId });
    expect(observeOne(of, tasks())).toMatchObject({ phase: 'missing', backups: [], error: null });
    expect(observeOne(of, refusal('ResourceNotFound.InstanceNotFound'))).toMatchObject({
      phase: 'missing',
      providerStatus: 'ResourceNotFound.InstanceNotFound',
    });
  });

  it.each<[string, unknown, Observation['phase']]>([
    ['runs', 2, 'restoring'],
    ['has succeeded', 0, 'succeeded'],
    ['has failed', '1', 'failed'],
    ['is unknown', 7, 'missing'],
  ])(
    'takes the state of a single restore from its flow when the task is missing: the flow %s',
    (_title, status, phase) => {
      const { result, requests } = observe([running()], [tasks(), flow(status)]);
      expect(requests[1]).toMatchObject({ operation: 'DescribeFlowStatus', body: { FlowId: 1001399 } });
      expect([...result.values()][0]?.phase).toBe(phase);
    },
  );

  it.each([
    [2, 'restoring'],
    [0, 'missing'],
    [1, 'missing'],
  ] as const)('does not end a chain because its flow has status %s', (status, phase) => {
    expect(observeOne(chain([]), tasks(), flow(status)).phase).toBe(phase);
  });

  it('keeps an undocumented status and shows the flow’s status beside it', () => {
    for (const status of [0, 1, 2]) {
      const seen = observeOne(running(), tasks(task(3)), flow(status));
      expect(seen.phase).toBe('unrecognized');
      expect(seen.warnings).toMatchObject([
        { code: 'provider_flow_status', detail: expect.stringContaining(`reports ${status}`) },
      ]);
    }
    expect(observeOne(running(), tasks(task(3)), flow('x')).warnings).toEqual([]);
  });

  it('tolerates an unreadable flow', () => {
    expect(observeOne(running(), tasks(), 'unavailable').phase).toBe('missing');
    expect(observeOne(running(), tasks(task(3)), refusal('InternalError')).phase).toBe('unrecognized');
  });

  it('throws the vendor’s failures', () => {
    for (const answer of [refusal('RequestLimitExceeded'), refusal('InternalError'), reply({})] as const)
      expect(() => observe([running()], [answer])).toThrow(VendorError);
  });
});
