import { describe, expect, it } from 'vitest';
import { type Changes, createBody, fromRds, jobsPath, laboratory, target } from './huawei-fixture.ts';

const file = { name: 'orders_full.bak', obs_path: 'prod/' };
const rdsFile = { name: '', obs_path: '', rds_version: '2019_EE', rds_source_instance_id: 'aaaabbbbccccddddin04' };
const invalid = (name: string) => ({
  error_code: 'DRS.M00202',
  error_msg: `The value of parameter ${name} is invalid.`,
});
const empty = (name: string) => ({ error_code: 'DRS.M00201', error_msg: `The parameter ${name} is empty.` });

describe('Huawei sandbox: create requests', () => {
  it.each<[string, Changes]>([
    ['the least', {}],
    [
      'every documented member',
      {
        'base_info.description': 'café 订单, it’s nightly',
        'base_info.tags': [{ key: 'origin', value: 'gâteway: a/b=c' }],
        'base_info.enterprise_project_id': '0',
        'target_db_info.ms_file_stream_status': 'off',
        'target_db_info.file_id': '',
        'options.is_cover': false,
        'options.is_default_restore': true,
        'options.is_delete_backup_file': true,
        'options.db_names': [''],
        'options.reset_db_name_map': { '': 'orders_copy' },
      },
    ],
    ['the root of the bucket', { 'backup_info.files': [{ name: 'a.bak', obs_path: '' }] }],
    ['several files', { 'backup_info.files': [file, { ...file, name: 'hr_full.bak' }] }],
    ['restore-all with names', { 'options.db_names': ['orders'], 'options.is_default_restore': true }],
    ['chosen databases', { 'options.db_names': ['orders'], 'options.is_default_restore': false }],
    ['an RDS backup', fromRds],
    ['an RDS backup, renamed', { ...fromRds, 'options.reset_db_name_map': { sales: '', hr: 'hr_copy' } }],
  ])('accepts %s', (_, changes) => {
    const answer = laboratory().create(changes);
    expect(answer.status).toBe(200);
    expect(answer.json.job_id).toMatch(/^[0-9a-z-]{31}jb703$/);
  });

  it.each<[string, unknown]>([
    ['base_info', undefined],
    ['target_db_info', undefined],
    ['backup_info', undefined],
    ['options', undefined],
    ['base_info.name', undefined],
    ['base_info.engine_type', undefined],
    ['target_db_info.target_instance_id', undefined],
    ['backup_info.file_source', undefined],
    ['backup_info.bucket_name', undefined],
    ['backup_info.files', undefined],
    ['options.recovery_mode', undefined],
    ['options.is_last_backup', undefined],
    ['options.is_precheck', undefined],
  ])('needs %s', (path, value) => {
    expect(laboratory().create({ [path]: value })).toMatchObject({ status: 400, json: empty(path) });
  });

  it.each<[string, unknown]>([
    ['extra', 1],
    ['base_info.nmae', 'x'],
    ['base_info.name', 'abc'],
    ['base_info.name', '1orders'],
    ['base_info.name', 'or ders'],
    ['base_info.name', 'o'.repeat(51)],
    ['base_info.engine_type', 'mysql'],
    ['base_info.description', 'a < b'],
    ['base_info.description', 'x'.repeat(257)],
    ['base_info.enterprise_project_id', 'default'],
    ['target_db_info.ms_file_stream_status', 'yes'],
    ['target_db_info.file_id', '99990000aaaabbbbccccddddeeeeffffbr04'],
    ['backup_info.file_source', 'obs'],
    ['backup_info.bucket_name', 'Acme'],
    ['backup_info.bucket_name', '10.0.0.1'],
    ['backup_info.files', []],
    ['backup_info.files', [file, file]],
    ['options.recovery_mode', ''],
    ['options.recovery_mode', 'incremental'],
    ['options.is_last_backup', 'true'],
    ['options.is_cover', null],
    ['options.db_names', 'orders'],
    ['options.db_names', ['master']],
    ['options.db_names', ['a', 'a']],
    ['options.reset_db_name_map', { '': 'msdb' }],
    ['options.reset_db_name_map', { '': 'new name' }],
    ['options.reset_db_name_map', { '': '' }],
    ['options.reset_db_name_map', { orders: 'orders_copy' }],
    ['options.reset_db_name_map', { '': 'a', orders: 'b' }],
  ])('refuses %s = %o', (path, value) => {
    expect(laboratory().create({ [path]: value })).toMatchObject({ status: 400, json: invalid(path) });
  });

  it.each<[string, Changes, object]>([
    ['a tag key with a space', { 'base_info.tags': [{ key: 'a b', value: 'x' }] }, invalid('base_info.tags.0.key')],
    ['an empty tag value', { 'base_info.tags': [{ key: 'a', value: '' }] }, invalid('base_info.tags.0.value')],
    [
      'a tag twice',
      {
        'base_info.tags': [
          { key: 'a', value: 'x' },
          { key: 'a', value: 'y' },
        ],
      },
      { error_code: 'DRS.M00269' },
    ],
    ['a file without name', { 'backup_info.files': [{ ...file, name: '' }] }, empty('backup_info.files.0.name')],
    [
      'a path in the name',
      { 'backup_info.files': [{ ...file, name: 'a/b.bak' }] },
      invalid('backup_info.files.0.name'),
    ],
    ['a file without path', { 'backup_info.files': [{ name: 'a.bak' }] }, empty('backup_info.files.0.obs_path')],
    [
      'a leading slash',
      { 'backup_info.files': [{ ...file, obs_path: '/a/' }] },
      invalid('backup_info.files.0.obs_path'),
    ],
    ['a size', { 'backup_info.files': [{ ...file, size: '1 MB' }] }, invalid('backup_info.files.0.size')],
    [
      'a version from object storage',
      { 'backup_info.files': [{ ...file, rds_version: '2019_EE' }] },
      invalid('backup_info.files.0.rds_version'),
    ],
    ['a choice of nothing', { 'options.is_default_restore': false }, empty('options.db_names')],
    [
      'a choice of the placeholder',
      { 'options.is_default_restore': false, 'options.db_names': [''] },
      empty('options.db_names'),
    ],
    [
      'a new name for a chain',
      { 'options.reset_db_name_map': { '': 'x' }, 'options.is_last_backup': false },
      invalid('options.reset_db_name_map'),
    ],
    [
      'a new name for several files',
      { 'options.reset_db_name_map': { '': 'x' }, 'backup_info.files': [file, { ...file, name: 'b.bak' }] },
      invalid('options.reset_db_name_map'),
    ],
    [
      'a new name for chosen databases',
      {
        'options.reset_db_name_map': { '': 'x' },
        'options.is_default_restore': false,
        'options.db_names': ['orders'],
      },
      invalid('options.reset_db_name_map'),
    ],
    ['RDS without backup', { ...fromRds, 'target_db_info.file_id': '' }, empty('target_db_info.file_id')],
    ['RDS with an odd backup', { ...fromRds, 'target_db_info.file_id': 'x' }, invalid('target_db_info.file_id')],
    [
      'RDS with a backup that is not done',
      { ...fromRds, 'target_db_info.file_id': 'buildingbr04' },
      invalid('target_db_info.file_id'),
    ],
    ['RDS with a bucket', { ...fromRds, 'backup_info.bucket_name': 'acme' }, invalid('backup_info.bucket_name')],
    ['RDS with two files', { ...fromRds, 'backup_info.files': [rdsFile, rdsFile] }, invalid('backup_info.files')],
    [
      'RDS without version',
      { ...fromRds, 'backup_info.files': [{ ...rdsFile, rds_version: '' }] },
      empty('backup_info.files.0.rds_version'),
    ],
    [
      'RDS with an odd version',
      { ...fromRds, 'backup_info.files': [{ ...rdsFile, rds_version: '2019' }] },
      invalid('backup_info.files.0.rds_version'),
    ],
    [
      'RDS without source',
      { ...fromRds, 'backup_info.files': [{ name: '', rds_version: '2019_EE' }] },
      empty('backup_info.files.0.rds_source_instance_id'),
    ],
    ['RDS with a log', { ...fromRds, 'options.recovery_mode': 'incre' }, invalid('options.recovery_mode')],
    ['RDS that is not the last', { ...fromRds, 'options.is_last_backup': false }, invalid('options.is_last_backup')],
    [
      'RDS with a new name for a database that is not chosen',
      { ...fromRds, 'options.reset_db_name_map': { other: 'x' } },
      invalid('options.reset_db_name_map'),
    ],
    [
      'RDS with a name that is too long',
      { ...fromRds, 'options.reset_db_name_map': { sales: 's'.repeat(65) } },
      invalid('options.reset_db_name_map'),
    ],
    [
      'RDS with two databases of one name',
      { ...fromRds, 'options.reset_db_name_map': { sales: 'HR' } },
      invalid('options.reset_db_name_map'),
    ],
  ])('refuses %s', (_, changes, json) => {
    const { create, cloud } = laboratory();
    expect(create(changes)).toMatchObject({ status: 400, json });
    expect(cloud.journal()).toEqual([]);
  });

  it.each([
    ['text/plain', JSON.stringify(createBody())],
    ['application/json', '{"base_info":'],
    ['application/json', '[]'],
    ['application/json', ''],
  ])('rejects a body of %s: %s', (type, body) => {
    const { raw, call } = laboratory();
    expect(raw).toBeTypeOf('function');
    const answer = call({ method: 'POST', path: jobsPath, body, headers: { 'content-type': type } });
    expect(answer).toMatchObject({ status: 400, json: { error_code: 'DRS.M00007' } });
  });

  it.each([
    ['11112222333344445555666677778888in01', 400, 'DRS.M06007'],
    ['rm-uf6wjk5', 400, 'DRS.M06007'],
    ['notfound00000000in04', 400, 'DRS.M06007'],
    ['my-NotFound-in04', 400, 'DRS.M06007'],
    ['frozen0000000000in04', 400, 'DRS.10020072'],
    ['replica000000000in04', 422, 'DRS.M05006'],
  ])('rejects the instance %s', (id, status, code) => {
    const answer = laboratory().create({ 'target_db_info.target_instance_id': id });
    expect(answer).toMatchObject({ status, json: { error_code: code } });
  });

  it('accepts a name once, in any case, until the job is deleted', () => {
    const { create, created, call, clock } = laboratory();
    const id = created({ 'base_info.name': 'Nightly-1' });
    clock.now += 200_000;
    const again = { 'base_info.name': 'nightly-1', 'options.is_cover': true };
    expect(create(again)).toMatchObject({ status: 422, json: { error_code: 'DRS.M00277' } });
    expect(call({ method: 'DELETE', path: `${jobsPath}/${id}` }).status).toBe(200);
    expect(create(again).status).toBe(200);
  });

  it('runs one job per instance and answers the next with an error under 202', () => {
    const { create, created, clock } = laboratory();
    created();
    const next = { 'options.is_cover': true };
    expect(create(next)).toMatchObject({ status: 202, json: { error_code: 'DRS.M01504' } });
    expect(create({ 'target_db_info.target_instance_id': `${'a'.repeat(32)}in04` }).status).toBe(200);
    clock.now += 100_000;
    expect(create(next).status).toBe(200);
  });

  it('rejects a busy instance for one restore time after the first attempt', () => {
    const { create, clock } = laboratory();
    const changes = { 'target_db_info.target_instance_id': 'busy0000in04' };
    clock.now += 500_000;
    expect(create(changes)).toMatchObject({ status: 202, json: { error_code: 'DRS.M01504' } });
    clock.now += 99_999;
    expect(create(changes).status).toBe(202);
    clock.now += 1;
    expect(create(changes).status).toBe(200);
  });
});

