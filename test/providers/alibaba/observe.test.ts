import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VendorError } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import {
  account,
  backup,
  converse,
  files,
  migration,
  observedAt,
  observeOne,
  refusal,
  reply,
  task,
} from './fixture.ts';

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
    const { observation } = observeOne(migration(), {
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
    const { asked, observation } = observeOne(migration(), { DescribeMigrateTaskById: task() });
    expect(asked).toEqual(['DescribeMigrateTaskById']);
    expect(observation.backups).toMatchObject([
      { backupId: 'bkp_full', state: 'restoring', providerStatus: 'Running' },
    ]);
  });

  it('reports the end time', () => {
    const end = { Status: 'Success', EndTime: '2024-01-02 T4:5:6Z' };
    const { observation } = observeOne(migration(), { DescribeMigrateTaskById: task(end) });
    const finishedAt = Date.UTC(2024, 0, 2, 4, 5, 6);
    expect(observation).toMatchObject({ phase: 'succeeded', finishedAt, error: null, warnings: [] });
    expect(observation.backups).toMatchObject([{ state: 'restored', finishedAt }]);
  });

  it.each([
    ['InvalidMigrateTaskId.NotFound', 404, 'missing'],
    ['InvalidDBInstanceId.NotFound', 404, 'missing'],
  ])('%s means missing', (code, status, phase) => {
    const { observation } = observeOne(migration(), { DescribeMigrateTaskById: refusal(code, status) });
    expect(observation).toMatchObject({ phase, providerStatus: code, error: null, backups: [] });
  });

  it.each([
    ['an answer without a task', reply({ RequestId: 'r' })],
    ['another task', task({ MigrateTaskId: '1', Status: 'Success' })],
    ['a status of null', task({ Status: null })],
  ])('%s means missing', (_what, answer) => {
    expect(observeOne(migration(), { DescribeMigrateTaskById: answer }).observation.phase).toBe('missing');
  });

  it('is missing without a call when it has no task id', () => {
    const { observation, asked } = observeOne(migration({ providerRefs: {} }), {});
    expect(observation.phase).toBe('missing');
    expect(asked).toEqual([]);
  });

  it.each(['Throttling', 'InternalError', 'NoPermission', 'EngineVersionNotSupported', 'InvalidParameter'])(
    'passes on %s, which is not a task status',
    (code) => {
      expect(() => observeOne(migration(), { DescribeMigrateTaskById: refusal(code) })).toThrow(VendorError);
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
  ])('“%s” becomes the warning %s', (description, code) => {
    const { observation } = observeOne(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Success', Description: description }),
    });
    expect(observation).toMatchObject({ phase: 'succeeded', error: null });
    expect(observation.warnings.map((warning) => warning.code)).toEqual([code]);
    expect(observation.warnings[0]?.detail).toContain(description);
  });

  it.each(['', 'success', 'Success.', 'Finished'])('“%s” is ignored', (description) => {
    const { observation } = observeOne(migration(), {
      DescribeMigrateTaskById: task({ Status: 'Success', Description: description }),
    });
    expect(observation.warnings).toEqual([]);
  });

  it('are read even after the migration has ended', () => {
    const ended = migration({ state: 'succeeded', backups: [backup({ state: 'restored' })] });
    const description = 'asynchronously DBCC checkdb failed';
    const { observation } = observeOne(ended, {
      DescribeMigrateTaskById: task({ Status: 'Success', Description: description }),
    });
    expect(observation.warnings.map(({ code }) => code)).toEqual(['consistency_check_failed']);
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
            for (const [, observation] of converse(alibaba.observe(group, account, observedAt), script).value) {
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
