import { describe, expect, it } from 'vitest';
import { chain, full, instance, newCloud, validatedCloud } from './alibaba-client.ts';

const sync = { CheckDBMode: 'SyncExecuteDBCheck' };

describe('one full restore', () => {
  it('moves from NoStart through Running to Success by time alone', () => {
    const cloud = validatedCloud();
    const id = cloud.create(full('orders'));
    const seen: unknown[] = [];
    for (const part of [0, 0.09, 0.85, 0.07]) {
      cloud.pass(part);
      seen.push(cloud.status(id));
    }
    expect(seen).toEqual(['NoStart', 'Running', 'Running', 'Success']);
  });

  it('lists its file while it runs', () => {
    const cloud = validatedCloud();
    const id = cloud.create(full('orders'));
    const seen: unknown[] = [];
    for (const part of [0, 0.2, 0.14, 0.08, 0.1, 0.5]) {
      cloud.pass(part);
      seen.push(cloud.files(id)[0].Status);
    }
    expect(seen).toEqual(['NoStart', 'Downloading', 'Finished', 'CheckSuccess', 'Restoring', 'Restored']);
    expect(cloud.files(id)[0]).toMatchObject({ FileName: 'orders_full.bak', BackupMode: 'Database' });
  });

  it('reports the asynchronous check’s result some time after Success', () => {
    const cloud = validatedCloud();
    const id = cloud.create(full('orders'));
    cloud.pass(1);
    expect(cloud.show(id)).toMatchObject({ Status: 'Success', Description: '', DBInstanceName: instance.DBInstanceId });
    cloud.pass(0.3);
    expect(cloud.show(id).Description).toBe('Success to DBCC checkdb asynchronously');
  });

  it('takes longer with a synchronous check, and longer still for a slow file', () => {
    const cloud = validatedCloud();
    const checked = cloud.create(full('orders', 'a.bak', sync));
    const slow = cloud.create(full('stock', 'slow.bak'));
    cloud.pass(1);
    expect(cloud.status(checked)).toBe('Running');
    cloud.pass(0.3);
    expect([cloud.status(checked), cloud.status(slow)]).toEqual(['Success', 'Running']);
    cloud.pass(8);
    expect(cloud.status(slow)).toBe('Success');
  });

  it('appears in the journal as one restore', () => {
    const cloud = validatedCloud();
    const id = cloud.create(full('orders'));
    const entry = {
      effect: 'restore',
      operation: 'CreateMigrateTask',
      taskId: id,
      subject: 'orders prod/orders_full.bak',
    };
    expect(cloud.cloud.journal()).toEqual([expect.objectContaining(entry)]);
  });

  it('creates the database', () => {
    const cloud = validatedCloud();
    cloud.create(full('orders'));
    expect(cloud.databases()).toMatchObject([{ DBName: 'orders', DBStatus: 'Creating' }]);
    cloud.pass(1);
    expect(cloud.databases()).toMatchObject([{ DBName: 'orders', DBStatus: 'Running', TotalCount: 1 }]);
  });
});

