import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import {
  account,
  backup,
  call,
  converse,
  file,
  files,
  instanceId,
  log,
  migration,
  refusal,
  reply,
  row,
  type Script,
  sentAt,
  task,
  tasks,
} from './fixture.ts';

const now = sentAt + 5_000;

function look(of: Migration, script: Script, at = now) {
  const { value, asked } = converse(alibaba.observe([of], account, at), script);
  const observation = value.get(of.id);
  if (observation === undefined) throw new Error('not observed');
  return { observation, asked: asked.map(({ operation }) => operation) };
}

describe('a single full restore', () => {
  it.each([
    ['NoStart', 'restoring'],
    ['Running', 'restoring'],
    ['Success', 'succeeded'],
    ['Failed', 'failed'],
    ['Waiting', 'unrecognized'],
    ['Paused', 'unrecognized'],
    ['success', 'unrecognized'],
  ])('%s means %s', (status, phase) => {
    const { observation } = look(migration(), {
      DescribeMigrateTaskById: task({ Status: status }),
      DescribeOssDownloads: files(),
    });
    expect(observation).toMatchObject({
      phase,
      providerStatus: status,
      percent: null,
      startedAt: Date.UTC(2024, 0, 2, 3, 4, 6),
    });
  });

  it('reads one task with one call', () => {
    const { asked, observation } = look(migration(), { DescribeMigrateTaskById: task() });
    expect(asked).toEqual(['DescribeMigrateTaskById']);
    expect(observation.backups).toMatchObject([
      { backupId: 'bkp_full', state: 'restoring', providerStatus: 'Running' },
    ]);
  });

  it('reports the end time', () => {
    const end = { Status: 'Success', EndTime: '2024-01-02 T4:5:6Z' };
    const { observation } = look(migration(), { DescribeMigrateTaskById: task(end) });
    const finishedAt = Date.UTC(2024, 0, 2, 4, 5, 6);
    expect(observation).toMatchObject({ phase: 'succeeded', finishedAt, error: null, warnings: [] });
    expect(observation.backups).toMatchObject([{ state: 'restored', finishedAt }]);
  });

  it.each([
    ['InvalidMigrateTaskId.NotFound', 404, 'missing'],
    ['InvalidDBInstanceId.NotFound', 404, 'missing'],
  ])('%s is no final word', (code, status, phase) => {
    const { observation } = look(migration(), { DescribeMigrateTaskById: refusal(code, status) });
    expect(observation).toMatchObject({ phase, providerStatus: code, error: null, backups: [] });
  });

  it.each([
    ['an answer without a task', reply({ RequestId: 'r' })],
    ['another task', task({ MigrateTaskId: '1', Status: 'Success' })],
    ['a status of null', task({ Status: null })],
  ])('%s is no final word', (_what, answer) => {
    expect(look(migration(), { DescribeMigrateTaskById: answer }).observation.phase).toBe('missing');
  });

  it('is missing without a call when it has no task id', () => {
    const { observation, asked } = look(migration({ providerRefs: {} }), {});
    expect(observation.phase).toBe('missing');
    expect(asked).toEqual([]);
  });

  it.each(['Throttling', 'InternalError', 'NoPermission', 'EngineVersionNotSupported', 'InvalidParameter'])(
    'passes on %s, which is not a task status',
    (code) => {
      expect(() => look(migration(), { DescribeMigrateTaskById: refusal(code) })).toThrow(VendorError);
    },
  );
});

describe('vendor remarks on a success', () => {
  it.each([
    ["The database doesn't have any init account, please create one", 'database_without_owner'],
    ['Success to DBCC checkdb asynchronously', 'consistency_check_passed'],
    ['asynchronously DBCC checkdb failed: CHECKDB found 3 consistency errors', 'consistency_check_failed'],
    ['CHECKDB found 0 allocation errors and 0 consistency errors in database', 'consistency_check_passed'],
    ['Something the vendor never said before', 'provider_note'],
  ])('%s', (description, code) => {
    const { observation } = look(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Success', Description: description }),
    });
    expect(observation).toMatchObject({ phase: 'succeeded', error: null });
    expect(observation.warnings.map((warning) => warning.code)).toEqual([code]);
    expect(observation.warnings[0]?.detail).toContain(description);
  });

  it.each(['', 'success', 'Success.', 'Finished'])('ignore "%s"', (description) => {
    const { observation } = look(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Success', Description: description }),
    });
    expect(observation.warnings).toEqual([]);
  });

  it('are read even after the migration has ended', () => {
    const ended = migration({ state: 'succeeded', backups: [backup({ state: 'restored' })] });
    const description = 'asynchronously DBCC checkdb failed';
    const { observation } = look(ended, {
      DescribeMigrateTaskById: task({ Status: 'Success', Description: description }),
    });
    expect(observation.warnings.map(({ code }) => code)).toEqual(['consistency_check_failed']);
  });
});

