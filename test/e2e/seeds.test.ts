import { afterEach, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { post, startTestGateway } from '../support/gateway.ts';
import { type RecordedRequest, type RecordingVendor, recordingVendor } from '../support/recording-vendor.ts';

/**
 * The vendors' published examples, requested through `/migrations` and compared with the requests that the vendor
 * receives.
 */
const open: { vendor?: RecordingVendor; gateway?: Gateway } = {};
afterEach(async () => {
  await open.gateway?.stop(0);
  await open.vendor?.close();
});

async function start(
  account: (url: string) => object,
  answer: (request: RecordedRequest) => { status?: number; headers?: Record<string, string>; body: unknown },
): Promise<{ vendor: RecordingVendor; gateway: Gateway }> {
  const vendor = await recordingVendor(answer);
  const gateway = await startTestGateway([account(vendor.url)]);
  Object.assign(open, { vendor, gateway });
  return { vendor, gateway };
}

describe('Alibaba: CreateMigrateTask', () => {
  const account = (url: string) => ({
    name: 'ali',
    provider: 'alibaba',
    region: 'cn-hangzhou',
    credentials: { accessKeyId: 'testid', accessKeySecret: 'testsecret' },
    endpoints: { rds: url },
  });
  const answer = ({ body }: RecordedRequest) =>
    body.includes('Action=CreateMigrateTask')
      ? {
          body: {
            RequestId: '866F5EB8',
            DBInstanceId: 'rm-uf6wjk5xxxxxxx',
            DBName: 'testDB',
            BackupMode: 'FULL',
            MigrateTaskId: '564563256',
            TaskId: '5451225',
          },
        }
      : {
          body: {
            RequestId: '6ED3635A',
            DBInstanceName: 'rm-uf6wjk5xxxxxxx',
            DBName: 'testDB',
            MigrateTaskId: '564563256',
            BackupMode: 'FULL',
            Status: 'Running',
            CreateTime: '2026-11-21T12:00:00Z',
          },
        };
  const common = [
    'AccessKeyId',
    'Format',
    'Signature',
    'SignatureMethod',
    'SignatureNonce',
    'SignatureVersion',
    'Timestamp',
    'Version',
  ];
  const business = (request: RecordedRequest | undefined) =>
    Object.fromEntries([...new URLSearchParams(request?.body)].filter(([name]) => !common.includes(name)));

  it('restores an object from a bucket', async () => {
    const { vendor, gateway } = await start(account, answer);
    const created = await post(`${gateway.url}/migrations`, {
      provider: 'alibaba',
      target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'testDB' }] },
      source: {
        type: 'object_storage',
        endpoint: 'oss-ap-southeast-1.aliyuncs.com',
        bucket: 'rdsmssqlsingapore',
        keys: ['autotest_2008R2_TestMigration_FULL.bak'],
      },
      options: { consistencyCheck: 'async' },
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    expect(created.body.providerRefs).toEqual({ migrateTaskId: '564563256', taskId: '5451225' });
    expect(business(vendor.requests[0])).toEqual({
      Action: 'CreateMigrateTask',
      DBInstanceId: 'rm-uf6wjk5xxxxxxx',
      DBName: 'testDB',
      BackupMode: 'FULL',
      IsOnlineDB: 'True',
      CheckDBMode: 'AsyncExecuteDBCheck',
      OssObjectPositions: 'oss-ap-southeast-1.aliyuncs.com:rdsmssqlsingapore:autotest_2008R2_TestMigration_FULL.bak',
    });
  });

  it('restores from URLs on 2008 R2 and shows them without their signature', async () => {
    const { vendor, gateway } = await start(account, answer);
    const url =
      'http://rdsmssqlsingapore.oss-ap-southeast-1.aliyuncs.com/autotest_2008R2_TestMigration_FULL.bak?Expires=4000000000&OSSAccessKeyId=testid&Signature=topsecret%3D';
    const created = await post(`${gateway.url}/migrations`, {
      provider: 'alibaba',
      target: { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'testDB' }] },
      source: { type: 'url', urls: [url] },
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    expect(JSON.stringify(created.body)).not.toContain('topsecret');
    const sent = business(vendor.requests[0]);
    expect(Object.keys(sent).sort()).toEqual([
      'Action',
      'BackupMode',
      'CheckDBMode',
      'DBInstanceId',
      'DBName',
      'IsOnlineDB',
      'OSSUrls',
    ]);
    expect(decodeURIComponent(sent.OSSUrls ?? '')).toContain('autotest_2008R2_TestMigration_FULL.bak');
    expect(sent).toMatchObject({ BackupMode: 'FULL', IsOnlineDB: 'True' });
  });
});

