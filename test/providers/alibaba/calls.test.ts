import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/domain/migration.ts';
import { VendorError } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { account, backup, callInput, instanceId, log, migration, reply } from './fixture.ts';

function only(step: Step, of = migration()) {
  const [call, ...more] = alibaba.plan(step, of, of.backups.at(-1) ?? null);
  if (call === undefined || more.length > 0) throw new Error(`${step} is not one call`);
  return call;
}

function parameters(step: Step, of = migration(), changes: Partial<ReturnType<typeof callInput>> = {}) {
  const request = only(step, of).build(callInput({ migration: of, ...changes }));
  expect(request).toMatchObject({ service: 'rds', effect: 'write', method: 'POST', path: '/', headers: {} });
  expect(request.body).toBeUndefined();
  return Object.fromEntries(request.query);
}

describe('the plan of each step', () => {
  const chain = migration({ mode: 'full_log' });
  it.each([
    ['restore', ['CreateMigrateTask']],
    ['open', ['CreateOnlineDatabaseTask']],
    ['cancel', ['TerminateMigrateTask']],
    ['cleanup', []],
  ] as const)('$0 is $1', (step, operations) => {
    expect(alibaba.plan(step, chain, null).map(({ operation }) => operation)).toEqual(operations);
  });

  it('has no termination while no task is known', () => {
    expect(alibaba.plan('cancel', migration({ providerRefs: {} }), null)).toEqual([]);
  });
});

describe('CreateMigrateTask', () => {
  const place = { OssObjectPositions: 'oss-cn-hangzhou.aliyuncs.com:acme-backups:prod/orders_full.bak' };

  it('restores one file and opens the database immediately', () => {
    expect(parameters('restore')).toEqual({
      DBInstanceId: instanceId,
      DBName: 'orders',
      BackupMode: 'FULL',
      IsOnlineDB: 'True',
      CheckDBMode: 'AsyncExecuteDBCheck',
      ...place,
    });
  });

  it('sends the requested consistency check', () => {
    const of = migration({ options: { consistencyCheck: 'sync' } });
    expect(parameters('restore', of).CheckDBMode).toBe('SyncExecuteDBCheck');
  });

  it('sends the database’s name on the target', () => {
    const databases = [{ name: 'orders', restoreAs: 'orders_copy' }];
    const of = migration({ target: { instanceId, databases, overwrite: false } });
    expect(parameters('restore', of).DBName).toBe('orders_copy');
  });

  it('uses the source’s endpoint and passes the key unchanged', () => {
    const source = {
      type: 'object_storage',
      bucket: 'b-1',
      keys: ['a b/ü+%.bak'],
      endpoint: 'oss.example.com',
    } as const;
    expect(parameters('restore', migration({ backups: [backup({ source })] })).OssObjectPositions).toBe(
      'oss.example.com:b-1:a b/ü+%.bak',
    );
  });

  it('uses the migration’s region, not the account’s, for the default endpoint', () => {
    expect(parameters('restore', migration({ region: 'cn-beijing' })).OssObjectPositions).toMatch(
      /^oss-cn-beijing\.aliyuncs\.com:/,
    );
  });

  it.each(['full_log', 'full_differential'] as const)(
    'starts a chain of mode %s without an id and without a check',
    (mode) => {
      expect(parameters('restore', migration({ mode }))).toEqual({
        DBInstanceId: instanceId,
        DBName: 'orders',
        BackupMode: 'UPDF',
        IsOnlineDB: 'False',
        ...place,
      });
    },
  );

  it.each([
    ['the account', { account: { ...account, chainBase: 'full' as const } }, {}],
    ['the request', {}, { alibaba: { chainBase: 'full' as const } }],
  ])('starts a chain as FULL if %s says so', (_who, changes, providerOptions) => {
    const of = migration({ mode: 'full_log', providerOptions });
    expect(parameters('restore', of, changes)).toMatchObject({ BackupMode: 'FULL', IsOnlineDB: 'False' });
  });

  it('lets the request override the account', () => {
    const of = migration({ mode: 'full_log', providerOptions: { alibaba: { chainBase: 'updf' } } });
    const changes = { account: { ...account, chainBase: 'full' as const } };
    expect(parameters('restore', of, changes)).toMatchObject({ BackupMode: 'UPDF', IsOnlineDB: 'False' });
  });

  it('adds a file to the task of the full backup, even if an increment returned another id', () => {
    const increment = log(1, { providerRefs: { migrateTaskId: '999' } });
    const of = migration({ mode: 'full_log', backups: [backup(), increment] });
    expect(parameters('restore', of)).toEqual({
      DBInstanceId: instanceId,
      DBName: 'orders',
      BackupMode: 'UPDF',
      IsOnlineDB: 'False',
      MigrateTaskId: '564563256',
      OssObjectPositions: 'oss-cn-hangzhou.aliyuncs.com:acme-backups:prod/orders_log1.trn',
    });
  });

  it('never submits an increment as the start of a chain', () => {
    const of = migration({ mode: 'full_log', providerRefs: {}, backups: [backup(), log(1)] });
    expect(parameters('restore', of).MigrateTaskId).toBe('{migrateTaskId}');
  });

  it('joins URLs with a bar, encodes them as a whole and names no object', () => {
    const urls = ['https://b.oss/a.bak?Expires=1&Signature=x%2By', 'https://b.oss/c|d.bak'].map((sealed) => ({
      display: sealed.split('?')[0] ?? '',
      sealed,
    }));
    const sent = parameters('restore', migration({ backups: [backup({ source: { type: 'url', urls } })] }));
    expect(sent).toMatchObject({ BackupMode: 'FULL', IsOnlineDB: 'True', CheckDBMode: 'AsyncExecuteDBCheck' });
    expect(sent).not.toHaveProperty('OssObjectPositions');
    expect(sent.OSSUrls).toBe(
      'https%3A%2F%2Fb.oss%2Fa.bak%3FExpires%3D1%26Signature%3Dx%252By%7Chttps%3A%2F%2Fb.oss%2Fc%257Cd.bak',
    );
  });

  it('reads the ids from the reply', () => {
    const { parse } = only('restore');
    expect(parse(reply({ RequestId: 'r', MigrateTaskId: '564563256', TaskId: '5451225' }))).toEqual({
      migrateTaskId: '564563256',
      taskId: '5451225',
    });
    expect(parse(reply({ RequestId: 'r', MigrateTaskId: 564563256, TaskId: null }))).toEqual({
      migrateTaskId: '564563256',
    });
  });

  it.each([
    ['HTML', '<html>502</html>'],
    ['half a body', '{"RequestId":"r","Migra'],
    ['nothing', ''],
    ['no id', { RequestId: 'r' }],
    ['an id of null', { RequestId: 'r', MigrateTaskId: null }],
    ['a blank id', { RequestId: 'r', MigrateTaskId: ' ' }],
    ['an id that JSON cannot carry', '{"MigrateTaskId":99999999999999999999}'],
    ['an array', '[1]'],
  ])('treats %s as malformed, because the restore may be running', (_what, body) => {
    expect.assertions(2);
    try {
      only('restore').parse(reply(body));
    } catch (error) {
      expect(error).toBeInstanceOf(VendorError);
      expect((error as VendorError).failure).toMatchObject({ kind: 'malformed', code: 'provider_protocol_error' });
    }
  });
});

