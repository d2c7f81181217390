import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../../../src/domain/migration.ts';
import type { CancelVerdict } from '../../../src/domain/provider.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { backupCommand, tencent, uploadTarget } from '../../../src/providers/tencent/index.ts';
import { parseEpochSeconds, parseVendorTime } from '../../../src/providers/tencent/times.ts';
import {
  account,
  backup,
  bodyOf,
  call,
  chain,
  childId,
  converse,
  increment,
  inFlight,
  instanceId,
  migration,
  refusal,
  reply,
  running,
  taskId,
} from './fixtures.ts';

describe('the cancel verdict', () => {
  const full = backup();
  const registered = call('CreateBackupMigration', full, { refs: { backupMigrationId: taskId } });
  const submitting = (calls: Migration['calls']) => migration({ backups: [backup({ state: 'submitting' })], calls });
  const outcome = (verdict: CancelVerdict) =>
    verdict.possible ? [verdict.calls, verdict.warning?.code ?? null] : 'no';

  it.each<[string, Migration, 'no' | readonly unknown[]]>([
    ['before any call', migration(), [false, null]],
    ['registration of unknown outcome', submitting([{ ...registered, state: 'unknown', refs: {} }]), [true, null]],
    ['registered', submitting([registered]), [true, null]],
    ['start refused', submitting([registered, call('StartBackupMigration', full, { state: 'refused' })]), [true, null]],
    ['start being sent', submitting([registered, call('StartBackupMigration', full, { state: 'sending' })]), 'no'],
    [
      'start of unknown outcome',
      submitting([registered, call('StartBackupMigration', full, { state: 'unknown' })]),
      'no',
    ],
    ['running', running(), 'no'],
    ['a chain that awaits a backup', chain([]), [false, 'half_restored_database']],
    ['a chain with a queued increment', chain([increment()]), [false, 'half_restored_database']],
    ['a chain with a failed increment', chain([inFlight({ state: 'failed' })]), [false, 'half_restored_database']],
    [
      'a chain with an increment that waits for its upload',
      chain([inFlight({ state: 'submitting' })]),
      [false, 'half_restored_database'],
    ],
    ['a chain with a running increment', chain([inFlight()]), 'no'],
    [
      'a chain with an increment whose start has an unknown outcome',
      chain([inFlight({ state: 'submitting' })], {
        calls: [call('StartIncrementalMigration', increment(), { state: 'unknown' })],
      }),
      'no',
    ],
    ['ended', running({ state: 'succeeded' }), 'no'],
  ])('$0: $2', (_title, of, expected) => {
    expect(outcome(tencent.cancelVerdict(of))).toEqual(expected);
  });
});

