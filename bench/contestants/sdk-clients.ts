import { createRequire } from 'node:module';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials.js';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder.js';
import type { SdkResponse } from '@huaweicloud/huaweicloud-sdk-core/SdkResponse.js';
import { sqlserver } from 'tencentcloud-sdk-nodejs-sqlserver';

const require = createRequire(import.meta.url);
const rds: typeof import('@alicloud/rds20140815') = require('@alicloud/rds20140815');
const { $OpenApiUtil } = require('@alicloud/openapi-core');
const popCore = require('@alicloud/pop-core');

/** The parameters of a creation. */
export interface Order {
  readonly instanceId: string;
  readonly database: string;
  readonly bucket: string;
  readonly key: string;
}

/** Restores one file through the vendor's official SDK, as documented; resolves with the vendor's id. */
export type Restore = (order: Order) => Promise<string>;

/** The official SDKs, connected to the stub. Alibaba has two of them. */
export function sdkClients(stub: string): Readonly<Record<'alibaba' | 'alibabaPop' | 'huawei' | 'tencent', Restore>> {
  const host = stub.slice('http://'.length);
  const keys = { accessKeyId: 'LTAIbenchmark', accessKeySecret: 'benchmark-secret' };
  const alibaba = new rds.default(new $OpenApiUtil.Config({ ...keys, endpoint: host, protocol: 'http' }));
  const pop = new popCore.RPCClient({ ...keys, endpoint: stub, apiVersion: '2014-08-15' });
  const tencent = new sqlserver.v20180328.Client({
    credential: { secretId: 'AKIDbenchmark', secretKey: 'benchmark-secret' },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: host, protocol: 'http://' } },
  });
  const huawei = new ClientBuilder((client) => client)
    .withCredential(
      new BasicCredentials()
        .withAk('BENCHMARK')
        .withSk('benchmark-secret')
        .withProjectId('0123456789abcdef0123456789abcdef'),
    )
    .withEndpoint(stub)
    .build();
  return {
    async alibaba({ instanceId, database, bucket, key }) {
      const { body } = await alibaba.createMigrateTask(
        new rds.CreateMigrateTaskRequest({
          DBInstanceId: instanceId,
          DBName: database,
          backupMode: 'FULL',
          isOnlineDB: 'True',
          checkDBMode: 'AsyncExecuteDBCheck',
          ossObjectPositions: `oss-cn-hangzhou.aliyuncs.com:${bucket}:${key}`,
        }),
      );
      return String(body?.migrateTaskId);
    },
    async alibabaPop({ instanceId, database, bucket, key }) {
      const answer = await pop.request(
        'CreateMigrateTask',
        {
          DBInstanceId: instanceId,
          DBName: database,
          BackupMode: 'FULL',
          IsOnlineDB: 'True',
          CheckDBMode: 'AsyncExecuteDBCheck',
          OssObjectPositions: `oss-cn-hangzhou.aliyuncs.com:${bucket}:${key}`,
        },
        { method: 'POST' },
      );
      return String(answer.MigrateTaskId);
    },
    async huawei({ instanceId, bucket, key }) {
      const cut = key.lastIndexOf('/');
      const answer = await huawei.sendRequest<SdkResponse & { job_id?: string }>({
        method: 'POST',
        url: '/v5/{project_id}/backup-migration-jobs',
        contentType: 'application/json',
        queryParams: {},
        pathParams: { project_id: '0123456789abcdef0123456789abcdef' },
        headers: {},
        data: {
          base_info: { name: 'orders', engine_type: 'sqlserver' },
          target_db_info: { target_instance_id: instanceId, ms_file_stream_status: 'off', file_id: '' },
          backup_info: {
            file_source: 'OBS',
            bucket_name: bucket,
            files: [{ obs_path: key.slice(0, cut + 1), name: key.slice(cut + 1) }],
          },
          options: {
            recovery_mode: 'full',
            is_last_backup: true,
            is_precheck: true,
            is_cover: false,
            is_default_restore: true,
            is_delete_backup_file: true,
            reset_db_name_map: {},
          },
        },
      } as never);
      return String(answer.job_id);
    },
    async tencent({ instanceId, bucket, key }) {
      const { BackupMigrationId = '' } = await tencent.CreateBackupMigration({
        InstanceId: instanceId,
        RecoveryType: 'FULL',
        UploadType: 'COS_URL',
        MigrationName: 'orders',
        BackupFiles: [`https://${bucket}.cos.ap-guangzhou.myqcloud.com/${key}`],
      });
      await tencent.StartBackupMigration({ InstanceId: instanceId, BackupMigrationId });
      return BackupMigrationId;
    },
  };
}
