import { describe, expect, it } from 'vitest';
import { createHuaweiCloud } from '../../src/sandbox/huawei/index.ts';
import {
  bind,
  type Changes,
  createBody,
  fromRds,
  jobsPath,
  laboratory,
  login,
  named,
  type Sent,
  start,
  target,
  tokenRequest,
} from './huawei-fixture.ts';

describe('Huawei sandbox: the life of a job', () => {
  it('transfers and then succeeds by time alone', () => {
    const { created, show, clock } = laboratory();
    const id = created({ 'base_info.name': 'life' });
    expect(show(id)).toMatchObject({ status: 'TRANSFERRING', create_time: '2026-03-01T10:00:00Z' });
    expect(Object.keys(show(id))).not.toContain('finish_time');
    clock.now += 99_999;
    expect(show(id).status).toBe('TRANSFERRING');
    clock.now += 1;
    expect(show(id)).toMatchObject({ status: 'SUCCESS', finish_time: '2026-03-01T10:01:40Z' });
  });

  it('returns values in other formats than they were written', () => {
    const { created, show } = laboratory();
    const job = show(created({ 'options.reset_db_name_map': { '': 'orders_copy' }, 'base_info.description': '订单' }));
    expect(job).toMatchObject({
      base_info: { engine_type: 'sqlserver', description: '订单', tags: [], enterprise_project_id: '0' },
      target_db_info: { target_instance_id: target, file_id: '' },
      options: { recovery_mode: '1', is_last_backup: true, is_cover: false },
      new_db_names: 'orders_copy',
      instance_name: 'rds-11112222',
    });
    expect(job.backup_info).toEqual({
      file_source: 'OBS',
      bucket_name: 'acme-sql-backups',
      file_info: [{ file_name: 'orders_full.bak', file_size: '8.75 MB', file_last_modify: '2026-03-01T09:00:00Z' }],
    });
  });

  it.each<[string, Changes, string, number, string]>([
    ['corrupt', named('orders_corrupt.bak'), 'PRECHECK FAILED', 25_000, 'media family'],
    ['corrupt, unchecked', { ...named('corrupt.bak'), 'options.is_precheck': false }, 'FAILED', 50_000, 'media family'],
    ['newer-version', named('newer-version.bak'), 'PRECHECK FAILED', 25_000, 'incompatible with this server'],
    ['missing', named('missing.bak'), 'FAILED', 50_000, 'restore:null'],
    ['not-in-backup', named('not-in-backup.bak'), 'FAILED', 50_000, 'source database not in backup file list'],
    ['no-space', named('no-space.bak'), 'FAILED', 50_000, 'insufficient free space'],
    ['another suffix', named('orders.trn'), 'FAILED', 50_000, 'source database not in backup file list'],
    [
      'a word in the path',
      { 'backup_info.files': [{ name: 'a.bak', obs_path: 'x/corrupt/' }] },
      'PRECHECK FAILED',
      25_000,
      '3241',
    ],
    [
      'a full instance',
      { 'target_db_info.target_instance_id': 'full0in04' },
      'FAILED',
      50_000,
      'insufficient free space',
    ],
    ['a switchover', { 'target_db_info.target_instance_id': 'switchover0in04' }, 'FAILED', 50_000, 'switchover'],
    [
      'a newer RDS',
      { ...fromRds, 'backup_info.files': [{ name: '', rds_version: '2022_EE', rds_source_instance_id: 'ain04' }] },
      'PRECHECK FAILED',
      25_000,
      'incompatible',
    ],
    [
      'a database that the RDS backup lacks',
      { ...fromRds, 'options.db_names': ['orders'] },
      'FAILED',
      50_000,
      'not in backup file list',
    ],
  ])('$0 ends as $2 after $3 ms', (_, changes, status, after, text) => {
    const { created, show, clock } = laboratory();
    const id = created(changes);
    clock.now += after - 1;
    expect(show(id).status).toBe('TRANSFERRING');
    clock.now += 1;
    expect(show(id)).toMatchObject({ status, error_log: expect.stringContaining(text) });
  });

  it('gives every database its mapped name', () => {
    const { created, show } = laboratory();
    const id = created({
      ...fromRds,
      'options.db_names': ['sales', 'hr', 'constructor'],
      'options.reset_db_name_map': { sales: 'sales_2', hr: '' },
    });
    expect(show(id).new_db_names).toBe('sales_2,hr,constructor');
  });

  it('treats the word gap as magic only in a log and only as a whole word', () => {
    const { created, show, clock } = laboratory();
    const id = created(named('orders_gap.bak'));
    clock.now += 100_000;
    expect(show(id).status).toBe('SUCCESS');
  });

  it('recognizes magic words next to an underscore, and not at the end of another word', () => {
    const { created, show, clock } = laboratory();
    const instance = (id: string) => ({ 'target_db_info.target_instance_id': id });
    const file = (name: string, path: string): Changes => ({ 'backup_info.files': [{ name, obs_path: path }] });
    const log: Changes = { ...file('log.bak', 'singapore/'), 'options.recovery_mode': 'incre' };
    const ids = [
      created(file('newer_version.bak', '')),
      created({ ...file('a.bak', ''), ...instance('bin04'), 'options.is_last_backup': false }),
    ];
    clock.now += 100_000;
    ids.push(created({ ...log, ...instance('bin04') }));
    clock.now += 100_000;
    expect(ids.map((id) => show(id).status)).toEqual(['PRECHECK FAILED', 'SUCCESS', 'SUCCESS']);
  });

  it('can return null for the end time of a running job', () => {
    const { created, show, list } = laboratory();
    expect(show(created(named('sparse.bak')))).toMatchObject({ finish_time: null, error_log: '' });
    expect(list().jobs[0]).toMatchObject({ finish_time: null, error_log: '' });
  });

  it('is ten times slower or never finishes on request', () => {
    const { created, show, clock } = laboratory();
    const slow = created(named('slow.bak'));
    const stuck = created({ ...named('stuck.bak'), 'target_db_info.target_instance_id': 'bin04' });
    clock.now += 999_999;
    expect(show(slow).status).toBe('TRANSFERRING');
    clock.now += 1;
    expect(show(slow).status).toBe('SUCCESS');
    clock.now += 1e12;
    expect(show(stuck).status).toBe('TRANSFERRING');
  });

  it('can return undocumented spellings of its status', () => {
    const { created, show, clock } = laboratory();
    const odd = created(named('odd-status.bak'));
    const old = created({ ...named('old-spelling.bak'), 'target_db_info.target_instance_id': 'bin04' });
    expect([odd, old].map((id) => show(id).status)).toEqual(['QUEUING', 'TRANSFERING']);
    clock.now += 60_000;
    expect([odd, old].map((id) => show(id).status)).toEqual(['TRANSFERRING', 'TRANSFERING']);
    clock.now += 40_000;
    expect([odd, old].map((id) => show(id).status)).toEqual(['SUCCESS', 'success']);
  });

  it('fails for an existing database unless it may be replaced or is renamed', () => {
    const { created, show, clock } = laboratory();
    const run = (changes: Changes) => {
      const id = created(changes);
      clock.now += 100_000;
      return show(id);
    };
    expect(run({}).status).toBe('SUCCESS');
    expect(run(named('ORDERS_full.bak'))).toMatchObject({
      status: 'FAILED',
      error_log: 'The database ORDERS already exists on the destination DB instance.',
    });
    expect(run({ 'options.is_cover': true }).status).toBe('SUCCESS');
    expect(run({ 'options.reset_db_name_map': { '': 'orders_2' } }).status).toBe('SUCCESS');
    expect(run({ 'target_db_info.target_instance_id': 'bin04' }).status).toBe('SUCCESS');
  });
});