describe('why a restore failed', () => {
  it.each([
    ["The Database 'orders' ALREADY EXIST ON RDS", 'target_database_exists', true],
    ['Backup set is a Database Differential backup, we only accept a FULL Backup', 'wrong_backup_kind', false],
    ['(a.trn) is a Transaction Log backup, we only accept a FULL Backup', 'wrong_backup_kind', false],
    [
      'a.bak is a Database FULL backup, we only accept transaction log or differential backup',
      'wrong_backup_kind',
      false,
    ],
    ['Failed to verify a.bak, backup file was corrupted or newer edition than RDS', 'backup_corrupt_or_newer', false],
    ['DBCC checkdb failed', 'consistency_check_failed', false],
    ['CHECKDB found 12 allocation errors', 'consistency_check_failed', false],
    ['Not Enough Disk Space for restore', 'insufficient_space', true],
    ['space left 10 MB, needed 20 MB', 'insufficient_space', true],
    ['Failed to download backup file since OSS URL was expired', 'source_url_expired', false],
    ['Failed to download the file', 'download_failed', true],
    ['Failed to open database orders.', 'edition_unsupported', false],
    [
      'The log in this backup set begins at LSN 1, which is too recent to apply to the database',
      'log_chain_gap',
      false,
    ],
    ['Failed to migrate databases due to databases count limitation', 'database_limit_reached', false],
    ['A text that nobody knows', 'restore_failed', false],
  ])('%s', (description, code, retryable) => {
    const script = {
      DescribeMigrateTaskById: task({ Status: 'Failed', Description: description }),
      DescribeOssDownloads: files(),
    };
    const { observation } = look(migration(), script);
    const error = {
      code,
      retryable,
      detail: expect.stringMatching(/^[A-Z].*\.$/),
      provider: {
        name: 'alibaba',
        operation: 'DescribeMigrateTaskById',
        code: 'Failed',
        message: description,
        requestId: 'req-by-id',
        httpStatus: 200,
      },
    };
    expect(observation).toMatchObject({ phase: 'failed', error });
    expect(observation.backups).toMatchObject([{ backupId: 'bkp_full', state: 'failed', error }]);
  });

  it('comes from the file when the task gives no reason', () => {
    const broken = file('orders_full.bak', 'RestoreFailed', { Description: 'Not Enough Disk Space' });
    const { observation } = look(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Failed' }),
      DescribeOssDownloads: files(broken),
    });
    expect(observation.error).toMatchObject({
      code: 'insufficient_space',
      provider: { operation: 'DescribeOssDownloads', code: 'RestoreFailed', requestId: 'req-files' },
    });
    expect(observation.backups).toMatchObject([{ state: 'failed', providerStatus: 'RestoreFailed' }]);
  });

  it.each([
    ['DownloadFailed', 'download_failed'],
    ['VerifyFailed', 'backup_corrupt_or_newer'],
    ['CheckFailed', 'restore_failed'],
  ])('comes from the file’s status %s when there is no message', (status, code) => {
    const { observation } = look(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Failed' }),
      DescribeOssDownloads: files(file('orders_full.bak', status)),
    });
    expect(observation.error?.code).toBe(code);
  });

  it.each(['Throttling', 'InternalError', 'EngineVersionNotSupported', 'NoPermission'])(
    'comes from the task alone when the files call fails with %s',
    (code) => {
      const { observation } = look(migration(), {
        DescribeMigrateTaskById: task({ Status: 'Failed' }),
        DescribeOssDownloads: refusal(code),
      });
      expect(observation).toMatchObject({ phase: 'failed', error: { code: 'restore_failed' } });
    },
  );

  it('hides the secrets of a signed URL', () => {
    const description = 'Failed to download https://b.oss/a.bak?Signature=TOPSECRET&Expires=1: OSS URL was expired';
    const { observation } = look(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Failed', Description: description }),
      DescribeOssDownloads: files(),
    });
    expect(observation.error?.code).toBe('source_url_expired');
    expect(JSON.stringify(observation)).not.toContain('TOPSECRET');
  });
});

