import { describe, expect, it } from 'vitest';
import { loadVendorOperations } from '../../src/sandbox/vendor-schema.ts';
import { chain, full, instance, newCloud, restoreMs } from './alibaba-client.ts';

const operations = loadVendorOperations('alibaba');
const sync = { CheckDBMode: 'SyncExecuteDBCheck' };

/** A cloud whose answers are held against the vendor's description, and the calls of a migration. */
function begin() {
  const subject = newCloud();
  const call = (action: string, parameters: Record<string, string>) => {
    const answer = subject.call(action, parameters);
    expect(operations.get(action)?.validateResponse(answer.status, answer.json)).toEqual([]);
    return answer.json;
  };
  const on = (id: string, extra: Record<string, string> = {}) => ({ ...instance, MigrateTaskId: id, ...extra });
  return {
    ...subject,
    call,
    create: (parameters: Record<string, string>): string => call('CreateMigrateTask', parameters).MigrateTaskId,
    show: (id: string, where = {}) => call('DescribeMigrateTaskById', { ...on(id), ...where }),
    status: (id: string) => call('DescribeMigrateTaskById', on(id)).Status,
    files: (id: string) => call('DescribeOssDownloads', on(id)).Items.OssDownload,
    open: (id: string, extra: Record<string, string> = {}) =>
      call('CreateOnlineDatabaseTask', on(id, { DBName: 'orders', CheckDBMode: 'AsyncExecuteDBCheck', ...extra })),
    terminate: (id: string) => call('TerminateMigrateTask', on(id)),
    list: (extra: Record<string, string> = {}) => {
      const window = { StartTime: '2026-11-15T00:00Z', EndTime: '2026-12-21T13:00Z' };
      return call('DescribeMigrateTasks', { ...instance, ...window, ...extra });
    },
    databases: () => call('DescribeDatabases', instance).Databases.Database,
  };
}

describe('one full restore', () => {
  it('moves from NoStart through Running to Success by time alone', () => {
    const cloud = begin();
    const id = cloud.create(full('orders'));
    const seen: unknown[] = [];
    for (const part of [0, 0.09, 0.85, 0.07]) {
      cloud.pass(part);
      seen.push(cloud.status(id));
    }
    expect(seen).toEqual(['NoStart', 'Running', 'Running', 'Success']);
  });

  it('lists its file while it runs', () => {
    const cloud = begin();
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
    const cloud = begin();
    const id = cloud.create(full('orders'));
    cloud.pass(1);
    expect(cloud.show(id)).toMatchObject({ Status: 'Success', Description: '', DBInstanceName: instance.DBInstanceId });
    cloud.pass(0.3);
    expect(cloud.show(id).Description).toBe('Success to DBCC checkdb asynchronously');
  });

  it('takes longer with a synchronous check, and longer still for a slow file', () => {
    const cloud = begin();
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
    const cloud = begin();
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
    const cloud = begin();
    cloud.create(full('orders'));
    expect(cloud.databases()).toMatchObject([{ DBName: 'orders', DBStatus: 'Creating' }]);
    cloud.pass(1);
    expect(cloud.databases()).toMatchObject([{ DBName: 'orders', DBStatus: 'Running', TotalCount: 1 }]);
  });
});

describe('a chain', () => {
  it('stays at Waiting, accepts one file at a time and is opened by its own call', () => {
    const cloud = begin();
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
    const cloud = begin();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    const answers = [cloud.open(id, { ClientToken: 'one' }), cloud.open(id, { ClientToken: 'one' })];
    expect(answers.map((answer) => answer.Code)).toEqual([undefined, undefined]);
    expect(cloud.open(id, { ClientToken: 'two' }).Code).toBe('InvalideStatus');
    expect(cloud.cloud.journal()).toHaveLength(2);
  });

  it('cannot be opened under another name', () => {
    const cloud = begin();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    expect(cloud.open(id, { DBName: 'stock' }).Code).toBe('InvalidDBName');
  });

  it('rejects a file of another database', () => {
    const cloud = begin();
    const id = cloud.create(chain('orders', 'base.bak'));
    cloud.pass(1);
    expect(cloud.call('CreateMigrateTask', chain('stock', '1.trn', { MigrateTaskId: id })).Code).toBe('InvalidDBName');
  });

  it('fails with an unsuitable file and accepts none after it', () => {
    const cloud = begin();
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
    const cloud = begin();
    const there = { DBInstanceId: 'rm-fullbase-1' };
    expect(cloud.call('CreateMigrateTask', { ...chain('orders', 'base.bak'), ...there }).Code).toBe(
      'InvalidBackupMode',
    );
    const id = cloud.create({ ...full('orders', 'base.bak', { IsOnlineDB: 'False' }), ...there });
    cloud.pass(1);
    expect(cloud.show(id, there).Status).toBe('Waiting');
  });
});

