import { describe, expect, it } from 'vitest';
import { jobsPath, laboratory, named, P, target } from './huawei-fixture.ts';

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
  ])('answers a check of the name %s of type %s with %d', (name, type, status, code) => {
    const answer = five().call({ method: 'POST', path: `/v5/${P}/jobs/name-validation`, body: { name, type } });
    expect(answer.status).toBe(status);
    expect(answer.json.error_code).toBe(code);
    if (status === 200) expect(answer.json).toEqual({ is_valid: true });
  });
});
