import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { newMigration } from '../../src/domain/creation.ts';
import type { StoredObject } from '../../src/domain/object-store.ts';
import type { FolderFile } from '../../src/engine/feed/folder-file.ts';
import { keepFiles } from '../../src/engine/feed/records.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import { history } from '../backups/history.ts';
import { type GatewayProcess, post, spawnGateway, temporaryFolder } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function gatewayWith(folder: string, endpoints: Record<string, string>): Promise<GatewayProcess> {
  const account = {
    name: 'ali-main',
    provider: 'alibaba',
    region: 'cn-hangzhou',
    credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
    endpoints,
  };
  const gateway = await spawnGateway(folder, {
    store: { url: `sqlite:${join(folder, 'godwit.db')}` },
    engine: { callTimeoutMs: 1000 },
    accounts: [account],
  });
  closing.push(() => gateway.end('SIGKILL'));
  return gateway;
}

describe('a stop signal', () => {
  it('answers a caller who waits for a vendor', async () => {
    const throttled = Promise.withResolvers<void>();
    const rds = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ Code: 'Throttling.User', Message: 'Too many.', RequestId: 'r' }));
      throttled.resolve();
    });
    const gateway = await gatewayWith(await temporaryFolder(), { rds });
    const asking = post(`${gateway.url}/migrations`, requestFor('alibaba'), { prefer: 'wait=20' });
    await throttled.promise;
    expect(await gateway.end('SIGTERM')).toBe(0);
    expect(await asking).toMatchObject({ status: 202, body: { state: 'pending' } });
  });

  it('ends a process that watches a folder of 20,000 full backups', async () => {
    const [made] = history(['full']);
    if (made === undefined) throw new Error('no backup was made');
    const objects = Array.from({ length: 20_000 }, (_, number): StoredObject => {
      const key = `full-${String(number).padStart(5, '0')}.bak`;
      return { key, size: 9000, lastModified: 1_700_000_000_000, etag: key, storageClass: 'Standard' };
    });
    // As an earlier process has stored them.
    const folder = await temporaryFolder();
    const store = await openStore(`sqlite:${join(folder, 'godwit.db')}`, { runtime: systemRuntime });
    const place = { name: 'ali-main', provider: 'alibaba', region: 'cn-hangzhou' } as const;
    const target = { instanceId: 'rm-uf6wjk5xxxxxxx', databases: [{ name: 'orders' }] };
    const migration = newMigration(
      { provider: 'alibaba', mode: 'full_log', target, feed: { bucket: 'acme-backups', prefix: '' } },
      place,
      'tests',
      { runtime: systemRuntime, seal: (url) => ({ display: url, sealed: url }) },
    );
    await store.create(migration, { owner: 'tests', now: systemRuntime.now(), leaseMs: 0 });
    const { header } = made.file;
    const files = objects.map((object, number): FolderFile => {
      const lastLsn = String(BigInt(header.lastLsn ?? 0) + BigInt(number));
      return { object, seenAt: 0, unread: null, file: { ...made.file, header: { ...header, lastLsn } } };
    });
    await keepFiles(store, store.folderIdOf(migration) ?? '', files);
    await store.close();

    const pages = Array.from({ length: 20 }, (_, page) => objects.slice(page * 1000, (page + 1) * 1000));
    const storage = await serve((request, response) => {
      const token = new URL(request.url ?? '', 'http://oss').searchParams.get('continuation-token');
      const page = Number(token ?? 0);
      response.end(listOf(pages[page] ?? [], page < 19 ? page + 1 : null));
    });
    const chosen = Promise.withResolvers<void>();
    // It never answers.
    const rds = await serve((request) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        if (`${request.url}${body}`.includes('full-19999.bak')) chosen.resolve();
      });
    });
    const gateway = await gatewayWith(folder, { rds, storage });
    // The newest full backup is being restored, so the folder has been judged.
    await chosen.promise;
    expect(await gateway.end('SIGTERM')).toBe(0);
  });
});

function listOf(objects: readonly StoredObject[], next: number | null): string {
  const entries = objects.map(
    ({ key, size, lastModified, etag, storageClass }) =>
      `<Contents><Key>${key}</Key><LastModified>${new Date(lastModified ?? 0).toISOString()}</LastModified>` +
      `<ETag>"${etag}"</ETag><Size>${size}</Size><StorageClass>${storageClass}</StorageClass></Contents>`,
  );
  const place = next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${next !== null}</IsTruncated>${place}${entries.join('')}</ListBucketResult>`;
}
