import { expect, it } from 'vitest';
import type { VendorReply, VendorRequest } from '../../../src/domain/vendor.ts';
import { foreign } from '../../../src/providers/huawei/foreign.ts';
import { objectToJob } from '../../../src/providers/huawei/objection.ts';
import { account, backup, jobId, migration, now, objects, reply, run, target } from './fixtures.ts';

const laterId = '3f1c2b7a-90de-4c11-8a52-77c0d1ejb704';
const chain = migration({
  mode: 'full_log',
  target: { instanceId: target, overwrite: false, databases: [{ name: 'orders' }] },
});

function job(id: string, recovery: string, databases: readonly string[], file: string): object {
  return {
    id,
    status: 'SUCCESS',
    create_time: id === jobId ? '2026-03-01T09:00:00Z' : '2026-03-01T09:30:00Z',
    target_db_info: { target_instance_id: target },
    backup_info: { file_source: 'OBS', file_info: [{ file_name: file }] },
    options: { db_names: databases, is_last_backup: false, recovery_mode: recovery },
  };
}

/** Answers lists with both jobs, and the details of each with its databases. */
function jobs(full: readonly string[], later: readonly string[]): (request: VendorRequest) => VendorReply {
  const all = [job(jobId, 'full', full, 'orders_full.bak'), job(laterId, 'incre', later, 'orders_log.bak')];
  return ({ operation, path }) =>
    operation === 'ListReplicationJobs'
      ? reply({ count: all.length, jobs: all })
      : reply(all[path?.includes(laterId) ? 1 : 0]);
}

const adopt = (answer: (request: VendorRequest) => VendorReply) =>
  run(foreign.read({ refs: { jobId }, draft: chain, mode: null, taken: new Set() }, account, now), answer).result;

it.each([
  ['the same case', 'orders'],
  ['another case', 'ORDERS'],
])('a job that names the database in %s is adopted by creation and by retry', (_title, name) => {
  const shown = job(jobId, 'full', [name], 'orders_full.bak');
  expect(
    adopt((request) =>
      request.operation === 'ListReplicationJobs' ? reply({ count: 1, jobs: [shown] }) : reply(shown),
    ),
  ).toMatchObject({
    mode: 'full_log',
    backups: [{ refs: { jobId } }],
  });
  const input = {
    account,
    migration: chain,
    backup: backup({ source: objects('prod/orders_full.bak') }),
    open: () => '',
  };
  expect(run(objectToJob(input, { jobId }), () => reply(shown)).result).toBeNull();
});

it('an object key in another case is another file', () => {
  const input = {
    account,
    migration: chain,
    backup: backup({ source: objects('prod/Orders_full.bak') }),
    open: () => '',
  };
  const shown = job(jobId, 'full', ['orders'], 'orders_full.bak');
  expect(run(objectToJob(input, { jobId }), () => reply(shown)).result).toContain('restores orders_full.bak');
});

it.each([
  ['orders', 'refused'],
  ['Orders', 'refused'],
  ['billing', 'adopted'],
])('with a later log job for the database %s the chain is %s', (database, outcome) => {
  const result = adopt(jobs(['orders'], [database]));
  if (outcome === 'adopted') expect(result).toMatchObject({ mode: 'full_log' });
  else expect(result).toMatchObject({ refused: 'undetermined', detail: expect.stringContaining(laterId) });
});