describe('failures triggered by a word in the key', () => {
  const failures: readonly (readonly [
    key: string,
    status: string,
    fragment: string,
    extra?: Record<string, string>,
  ])[] = [
    ['corrupt.bak', 'Failed', 'corrupted or newer edition'],
    ['newer-version.bak', 'Failed', 'corrupted or newer edition'],
    ['newer_version.bak', 'Failed', 'corrupted or newer edition'],
    ['no-space.bak', 'Failed', 'Not Enough Disk Space'],
    ['expired.bak', 'Failed', 'OSS URL was expired'],
    ['wrong-kind.bak', 'Failed', 'is a Database Differential backup'],
    ['night.trn', 'Failed', 'is a Transaction Log backup'],
    ['count-limit.bak', 'Failed', 'due to databases count limitation'],
    ['edition.bak', 'Failed', 'Failed to open database'],
    ['dbcc-failed.bak', 'Failed', 'DBCC checkdb failed', sync],
    ['dbcc-failed.bak', 'Success', 'asynchronously DBCC checkdb failed'],
    ['no-account.bak', 'Success', "doesn't have any init account"],
  ];
  for (const [key, status, fragment, extra] of failures) {
    it(`${key} ends as ${status} with “${fragment}”`, () => {
      const cloud = begin();
      const id = cloud.create(full('orders', `prod/${key}`, extra));
      cloud.pass(2);
      expect(cloud.show(id)).toMatchObject({ Status: status, Description: expect.stringContaining(fragment) });
    });
  }

  const refusals: readonly (readonly [key: string, code: string, other: string])[] = [
    ['missing.bak', 'InvalidOSSURL', 'InvalidOssUrl'],
    ['storage-class.bak', 'InvalidOssObjectStorageClassType', 'InvalidOssObjectStorageClassType'],
    ['exceed-disk.bak', 'ExceedDiskSize', 'FileSizeExceeded'],
    ['too-large.bak', 'BakFileSizeExceeded', 'BakFileSizeExceeded'],
    ['daily-limit.bak', 'ExceedUploadTime', 'UploadLimitExceeded'],
    ['instance-limit.bak', 'ConcurrentTaskExceeded', 'ConcurrentTaskExceeded'],
    ['orders.zip', 'InvalidFile', 'IncorrectFileExtension'],
  ];
  for (const [key, code, other] of refusals) {
    it(`${key} is refused with ${code}, or ${other} where the other words are used`, () => {
      const cloud = begin();
      expect(cloud.call('CreateMigrateTask', full('orders', key)).Code).toBe(code);
      const there = { DBInstanceId: 'rm-altcodes' };
      expect(cloud.call('CreateMigrateTask', full('orders', key, there)).Code).toBe(other);
    });
  }

  it('odd-status.bak shows an undocumented status for a while', () => {
    const cloud = newCloud();
    const { MigrateTaskId } = cloud.call('CreateMigrateTask', full('orders', 'odd-status.bak')).json;
    const seen: unknown[] = [];
    for (const part of [0.2, 0.1, 0.5, 0.3]) {
      cloud.pass(part);
      seen.push(cloud.call('DescribeMigrateTaskById', { ...instance, MigrateTaskId }).json.Status);
    }
    expect(seen).toEqual(['Running', 'Verifying', 'Running', 'Success']);
  });

  it('sparse.bak shows nulls, odd times and a single row instead of a list', () => {
    const cloud = newCloud();
    const { MigrateTaskId } = cloud.call('CreateMigrateTask', full('orders', 'sparse.bak')).json;
    const named = { ...instance, MigrateTaskId };
    expect(cloud.call('DescribeMigrateTaskById', named).json).toMatchObject({
      CreateTime: '2026-11-21 T12:00:30Z',
      EndTime: null,
      Description: null,
      IsDBReplaced: null,
    });
    const { Items } = cloud.call('DescribeOssDownloads', named).json;
    expect(Items.OssDownload).toMatchObject({ FileName: 'sparse.bak' });
  });

  it('ignores a magic word inside another word', () => {
    const cloud = begin();
    const id = cloud.create(full('orders', 'singapore/expedition.bak'));
    cloud.pass(1);
    expect(cloud.status(id)).toBe('Success');
  });
});