describe('a chain', () => {
  const restored = backup({ state: 'restored' });
  const chain = (changes: Partial<Migration> = {}) => migration({ mode: 'full_log', ...changes });
  const underWay = chain({ backups: [restored, log(1)] });
  const waiting = task({ Status: 'Waiting' });
  const base = file('orders_full.bak', 'Restored', { CreateTime: '2024-01-02T02:00:00Z' });
  const one = (status: string, changes: Record<string, unknown> = {}) => file('orders_log1.trn', status, changes);

  it('is ready when it waits and nothing is in flight, without reading its files', () => {
    const { observation, asked } = look(
      chain({ backups: [restored, log(1, { state: 'queued', submittedAt: null })] }),
      {
        DescribeMigrateTaskById: waiting,
      },
    );
    expect(observation).toMatchObject({ phase: 'ready', providerStatus: 'Waiting', backups: [] });
    expect(asked).toEqual(['DescribeMigrateTaskById']);
  });

  it('is ready when the full backup is restored', () => {
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base) };
    const { observation } = look(chain(), script);
    expect(observation).toMatchObject({ phase: 'ready', backups: [{ backupId: 'bkp_full', state: 'restored' }] });
  });

  it.each([
    ['NoStart', 'restoring', 'restoring'],
    ['Downloading', 'restoring', 'restoring'],
    ['Finished', 'restoring', 'restoring'],
    ['CheckSuccess', 'restoring', 'restoring'],
    ['Restoring', 'restoring', 'restoring'],
    ['Restored', 'ready', 'restored'],
    ['DownloadFailed', 'ready', 'failed'],
    ['VerifyFailed', 'ready', 'failed'],
    ['CheckFailed', 'ready', 'failed'],
    ['RestoreFailed', 'ready', 'failed'],
    ['Deleted', 'restoring', 'restoring'],
    ['DeleteFailed', 'restoring', 'restoring'],
    ['Rewinding', 'unrecognized', 'restoring'],
  ])('does not trust Waiting alone: file %s → %s', (status, phase, state) => {
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base, one(status)) };
    const { observation } = look(underWay, script);
    expect(observation.phase).toBe(phase);
    expect(observation.backups).toMatchObject([{ backupId: 'bkp_log1', state }]);
    if (phase === 'unrecognized') expect(observation.providerStatus).toBe('Rewinding');
  });

  it('is restoring while the file is not yet listed, and reports it when that lasts', () => {
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base) };
    const early = look(underWay, script).observation;
    expect(early).toMatchObject({ phase: 'restoring', warnings: [], backups: [{ state: 'restoring' }] });
    const late = look(underWay, script, sentAt + 60_000).observation;
    expect(late).toMatchObject({ phase: 'restoring', warnings: [{ code: 'backup_not_listed' }] });
  });

  it('explains a file that failed', () => {
    const gap = one('RestoreFailed', { Description: 'LSN is too recent to apply to the database' });
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base, gap) };
    expect(look(underWay, script).observation.backups).toMatchObject([{ error: { code: 'log_chain_gap' } }]);
  });

  it('does not wait for an earlier, rejected file of the same name', () => {
    const source = { type: 'object_storage', bucket: 'b-1', keys: ['later/orders_log1.trn'] } as const;
    const of = chain({
      backups: [restored, log(1, { state: 'failed' }), log(2, { source })],
      calls: [
        call({}),
        call({ number: 2, backupId: 'bkp_log1', state: 'refused' }),
        call({ number: 3, backupId: 'bkp_log2' }),
      ],
    });
    const { observation } = look(of, {
      DescribeMigrateTaskById: waiting,
      DescribeOssDownloads: files(base, one('Restored')),
    });
    expect(observation.backups).toMatchObject([{ backupId: 'bkp_log2', state: 'restored' }]);
  });

  it('measures Waiting from the acceptance, not from the first intent', () => {
    const of = chain({
      backups: [restored, log(1, { submittedAt: sentAt - 90_000 })],
      calls: [call({}), call({ number: 2, backupId: 'bkp_log1', sentAt: sentAt - 5000, settledAt: sentAt - 5000 })],
    });
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files() };
    expect(look(of, script, sentAt).observation.backups).toMatchObject([{ state: 'restoring' }]);
    expect(look(of, script, sentAt + 30_000).observation.backups).toMatchObject([{ state: 'restored' }]);
  });

  it('does not mistake an earlier file of the same name for the new one', () => {
    const source = { type: 'object_storage', bucket: 'b-1', keys: ['later/orders_log1.trn'] } as const;
    const of = chain({
      backups: [restored, log(1, { state: 'restored' }), log(2, { source })],
      calls: [call({}), call({ number: 2, backupId: 'bkp_log1' }), call({ number: 3, backupId: 'bkp_log2' })],
    });
    const earlier = one('Restored', { CreateTime: '2024-01-02T02:30:00Z' });
    const first = look(of, { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base, earlier) });
    expect(first.observation).toMatchObject({
      phase: 'restoring',
      backups: [{ backupId: 'bkp_log2', state: 'restoring' }],
    });
    const then = look(of, {
      DescribeMigrateTaskById: waiting,
      DescribeOssDownloads: files(one('Restored'), base, earlier),
    });
    expect(then.observation).toMatchObject({ phase: 'ready', backups: [{ backupId: 'bkp_log2', state: 'restored' }] });
  });

  it('does not mistake an earlier attempt’s file for the new one', () => {
    const calls = [
      call({ number: 2, backupId: 'bkp_log1', attempt: 1 }),
      call({ number: 3, backupId: 'bkp_log1', attempt: 2 }),
    ];
    const of = chain({ backups: [restored, log(1, { attempt: 2 })], calls });
    const old = one('RestoreFailed', { CreateTime: '2024-01-02T02:30:00Z' });
    const script = (...rows: Record<string, unknown>[]) => ({
      DescribeMigrateTaskById: waiting,
      DescribeOssDownloads: files(...rows),
    });
    expect(look(of, script(base, old)).observation.backups).toMatchObject([{ state: 'restoring' }]);
    expect(look(of, script(base, old, one('Restored'))).observation.backups).toMatchObject([{ state: 'restored' }]);
  });

  it.each([
    ['refused', refusal('EngineVersionNotSupported')],
    ['empty', files()],
  ])('trusts Waiting after a while when the list of files is %s', (_what, answer) => {
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: answer };
    expect(look(underWay, script, sentAt + 29_999).observation).toMatchObject({
      phase: 'restoring',
      backups: [{ state: 'restoring' }],
    });
    expect(look(underWay, script, sentAt + 30_000).observation).toMatchObject({
      phase: 'ready',
      backups: [{ state: 'restored' }],
    });
  });

  it.each(['Throttling', 'InternalError', 'NoPermission'])(
    'concludes nothing when the files call fails with %s',
    (code) => {
      const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: refusal(code) };
      expect(() => look(underWay, script, sentAt + 60_000)).toThrow(VendorError);
    },
  );

  it.each([
    ['accepted', 'restoring'],
    ['sending', 'restoring'],
    ['unknown', 'restoring'],
    ['deferred', 'ready'],
    ['absent', 'ready'],
  ] as const)('waits on a stale status while opening: call %s → %s', (state, phase) => {
    const calls = [call({ step: 'open', backupId: null, operation: 'CreateOnlineDatabaseTask', state })];
    const of = chain({ state: 'cutting_over', backups: [restored], calls });
    expect(look(of, { DescribeMigrateTaskById: waiting }).observation.phase).toBe(phase);
  });

  it('treats Waiting as stale in cutting_over even without a call record', () => {
    const of = chain({ state: 'cutting_over', backups: [restored] });
    expect(look(of, { DescribeMigrateTaskById: waiting }).observation.phase).toBe('restoring');
  });

  it('succeeds after the database is opened', () => {
    const calls = [call({ step: 'open', backupId: null })];
    const of = chain({ state: 'cutting_over', backups: [restored, log(1, { state: 'restored' })], calls });
    const { observation } = look(of, { DescribeMigrateTaskById: task({ Status: 'Success' }) });
    expect(observation).toMatchObject({ phase: 'succeeded', warnings: [], backups: [] });
  });

  it('reports that somebody else opened it', () => {
    const queued = log(1, { state: 'queued', submittedAt: null });
    const of = chain({ state: 'awaiting_backup', backups: [restored, queued] });
    const { observation } = look(of, { DescribeMigrateTaskById: task({ Status: 'Success' }) });
    expect(observation).toMatchObject({ phase: 'succeeded', warnings: [{ code: 'opened_elsewhere' }] });
  });

  it('fails as a whole, with the file that broke it', () => {
    const broken = one('RestoreFailed', { Description: 'too recent to apply to the database' });
    const script = { DescribeMigrateTaskById: task({ Status: 'Failed' }), DescribeOssDownloads: files(base, broken) };
    const { observation } = look(underWay, script);
    expect(observation).toMatchObject({
      phase: 'failed',
      error: { code: 'log_chain_gap' },
      backups: [{ backupId: 'bkp_log1', state: 'failed', providerStatus: 'RestoreFailed' }],
    });
  });

  it('keeps a file as restored that finished before the task failed', () => {
    const failed = task({ Status: 'Failed', Description: 'Failed to open database' });
    const script = { DescribeMigrateTaskById: failed, DescribeOssDownloads: files(base, one('Restored')) };
    const { observation } = look(underWay, script);
    expect(observation).toMatchObject({ error: { code: 'edition_unsupported' }, backups: [{ state: 'restored' }] });
  });

  it('reports the vendor’s failure after a cancellation with one call', () => {
    const of = chain({ state: 'cancelling', cancelRequested: true, backups: [restored, log(1)] });
    const { observation, asked } = look(of, { DescribeMigrateTaskById: task({ Status: 'Failed' }) });
    expect(observation).toMatchObject({ phase: 'failed', providerStatus: 'Failed' });
    expect(asked).toEqual(['DescribeMigrateTaskById']);
  });
});

