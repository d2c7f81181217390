import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { backup, call, file, files, log, migration, observeOne, refusal, sentAt, task } from './fixture.ts';

describe('a chain', () => {
  const restored = backup({ state: 'restored' });
  const chain = (changes: Partial<Migration> = {}) => migration({ mode: 'full_log', ...changes });
  const underWay = chain({ backups: [restored, log(1)] });
  const waiting = task({ Status: 'Waiting' });
  const base = file('orders_full.bak', 'Restored', { CreateTime: '2024-01-02T02:00:00Z' });
  const one = (status: string, changes: Record<string, unknown> = {}) => file('orders_log1.trn', status, changes);

  it('is ready when it waits and nothing is in flight, without reading its files', () => {
    const { observation, asked } = observeOne(
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
    const { observation } = observeOne(chain(), script);
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
    const { observation } = observeOne(underWay, script);
    expect(observation.phase).toBe(phase);
    expect(observation.backups).toMatchObject([{ backupId: 'bkp_log1', state }]);
    if (phase === 'unrecognized') expect(observation.providerStatus).toBe('Rewinding');
  });

  it('is restoring while the file is not yet listed, and reports it when that lasts', () => {
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base) };
    const early = observeOne(underWay, script).observation;
    expect(early).toMatchObject({ phase: 'restoring', warnings: [], backups: [{ state: 'restoring' }] });
    const late = observeOne(underWay, script, sentAt + 60_000).observation;
    expect(late).toMatchObject({ phase: 'restoring', warnings: [{ code: 'backup_not_listed' }] });
  });

  it('explains a file that failed', () => {
    const gap = one('RestoreFailed', { Description: 'LSN is too recent to apply to the database' });
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base, gap) };
    expect(observeOne(underWay, script).observation.backups).toMatchObject([{ error: { code: 'log_chain_gap' } }]);
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
    const { observation } = observeOne(of, {
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
    expect(observeOne(of, script, sentAt).observation.backups).toMatchObject([{ state: 'restoring' }]);
    expect(observeOne(of, script, sentAt + 30_000).observation.backups).toMatchObject([{ state: 'restored' }]);
  });

  it('does not mistake an earlier file of the same name for the new one', () => {
    const source = { type: 'object_storage', bucket: 'b-1', keys: ['later/orders_log1.trn'] } as const;
    const of = chain({
      backups: [restored, log(1, { state: 'restored' }), log(2, { source })],
      calls: [call({}), call({ number: 2, backupId: 'bkp_log1' }), call({ number: 3, backupId: 'bkp_log2' })],
    });
    const earlier = one('Restored', { CreateTime: '2024-01-02T02:30:00Z' });
    const first = observeOne(of, { DescribeMigrateTaskById: waiting, DescribeOssDownloads: files(base, earlier) });
    expect(first.observation).toMatchObject({
      phase: 'restoring',
      backups: [{ backupId: 'bkp_log2', state: 'restoring' }],
    });
    const then = observeOne(of, {
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
    expect(observeOne(of, script(base, old)).observation.backups).toMatchObject([{ state: 'restoring' }]);
    expect(observeOne(of, script(base, old, one('Restored'))).observation.backups).toMatchObject([
      { state: 'restored' },
    ]);
  });

  it.each([
    ['refused', refusal('EngineVersionNotSupported')],
    ['empty', files()],
  ])('trusts Waiting after a while when the list of files is %s', (_what, answer) => {
    const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: answer };
    expect(observeOne(underWay, script, sentAt + 29_999).observation).toMatchObject({
      phase: 'restoring',
      backups: [{ state: 'restoring' }],
    });
    expect(observeOne(underWay, script, sentAt + 30_000).observation).toMatchObject({
      phase: 'ready',
      backups: [{ state: 'restored' }],
    });
  });

  it.each(['Throttling', 'InternalError', 'NoPermission'])(
    'concludes nothing when the files call fails with %s',
    (code) => {
      const script = { DescribeMigrateTaskById: waiting, DescribeOssDownloads: refusal(code) };
      expect(() => observeOne(underWay, script, sentAt + 60_000)).toThrow(VendorError);
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
    expect(observeOne(of, { DescribeMigrateTaskById: waiting }).observation.phase).toBe(phase);
  });

  it('treats Waiting as stale in cutting_over even without a call record', () => {
    const of = chain({ state: 'cutting_over', backups: [restored] });
    expect(observeOne(of, { DescribeMigrateTaskById: waiting }).observation.phase).toBe('restoring');
  });

  it('succeeds after the database is opened', () => {
    const calls = [call({ step: 'open', backupId: null })];
    const of = chain({ state: 'cutting_over', backups: [restored, log(1, { state: 'restored' })], calls });
    const { observation } = observeOne(of, { DescribeMigrateTaskById: task({ Status: 'Success' }) });
    expect(observation).toMatchObject({ phase: 'succeeded', warnings: [], backups: [] });
  });

  it('reports that another client opened it', () => {
    const queued = log(1, { state: 'queued', submittedAt: null });
    const of = chain({ state: 'awaiting_backup', backups: [restored, queued] });
    const { observation } = observeOne(of, { DescribeMigrateTaskById: task({ Status: 'Success' }) });
    expect(observation).toMatchObject({ phase: 'succeeded', warnings: [{ code: 'opened_elsewhere' }] });
  });

  it('fails as a whole, with the file that broke it', () => {
    const broken = one('RestoreFailed', { Description: 'too recent to apply to the database' });
    const script = { DescribeMigrateTaskById: task({ Status: 'Failed' }), DescribeOssDownloads: files(base, broken) };
    const { observation } = observeOne(underWay, script);
    expect(observation).toMatchObject({
      phase: 'failed',
      error: { code: 'log_chain_gap' },
      backups: [{ backupId: 'bkp_log1', state: 'failed', providerStatus: 'RestoreFailed' }],
    });
  });

  it('keeps a file as restored that finished before the task failed', () => {
    const failed = task({ Status: 'Failed', Description: 'Failed to open database' });
    const script = { DescribeMigrateTaskById: failed, DescribeOssDownloads: files(base, one('Restored')) };
    const { observation } = observeOne(underWay, script);
    expect(observation).toMatchObject({ error: { code: 'edition_unsupported' }, backups: [{ state: 'restored' }] });
  });

  it('reports the vendor’s failure after a cancellation with one call', () => {
    const of = chain({ state: 'cancelling', cancelRequested: true, backups: [restored, log(1)] });
    const { observation, asked } = observeOne(of, { DescribeMigrateTaskById: task({ Status: 'Failed' }) });
    expect(observation).toMatchObject({ phase: 'failed', providerStatus: 'Failed' });
    expect(asked).toEqual(['DescribeMigrateTaskById']);
  });
});