describe('preflight', () => {
  const target = {
    instanceId,
    overwrite: false,
    databases: [{ name: 'orders' }, { name: 'sales', restoreAs: 'sales2' }],
  };
  const instance = (changes: Record<string, unknown> = {}) =>
    reply({
      TotalCount: 1,
      DBInstances: [{ InstanceId: instanceId, Status: 2, InstanceType: 'HA', ROFlag: '', ...changes }],
    });
  const databases = (...names: string[]) =>
    reply({
      TotalCount: 1,
      DBInstances: [{ InstanceId: instanceId, DBDetails: names.map((Name) => ({ Name, Status: 2 })) }],
    });
  const check = (answers: Parameters<typeof converse>[1], of = migration({ target })) =>
    converse(tencent.preflight(of, account), answers);

  it('finds no fault on a free, running instance', () => {
    const { result, requests } = check([instance({ Status: '2' }), databases('other')]);
    expect(result).toEqual([]);
    expect(requests.map(({ operation, effect }) => [operation, effect])).toEqual([
      ['DescribeDBInstances', 'read'],
      ['DescribeDatabases', 'read'],
    ]);
    expect(bodyOf(requests[1])).toEqual({ InstanceIdSet: [instanceId], Limit: 100, Offset: 0 });
  });

  it('finds taken names in any case', () => {
    expect(check([instance(), databases('Orders', 'sales', 'SALES2')]).result.map(({ pointer }) => pointer)).toEqual([
      '/target/databases/0/name',
      '/target/databases/1/restoreAs',
    ]);
  });

  it('reads all pages of databases', () => {
    const names = Array.from({ length: 100 }, (_, index) => `db${index}`);
    expect(check([instance(), databases(...names), databases('orders')]).result).toHaveLength(1);
  });

  it.each<[string, Parameters<typeof converse>[1], RegExp]>([
    ['an instance that scales', [instance({ Status: 9 }), databases()], /being scaled/],
    ['a status that is not documented', [instance({ Status: 99 }), databases()], /status 99/],
    ['a replica by flag', [instance({ ROFlag: 'RO' }), databases()], /replica/],
    ['a replica by type', [instance({ InstanceType: 'cvmRO' }), databases()], /replica/],
    ['an analysis server', [instance({ InstanceType: 'BI' }), databases()], /business intelligence/],
    ['no such instance', [reply({ TotalCount: 0, DBInstances: null })], /knows no instance/],
    ['another instance only', [instance({ InstanceId: 'mssql-other' })], /knows no instance/],
    ['no such instance as an error', [refusal('ResourceNotFound.InstanceNotFound')], /knows no instance/],
  ])('finds %s', (_title, answers, words) => {
    const { result } = check(answers);
    expect(result).toEqual([{ pointer: '/target/instanceId', detail: expect.stringMatching(words) }]);
  });

  it('reads no databases when the request names none', () => {
    expect(check([instance()], migration()).requests).toHaveLength(1);
  });

  it('reports a malformed reply', () => {
    expect(() => check([reply({ TotalCount: 1 })])).toThrow(VendorError);
  });
});

describe('the backup command', () => {
  it.each([
    ['full', 'full', false, 'FULL', 'YES'],
    ['full', 'full_log', false, 'FULL_LOG', 'NO'],
    ['full', 'full_differential', false, 'FULL_DIFF', 'NO'],
    ['log', 'full_log', false, 'LOG', 'NO'],
    ['log', 'full_log', true, 'LOG', 'YES'],
    ['differential', 'full_differential', true, 'DIFF', 'YES'],
  ] as const)('of type %s, mode %s, final %s asks for %s and %s', (type, mode, final, fileType, recovery) => {
    const request = backupCommand.build({ database: 'orders', type, mode, final });
    expect(request).toMatchObject({ operation: 'DescribeBackupCommand', effect: 'read' });
    expect(bodyOf(request)).toEqual({ BackupFileType: fileType, DataBaseName: 'orders', IsRecovery: recovery });
  });

  const input = { database: 'new', type: 'log', mode: 'full_log', final: false } as const;
  const parse = (Command: unknown, path?: string) =>
    backupCommand.parse(reply({ Command }), path === undefined ? input : { ...input, path });

  it.each<[string, string, string | undefined, string]>([
    [
      'one statement',
      "BACKUP DATABASE a TO DISK='E:/a.bak' WITH INIT",
      'E:/',
      "BACKUP DATABASE a TO DISK='E:/a.bak' WITH INIT",
    ],
    ['escaped breaks', 'declare @t\\nset @t=1\\r\\n\\tgo', undefined, 'declare @t\nset @t=1\n\tgo'],
    ['twice escaped breaks', 'a\\\\nb', undefined, 'a\nb'],
    ['real breaks', 'a\nb', undefined, 'a\nb'],
    ['a folder that looks like a break', "x='D:\\new.bak'\\ngo", undefined, "x='D:\\new.bak'\ngo"],
    ['a longer folder', "x='E:\\nightly\\tail\\a.bak'\\ngo", 'E:\\nightly\\tail\\', "x='E:\\nightly\\tail\\a.bak'\ngo"],
    [
      'a folder with doubled backslashes',
      "x='E:\\\\nightly\\\\a.bak'\\ngo",
      'E:\\nightly\\',
      "x='E:\\nightly\\a.bak'\ngo",
    ],
    ['an empty folder', 'a\\nb', '', 'a\nb'],
  ])('shows %s as T-SQL', (_title, command, path, text) => {
    expect(parse(command, path)).toBe(text);
  });

  it('includes the folder', () => {
    expect(bodyOf(backupCommand.build({ ...input, path: 'E:\\b\\' })).LocalPath).toBe('E:\\b\\');
  });

  it('rejects a reply without a command', () => {
    expect(() => parse(null)).toThrow(VendorError);
  });
});

