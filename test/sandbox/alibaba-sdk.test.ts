import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { createAlibabaCloud } from '../../src/sandbox/alibaba/index.ts';
import { sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { type Sandbox, startClouds } from '../../src/sandbox/server.ts';
import { chain, full, instance } from './alibaba-client.ts';

// Loaders read the `default` of these CommonJS packages differently; `require` is unambiguous.
const require = createRequire(import.meta.url);
const openApi: typeof import('@alicloud/openapi-core') = require('@alicloud/openapi-core');
const rds: typeof import('@alicloud/rds20140815') = require('@alicloud/rds20140815');
const Pop: typeof import('@alicloud/pop-core') = require('@alicloud/pop-core');

const { accessKeyId, accessKeySecret, stsAccessKeyId, securityToken } = sandboxCredentials.alibaba;
const restoreMs = 60_000;
let sandbox: Sandbox;
let passed: number;

beforeEach(async () => {
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, '');
  passed = 0;
  const alibaba = createAlibabaCloud;
  sandbox = await startClouds(
    { alibaba, huawei: alibaba, tencent: alibaba },
    { host: '127.0.0.1', runtime: systemRuntime, restoreMs },
  );
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await sandbox.close();
});

/** Advances the cloud's clock until a restore ends. The SDKs keep the real clock. */
function pass(): void {
  passed += restoreMs;
  sandbox.setClock('alibaba', passed);
}

/** A time window around now, in whole minutes, with its end rounded up. */
function window() {
  const minute = (at: number) => `${new Date(at).toISOString().slice(0, 16)}Z`;
  return { StartTime: minute(Date.now() - 3_600_000), EndTime: minute(Date.now() + 3_600_000) };
}

type Answer = Readonly<Record<string, unknown>>;
type Send = (action: string, parameters: Record<string, string>) => Promise<Answer>;

const plain = { accessKeyId, accessKeySecret };
const session = { accessKeyId: stsAccessKeyId, accessKeySecret, securityToken };

function popCore(method: 'GET' | 'POST', credentials: typeof plain | typeof session): Send {
  const client = new Pop({ ...credentials, endpoint: sandbox.alibaba.url, apiVersion: '2014-08-15' });
  return (action, parameters) => client.request<Answer>(action, parameters, { method });
}

/** The current SDK, whose request and response classes use camel case. */
function present(signatureAlgorithm: string | undefined, credentials: typeof plain | typeof session): Send {
  const config = new openApi.$OpenApiUtil.Config({
    ...credentials,
    endpoint: sandbox.alibaba.url.replace('http://', ''),
    protocol: 'HTTP',
    ...(signatureAlgorithm === undefined ? {} : { signatureAlgorithm }),
  });
  const client = new rds.default(config);
  const camel = (name: string) => (/^(DB|OSS)/.test(name) ? name : name.replace(/^./, (head) => head.toLowerCase()));
  return async (action, parameters) => {
    const fields = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [camel(name), value]));
    const request = {
      CreateMigrateTask: () => client.createMigrateTask(new rds.CreateMigrateTaskRequest(fields)),
      CreateOnlineDatabaseTask: () => client.createOnlineDatabaseTask(new rds.CreateOnlineDatabaseTaskRequest(fields)),
      DescribeMigrateTasks: () => client.describeMigrateTasks(new rds.DescribeMigrateTasksRequest(fields)),
      DescribeMigrateTaskById: () => client.describeMigrateTaskById(new rds.DescribeMigrateTaskByIdRequest(fields)),
      DescribeOssDownloads: () => client.describeOssDownloads(new rds.DescribeOssDownloadsRequest(fields)),
      TerminateMigrateTask: () => client.terminateMigrateTask(new rds.TerminateMigrateTaskRequest(fields)),
      DescribeDBInstanceAttribute: () =>
        client.describeDBInstanceAttribute(new rds.DescribeDBInstanceAttributeRequest(fields)),
      DescribeDatabases: () => client.describeDatabases(new rds.DescribeDatabasesRequest(fields)),
      CheckDBNameAvailable: () => client.checkDBNameAvailable(new rds.CheckDBNameAvailableRequest(fields)),
    }[action];
    const answer = await request?.();
    return answer?.body?.toMap() ?? {};
  };
}

const clients: readonly (readonly [name: string, () => Send])[] = [
  ['@alicloud/pop-core by GET', () => popCore('GET', plain)],
  ['@alicloud/pop-core by POST', () => popCore('POST', plain)],
  ['@alicloud/pop-core with a session token', () => popCore('POST', session)],
  ['@alicloud/rds20140815 with V1 signatures', () => present('v2', plain)],
  ['@alicloud/rds20140815 with V1 signatures and a session token', () => present('v2', session)],
  ['@alicloud/rds20140815 with V3 signatures', () => present(undefined, plain)],
  ['@alicloud/rds20140815 with V3 signatures and a session token', () => present(undefined, session)],
];

describe('the official SDKs', () => {
  for (const [name, client] of clients) {
    it(`${name}: creates, describes, lists and opens`, async () => {
      const send = client();
      const key = 'Migration/Test FULL~(1)é*.bak';
      const { MigrateTaskId } = await send('CreateMigrateTask', chain('orders', key));
      const named = { ...instance, MigrateTaskId: String(MigrateTaskId) };
      expect(await send('DescribeMigrateTaskById', named)).toMatchObject({ Status: 'NoStart', DBName: 'orders' });
      pass();
      const open = { ...named, DBName: 'orders', CheckDBMode: 'AsyncExecuteDBCheck' };
      expect(await send('CreateOnlineDatabaseTask', open)).toMatchObject({ RequestId: expect.any(String) });
      pass();
      expect(await send('DescribeMigrateTasks', { ...instance, ...window() })).toMatchObject({
        TotalRecordCount: 1,
        Items: { MigrateTask: [{ MigrateTaskId, Status: 'Success', BackupMode: 'UPDF' }] },
      });
      expect(await send('DescribeOssDownloads', named)).toMatchObject({
        Items: { OssDownload: [{ FileName: 'Test FULL~(1)é*.bak', Status: 'Restored' }] },
      });
      expect(sandbox.journal().map(({ effect }) => effect)).toEqual(['restore', 'opened']);
    });

    it(`${name}: checks first, ends a task and parses a refusal`, async () => {
      const send = client();
      expect(await send('DescribeDBInstanceAttribute', instance)).toMatchObject({
        Items: { DBInstanceAttribute: [{ Engine: 'SQLServer', DBInstanceStatus: 'Running' }] },
      });
      expect(await send('CheckDBNameAvailable', { ...instance, DBName: 'orders' })).toHaveProperty('RequestId');
      const { MigrateTaskId } = await send('CreateMigrateTask', full('orders'));
      await send('TerminateMigrateTask', { ...instance, MigrateTaskId: String(MigrateTaskId) });
      expect(await send('DescribeDatabases', instance)).toMatchObject({ Databases: { Database: [] } });
      await expect(send('CreateMigrateTask', full('master'))).rejects.toMatchObject({ code: 'InvalidDBName' });
    });
  }
});
