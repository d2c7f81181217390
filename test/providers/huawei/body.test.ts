import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../../../src/domain/ids.ts';
import type { Backup, Migration } from '../../../src/domain/migration.ts';
import { jobBody, presentableDescription, splitKey } from '../../../src/providers/huawei/body.ts';
import { jobName } from '../../../src/providers/huawei/name.ts';
import { backup, instanceBackup, migration, objects, target } from './fixtures.ts';

const name = 'gw-orders-01kbzq3m8e9v6x2c4n7p5r0t1w-1';
const chain = { mode: 'full_log' } as const;
const huaweiOptions = { enterpriseProjectId: '0', tags: { origin: 'gateway' } };

const oneShot = {
  base_info: {
    name,
    engine_type: 'sqlserver',
    description: 'orders one-shot',
    enterprise_project_id: '0',
    tags: [{ key: 'origin', value: 'gateway' }],
  },
  target_db_info: { target_instance_id: target, ms_file_stream_status: 'off', file_id: '' },
  backup_info: {
    file_source: 'OBS',
    bucket_name: 'acme-sql-backups',
    files: [{ name: 'orders_full.bak', obs_path: 'prod/orders/' }],
  },
  options: {
    recovery_mode: 'full',
    is_last_backup: true,
    is_precheck: true,
    is_cover: false,
    is_default_restore: true,
    is_delete_backup_file: true,
    reset_db_name_map: { '': 'orders_copy' },
  },
};
const plain = { ...oneShot, base_info: { name, engine_type: 'sqlserver' } };
const plainOptions = { ...oneShot.options, reset_db_name_map: {} };

const scenarios: readonly (readonly [string, Partial<Migration>, Partial<Backup>, unknown])[] = [
  [
    'A: one file, renamed',
    {
      description: 'orders one-shot',
      providerOptions: { huawei: huaweiOptions },
      target: { instanceId: target, overwrite: false, databases: [{ name: 'orders', restoreAs: 'orders_copy' }] },
    },
    { final: true },
    oneShot,
  ],
  ['A: all databases', {}, { final: true }, { ...plain, options: plainOptions }],
  ['A: all databases, also when the record does not say final', {}, {}, { ...plain, options: plainOptions }],
  [
    'A: named databases, over what is there, without check, keeping the copy, with FILESTREAM',
    {
      target: { instanceId: target, overwrite: true, databases: [{ name: 'sales' }, { name: 'hr', restoreAs: 'hr' }] },
      options: { precheck: false, keepDownloadedFiles: true },
      providerOptions: { huawei: { fileStream: true } },
    },
    { final: true },
    {
      ...plain,
      target_db_info: { ...plain.target_db_info, ms_file_stream_status: 'on' },
      options: {
        recovery_mode: 'full',
        is_last_backup: true,
        is_precheck: false,
        is_cover: true,
        is_default_restore: false,
        is_delete_backup_file: false,
        db_names: ['sales', 'hr'],
        reset_db_name_map: {},
      },
    },
  ],
  [
    'A: the page’s own example',
    {
      description: 'Target RDS instance: rds-sqlserver-2022-stand',
      target: { instanceId: target, overwrite: true },
      providerOptions: { huawei: { enterpriseProjectId: '0', tags: {}, fileStream: false } },
    },
    { final: true, source: objects('1706510914000_0_Test_Database.bak') },
    {
      base_info: {
        name,
        engine_type: 'sqlserver',
        description: 'Target RDS instance: rds-sqlserver-2022-stand',
        enterprise_project_id: '0',
        tags: [],
      },
      target_db_info: plain.target_db_info,
      backup_info: {
        file_source: 'OBS',
        bucket_name: 'acme-sql-backups',
        files: [{ name: '1706510914000_0_Test_Database.bak', obs_path: '' }],
      },
      options: { ...plainOptions, is_cover: true },
    },
  ],
  ['B1: the base of a chain', chain, {}, { ...plain, options: { ...plainOptions, is_last_backup: false } }],
  [
    'B2: a log backup',
    chain,
    { type: 'log', source: objects('prod/orders/orders_log_01.bak') },
    {
      ...plain,
      backup_info: { ...plain.backup_info, files: [{ name: 'orders_log_01.bak', obs_path: 'prod/orders/' }] },
      options: { ...plainOptions, recovery_mode: 'incre', is_last_backup: false, is_cover: true },
    },
  ],
  [
    'B3: the last log backup of named databases',
    { ...chain, target: { instanceId: target, overwrite: false, databases: [{ name: 'orders' }] } },
    { type: 'log', final: true, source: objects('orders_log_02.bak') },
    {
      ...plain,
      backup_info: { ...plain.backup_info, files: [{ name: 'orders_log_02.bak', obs_path: '' }] },
      options: {
        ...plainOptions,
        recovery_mode: 'incre',
        is_last_backup: true,
        is_cover: true,
        is_default_restore: false,
        db_names: ['orders'],
      },
    },
  ],
  [
    'C: a backup of an instance',
    {
      target: {
        instanceId: target,
        overwrite: false,
        databases: [{ name: 'sales' }, { name: 'hr', restoreAs: 'hr_copy' }],
      },
    },
    { final: true, source: instanceBackup },
    {
      base_info: { name, engine_type: 'sqlserver' },
      target_db_info: { target_instance_id: target, file_id: '99990000aaaabbbbccccddddeeeeffffbr04' },
      backup_info: {
        file_source: 'RDS',
        files: [
          {
            name: '',
            obs_path: '',
            rds_version: '2019_EE',
            rds_source_instance_id: 'aaaabbbbccccddddeeeeffff00001111in04',
          },
        ],
      },
      options: {
        recovery_mode: 'full',
        is_last_backup: true,
        is_precheck: true,
        db_names: ['sales', 'hr'],
        reset_db_name_map: { sales: '', hr: 'hr_copy' },
      },
    },
  ],
  [
    'C: all of a backup, over what is there',
    {
      target: { instanceId: target, overwrite: true },
      options: { keepDownloadedFiles: true },
      providerOptions: { huawei: { fileStream: false } },
    },
    { final: true, source: instanceBackup },
    {
      base_info: { name, engine_type: 'sqlserver' },
      target_db_info: {
        target_instance_id: target,
        ms_file_stream_status: 'off',
        file_id: '99990000aaaabbbbccccddddeeeeffffbr04',
      },
      backup_info: {
        file_source: 'RDS',
        files: [
          {
            name: '',
            obs_path: '',
            rds_version: '2019_EE',
            rds_source_instance_id: 'aaaabbbbccccddddeeeeffff00001111in04',
          },
        ],
      },
      options: {
        recovery_mode: 'full',
        is_last_backup: true,
        is_precheck: true,
        is_cover: true,
        is_delete_backup_file: false,
        is_default_restore: true,
      },
    },
  ],
];