describe('database names on an instance', () => {
  it('are rejected while another migration of the name is active', () => {
    const cloud = begin();
    cloud.create(chain('orders', 'base.bak'));
    expect(cloud.call('CreateMigrateTask', full('Orders')).Code).toBe('IncorrectDBState');
    cloud.pass(1);
    expect(cloud.call('CreateMigrateTask', full('orders')).Code).toBe('IncorrectDBState');
  });

  it('fail the task when the database exists', () => {
    const cloud = begin();
    cloud.create(full('orders'));
    cloud.pass(1);
    expect(cloud.call('CheckDBNameAvailable', { ...instance, DBName: 'orders' }).Code).toBe('InvalidDBName.Duplicate');
    const id = cloud.create(full('orders'));
    cloud.pass(1);
    expect(cloud.show(id)).toMatchObject({
      Status: 'Failed',
      Description: expect.stringContaining('already exist on RDS'),
    });
  });

  it('stay taken after a half-finished restore and free after one that never began', () => {
    const cloud = begin();
    const early = cloud.create(full('early'));
    cloud.terminate(early);
    const late = cloud.create(full('late'));
    cloud.pass(0.8);
    cloud.terminate(late);
    const available = (name: string) => cloud.call('CheckDBNameAvailable', { ...instance, DBName: name }).Code;
    expect([available('early'), available('late')]).toEqual([undefined, 'InvalidDBName.Duplicate']);
  });

  const names = [
    ['orders', undefined],
    ['taken', 'InvalidDBName.Duplicate'],
    ['msdb', 'InvalidDBName.Forbid'],
    ['select', 'InvalidParameter.Keyword'],
    ['1/2', 'InvalidDBName'],
  ] as const;
  for (const [name, code] of names) {
    it(`${name}: ${code ?? 'free'}`, () => {
      expect(begin().call('CheckDBNameAvailable', { ...instance, DBName: name }).Code).toBe(code);
    });
  }

  it('are limited to 20 migrations a day, and an instance to 500', () => {
    const cloud = begin();
    const make = (name: string) => cloud.call('CreateMigrateTask', full(name));
    for (let i = 0; i < 20; i++) cloud.terminate(make('orders').MigrateTaskId);
    expect(make('orders').Code).toBe('ExceedUploadTime');
    for (let i = 20; i < 500; i++) make(`db${i}`);
    expect(make('stock').Code).toBe('ConcurrentTaskExceeded');
    cloud.pass((24 * 60 * 60_000) / restoreMs);
    expect(make('stock').Code).toBeUndefined();
  });
});

describe('ending a task', () => {
  it('makes the task Failed, even while it waits', () => {
    const cloud = begin();
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
    const cloud = begin();
    const id = cloud.create(full('orders'));
    cloud.pass(0.5);
    cloud.terminate(id);
    cloud.pass(1);
    expect(cloud.files(id)).toMatchObject([{ Status: 'RestoreFailed', EndTime: '2026-11-21T12:01:20Z' }]);
  });
});

describe('the list', () => {
  it('shows the newest tasks first, in pages', () => {
    const cloud = begin();
    const ids = Array.from({ length: 31 }, (_, i) => cloud.create(full(`db${i}`)));
    expect(cloud.list()).toMatchObject({ PageRecordCount: 30, TotalRecordCount: 31, PageNumber: 1 });
    expect(cloud.list().Items.MigrateTask[0].MigrateTaskId).toBe(ids[30]);
    expect(cloud.list({ PageNumber: '2' }).Items.MigrateTask).toMatchObject([{ MigrateTaskId: ids[0] }]);
  });

  it('omits the minute of its end time', () => {
    const cloud = begin();
    cloud.create(full('orders'));
    expect(cloud.list({ EndTime: '2026-11-21T12:00Z' }).TotalRecordCount).toBe(0);
    expect(cloud.list({ EndTime: '2026-11-21T12:01Z' }).TotalRecordCount).toBe(1);
  });

  it('omits tasks after a week that can still be read by id', () => {
    const cloud = begin();
    const id = cloud.create(full('orders'));
    cloud.pass((7 * 24 * 60 * 60_000) / restoreMs);
    expect(cloud.list().TotalRecordCount).toBe(0);
    expect(cloud.status(id)).toBe('Success');
  });

  it('lags behind when configured', () => {
    const cloud = begin();
    cloud.setLag(10_000);
    const id = cloud.create(full('orders'));
    expect(cloud.list().TotalRecordCount).toBe(0);
    expect(cloud.status(id)).toBe('NoStart');
    cloud.pass(0.1);
    expect(cloud.list().TotalRecordCount).toBe(1);
  });

  it('lags behind on an instance named for it', () => {
    const cloud = begin();
    const there = { DBInstanceId: 'rm-lag' };
    cloud.create(full('orders', 'a.bak', there));
    expect(cloud.list(there).TotalRecordCount).toBe(0);
    cloud.pass(5_000 / restoreMs);
    expect(cloud.list(there).TotalRecordCount).toBe(1);
  });
});