describe('Huawei: CreateReplicationJob', () => {
  const project = '5237e10fe9aa4ad5b16b6a5245248314';
  const account = (url: string) => ({
    name: 'hw',
    provider: 'huawei',
    region: 'ap-southeast-3',
    projectId: project,
    credentials: { accountName: 'acme', userName: 'svc', password: 'pw' },
    endpoints: { iam: url, drs: url, rds: url },
  });
  const answer = ({ method, url }: RecordedRequest) => {
    if (url.startsWith('/v3/auth/tokens'))
      return {
        status: 201,
        headers: { 'x-subject-token': `MII${'a'.repeat(20_000)}` },
        body: {
          token: {
            expires_at: '2099-01-04T09:08:49.965000Z',
            issued_at: '2026-01-03T09:08:49.965000Z',
            project: { id: project },
          },
        },
      };
    if (method === 'POST') return { body: { job_id: '0667845a-6291-4e2a-95b0-190c0abjb703' } };
    return {
      body: {
        count: 1,
        jobs: [
          {
            id: '0667845a-6291-4e2a-95b0-190c0abjb703',
            name: 'x',
            status: 'TRANSFERRING',
            engine_type: 'sqlserver',
            create_time: '2026-11-21T12:00:00Z',
          },
        ],
      },
    };
  };
  const sent = (vendor: RecordingVendor) =>
    JSON.parse(
      vendor.requests.find((request) => request.method === 'POST' && request.url.startsWith('/v5/'))?.body ?? '{}',
    );

  it('restores a full backup from a bucket', async () => {
    const { vendor, gateway } = await start(account, answer);
    const created = await post(`${gateway.url}/migrations`, {
      provider: 'huawei',
      name: 'DRS-7527',
      target: { instanceId: '0f34a5fa0b2a43e0ad1a5e2d0a0fcd5bin04' },
      source: { type: 'object_storage', bucket: 'drs-test', keys: ['folder/test_full.bak'] },
      providerOptions: { huawei: { enterpriseProjectId: '0' } },
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    const body = sent(vendor);
    expect(body.base_info).toMatchObject({ engine_type: 'sqlserver', enterprise_project_id: '0' });
    expect(body.base_info.name).toMatch(/^DRS-7527/);
    expect(body.target_db_info.target_instance_id).toBe('0f34a5fa0b2a43e0ad1a5e2d0a0fcd5bin04');
    expect(body.backup_info).toEqual({
      file_source: 'OBS',
      bucket_name: 'drs-test',
      files: [{ name: 'test_full.bak', obs_path: 'folder/' }],
    });
    expect(body.options).toMatchObject({
      recovery_mode: 'full',
      is_last_backup: true,
      is_precheck: true,
      is_cover: false,
      is_default_restore: true,
      is_delete_backup_file: true,
    });
    expect(vendor.requests.at(1)?.headers['x-auth-token']).toHaveLength(20_003);
    expect(vendor.requests.at(1)?.url).toBe(`/v5/${project}/backup-migration-jobs`);
  });

  it('restores a full backup of an instance', async () => {
    const { vendor, gateway } = await start(account, answer);
    const created = await post(`${gateway.url}/migrations`, {
      provider: 'huawei',
      target: {
        instanceId: '0f34a5fa0b2a43e0ad1a5e2d0a0fcd5bin04',
        databases: [{ name: 'db1' }, { name: 'db2', restoreAs: 'db2_copy' }],
      },
      source: {
        type: 'instance_backup',
        instanceId: 'aaaabbbbccccddddeeeeffff00001111in04',
        backupId: '99990000aaaabbbbccccddddeeeeffffbr04',
        engineVersion: '2019_EE',
      },
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    const body = sent(vendor);
    expect(body.target_db_info).toMatchObject({ file_id: '99990000aaaabbbbccccddddeeeeffffbr04' });
    expect(body.backup_info).toEqual({
      file_source: 'RDS',
      files: [
        {
          name: '',
          obs_path: '',
          rds_version: '2019_EE',
          rds_source_instance_id: 'aaaabbbbccccddddeeeeffff00001111in04',
        },
      ],
    });
    expect(body.options).toMatchObject({
      recovery_mode: 'full',
      is_last_backup: true,
      db_names: ['db1', 'db2'],
      reset_db_name_map: { db1: '', db2: 'db2_copy' },
    });
  });
});

describe('Tencent: StartBackupMigration', () => {
  it('follows the registration, and its flow id is kept', async () => {
    const account = (url: string) => ({
      name: 'tc',
      provider: 'tencent',
      region: 'ap-guangzhou',
      credentials: { secretId: 'AKID', secretKey: 'secret' },
      endpoints: { sqlserver: url },
    });
    const { vendor, gateway } = await start(account, ({ headers }) => {
      const results: Record<string, object> = {
        CreateBackupMigration: { BackupMigrationId: 'mssql-backup-migration-kpl74n9l' },
        StartBackupMigration: { FlowId: 1001399 },
      };
      return {
        body: {
          Response: { ...results[String(headers['x-tc-action'])], RequestId: '4de0b5a4-1f2a-43a4-9ee4-32b4ae1f6a2b' },
        },
      };
    });
    const created = await post(`${gateway.url}/migrations`, {
      provider: 'tencent',
      target: { instanceId: 'mssql-rdc0gajn' },
      source: { type: 'object_storage', bucket: 'demo-1250000000', keys: ['orders.bak'] },
    });
    expect(created.status, JSON.stringify(created.body)).toBe(201);
    expect(created.body.providerRefs).toEqual({
      backupMigrationId: 'mssql-backup-migration-kpl74n9l',
      flowId: '1001399',
    });
    const [create, begin] = vendor.requests;
    expect(JSON.parse(create?.body ?? '')).toMatchObject({
      InstanceId: 'mssql-rdc0gajn',
      RecoveryType: 'FULL',
      UploadType: 'COS_URL',
      BackupFiles: ['https://demo-1250000000.cos.ap-guangzhou.myqcloud.com/orders.bak'],
    });
    expect(begin?.headers).toMatchObject({
      'x-tc-action': 'StartBackupMigration',
      'x-tc-version': '2018-03-28',
      'x-tc-region': 'ap-guangzhou',
    });
    expect(JSON.parse(begin?.body ?? '')).toEqual({
      InstanceId: 'mssql-rdc0gajn',
      BackupMigrationId: 'mssql-backup-migration-kpl74n9l',
    });
  });
});
