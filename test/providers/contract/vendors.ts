import type { Migration } from '../../../src/domain/migration.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { huawei } from '../../../src/providers/huawei/index.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import * as ofAlibaba from '../alibaba/fixture.ts';
import * as ofHuawei from '../huawei/fixtures.ts';
import * as ofTencent from '../tencent/fixtures.ts';
import type { Vendor } from './vendor.ts';

const orders = [{ name: 'orders' }];

const alibabaVendor: Vendor = {
  provider: alibaba,
  account: ofAlibaba.account,
  credentials: [ofAlibaba.credentials],
  restoring: ofAlibaba.migration(),
  failed: (text, { operation }) =>
    operation === 'DescribeOssDownloads' ? ofAlibaba.files() : ofAlibaba.task({ Status: 'Failed', Description: text }),
  migrations: [
    ofAlibaba.migration(),
    ofAlibaba.migration({ state: 'pending', providerRefs: {}, backups: [ofAlibaba.backup({ state: 'submitting' })] }),
    ofAlibaba.migration({ mode: 'full_log', backups: [ofAlibaba.backup({ state: 'restored' }), ofAlibaba.log(1)] }),
    ofAlibaba.migration({
      mode: 'full_differential',
      state: 'cutting_over',
      calls: [ofAlibaba.call({ step: 'open', backupId: null, operation: 'CreateOnlineDatabaseTask' })],
      backups: [ofAlibaba.backup({ state: 'restored' })],
    }),
  ],
  answers: [
    ofAlibaba.reply({ RequestId: 'r', MigrateTaskId: '564563256', TaskId: '1' }),
    ofAlibaba.task({ Status: 'Waiting' }),
    ofAlibaba.task({ Status: 'Success', Description: 'Success to DBCC checkdb asynchronously' }),
    ofAlibaba.tasks([ofAlibaba.row(), ofAlibaba.row({ Status: 'Failed', Description: 'Not Enough Disk Space' })]),
    ofAlibaba.files(ofAlibaba.file('orders_full.bak', 'Restored'), ofAlibaba.file('orders_log1.trn', 'RestoreFailed')),
    ofAlibaba.reply({
      RequestId: 'r',
      Items: {
        DBInstanceAttribute: [{ Engine: 'SQLServer', EngineVersion: '2019_std_ha', DBInstanceStatus: 'Running' }],
      },
    }),
    ofAlibaba.refusal('LockTimeout'),
    ofAlibaba.refusal('Throttling.User'),
    ofAlibaba.refusal('InvalidSecurityToken.Expired'),
  ],
};

const job = { jobId: ofHuawei.jobId };
const jobRow = (status: string, more: object = {}) => ({
  id: ofHuawei.jobId,
  name: 'orders',
  status,
  engine_type: 'sqlserver',
  create_time: '2026-03-01T10:00:00Z',
  ...more,
});
const huaweiRestoring: Migration = ofHuawei.migration({
  state: 'restoring',
  target: { instanceId: ofHuawei.target, databases: orders, overwrite: false },
  backups: [ofHuawei.backup({ state: 'restoring', providerRefs: job })],
});

