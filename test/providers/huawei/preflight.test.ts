import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import { preflight } from '../../../src/providers/huawei/preflight.ts';
import { account, backup, failureIn, instanceBackup, migration, query, reply, run, target } from './fixtures.ts';

const instance = {
  id: target,
  status: 'ACTIVE',
  type: 'Ha',
  datastore: { type: 'SQLServer', version: '2019_SE' },
  created: '2018-08-20T02:33:49+0800',
};
const stored = {
  id: '99990000aaaabbbbccccddddeeeeffffbr04',
  type: 'auto',
  status: 'COMPLETED',
  datastore: { type: 'SQLServer', version: '2019_EE' },
  databases: [{ name: 'sales' }, { name: 'hr' }],
};

interface Cloud {
  readonly instances?: unknown;
  readonly backups?: unknown;
  readonly databases?: readonly unknown[];
}
function check(subject: Migration, cloud: Cloud = {}) {
  const { result, requests } = run(preflight(subject, account), (request) => {
    if (request.path.endsWith('/instances')) return reply({ instances: cloud.instances ?? [instance], total_count: 1 });
    if (request.path.endsWith('/backups')) return reply({ backups: cloud.backups ?? [stored], total_count: 1 });
    const all = cloud.databases ?? [];
    const page = Number(query(request).page);
    return reply({ databases: all.slice((page - 1) * 100, page * 100), total_count: String(all.length) });
  });
  return { pointers: result.map((fault) => fault.pointer), result, requests };
}
const databases = (overwrite: boolean, ...list: { name: string; restoreAs?: string }[]) => ({
  target: { instanceId: target, overwrite, databases: list },
});
const fromInstance = (changes: Partial<Migration> = {}) =>
  migration({ ...changes, backups: [backup({ source: instanceBackup })] });

describe('preflight', () => {
  it('reads from RDS only and finds no fault', () => {
    const { result, requests } = check(fromInstance(databases(false, { name: 'sales', restoreAs: 'sales_2' })));
    expect(result).toEqual([]);
    expect(
      requests.map((request) => [request.service, request.effect, request.method, request.path, query(request)]),
    ).toEqual([
      ['rds', 'read', 'GET', '/v3/{project_id}/instances', { id: target }],
      [
        'rds',
        'read',
        'GET',
        '/v3/{project_id}/backups',
        { instance_id: 'aaaabbbbccccddddeeeeffff00001111in04', backup_id: '99990000aaaabbbbccccddddeeeeffffbr04' },
      ],
      ['rds', 'read', 'GET', `/v3/{project_id}/instances/${target}/database/detail`, { page: '1', limit: '100' }],
    ]);
  });

  it.each([
    ['no instance', []],
    ['another instance', [{ ...instance, id: 'x' }]],
    ['another engine', [{ ...instance, datastore: { type: 'MySQL' } }]],
    ['a migration under way', [{ ...instance, status: 'MIGRATING' }]],
    ['a replica', [{ ...instance, type: 'Replica' }]],
  ])('finds %s', (_title, instances) => {
    expect(check(migration(), { instances }).pointers).toEqual(['/target/instanceId']);
  });

  it('accepts harmless spelling variants and missing fields', () => {
    expect(
      check(migration(), { instances: [{ id: target, status: 'active', datastore: { type: 'sqlserver' } }] }).result,
    ).toEqual([]);
    expect(check(migration(), { instances: [{ id: target }] }).result).toEqual([]);
  });

  it.each([
    ['no backup', [], ['/source/backupId']],
    ['a backup under way', [{ ...stored, status: 'BUILDING' }], ['/source/backupId']],
    ['an incremental backup', [{ ...stored, type: 'incremental' }], ['/source/backupId']],
    ['another version', [{ ...stored, datastore: { version: '2017_SE' } }], ['/source/engineVersion']],
    [
      'a newer version than the target’s',
      [{ ...stored, datastore: { version: '2022_SE' } }],
      ['/source/engineVersion', '/target/instanceId'],
    ],
    ['no such database', [{ ...stored, databases: [{ name: 'SALES' }] }], ['/target/databases/0/name']],
    ['the sample’s spelling of the id', [{ ...stored, id: undefined, 'id ': stored.id }], []],
  ])('finds %s in the source', (_title, backups, wanted) => {
    expect(check(fromInstance(databases(false, { name: 'sales' })), { backups }).pointers).toEqual(wanted);
  });

  it('finds existing databases, in any case and on any page, unless they may be overwritten', () => {
    const existing = [
      ...Array.from({ length: 150 }, (_, index) => ({ name: `db${index}`, state: 'Running' })),
      { name: 'ORDERS' },
    ];
    const wanted = databases(false, { name: 'orders' }, { name: 'x', restoreAs: 'DB149' }, { name: 'free' });
    const { pointers, requests } = check(migration(wanted), { databases: existing });
    expect(pointers).toEqual(['/target/databases/0/name', '/target/databases/1/restoreAs']);
    expect(requests.filter((request) => request.operation === 'ListSqlserverDatabases')).toHaveLength(2);
    const overwriting = check(migration(databases(true, { name: 'orders' })), { databases: existing });
    expect(overwriting.pointers).toEqual([]);
    expect(overwriting.requests).toHaveLength(1);
  });

  it('ignores a database that does not exist', () => {
    const existing = [{ name: 'orders', state: 'NotExists' }];
    expect(check(migration(databases(false, { name: 'orders' })), { databases: existing }).pointers).toEqual([]);
  });

  it('knows the databases of an instance backup when the request names none', () => {
    expect(check(fromInstance(), { databases: [{ name: 'HR' }] }).pointers).toEqual(['/target/overwrite']);
    expect(check(migration(), { databases: [{ name: 'HR' }] }).pointers).toEqual([]);
  });

  it('treats the vendor’s 404 as not found', () => {
    const gone = reply({ errCode: 'DBS.280110', externalMessage: 'Selected DB instance does not exist.' }, 404);
    const { result } = run(preflight(fromInstance(), account), () => gone);
    expect(result.map((fault) => fault.pointer)).toEqual(['/target/instanceId', '/source/backupId']);
  });

  it.each([['{}'], ['<html></html>'], ['{"instances":null}']])('treats %s as malformed', (body) => {
    expect(failureIn(() => run(preflight(migration(), account), () => reply(body))).kind).toBe('malformed');
  });
});