describe('several migrations of one instance', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      migration({ id: `mig_${index}`, providerRefs: { migrateTaskId: String(100 + index) } }),
    );
  const observe = (migrations: readonly Migration[], script: Script) =>
    converse(alibaba.observe(migrations, account, now), script);

  it('are grouped by account, region and instance', () => {
    const group = (changes: Partial<Migration>) => alibaba.observationGroup(migration(changes));
    expect(group({ id: 'other', mode: 'full_log' })).toBe(group({}));
    expect(new Set([group({}), group({ account: 'b' }), group({ region: 'cn-beijing' })]).size).toBe(3);
    expect(group({ target: { instanceId: 'rm-other', overwrite: false } })).not.toBe(group({}));
  });

  it('are read with one list call', () => {
    const rows = [
      row({ MigrateTaskId: '100', Status: 'Success' }),
      row({ MigrateTaskId: '101' }),
      row({ MigrateTaskId: '7' }),
    ];
    const { value, asked } = observe(many(2), { DescribeMigrateTasks: tasks(rows) });
    expect(asked).toEqual([
      {
        operation: 'DescribeMigrateTasks',
        query: {
          DBInstanceId: instanceId,
          StartTime: '2024-01-02T02:04Z',
          EndTime: '2024-01-02T03:15Z',
          PageSize: '100',
          PageNumber: '1',
        },
      },
    ]);
    expect([...value].map(([id, { phase }]) => [id, phase])).toEqual([
      ['mig_0', 'succeeded'],
      ['mig_1', 'restoring'],
    ]);
  });

  it('are listed for one week at most', () => {
    const old = many(2).map((each) => ({ ...each, createdAt: now - 30 * 24 * 3_600_000 }));
    const { asked } = observe(old, {
      DescribeMigrateTasks: tasks([]),
      DescribeMigrateTaskById: ({ MigrateTaskId }) => task({ MigrateTaskId }),
    });
    expect(asked[0]?.query.StartTime).toBe('2023-12-26T03:04Z');
  });

  it('are read one by one when the list lacks them', () => {
    const { value, asked } = observe(many(3), {
      DescribeMigrateTasks: tasks([row({ MigrateTaskId: '101' })]),
      DescribeMigrateTaskById: ({ MigrateTaskId }) => task({ MigrateTaskId, Status: 'Success' }),
    });
    expect(asked.map(({ query }) => query.MigrateTaskId)).toEqual([undefined, '100', '102']);
    expect([...value.values()].map(({ phase }) => phase)).toEqual(['succeeded', 'restoring', 'succeeded']);
  });

  it('are read one by one when the vendor cannot list', () => {
    const { value } = observe(many(2), {
      DescribeMigrateTasks: refusal('EngineVersionNotSupported'),
      DescribeMigrateTaskById: ({ MigrateTaskId }) =>
        MigrateTaskId === '100' ? refusal('InvalidMigrateTaskId.NotFound', 404) : task({ MigrateTaskId }),
    });
    expect([...value.values()].map(({ phase }) => phase)).toEqual(['missing', 'restoring']);
  });

  it('stop paging as soon as all are found', () => {
    const page = Array.from({ length: 100 }, (_, index) => row({ MigrateTaskId: String(100 + index) }));
    const { asked } = observe(many(2), { DescribeMigrateTasks: tasks(page, 3_000) });
    expect(asked).toHaveLength(1);
  });

  it('read a bounded number of pages', () => {
    const page = Array.from({ length: 100 }, () => row({ MigrateTaskId: '1' }));
    const { asked } = observe(many(2), {
      DescribeMigrateTasks: () => tasks(page, 999_999_999),
      DescribeMigrateTaskById: ({ MigrateTaskId }) => task({ MigrateTaskId }),
    });
    expect(asked.length).toBeLessThan(60);
  });

  it('pass throttling on', () => {
    expect(() => observe(many(2), { DescribeMigrateTasks: refusal('Throttling') })).toThrow(VendorError);
  });
});