describe('the upload target', () => {
  const source = { type: 'upload', fileName: 'orders.bak' } as const;
  const full = backup({ source, state: 'submitting', providerRefs: { backupMigrationId: taskId } });
  const waiting = migration({ providerRefs: { backupMigrationId: taskId }, backups: [full] });
  const info = {
    BucketName: 'migr-1250000000',
    Region: 'ap-guangzhou',
    Path: `1250000000/sqlserver/${instanceId}/migration/backup/${taskId}/`,
    TmpSecretId: 'AKIDtmp',
    TmpSecretKey: 'tmp-secret-key',
    CosSecurityToken: 'tmp-token',
    XCosSecurityToken: '',
    StartTime: '1601211211',
    ExpiredTime: '1601211711',
  };

  it('is requested for the task or the increment', () => {
    expect(uploadTarget.build(waiting, full)).toMatchObject({
      operation: 'DescribeUploadBackupInfo',
      effect: 'read',
      body: { InstanceId: instanceId, BackupMigrationId: taskId },
    });
    const each = inFlight({ state: 'submitting', source });
    expect(uploadTarget.build(chain([each]), each)).toMatchObject({
      operation: 'DescribeUploadIncrementalInfo',
      body: { InstanceId: instanceId, BackupMigrationId: taskId, IncrementalMigrationId: childId },
    });
  });

  it('does not exist before the registration', () => {
    expect(uploadTarget.build(migration(), backup({ source }))).toBeNull();
    const each = increment({ source });
    expect(uploadTarget.build(chain([each]), each)).toBeNull();
  });

  it('names the object and masks the credentials', () => {
    const target = uploadTarget.parse(reply(info), waiting, full);
    expect(target).toMatchObject({
      bucket: 'migr-1250000000',
      region: 'ap-guangzhou',
      key: `1250000000/sqlserver/${instanceId}/migration/backup/${taskId}/orders.bak`,
      startsAt: 1_601_211_211_000,
      expiresAt: 1_601_211_711_000,
    });
    expect(target.credentials.secretId.reveal()).toBe('AKIDtmp');
    expect(target.credentials.secretKey.reveal()).toBe('tmp-secret-key');
    expect(target.credentials.token.reveal()).toBe('tmp-token');
    expect(inspect(target) + JSON.stringify(target)).not.toMatch(/tmp-|AKIDtmp/);
  });

  it.each([null, '', undefined])('uses the deprecated token when the new one is %s', (CosSecurityToken) => {
    const target = uploadTarget.parse(
      reply({ ...info, CosSecurityToken, XCosSecurityToken: 'old-token' }),
      waiting,
      full,
    );
    expect(target.credentials.token.reveal()).toBe('old-token');
  });

  it.each(['BucketName', 'Region', 'Path', 'TmpSecretId', 'TmpSecretKey', 'CosSecurityToken', 'ExpiredTime'])(
    'rejects a reply without %s',
    (field) => {
      expect(() => uploadTarget.parse(reply({ ...info, [field]: null }), waiting, full)).toThrow(VendorError);
    },
  );
});

describe('times of the vendor', () => {
  it.each([
    ['2020-09-27 20:44:59', '+08:00', Date.UTC(2020, 8, 27, 12, 44, 59)],
    ['2020-09-27 20:44:59\n', '-05:30', Date.UTC(2020, 8, 28, 2, 14, 59)],
    ['0000-00-00 00:00:00', '+08:00', null],
    ['', '+08:00', null],
    ['2020-09-27', '+08:00', null],
    [1601211211, '+08:00', null],
    [null, '+08:00', null],
  ])('%j at %s is %j', (text, offset, instant) => {
    expect(parseVendorTime(text, offset)).toBe(instant);
  });

  it.each([
    ['1601211211', 1_601_211_211_000],
    [1_601_211_211, 1_601_211_211_000],
    ['soon', null],
    [null, null],
  ])('epoch seconds %j are %j', (text, instant) => {
    expect(parseEpochSeconds(text)).toBe(instant);
  });
});