describe('a chain', () => {
  it('stays at Waiting, accepts one file at a time and is opened by its own call', () => {
    const cloud = validatedCloud();
    const id = cloud.create(chain('orders', 'base.bak'));
    expect(cloud.status(id)).toBe('NoStart');
    expect(cloud.call('CreateMigrateTask', chain('orders', '1.trn', { MigrateTaskId: id })).Code).toBe(
      'InvalideStatus',
    );
    cloud.pass(1);
    expect(cloud.status(id)).toBe('Waiting');
    expect(cloud.create(chain('orders', 'logs/1.trn', { MigrateTaskId: id }))).toBe(id);
    expect(cloud.status(id)).toBe('Running');
    expect(cloud.open(id).Code).toBe('InvalideStatus');
    cloud.pass(1);
    cloud.create(chain('orders', 'night_diff.bak', { MigrateTaskId: id }));
    cloud.pass(1);
    expect(cloud.files(id).map((file: { BackupMode: string }) => file.BackupMode)).toEqual([
      'Database',
      'Transaction_Log',
      'Differential_Database',
    ]);
    expect(cloud.open(id).Code).toBeUndefined();
    expect(cloud.status(id)).toBe('Running');
    cloud.pass(0.3);
    expect(cloud.status(id)).toBe('Success');
    expect(cloud.cloud.journal().map(({ effect }) => effect)).toEqual(['restore', 'restore', 'restore', 'opened']);
  });

  it('opens once per client token', () => {
    const cloud = validatedCloud();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    const answers = [cloud.open(id, { ClientToken: 'one' }), cloud.open(id, { ClientToken: 'one' })];
    expect(answers.map((answer) => answer.Code)).toEqual([undefined, undefined]);
    expect(cloud.open(id, { ClientToken: 'two' }).Code).toBe('InvalideStatus');
    expect(cloud.cloud.journal()).toHaveLength(2);
  });

  it('cannot be opened under another name', () => {
    const cloud = validatedCloud();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    expect(cloud.open(id, { DBName: 'stock' }).Code).toBe('InvalidDBName');
  });

  it('rejects a file of another database', () => {
    const cloud = validatedCloud();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    expect(cloud.call('CreateMigrateTask', chain('stock', '1.trn', { MigrateTaskId: id })).Code).toBe('InvalidDBName');
  });

  it('fails with an unsuitable file and accepts none after it', () => {
    const cloud = validatedCloud();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    cloud.create(chain('orders', 'gap.trn', { MigrateTaskId: id }));
    cloud.pass(1);
    expect(cloud.show(id)).toMatchObject({
      Status: 'Failed',
      Description: expect.stringContaining('too recent to apply'),
    });
    expect(cloud.files(id)[1]).toMatchObject({ Status: 'RestoreFailed' });
    expect(cloud.call('CreateMigrateTask', chain('orders', '1.trn', { MigrateTaskId: id })).Code).toBe(
      'InvalideStatus',
    );
  });

  it('starts with FULL and False on an instance that requires it', () => {
    const cloud = validatedCloud();
    const there = { DBInstanceId: 'rm-fullbase-1' };
    expect(cloud.call('CreateMigrateTask', { ...chain('orders', 'base.bak'), ...there }).Code).toBe(
      'InvalidBackupMode',
    );
    const id = cloud.create({ ...full('orders', 'base.bak', { IsOnlineDB: 'False' }), ...there });
    cloud.pass(1);
    expect(cloud.show(id, there).Status).toBe('Waiting');
  });
});

describe('ending a task', () => {
  it('makes the task Failed, even while it waits', () => {
    const cloud = validatedCloud();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    expect(cloud.terminate(id).Code).toBeUndefined();
    expect(cloud.show(id)).toMatchObject({ Status: 'Failed', EndTime: '2026-11-21T12:02:10Z' });
    expect(cloud.terminate(id).Code).toBe('InvalideStatus');
    expect(cloud.files(id)).toMatchObject([{ Status: 'Restored', EndTime: '2026-11-21T12:02:10Z' }]);
    expect(cloud.cloud.journal().map(({ effect }) => effect)).toEqual(['restore', 'terminated']);
  });
});

describe('the files of a task that was ended', () => {
  it('show where the task was ended', () => {
    const cloud = validatedCloud();
    const id = cloud.create(full('orders'));
    cloud.pass(0.5);
    cloud.terminate(id);
    cloud.pass(1);
    expect(cloud.files(id)).toMatchObject([{ Status: 'RestoreFailed', EndTime: '2026-11-21T12:01:20Z' }]);
  });
});

describe('a restart', () => {
  it('continues from the saved state', () => {
    const cloud = newCloud();
    const { MigrateTaskId } = cloud.call('CreateMigrateTask', chain('orders', 'base.bak')).json;
    cloud.pass(1);
    const before = cloud.call('DescribeMigrateTaskById', { ...instance, MigrateTaskId }).json;
    const journal = structuredClone(cloud.cloud.journal());
    cloud.restart();
    const after = cloud.call('DescribeMigrateTaskById', { ...instance, MigrateTaskId }).json;
    expect(after).toEqual({ ...before, RequestId: after.RequestId });
    expect(after.Status).toBe('Waiting');
    expect(cloud.cloud.journal()).toEqual(journal);
    expect(cloud.call('CreateMigrateTask', full('stock')).json.MigrateTaskId).not.toBe(MigrateTaskId);
  });

  it('remembers used nonces', () => {
    const cloud = newCloud();
    const create = () => cloud.call('CreateMigrateTask', full('orders', 'a.bak', { SignatureNonce: 'once' })).json;
    create();
    cloud.restart();
    expect(create()).toMatchObject({ Code: 'SignatureNonceUsed' });
  });
});

describe('faults in the vendor’s words', () => {
  const request = { method: 'POST', path: '/', query: 'Format=JSON', headers: { host: 'h:1' }, body: '' };
  it('throttle with 400 and a wait', () => {
    const answer = newCloud().cloud.fault('throttled', request);
    expect(answer).toMatchObject({ status: 400, headers: { 'x-acs-retry-after': '500' } });
    expect(JSON.parse(answer.body)).toMatchObject({ Code: 'Throttling.User', HostId: 'h' });
  });

  it('return any requested code', () => {
    const answer = newCloud().cloud.refuse?.({ code: 'OperationDenied.DBStatus' }, request);
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('"Code":"OperationDenied.DBStatus"') });
  });
});