describe('CreateOnlineDatabaseTask', () => {
  const chain = migration({ mode: 'full_log', state: 'awaiting_backup' });

  it('always sends the check and a client token', () => {
    expect(parameters('open', chain, { backup: null })).toEqual({
      DBInstanceId: instanceId,
      DBName: 'orders',
      MigrateTaskId: '564563256',
      CheckDBMode: 'AsyncExecuteDBCheck',
      ClientToken: 'mig_01kbzq3m8e9v6x2c4n7p5r0t1w-open-564563256',
    });
  });

  it('keeps the client token for a resend and changes it for another chain', () => {
    const token = (of = chain) => parameters('open', of).ClientToken;
    expect(token({ ...chain, version: 9, state: 'cutting_over', failures: 3 })).toBe(token());
    expect(token({ ...chain, providerRefs: { migrateTaskId: '564563257' } })).not.toBe(token());
  });

  it.each(['ü', '1'.repeat(80)])(
    'keeps the client token within 64 printable ASCII characters for task %s',
    (migrateTaskId) => {
      expect(parameters('open', { ...chain, providerRefs: { migrateTaskId } }).ClientToken).toMatch(
        /^[\x21-\x7e]{1,64}$/,
      );
    },
  );

  it('accepts the current and the old reply format and nothing else', () => {
    const { parse } = only('open', chain);
    expect(parse(reply({ RequestId: '1B2EBD14' }))).toEqual({});
    expect(parse(reply({ successResponse: true, requestId: '1', code: '200', data: { RequestId: '1' } }))).toEqual({});
    expect(() => parse(reply({}))).toThrow(VendorError);
    expect(() => parse(reply('OK'))).toThrow(VendorError);
  });
});

describe('TerminateMigrateTask', () => {
  it('sends the instance and the task', () => {
    expect(parameters('cancel')).toEqual({ DBInstanceId: instanceId, MigrateTaskId: '564563256' });
    expect(only('cancel').parse(reply({ RequestId: 'r' }))).toEqual({});
    expect(() => only('cancel').parse(reply('<html/>'))).toThrow(VendorError);
  });
});