describe('any answer', () => {
  const words = fc.constantFrom(
    'Waiting',
    'Running',
    'Success',
    'Failed',
    'Restored',
    'RestoreFailed',
    'NoStart',
    '??',
  );
  const field = fc.oneof(
    fc.jsonValue(),
    words,
    fc.constantFrom('564563256', 'orders_full.bak', '2024-01-02 T3:4:6Z', 'True'),
  );
  const anyRow = fc.dictionary(
    fc.constantFrom(
      'MigrateTaskId',
      'Status',
      'Description',
      'CreateTime',
      'EndTime',
      'FileName',
      'DBName',
      'status',
      '__proto__',
    ),
    field,
  );
  const items = fc.oneof(
    fc.jsonValue(),
    anyRow,
    fc.array(anyRow),
    fc.record({ MigrateTask: fc.array(anyRow), OssDownload: fc.array(anyRow) }),
  );
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .tuple(anyRow, items, fc.jsonValue())
      .map(([fields, of, total]) => JSON.stringify({ ...fields, Items: of, TotalRecordCount: total })),
  );

  it('yields an observation or a VendorError, and never a final state that the vendor did not report', () => {
    fc.assert(
      fc.property(
        fc.array(body, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        (bodies, several, chain) => {
          let next = 0;
          let said = '';
          const answer = () => {
            const text = bodies[next++ % bodies.length] ?? '';
            said += text;
            return reply(text);
          };
          const of = migration({ mode: chain ? 'full_log' : 'full' });
          const group = several ? [of, { ...of, id: 'mig_2', providerRefs: { migrateTaskId: '7' } }] : [of];
          const script = {
            DescribeMigrateTaskById: answer,
            DescribeMigrateTasks: answer,
            DescribeOssDownloads: answer,
          };
          try {
            for (const [, observation] of converse(alibaba.observe(group, account, now), script).value) {
              if (observation.phase === 'succeeded') expect(said).toContain('Success');
              if (observation.phase === 'failed') expect(said).toContain('Failed');
            }
          } catch (error) {
            expect(error).toBeInstanceOf(VendorError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