describe('Huawei sandbox: journal and state', () => {
  it('records a restore and a deletion in the journal', () => {
    const { create, call, cloud, clock } = laboratory();
    const answer = create({
      'base_info.name': 'journal',
      'backup_info.files': [
        { name: 'a.bak', obs_path: 'x' },
        { name: 'b.bak', obs_path: 'y/' },
      ],
    });
    const id = String(answer.json.job_id);
    clock.now += 100_000;
    call({ method: 'DELETE', path: `${jobsPath}/${id}` });
    const common = {
      cloud: 'huawei',
      instanceId: target,
      taskId: id,
      requestId: expect.stringMatching(/^[0-9a-f]{32}$/),
    };
    expect(cloud.journal()).toEqual([
      { ...common, at: start, effect: 'restore', operation: 'CreateReplicationJob', subject: 'x/a.bak, y/b.bak' },
      { ...common, at: start + 100_000, effect: 'deleted', operation: 'DeleteReplicationJob', subject: 'journal' },
    ]);
    expect(cloud.journal()[0]?.requestId).toBe(answer.headers['X-Request-Id']);
  });

  it('continues from its snapshot', () => {
    const first = laboratory();
    const token = first.raw(tokenRequest(login())).headers['X-Subject-Token'] ?? '';
    const id = first.created({ 'options.is_last_backup': false });
    for (let i = 0; i < 5; i++) first.raw(tokenRequest(login({ password: 'wrong' })));
    const text = JSON.stringify(first.cloud.snapshot());
    expect(text).not.toContain(token.slice(0, 200));
    const restored = JSON.parse(text);
    const cloud = createHuaweiCloud({ ...first.environment, restored });
    const next = bind(cloud, () => first.clock.now);
    expect(next.raw({ path: jobsPath, headers: { 'x-auth-token': token } })).toMatchObject({
      status: 200,
      json: first.list(),
    });
    expect(next.raw(tokenRequest(login()))).toMatchObject({ json: { error_code: 'IAM.0061' } });
    expect(cloud.journal()).toEqual(first.cloud.journal());
    first.clock.now += 100_000;
    expect(next.show(id)).toEqual(first.show(id));
    const log: Changes = { ...named('orders_log.bak'), 'options.recovery_mode': 'incre' };
    next.created(log);
    expect(first.list().count).toBe(1);
    expect(next.list().count).toBe(2);
  });

  it('separates projects, even for the same instance id', () => {
    const lab = laboratory();
    lab.created({ 'base_info.name': 'here' });
    const answer = lab.raw(tokenRequest(login({ scope: { project: { name: 'cn-north-4' } } })));
    const other = (answer.json as { token: { project: { id: string } } }).token.project.id;
    const token = { 'content-type': 'application/json', 'x-auth-token': answer.headers['X-Subject-Token'] ?? '' };
    const elsewhere = (sent: Omit<Sent, 'path'>, path = `/v5/${other}/backup-migration-jobs`) =>
      lab.raw({ ...sent, path, headers: token });
    expect(elsewhere({}).json).toEqual({ count: 0, jobs: [] });
    lab.clock.now += 100_000;
    const databases = `/v3/${other}/instances/${target}/database/detail`;
    expect(elsewhere({ query: 'page=1&limit=1' }, databases).json.total_count).toBe(0);
    expect(elsewhere({ method: 'POST', body: createBody({ 'base_info.name': 'here' }) }).status).toBe(200);
  });
});