describe('the body of a job', () => {
  it.each(scenarios)('matches scenario %s', (_title, ofMigration, ofBackup, expected) => {
    expect(jobBody(migration(ofMigration), backup(ofBackup))).toStrictEqual(expected);
  });

  it('names a database like a built-in object property without harm', () => {
    const databases = [{ name: '__proto__', restoreAs: 'safe' }, { name: 'constructor' }];
    const body = JSON.stringify(
      jobBody(
        migration({ target: { instanceId: target, overwrite: false, databases } }),
        backup({ source: instanceBackup }),
      ),
    );
    expect(body).toContain('"reset_db_name_map":{"__proto__":"safe","constructor":""}');
  });

  it('rejects a source that the vendor cannot read', () => {
    const url = { type: 'url', urls: [] } as const;
    expect(() => jobBody(migration(), backup({ source: url }))).toThrow(/type url/);
  });

  it.each([
    ['orders.bak', '', 'orders.bak'],
    ['prod/orders.bak', 'prod/', 'orders.bak'],
    ['a/b/c.bak', 'a/b/', 'c.bak'],
  ])('splits the key %s into “%s” and “%s”', (key, folder, file) => {
    expect(splitKey(key)).toEqual({ obs_path: folder, name: file });
  });

  it.each([
    [null, ''],
    ['', ''],
    ['it\'s <b>&"x\\" != =', "it's bx"],
    ['two\r\n lines\tand a tab', 'two lines and a tab'],
    ['😀'.repeat(300), '😀'.repeat(256)],
  ])('cleans a description: %j', (given, wanted) => {
    expect(presentableDescription(given)).toBe(wanted);
  });
});

describe('the name of a job', () => {
  it.each([
    ['gw-orders', 1, name],
    [null, 1, 'godwit-01kbzq3m8e9v6x2c4n7p5r0t1w-1'],
    ['a-very-long-name-that-is-fifty-characters-long-xxxx', 1, 'a-very-long-name-that-01kbzq3m8e9v6x2c4n7p5r0t1w-1'],
    ['orders', 12, 'orders-01kbzq3m8e9v6x2c4n7p5r0t1w-12'],
    ['9 bad  näme', 1, 'bad-n-me-01kbzq3m8e9v6x2c4n7p5r0t1w-1'],
    ['___', 1, 'g-01kbzq3m8e9v6x2c4n7p5r0t1w-1'],
  ])('for %j, attempt %i', (given, attempt, wanted) => {
    expect(jobName({ name: given }, backup({ attempt }))).toBe(wanted);
  });

  it('always matches the vendor’s rule and is unique per backup and attempt', () => {
    const attempts = fc.integer({ min: 1, max: 9999 });
    const id = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => newId('bkp', { now: () => Date.UTC(2026, 0, 1), randomBytes: () => bytes }));
    fc.assert(
      fc.property(fc.option(fc.string({ unit: 'binary' })), id, id, attempts, attempts, (given, a, b, x, y) => {
        const one = jobName({ name: given }, { id: a, attempt: x });
        const other = jobName({ name: given }, { id: b, attempt: y });
        expect(one).toMatch(/^[A-Za-z][A-Za-z0-9_-]{3,49}$/);
        expect(one.toLowerCase() === other.toLowerCase()).toBe(a === b && x === y);
        expect(one).toContain(a.slice(4));
      }),
    );
  });
});