describe('instances with a magic word in their id', () => {
  const refusals: readonly (readonly [id: string, create: string, open: string, status: number])[] = [
    ['rm-notfound-1', 'InvalidDBInstanceId.NotFound', 'InvalidDBInstanceName.NotFound', 404],
    ['pgm-1', 'InvalidDBInstanceId.NotFound', 'InvalidDBInstanceName.NotFound', 404],
    ['rm-locked', 'InvalidInstanceLockMode', 'IncorrectDBInstanceLockMode', 404],
    ['rm-busy', 'InvalidInstanceState', 'IncorrectDBInstanceState', 403],
    ['rm-readonly', 'InvalidInstanceType', 'IncorrectDBInstanceType', 403],
    ['rm-mysql', 'InvalidDBType', 'EngineNotSupported', 400],
    ['rm-altcodes-busy', 'IncorrectDBInstanceState', 'IncorrectDBInstanceState', 403],
  ];
  for (const [DBInstanceId, create, open, status] of refusals) {
    it(`${DBInstanceId}: ${create}, and ${open} on opening`, () => {
      const { cloud, call } = newCloud();
      expect(call('CreateMigrateTask', full('orders', 'a.bak', { DBInstanceId })).json.Code).toBe(create);
      const parameters = { DBInstanceId, DBName: 'orders', MigrateTaskId: '1', CheckDBMode: 'AsyncExecuteDBCheck' };
      expect(call('CreateOnlineDatabaseTask', parameters)).toMatchObject({ status, json: { Code: open } });
      expect(cloud.journal()).toEqual([]);
    });
  }

  it('are busy until the first call plus one restore time', () => {
    const cloud = begin();
    const there = { DBInstanceId: 'rm-busy' };
    const status = () => cloud.call('DescribeDBInstanceAttribute', there).Items.DBInstanceAttribute[0].DBInstanceStatus;
    cloud.pass(2);
    expect(cloud.call('CreateMigrateTask', full('orders', 'a.bak', there)).Code).toBe('InvalidInstanceState');
    expect(cloud.call('CheckDBNameAvailable', { ...there, DBName: 'x' }).Code).toBe('OperationDenied.DBInstanceStatus');
    cloud.pass(0.99);
    expect(status()).toBe('TRANSING');
    cloud.pass(0.01);
    expect(status()).toBe('Running');
    expect(cloud.call('CreateMigrateTask', full('orders', 'a.bak', there)).Code).toBeUndefined();
  });

  it('show their faults in advance', () => {
    const { call } = begin();
    const show = (id: string) => call('DescribeDBInstanceAttribute', { DBInstanceId: id }).Items.DBInstanceAttribute[0];
    expect(show('rm-1a')).toMatchObject({ DBInstanceStatus: 'Running', LockMode: 'Unlock', DBInstanceType: 'Primary' });
    expect(show('rm-locked')).toMatchObject({ LockMode: 'ManualLock' });
    expect(show('rm-busy')).toMatchObject({ DBInstanceStatus: 'TRANSING' });
    expect(show('rm-readonly')).toMatchObject({ DBInstanceType: 'Readonly' });
    expect(show('rm-cluster')).toMatchObject({ Category: 'AlwaysOn', EngineVersion: '2017_ent' });
    expect(show('rm-2008r2')).toMatchObject({ EngineVersion: '2008r2', DBInstanceStorageType: 'local_ssd' });
  });

  it('cannot list tasks on a cluster, yet show a task by id', () => {
    const cloud = begin();
    const there = { DBInstanceId: 'rm-cluster' };
    const id = cloud.create(full('orders', 'a.bak', there));
    expect(cloud.list(there).Code).toBe('EngineVersionNotSupported');
    expect(cloud.call('DescribeOssDownloads', { ...there, MigrateTaskId: id }).Code).toBe('EngineVersionNotSupported');
    expect(cloud.show(id, there).Status).toBe('NoStart');
  });

  it('accept only signed URLs and single full restores on 2008 R2 with local disks', () => {
    const cloud = begin();
    const there = { DBInstanceId: 'rm-2008r2' };
    const { OssObjectPositions: _, ...rest } = full('orders', '', there);
    const urls = 'https://b.oss/prod/a.bak?Expires=1&Signature=x|https://b.oss/prod/b.bak?Expires=1&Signature=y';
    const id = cloud.create({ ...rest, OSSUrls: encodeURIComponent(urls) });
    expect(cloud.call('DescribeOssDownloads', { ...there, MigrateTaskId: id }).Items.OssDownload).toHaveLength(2);
    expect(cloud.call('CreateMigrateTask', rest).Code).toBe('MissingOSSUrls');
    expect(cloud.call('CreateMigrateTask', { ...rest, OSSUrls: 'https://b.oss/a.bak' }).Code).toBe('InvalidOSSURL');
    expect(cloud.call('CreateMigrateTask', chain('stock', 'a.bak', there)).Code).toBe('InvalidParameter');
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