const huaweiVendor: Vendor = {
  provider: huawei,
  account: ofHuawei.account,
  credentials: [ofHuawei.passwordCredentials, ofHuawei.keyCredentials],
  restoring: huaweiRestoring,
  failed: (text) => ofHuawei.reply({ count: 1, jobs: [jobRow('PRECHECK FAILED', { error_log: text })] }),
  migrations: [
    huaweiRestoring,
    ofHuawei.migration(),
    ofHuawei.migration({ backups: [ofHuawei.backup({ source: ofHuawei.instanceBackup })] }),
    ofHuawei.migration({
      mode: 'full_log',
      state: 'restoring',
      backups: [
        ofHuawei.backup({ state: 'restored', providerRefs: { jobId: 'x' } }),
        ofHuawei.backup({ id: 'bkp_log', type: 'log', state: 'restoring', final: true, providerRefs: job }),
      ],
    }),
  ],
  answers: [
    ofHuawei.reply({ job_id: ofHuawei.jobId }),
    ofHuawei.reply({
      count: 2,
      jobs: [jobRow('TRANSFERRING'), jobRow('FAILED', { id: 'x', error_log: 'restore:null' })],
    }),
    ofHuawei.reply({ id: ofHuawei.jobId, status: 'SUCCESS', base_info: { name: 'orders' } }),
    ofHuawei.reply({ instances: [{ id: ofHuawei.target, status: 'ACTIVE', datastore: { type: 'SQLServer' } }] }),
    ofHuawei.reply({ backups: [{ id: 'b', status: 'COMPLETED', databases: orders }], databases: [], total_count: 1 }),
    ofHuawei.reply({ token: { expires_at: '2026-03-02T10:00:00.000000Z', project: { id: 'p' } } }, 201, {
      'x-subject-token': 'MII',
    }),
    ofHuawei.reply({ projects: [{ id: 'p', name: 'ap-southeast-3' }] }),
    ofHuawei.reply({ error_code: 'DRS.M01503', error_msg: 'slow down' }, 400),
    ofHuawei.reply({ error_code: 'APIGW.0307', error_msg: 'The token must be updated.' }, 401),
  ],
};

/** A chain whose full backup is named by the rule for chains. */
function tencentChain(...increments: Parameters<typeof ofTencent.chain>[0]): Migration {
  const chain = ofTencent.chain(increments);
  const [full, ...rest] = chain.backups;
  const source = {
    type: 'object_storage' as const,
    bucket: 'acme-1250000000',
    keys: ['prod/orders_20261121190000_2full2_2noreconvery2.bak'],
  };
  return { ...chain, backups: full === undefined ? rest : [{ ...full, source }, ...rest] };
}

const tencentVendor: Vendor = {
  provider: tencent,
  account: ofTencent.account,
  credentials: [{ provider: 'tencent', secretId: 'id', secretKey: ofHuawei.keyCredentials.secretAccessKey }],
  restoring: ofTencent.running({ target: { instanceId: ofTencent.instanceId, databases: orders, overwrite: false } }),
  failed: (text) => ofTencent.tasks(ofTencent.task(10, { Message: text })),
  migrations: [
    ofTencent.running(),
    ofTencent.migration({
      target: {
        instanceId: ofTencent.instanceId,
        databases: [{ name: 'orders', restoreAs: 'orders_copy' }],
        overwrite: false,
      },
    }),
    tencentChain(ofTencent.inFlight({ final: true })),
    tencentChain(ofTencent.inFlight({ state: 'failed' }), ofTencent.inFlight({ id: 'bkp_next' })),
    ofTencent.migration({ backups: [ofTencent.backup({ source: { type: 'upload', fileName: 'orders.bak' } })] }),
  ],
  answers: [
    ofTencent.reply({ BackupMigrationId: ofTencent.taskId, IncrementalMigrationId: ofTencent.childId, FlowId: 1 }),
    ofTencent.tasks(ofTencent.task(8), ofTencent.task(10, { Message: '磁盘空间不足' })),
    ofTencent.children(ofTencent.child(12), ofTencent.child(10, { Message: 'LSN is not continuous' })),
    ofTencent.reply({ Status: 2, RequestId: 'r' }),
    ofTencent.reply({
      TotalCount: 1,
      DBInstances: [{ InstanceId: ofTencent.instanceId, Status: 2, DBDetails: [{ Name: 'orders' }] }],
    }),
    ofTencent.refusal('RequestLimitExceeded'),
    ofTencent.refusal('FailedOperation.DBError'),
    ofTencent.refusal('ResourceNotFound.InstanceNotFound'),
  ],
};

export const vendors: readonly Vendor[] = [alibabaVendor, huaweiVendor, tencentVendor];
