import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sqlserver } from 'tencentcloud-sdk-nodejs-sqlserver';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { createTencentCloud } from '../../src/sandbox/tencent/index.ts';
import { instance, start, url } from './tencent-client.ts';

const { Client } = sqlserver.v20180328;
const restoreMs = 60_000;

let server: Server;
let endpoint: string;

beforeEach(async () => {
  // The SDK reads the time of the process. The test freezes it, and the cloud reads the same clock.
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  vi.stubEnv('http_proxy', '');
  const cloud = createTencentCloud({ now: Date.now, uuid: randomUUID, restoreMs, listLagMs: () => 0 });
  server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
      const headers = incoming.headers as Record<string, string>;
      const body = Buffer.concat(chunks).toString();
      const answer = cloud.handle({ method: incoming.method ?? '', path, query, headers, body });
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

function client(reqMethod: 'POST' | 'GET' = 'POST', credential: object = {}): InstanceType<typeof Client> {
  const { secretId, secretKey } = sandboxCredentials.tencent;
  return new Client({
    credential: { secretId, secretKey, ...credential },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint, protocol: 'http://', reqMethod } },
  });
}

/** Advances the clock until a restore ends. */
const pass = () => vi.setSystemTime(Date.now() + restoreMs);

describe('the official Node SDK', () => {
  it('runs a chain from its registration to its end', async () => {
    const sdk = client();
    const { BackupMigrationId = '' } = await sdk.CreateBackupMigration({
      InstanceId: instance,
      RecoveryType: 'FULL_LOG',
      UploadType: 'COS_URL',
      MigrationName: '订单_1',
      BackupFiles: [url('orders_20231114220000_2full2_2noreconvery2.bak')],
    });
    const named = { InstanceId: instance, BackupMigrationId };
    await sdk.ModifyBackupMigration({ ...named, DBRename: [{ OldName: 'orders', NewName: 'orders_copy' }] });
    const { FlowId = 0 } = await sdk.StartBackupMigration(named);
    expect((await sdk.DescribeFlowStatus({ FlowId })).Status).toBe(2);
    pass();
    const found = await sdk.DescribeBackupMigration({ InstanceId: instance, StatusSet: [8], Limit: 10 });
    expect(found.BackupMigrationSet).toMatchObject([
      { MigrationName: '订单_1', Status: 8, DBRename: [{ OldName: 'orders', NewName: 'orders_copy' }] },
    ]);

    const { IncrementalMigrationId = '' } = await sdk.CreateIncrementalMigration({
      ...named,
      BackupFiles: [url('orders_20231114230000_2log2_2reconvery2.bak')],
      IsRecovery: 'YES',
    });
    const started = await sdk.StartIncrementalMigration({ ...named, IncrementalMigrationId });
    pass();
    expect((await sdk.DescribeFlowStatus({ FlowId: started.FlowId ?? 0 })).Status).toBe(0);
    const children = await sdk.DescribeIncrementalMigration(named);
    expect(children.IncrementalMigrationSet).toMatchObject([{ MigrationId: IncrementalMigrationId, Status: 9 }]);
    expect((await sdk.DescribeBackupMigration(named)).BackupMigrationSet?.[0]?.Status).toBe(9);
    await sdk.DeleteBackupMigration(named);
    expect((await sdk.DescribeBackupMigration(named)).TotalCount).toBe(0);
  });

  it('can send the same requests with GET', async () => {
    const sdk = client('GET');
    const { BackupMigrationId = '' } = await sdk.CreateBackupMigration({
      InstanceId: instance,
      RecoveryType: 'FULL',
      UploadType: 'COS_URL',
      MigrationName: '订单_1',
      BackupFiles: [url('orders and more.bak')],
    });
    const named = { InstanceId: instance, BackupMigrationId };
    await sdk.ModifyBackupMigration({ ...named, DBRename: [{ OldName: 'orders', NewName: '订单 a' }] });
    await sdk.StartBackupMigration(named);
    const { BackupMigrationSet } = await sdk.DescribeBackupMigration({
      ...named,
      StatusSet: [2, 7],
      MigrationName: '订',
    });
    expect(BackupMigrationSet).toMatchObject([{ Status: 7, DBRename: [{ NewName: '订单 a' }] }]);
    expect((await sdk.DescribeRegions()).RegionSet?.length).toBeGreaterThan(0);
  });

  it('can use temporary keys', async () => {
    const { token } = sandboxCredentials.tencent;
    expect((await client('POST', { token }).DescribeRegions()).TotalCount).toBeGreaterThan(0);
    const refused = client('POST', { token: 'expired' }).DescribeRegions();
    await expect(refused).rejects.toMatchObject({ code: 'AuthFailure.TokenFailure' });
  });

  it('parses the vendor’s error from a rejection', async () => {
    const start = client().StartBackupMigration({
      InstanceId: instance,
      BackupMigrationId: 'mssql-backup-migration-0',
    });
    await expect(start).rejects.toMatchObject({
      code: 'ResourceNotFound.FullBackupMigrationNotExist',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await expect(client('POST', { secretKey: 'wrong' }).DescribeRegions()).rejects.toMatchObject({
      code: 'AuthFailure.SignatureFailure',
    });
  });
});
