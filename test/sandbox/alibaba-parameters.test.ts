import { describe, it } from 'vitest';
import { chain, expectRefusal, full, instance, type Refusal, rpc, start } from './alibaba-client.ts';

const window = { StartTime: '2026-11-21T11:00Z', EndTime: '2026-11-21T13:00Z' };
const list = { ...instance, ...window };
const action = 'DescribeMigrateTasks';

/** Invalid requests, with the error code and HTTP status of the answer. */
const refused: readonly Refusal[] = [
  ['an unknown parameter', 'InvalidParameter', 400, () => rpc(action, { ...list, Colour: 'red' }, start)],
  [
    'a parameter that only old versions document',
    'InvalidParameter',
    400,
    () => rpc(action, { ...list, OwnerId: '1' }, start),
  ],
  ['a missing parameter', 'MissingDBInstanceId', 400, () => rpc(action, window, start)],
  ['an empty required parameter', 'MissingDBInstanceId', 400, () => rpc(action, { ...list, DBInstanceId: '' }, start)],
  [
    'seconds in the window',
    'InvalidStartTimeAndEndTime.Malformed',
    400,
    () => rpc(action, { ...list, StartTime: '2026-11-21T11:00:00Z' }, start),
  ],
  [
    'an empty window',
    'InvalidStartTimeAndEndTime.Malformed',
    400,
    () => rpc(action, { ...list, EndTime: list.StartTime }, start),
  ],
  ['a page size below the minimum', 'InvalidPageSize', 400, () => rpc(action, { ...list, PageSize: '29' }, start)],
  [
    'a page number that is not a number',
    'InvalidPageNumber',
    400,
    () => rpc(action, { ...list, PageNumber: 'one' }, start),
  ],
  [
    'a wrong mode',
    'InvalidBackupMode',
    400,
    () => rpc('CreateMigrateTask', full('orders', 'a.bak', { BackupMode: 'Full' }), start),
  ],
  [
    'a boolean in lower case',
    'InvalidIsOnlineDB',
    400,
    () => rpc('CreateMigrateTask', full('orders', 'a.bak', { IsOnlineDB: 'true' }), start),
  ],
  [
    'a wrong check',
    'InvalidCheckDBMode',
    400,
    () => rpc('CreateMigrateTask', full('orders', 'a.bak', { CheckDBMode: 'Async' }), start),
  ],
  [
    'FULL that stays closed',
    'InvalidParameter',
    400,
    () => rpc('CreateMigrateTask', full('orders', 'a.bak', { IsOnlineDB: 'False' }), start),
  ],
  [
    'UPDF that opens',
    'InvalidParameter',
    400,
    () => rpc('CreateMigrateTask', chain('orders', 'a.bak', { IsOnlineDB: 'True' }), start),
  ],
  [
    'FULL onto a task',
    'InvalidParameter',
    400,
    () => rpc('CreateMigrateTask', full('orders', 'a.bak', { MigrateTaskId: '1' }), start),
  ],
  [
    'a file onto an unknown task',
    'InvalidMigrateTaskId.NotFound',
    404,
    () => rpc('CreateMigrateTask', chain('orders', 'a.trn', { MigrateTaskId: '1' }), start),
  ],
  [
    'no source',
    'MissingOssObjectPositions',
    400,
    () => rpc('CreateMigrateTask', full('orders', 'a.bak', { OssObjectPositions: '' }), start),
  ],
  [
    'a source with a scheme',
    'InvalidOSSURL',
    400,
    () =>
      rpc(
        'CreateMigrateTask',
        full('orders', 'a.bak', { OssObjectPositions: 'https://oss-cn-beijing.aliyuncs.com:bucket:a.bak' }),
        start,
      ),
  ],
  ['a leading slash in the key', 'InvalidOSSURL', 400, () => rpc('CreateMigrateTask', full('orders', '/a.bak'), start)],
  ['a colon in the key', 'InvalidOSSURL', 400, () => rpc('CreateMigrateTask', full('orders', 'a:b.bak'), start)],
  [
    'a signed URL above 2008 R2',
    'InvalidOSSURL',
    400,
    () => rpc('CreateMigrateTask', full('orders', 'a.bak', { OSSUrls: 'https://x/a.bak?Signature=1' }), start),
  ],
  ['another extension', 'InvalidFile', 400, () => rpc('CreateMigrateTask', full('orders', 'a.bak.zip'), start)],
  ['a reserved name', 'InvalidDBName', 400, () => rpc('CreateMigrateTask', full('master'), start)],
  [
    'an open call without check mode',
    'MissingCheckDBMode',
    400,
    () => rpc('CreateOnlineDatabaseTask', { ...instance, DBName: 'orders', MigrateTaskId: '1' }, start),
  ],
];

describe('refused requests', () => {
  for (const [name, code, status, build] of refused) {
    it(`${name}: ${code}`, () => expectRefusal(build(), code, status));
  }
});