describe('Huawei sandbox: chains of full and log backups', () => {
  const full: Changes = { 'options.is_last_backup': false };
  const log = (last = false, name = 'orders_log_01.bak'): Changes => ({
    'options.recovery_mode': 'incre',
    'options.is_last_backup': last,
    'options.is_cover': true,
    'backup_info.files': [{ name, obs_path: 'prod/orders/' }],
  });
  const chosen: Changes = { 'options.is_default_restore': false, 'options.db_names': ['orders'] };
  const refused = { status: 400, json: { error_code: 'DRS.M00304' } };

  function chain() {
    const lab = laboratory();
    const run = (changes: Changes) => {
      const answer = lab.create(changes);
      lab.clock.now += 100_000;
      return answer.status === 200 ? lab.show(String(answer.json.job_id)).status : answer;
    };
    return { ...lab, run };
  }

  it('accepts full, log, log and last log, and then nothing more', () => {
    const { run } = chain();
    expect([full, log(), log(), log(true)].map(run)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS']);
    expect(run(log())).toMatchObject(refused);
    expect(run(log(true))).toMatchObject(refused);
  });

  it.each<[string, readonly Changes[]]>([
    ['no full backup', []],
    ['a full backup that was the last', [{}]],
    ['a full backup that failed', [{ ...full, 'backup_info.files': [{ name: 'missing.bak', obs_path: '' }] }]],
    ['a full backup of other databases', [{ ...full, ...chosen, 'options.db_names': ['hr'] }]],
    ['a full backup elsewhere', [{ ...full, 'target_db_info.target_instance_id': `${'b'.repeat(32)}in04` }]],
    ['a chain that was replaced', [full, { 'options.is_cover': true }]],
  ])('refuses a log after %s', (_, before) => {
    const { run } = chain();
    for (const changes of before) run(changes);
    expect(run(log())).toMatchObject(refused);
  });

  it('continues after a failed log', () => {
    const { run } = chain();
    expect(run(full)).toBe('SUCCESS');
    expect(run(log(true, 'orders_log_gap.bak'))).toBe('PRECHECK FAILED');
    expect(run(log(true))).toBe('SUCCESS');
  });

  it('separates two chains on one instance', () => {
    const { run, call } = chain();
    const hr: Changes = { ...full, 'backup_info.files': [{ name: 'hr_full.bak', obs_path: '' }] };
    expect([full, hr, log(true), log(true, 'hr_tail.bak')].map(run)).toEqual(Array(4).fill('SUCCESS'));
    expect(run(log())).toMatchObject(refused);
    const databases = call({
      path: jobsPath.replace(/v5(.*)\/.*/, `v3$1/instances/${target}/database/detail`),
      query: 'page=1&limit=100',
    });
    expect(databases.json.databases).toMatchObject([
      { name: 'orders', state: 'Running' },
      { name: 'hr', state: 'Running' },
    ]);
  });

  it('keeps the selected databases through the chain', () => {
    const { run } = chain();
    expect(run({ ...full, ...chosen })).toBe('SUCCESS');
    expect(run(log())).toMatchObject(refused);
    expect(run({ ...log(true), ...chosen })).toBe('SUCCESS');
  });

  it('keeps a chain when its record is deleted', () => {
    const { run, created, clock, call } = chain();
    const id = created(full);
    clock.now += 100_000;
    call({ method: 'DELETE', path: `${jobsPath}/${id}` });
    expect(run(log(true))).toBe('SUCCESS');
  });
});
