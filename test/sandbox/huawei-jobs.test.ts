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
  P,
  type Sent,
  start,
  target,
  tokenRequest,
} from './huawei-fixture.ts';

const named = (name: string): Changes => ({ 'backup_info.files': [{ name, obs_path: '' }] });

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
  ])('%s', (_, changes, status, after, text) => {
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

describe('Huawei sandbox: list, show, update, delete', () => {
  it('answers an unknown job with 400', () => {
    const { call } = laboratory();
    for (const [method, body] of [['GET'], ['PUT', { name: 'name' }], ['DELETE']] as const) {
      expect(call({ method, path: `${jobsPath}/0667845a-6291-4e2a-95b0-190c0abjb703`, body })).toMatchObject({
        status: 400,
        json: { error_code: 'DRS.10000010', error_msg: 'Job does not exist, please check job ID.' },
      });
    }
  });

  function five() {
    const lab = laboratory();
    const ids = ['alpha-1', 'alpha-2', 'beta-1', 'beta-2', 'Gamma-1'].map((name, index) => {
      lab.clock.now += 1000;
      const file = index === 3 ? 'corrupt.bak' : 'orders.bak';
      return lab.created({
        ...named(file),
        'base_info.name': name,
        'target_db_info.target_instance_id': `${index}in04`,
        ...(index === 1 ? { 'base_info.enterprise_project_id': '01234567-89ab-cdef-0123-456789abcdef' } : {}),
      });
    });
    lab.clock.now += 30_000;
    return { ...lab, ids, names: (query: string) => lab.list(query).jobs.map((job) => job.name) };
  }

  it.each<[string, readonly string[]]>([
    ['', ['Gamma-1', 'beta-2', 'beta-1', 'alpha-2', 'alpha-1']],
    ['name=ALPHA', ['alpha-2', 'alpha-1']],
    ['name=gamma-1', ['Gamma-1']],
    ['status=PRECHECK%20FAILED', ['beta-2']],
    ['status=TRANSFERRING&sort_key=name&sort_dir=asc', ['Gamma-1', 'alpha-1', 'alpha-2', 'beta-1']],
    ['dbs_instance_ids=0in04&dbs_instance_ids=2in04', ['beta-1', 'alpha-1']],
    ['dbs_instance_ids=0in04%2C2in04', ['beta-1', 'alpha-1']],
    ['enterprise_project_id=0&limit=2', ['Gamma-1', 'beta-2']],
    ['offset=4', ['alpha-1']],
    ['offset=1&limit=2&sort_dir=asc', ['alpha-2', 'beta-1']],
    ['limit=0', []],
  ])('lists with %s', (query, expected) => {
    expect(five().names(query)).toEqual(expected);
  });

  it('counts all matches rather than the page and omits the target', () => {
    const { list } = five();
    const { count, jobs } = list('name=alpha&limit=1');
    expect(count).toBe(2);
    expect(Object.keys(jobs[0] ?? {})).toEqual([
      'id',
      'name',
      'status',
      'engine_type',
      'create_time',
      'enterprise_project_id',
    ]);
  });

  it('returns ten jobs by default', () => {
    const { created, list, clock } = laboratory();
    for (let i = 0; i < 12; i++) {
      created({ 'target_db_info.target_instance_id': `${i}in04` });
      clock.now += 1;
    }
    expect(list().jobs.length).toBe(10);
    expect(list('limit=2000').jobs.length).toBe(12);
  });

  it.each([
    'status=PRECHECK_FAILED',
    'status=PRECHECK%2BFAILED',
    'limit=65535',
    'limit=x',
    'offset=-1',
    'sort_dir=DESC',
    'sort_key=create_time',
    'nmae=x',
    'name=a&name=b',
    'created_at=x',
    `dbs_instance_ids=${Array(11).fill('a').join('%2C')}`,
    'dbs_instance_ids=',
  ])('rejects the query %s', (query) => {
    expect(laboratory().call({ path: jobsPath, query })).toMatchObject({
      status: 400,
      json: { error_code: 'DRS.M00202' },
    });
  });

  it('rejects a badly encoded query before authentication', () => {
    expect(laboratory().call({ path: jobsPath, query: 'name=%zz' })).toMatchObject({
      status: 400,
      json: { error_code: 'APIGW.0201' },
    });
  });

  it('hides recent jobs from lists but not from show', () => {
    const { created, show, list, clock } = laboratory({ listLagMs: () => 5000 });
    const id = created();
    clock.now += 4999;
    expect(list()).toEqual({ count: 0, jobs: [] });
    expect(show(id).status).toBe('TRANSFERRING');
    clock.now += 1;
    expect(list().count).toBe(1);
  });

  it('hides a lagging instance’s jobs for one restore time', () => {
    const { created, list, clock } = laboratory();
    created({ 'target_db_info.target_instance_id': 'lag0in04' });
    clock.now += 99_999;
    expect(list().count).toBe(0);
    clock.now += 1;
    expect(list().count).toBe(1);
  });

  it('updates name and description and clears an omitted description', () => {
    const { created, call, show, cloud } = laboratory();
    const id = created({ 'base_info.description': 'before' });
    const put = (body: unknown) => call({ method: 'PUT', path: `${jobsPath}/${id}`, body });
    expect(put({ name: 'after', description: 'café' })).toMatchObject({ status: 200, json: {} });
    expect(show(id).base_info).toMatchObject({ name: 'after', description: 'café' });
    expect(put({ name: 'after' }).status).toBe(200);
    expect(show(id).base_info).not.toHaveProperty('description');
    expect(put({ description: 'x' })).toMatchObject({ status: 400, json: { error_code: 'DRS.M00201' } });
    expect(cloud.journal().map(({ effect }) => effect)).toEqual(['restore', 'renamed', 'renamed']);
  });

  it('rejects an update to a taken name', () => {
    const { ids, call } = five();
    const body = { name: 'ALPHA-2' };
    expect(call({ method: 'PUT', path: `${jobsPath}/${ids[0]}`, body })).toMatchObject({
      status: 422,
      json: { error_code: 'DRS.M00277' },
    });
    expect(call({ method: 'PUT', path: `${jobsPath}/${ids[1]}`, body }).status).toBe(200);
  });

  it('deletes an ended job once, and only its record', () => {
    const { created, call, clock, list } = laboratory();
    const id = created();
    const remove = () => call({ method: 'DELETE', path: `${jobsPath}/${id}` });
    expect(remove()).toMatchObject({ status: 400, json: { error_code: 'DRS.10000001', error_msg: 'Failed.' } });
    clock.now += 100_000;
    expect(call({ method: 'DELETE', path: `${jobsPath}/${id}`, body: {} }).status).toBe(400);
    expect(remove()).toMatchObject({ status: 200, json: {} });
    expect(remove()).toMatchObject({ status: 400, json: { error_code: 'DRS.10000010' } });
    expect(list().count).toBe(0);
    const detail = call({ path: `/v3/${P}/instances/${target}/database/detail`, query: 'page=1&limit=10' });
    expect(detail.json.databases).toMatchObject([{ name: 'orders' }]);
  });

  it.each([
    ['alpha-1', 'offline', 400, 'DRS.M00277'],
    ['ALPHA-1', 'offline', 400, 'DRS.M00277'],
    ['alpha-1', 'trans', 200, undefined],
    ['alpha-9', 'offline', 200, undefined],
    ['abc', 'offline', 400, 'DRS.M00202'],
    ['a b c d', 'offline', 400, 'DRS.M00202'],
    ['alpha-9', 'backup', 400, 'DRS.M00202'],
  ])('validates the name %s of type %s: %d', (name, type, status, code) => {
    const answer = five().call({ method: 'POST', path: `/v5/${P}/jobs/name-validation`, body: { name, type } });
    expect(answer.status).toBe(status);
    expect(answer.json.error_code).toBe(code);
    if (status === 200) expect(answer.json).toEqual({ is_valid: true });
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
