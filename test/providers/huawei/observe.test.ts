import { describe, expect, it } from 'vitest';
import type { Backup, Migration } from '../../../src/domain/migration.ts';
import type { VendorReply, VendorRequest } from '../../../src/domain/vendor.ts';
import { observationGroup, observe } from '../../../src/providers/huawei/observe.ts';
import { account, backup, failureIn, jobId, migration, now, query, reply, run } from './fixtures.ts';

const logJob = '7b1c2b7a-90de-4c11-8a52-77c0d1ejb704';
const restoring = (changes: Partial<Backup> = {}) =>
  backup({ state: 'restoring', providerRefs: { jobId }, ...changes });
const full = migration({ state: 'restoring', backups: [restoring({ final: true })] });
const restoredFull = restoring({ state: 'restored' });
const log = (changes: Partial<Backup> = {}) =>
  restoring({ id: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t2a', type: 'log', providerRefs: { jobId: logJob }, ...changes });
const chain = (...backups: Backup[]) => migration({ mode: 'full_log', state: 'restoring', backups });

const row = (id: string, status: unknown, more: object = {}) => ({
  id,
  name: 'whatever',
  status,
  engine_type: 'sqlserver',
  create_time: '2026-03-01T10:00:00Z',
  ...more,
});
const done = { finish_time: '2026-03-01T10:01:48Z' };

function look(migrations: readonly Migration[], answer: (request: VendorRequest, number: number) => VendorReply) {
  return run(observe(migrations, account, now), answer);
}
function one(subject: Migration, ...rows: object[]) {
  const { result } = look([subject], () => reply({ count: rows.length, jobs: rows }));
  const observation = result.get(subject.id);
  if (observation === undefined) throw new Error('not observed');
  return observation;
}

describe('observe', () => {
  it('groups by account and region', () => {
    expect(observationGroup(full)).toBe('hw-main|ap-southeast-3');
  });

  it('reports a running restore', () => {
    expect(one(full, row(jobId, 'TRANSFERRING'))).toEqual({
      phase: 'restoring',
      providerStatus: 'TRANSFERRING',
      percent: null,
      startedAt: Date.UTC(2026, 2, 1, 10),
      finishedAt: null,
      error: null,
      backups: [
        {
          backupId: full.backups[0]?.id,
          state: 'restoring',
          providerStatus: 'TRANSFERRING',
          error: null,
          startedAt: Date.UTC(2026, 2, 1, 10),
          finishedAt: null,
          refs: {},
        },
      ],
      warnings: [],
    });
  });

  it.each([
    ['SUCCESS of a full migration', full, row(jobId, 'SUCCESS', done), 'succeeded', 'restored'],
    ['SUCCESS in lower case', full, row(jobId, 'success', done), 'succeeded', 'restored'],
    [
      'SUCCESS of mode full without the final mark',
      migration({ backups: [restoring()] }),
      row(jobId, 'SUCCESS'),
      'succeeded',
      'restored',
    ],
    ['SUCCESS of a base', chain(restoring()), row(jobId, 'SUCCESS', done), 'ready', 'restored'],
    ['FAILED base', chain(restoring()), row(jobId, 'FAILED', done), 'failed', 'failed'],
    ['PRECHECK FAILED base', chain(restoring()), row(jobId, 'PRECHECK FAILED', done), 'failed', 'failed'],
    ['running log', chain(restoredFull, log()), row(logJob, 'TRANSFERING'), 'restoring', 'restoring'],
    ['SUCCESS of a log', chain(restoredFull, log()), row(logJob, 'SUCCESS'), 'ready', 'restored'],
    [
      'SUCCESS of the last log',
      chain(restoredFull, log({ final: true })),
      row(logJob, 'SUCCESS'),
      'succeeded',
      'restored',
    ],
    ['FAILED log', chain(restoredFull, log()), row(logJob, 'FAILED'), 'ready', 'failed'],
    [
      'PRECHECK_FAILED last log',
      chain(restoredFull, log({ final: true })),
      row(logJob, 'PRECHECK_FAILED'),
      'ready',
      'failed',
    ],
    ['an unknown status', full, row(jobId, 'QUEUED FOR LUNCH'), 'unrecognized', 'restoring'],
    ['an empty status', full, row(jobId, ''), 'unrecognized', 'restoring'],
    ['a null status', full, row(jobId, null), 'unrecognized', 'restoring'],
    ['a numeric status', full, row(jobId, 3), 'unrecognized', 'restoring'],
  ] as const)('reads $0 as $3, its backup as $4', (_title, subject, job, phase, state) => {
    const observation = one(subject, job);
    expect(observation.phase).toBe(phase);
    expect(observation.backups.map((each) => each.state)).toEqual([state]);
    expect(observation.providerStatus).toBe(observation.backups[0]?.providerStatus);
  });

  it('continues after a failed log that was replaced', () => {
    const failed = log({ id: 'bkp_01kbzq3m8e9v6x2c4n7p5r0t2b', state: 'failed', providerRefs: { jobId: 'old' } });
    expect(one(chain(restoredFull, failed, log()), row(logJob, 'SUCCESS')).phase).toBe('ready');
    expect(one(chain(restoredFull, failed, log({ final: true })), row(logJob, 'SUCCESS')).phase).toBe('succeeded');
  });

  it('reports the end and the reason in Godwit’s and the vendor’s words', () => {
    const observation = one(full, row(jobId, 'FAILED', { ...done, error_log: 'restore:null' }));
    expect(observation.finishedAt).toBe(Date.UTC(2026, 2, 1, 10, 1, 48));
    expect(observation.error).toMatchObject({
      code: 'source_missing_or_archived',
      provider: { operation: 'ListReplicationJobs', message: 'restore:null', requestId: 'req-1', httpStatus: 200 },
    });
    expect(one(chain(restoredFull, log()), row(logJob, 'FAILED', { error_log: 'LSN gap' }))).toMatchObject({
      phase: 'ready',
      error: null,
      backups: [{ error: { code: 'log_chain_gap' } }],
    });
  });

  it('makes no call between two jobs', () => {
    const resting = migration({
      mode: 'full_log',
      state: 'awaiting_backup',
      providerStatus: 'SUCCESS',
      backups: [restoredFull],
    });
    const { result, requests } = look([resting], () => reply({}));
    expect(requests).toEqual([]);
    expect(result.get(resting.id)).toMatchObject({ phase: 'ready', providerStatus: 'SUCCESS', backups: [] });
  });

  it('reads many migrations with one call', () => {
    const second = migration({ id: 'mig_2', mode: 'full_log', state: 'restoring', backups: [restoredFull, log()] });
    const { result, requests } = look([full, second], () =>
      reply({ count: '35', jobs: [row('x', 'FAILED'), row(logJob, 'SUCCESS'), row(jobId, 'TRANSFERRING'), null, 7] }),
    );
    expect(requests).toHaveLength(1);
    expect(query(requests[0])).toEqual({
      sort_key: 'created_at',
      sort_dir: 'desc',
      limit: '100',
      offset: '0',
    });
    expect([...result.values()].map((each) => each.phase)).toEqual(['restoring', 'ready']);
  });

  it('reads list pages while that costs less than reading each job, then reads each', () => {
    const ids = ['j-1', 'j-2', 'j-3'];
    const migrations = ids.map((id) =>
      migration({ id: `mig_${id}`, backups: [restoring({ providerRefs: { jobId: id } })] }),
    );
    const filler = (count: number) => Array.from({ length: count }, (_, index) => row(`filler-${index}`, 'SUCCESS'));
    const { result, requests } = look(migrations, (request, number) => {
      if (request.operation === 'ShowReplicationJob')
        return reply({ id: 'j-3', status: 'success', base_info: { name: 'n' } });
      return reply({
        count: 400,
        jobs: number === 0 ? filler(100) : [row('j-1', 'SUCCESS'), row('j-2', 'FAILED'), ...filler(98)],
      });
    });
    expect(requests.map((request) => request.operation)).toEqual([
      'ListReplicationJobs',
      'ListReplicationJobs',
      'ShowReplicationJob',
    ]);
    expect(requests[2]?.path).toBe('/v5/{project_id}/backup-migration-jobs/j-3');
    expect([...result.values()].map((each) => each.phase)).toEqual(['succeeded', 'failed', 'succeeded']);
  });

  it('stops at the end of the list and at a page limit', () => {
    const several = ['a', 'b', 'c'].map((id) =>
      migration({ id, backups: [restoring({ providerRefs: { jobId: id } })] }),
    );
    const lists = (answer: () => VendorReply) =>
      look(several, (request) =>
        request.operation === 'ListReplicationJobs' ? answer() : reply({ status: 'SUCCESS' }),
      ).requests.filter((request) => request.operation === 'ListReplicationJobs').length;
    expect(lists(() => reply({ jobs: [] }))).toBe(1);
    expect(lists(() => reply({ count: 1, jobs: [row('x', 'SUCCESS')] }))).toBe(1);
    expect(lists(() => reply({ count: 99_999, jobs: [row('x', 'SUCCESS')] }))).toBe(20);
  });

  const shown = (answer: VendorReply) =>
    look([full], (request) =>
      request.operation === 'ShowReplicationJob' ? answer : reply({ count: 0, jobs: [] }),
    ).result.get(full.id);

  it('reads the details of a job that is not listed', () => {
    const details = {
      id: jobId,
      status: 'success',
      create_time: '2026-03-01 10:00:00',
      finish_time: '1772359308000',
      base_info: { name: 'n' },
      options: { recovery_mode: '1' },
    };
    expect(shown(reply(details))).toMatchObject({
      phase: 'succeeded',
      providerStatus: 'success',
      startedAt: Date.UTC(2026, 2, 1, 10),
      finishedAt: 1772359308000,
    });
    expect(shown(reply({ ...details, status: 'failed', error_log: 'x' }))?.error?.provider).toMatchObject({
      operation: 'ShowReplicationJob',
      message: 'x',
    });
  });

  it('reports an unknown job as missing and keeps its state', () => {
    const gone = reply({ error_code: 'DRS.10000010', error_msg: 'Job does not exist, please check job ID.' }, 400);
    expect(shown(gone)).toMatchObject({ phase: 'missing', backups: [], error: null });
  });

  it.each([[{}], [{ adopted: 'x' }], [{ jobId: '../../jobs' }], [{ jobId: '' }]])(
    'reports a job as missing without a call when its id is malformed: %j',
    (providerRefs) => {
      const { result, requests } = look([migration({ backups: [restoring({ providerRefs })] })], () =>
        reply({ jobs: [] }),
      );
      expect(requests).toEqual([]);
      expect(result.get(full.id)?.phase).toBe('missing');
    },
  );

  it.each([['{}'], ['<html></html>'], ['{"status":"SUCC']])(
    'keeps the state of a job whose details are %s and reports the others',
    (body) => {
      const other = migration({ id: 'mig_2', backups: [restoring({ providerRefs: { jobId: 'j-2' } })] });
      const { result } = look([full, other], (request) =>
        request.operation === 'ShowReplicationJob' ? reply(body) : reply({ count: 1, jobs: [row('j-2', 'SUCCESS')] }),
      );
      expect(result.get(full.id)?.phase).toBe('unrecognized');
      expect(result.get('mig_2')?.phase).toBe('succeeded');
    },
  );

  it('throws errors that concern the whole account', () => {
    expect(failureIn(() => look([full], () => reply('', 429))).kind).toBe('throttled');
    expect(failureIn(() => shown(reply('', 503))).kind).toBe('unavailable');
    expect(failureIn(() => look([full], () => reply('{"jobs":null}'))).kind).toBe('malformed');
  });

  it('lists inside an enterprise project when all migrations name the same', () => {
    const inside = (id: string, enterpriseProjectId?: string) =>
      migration({
        id,
        backups: [restoring()],
        providerOptions: { huawei: enterpriseProjectId ? { enterpriseProjectId } : {} },
      });
    const scope = (...migrations: Migration[]) =>
      query(look(migrations, () => reply({ jobs: [row(jobId, 'SUCCESS')] })).requests[0]).enterprise_project_id;
    expect(scope(inside('a', 'eps'), inside('b', 'eps'))).toBe('eps');
    expect(scope(inside('a', 'eps'), inside('b', 'other'))).toBeUndefined();
    expect(scope(inside('a', 'eps'), inside('b'))).toBeUndefined();
    expect(scope(inside('a'))).toBeUndefined();
  });
});
