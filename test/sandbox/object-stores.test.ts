import { Agent } from 'node:http';
import OSS from 'ali-oss';
import COS from 'cos-nodejs-sdk-v5';
import ObsClient from 'esdk-obs-nodejs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { historyBuckets, historyFolder } from '../../src/sandbox/object-store/history.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 100 });
  for (const cloud of ['alibaba', 'huawei', 'tencent'] as const)
    for (let index = 0; index < 2500; index++)
      sandbox.objects.put(cloud, {
        bucket: historyBuckets[cloud],
        key: `many/${String(index).padStart(5, '0')} a+b 数&<.bak`,
        putAt: 0,
        content: { text: 'x' },
      });
});
afterAll(() => sandbox.close());

const prefix = historyFolder;
const archive = `${historyFolder}orders_LOG_frozen.bak`;
const seeded = 13;

describe('the emulated OSS, seen by ali-oss', () => {
  const client = (authorizationV4: boolean, secret = sandboxCredentials.alibaba.accessKeySecret as string) =>
    new OSS({
      accessKeyId: sandboxCredentials.alibaba.accessKeyId,
      accessKeySecret: secret,
      bucket: historyBuckets.alibaba,
      endpoint: sandbox.alibaba.url,
      region: 'oss-cn-hangzhou',
      authorizationV4,
      sldEnable: true,
    });

  it.each([true, false])('lists and reads (V4: %s)', async (v4) => {
    const { objects = [] } = await client(v4).listV2({ prefix, 'max-keys': 1000 });
    expect(objects).toHaveLength(seeded);
    const { content } = await client(v4).get(objects[0]?.name ?? '', { headers: { Range: 'bytes=0-3' } });
    expect(content).toHaveLength(4);
  });

  it.each([true, false])('pages through a long list (V4: %s)', async (v4) => {
    let [token, count]: [string | null, number] = [null, 0];
    do {
      const page: Awaited<ReturnType<OSS['listV2']>> = await client(v4).listV2({
        prefix: 'many/',
        'max-keys': 1000,
        ...(token !== null && { 'continuation-token': token }),
      });
      count += page.objects?.length ?? 0;
      token = page.isTruncated ? page.nextContinuationToken : null;
    } while (token !== null);
    expect(count).toBe(2500);
  });

  it('rejects a wrong secret, a missing key, an archived object and an unknown folder', async () => {
    await expect(client(true, 'wrong').listV2({ prefix })).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    await expect(client(false, 'wrong').listV2({ prefix })).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    await expect(client(true).get(`${prefix}nothing.bak`)).rejects.toMatchObject({ code: 'NoSuchKey' });
    await expect(client(true).get(archive)).rejects.toMatchObject({ code: 'InvalidObjectState' });
    await expect(client(true).get('elsewhere/x.bak')).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('rejects a skewed clock', async () => {
    sandbox.setClock('alibaba', 20 * 60_000);
    await expect(client(true).listV2({ prefix })).rejects.toMatchObject({ code: 'RequestTimeTooSkewed' });
    sandbox.setClock('alibaba', 0);
  });
});

describe('the emulated OBS, seen by esdk-obs-nodejs', () => {
  const client = async (signature: 'obs' | 'v2', secret = sandboxCredentials.huawei.secretAccessKey as string) => {
    const here = (_host: string, _options: object, done: (error: null, address: object[]) => void) =>
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    const made = new ObsClient({
      access_key_id: sandboxCredentials.huawei.accessKeyId,
      secret_access_key: secret,
      server: sandbox.huawei.url.replace('127.0.0.1', 'obs.ap-southeast-3.myhuaweicloud.com'),
      signature,
      http_agent: new Agent({ lookup: here as never }),
    });
    await new Promise((done) => setImmediate(done));
    return made;
  };
  const Bucket = historyBuckets.huawei;

  it.each(['obs', 'v2'] as const)('lists and reads (%s)', async (signature) => {
    const obs = await client(signature);
    const { InterfaceResult } = await obs.listObjects({ Bucket, Prefix: prefix, MaxKeys: 1000, EncodingType: 'url' });
    expect(InterfaceResult.Contents).toHaveLength(seeded);
    const read = await obs.getObject({ Bucket, Key: InterfaceResult.Contents?.[0]?.Key, Range: 'bytes=0-3' });
    expect(read.CommonMsg.Status).toBe(206);
  });

  it('pages through a long list', async () => {
    const obs = await client('obs');
    let [Marker, count]: [string | undefined, number] = [undefined, 0];
    do {
      const { InterfaceResult: page } = await obs.listObjects({ Bucket, Prefix: 'many/', Marker, EncodingType: 'url' });
      count += page.Contents?.length ?? 0;
      Marker = page.IsTruncated === 'true' ? page.NextMarker : undefined;
    } while (Marker !== undefined);
    expect(count).toBe(2500);
  });

  it('rejects a wrong secret and a missing key', async () => {
    const wrong = await (await client('obs', 'wrong')).listObjects({ Bucket, Prefix: prefix });
    expect(wrong.CommonMsg).toMatchObject({ Status: 403, Code: 'SignatureDoesNotMatch' });
    const gone = await (await client('obs')).getObject({ Bucket, Key: `${prefix}nothing.bak` });
    expect(gone.CommonMsg).toMatchObject({ Status: 404, Code: 'NoSuchKey' });
  });
});

describe('the emulated COS, seen by cos-nodejs-sdk-v5', () => {
  const client = (secret = sandboxCredentials.tencent.secretKey as string) =>
    new COS({
      SecretId: sandboxCredentials.tencent.secretId,
      SecretKey: secret,
      Protocol: 'http:',
      Proxy: sandbox.tencent.url,
    });
  const at = { Bucket: historyBuckets.tencent, Region: 'ap-guangzhou' };

  it('lists and reads', async () => {
    const { Contents } = await client().getBucket({ ...at, Prefix: prefix });
    expect(Contents).toHaveLength(seeded);
    const read = await client().getObject({ ...at, Key: Contents[0]?.Key ?? '', Range: 'bytes=0-3' });
    expect(read.statusCode).toBe(206);
  });

  it('pages through a long list, which lags when configured', async () => {
    let [Marker, count]: [string | undefined, number] = ['', 0];
    do {
      const page: Awaited<ReturnType<COS['getBucket']>> = await client().getBucket({ ...at, Prefix: 'many/', Marker });
      count += page.Contents.length;
      Marker = page.IsTruncated === 'true' ? page.NextMarker : undefined;
    } while (Marker !== undefined);
    expect(count).toBe(2500);

    sandbox.setListLag('tencent', 60_000);
    const key = 'late/new.bak';
    sandbox.objects.put('tencent', { bucket: at.Bucket, key, putAt: Date.now(), content: { text: 'x' } });
    expect((await client().getBucket({ ...at, Prefix: 'late/' })).Contents).toEqual([]);
    expect((await client().getObject({ ...at, Key: key })).statusCode).toBe(200);
    sandbox.setListLag('tencent', 0);
  });

  it('rejects a wrong secret and a missing key', async () => {
    await expect(client('wrong').getBucket({ ...at })).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    await expect(client().getObject({ ...at, Key: `${prefix}no.bak` })).rejects.toMatchObject({ code: 'NoSuchKey' });
  });
});

describe('putting an object', () => {
  const put = (body: object) => fetch(`${sandbox.admin.url}/objects`, { method: 'PUT', body: JSON.stringify(body) });

  it('is an admin call that rejects unknown members', async () => {
    const backup = {
      database: 'a',
      kind: 'D',
      firstLsn: '1',
      lastLsn: '2',
      checkpointLsn: '1',
      databaseBackupLsn: '0',
      startedAt: '2026-11-28T01:00:00',
      finishedAt: '2026-11-28T01:00:00',
    };
    expect((await put({ cloud: 'alibaba', bucket: 'acme-backups', key: 'x/a.bak', backup })).status).toBe(201);
    expect(
      (await put({ cloud: 'alibaba', bucket: 'acme-backups', key: 'x/a.bak', backup: { ...backup, firstLsn: 1 } }))
        .status,
    ).toBe(400);
    expect((await put({ cloud: 'nowhere', bucket: 'b', key: 'k', text: '' })).status).toBe(400);
    const listed = (await (await fetch(`${sandbox.admin.url}/objects?cloud=alibaba`)).json()) as { key: string }[];
    expect(listed.some(({ key }) => key === 'x/a.bak')).toBe(true);
  });
});
