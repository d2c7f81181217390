import { describe, expect, it } from 'vitest';
import { laboratory, P, target } from './huawei-fixture.ts';

type Row = Record<string, unknown>;

function rds(lab = laboratory()) {
  const get = (path: string, query = '') => lab.call({ path: `/v3/${P}/${path}`, query });
  return {
    ...lab,
    get,
    instances: (query: string) => get('instances', query).json as { instances: Row[]; total_count: number },
    backups: (query: string) => get('backups', query).json as { backups: Row[]; total_count: number },
  };
}

describe('Huawei sandbox: RDS instances', () => {
  it('describes any well-formed instance', () => {
    expect(rds().instances(`id=${target}`)).toMatchObject({
      total_count: 1,
      instances: [
        {
          id: target,
          status: 'ACTIVE',
          type: 'Single',
          created: '2026-01-30T00:00:00+0000',
          datastore: { type: 'SQLServer', version: '2019_EE' },
          volume: { size: 200 },
          storage_used_space: 12.5,
        },
      ],
    });
  });

  it.each(['notfound0in04', '11112222333344445555666677778888in01', 'x'])('answers not found for %s', (id) => {
    expect(rds().instances(`id=${id}`)).toEqual({ instances: [], total_count: 0 });
  });

  it.each([
    ['frozen0in04', { status: 'FROZEN' }],
    ['full0in04', { status: 'STORAGE FULL', storage_used_space: 199.5 }],
    ['busy0in04', { status: 'BACKING UP' }],
    ['replica0in04', { type: 'Replica' }],
  ])('%s shows %o', (id, expected) => {
    expect(rds().instances(`id=${id}`).instances[0]).toMatchObject(expected);
  });

  it('shows MIGRATING while a job runs and lists instances that jobs have named', () => {
    const { created, instances, clock } = rds();
    expect(instances('')).toEqual({ instances: [], total_count: 0 });
    created();
    expect(instances('')).toMatchObject({ total_count: 1, instances: [{ id: target, status: 'MIGRATING' }] });
    clock.now += 100_000;
    expect(instances('id=%2A2222').instances[0]).toMatchObject({ status: 'ACTIVE' });
    expect(instances('id=%2A9999').total_count).toBe(0);
    expect(instances('type=Replica').total_count).toBe(0);
    expect(instances('offset=1')).toEqual({ instances: [], total_count: 1 });
  });

  it.each(['limit=0', 'limit=101', 'foo=1', 'datastore_type=sqlserver'])('rejects %s', (query) => {
    expect(rds().get('instances', query)).toMatchObject({ status: 400, json: { error_code: 'DBS.280001' } });
  });
});

describe('Huawei sandbox: RDS backups', () => {
  it('contains two per instance, and any well-formed id', () => {
    const { backups } = rds();
    const all = backups(`instance_id=${target}`);
    expect(all.total_count).toBe(2);
    expect(all.backups[0]).toMatchObject({
      status: 'COMPLETED',
      type: 'auto',
      databases: [{ name: 'sales' }, { name: 'hr' }],
    });
    expect(all.backups[0]?.id).toMatch(/^[0-9a-f]{32}br04$/);
    expect(backups(`instance_id=${target}&backup_id=abcbr04`).backups).toMatchObject([{ id: 'abcbr04' }]);
    expect(backups(`instance_id=${target}&limit=1&offset=1`).backups).toEqual(all.backups.slice(1));
  });

  it.each([
    ['buildingbr04', [{ status: 'BUILDING' }]],
    ['failedbr04', [{ status: 'FAILED' }]],
    ['notfoundbr04', []],
    ['abc', []],
  ])('show the backup %s as %j', (id, expected) => {
    expect(rds().backups(`instance_id=${target}&backup_id=${id}`).backups).toMatchObject(expected);
  });

  it('requires an existing instance', () => {
    const { get } = rds();
    expect(get('backups')).toMatchObject({ status: 400, json: { error_code: 'DBS.280001' } });
    expect(get('backups', 'instance_id=notfoundin04')).toMatchObject({
      status: 404,
      json: { errCode: 'DBS.280110', externalMessage: 'Selected DB instance does not exist.' },
    });
  });
});

describe('Huawei sandbox: databases of an instance', () => {
  const path = `instances/${target}/database/detail`;

  it('shows restored databases, and those of an open chain as being created', () => {
    const { get, created, clock } = rds();
    created({ 'options.reset_db_name_map': { '': 'orders_copy' } });
    expect(get(path, 'page=1&limit=100').json.total_count).toBe(0);
    clock.now += 100_000;
    created({ 'options.is_last_backup': false });
    clock.now += 100_000;
    expect(get(path, 'page=1&limit=100').json.databases).toMatchObject([
      { name: 'orders_copy', state: 'Running' },
      { name: 'orders', state: 'Creating' },
    ]);
    expect(get(path, 'page=2&limit=1').json).toMatchObject({ databases: [{ name: 'orders' }], total_count: 2 });
    expect(get(path, 'page=1&limit=1&db-name=orders').json).toMatchObject({ total_count: 1 });
  });

  it.each(['', 'page=1', 'limit=100', 'page=0&limit=1', 'page=1&limit=101', 'page=1&limit=1&db_name=x'])(
    'rejects the query "%s"',
    (query) => {
      expect(rds().get(path, query)).toMatchObject({ status: 400, json: { error_code: 'DBS.280001' } });
    },
  );

  it('answers not found for a missing instance', () => {
    expect(rds().get('instances/notfoundin04/database/detail', 'page=1&limit=1').status).toBe(404);
  });
});
