import { request as httpRequest } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { document, operations, undocumented } from '../http/support/documented.ts';
import { startTestGateway } from '../support/gateway.ts';
import { type RecordingVendor, recordingVendor } from '../support/recording-vendor.ts';
import { fitting } from '../support/schema-arbitrary.ts';
import { requestFor } from '../support/simulation.ts';

/** 200 requests in a normal test run; GODWIT_PROPERTY_RUNS raises it, as `npm run nightly` does. */
const runs = Number(process.env.GODWIT_PROPERTY_RUNS ?? 200);
const isLong = runs > 5000;
const maxGrowthBytes = 96 * 1024 * 1024;

let vendor: RecordingVendor;
let gateway: Gateway;
const ids: string[] = [];
let webhookId: string;

beforeAll(async () => {
  vendor = await recordingVendor(() => ({ status: 200, body: '<html>not what was asked for</html>' }));
  const limits = { readsPerSecond: 1000, writesPerSecond: 1000 };
  const common = { limits, region: 'cn-hangzhou' };
  gateway = await startTestGateway(
    [
      {
        ...common,
        name: 'ali',
        provider: 'alibaba',
        credentials: { accessKeyId: 'id', accessKeySecret: 'secret' },
        endpoints: { rds: vendor.url },
      },
      {
        ...common,
        name: 'hw',
        provider: 'huawei',
        projectId: '0'.repeat(32),
        credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
        endpoints: { iam: vendor.url, drs: vendor.url, rds: vendor.url },
      },
      {
        ...common,
        name: 'tc',
        provider: 'tencent',
        credentials: { secretId: 'id', secretKey: 'secret' },
        endpoints: { sqlserver: vendor.url },
      },
    ],
    { storeUrl: 'sqlite::memory:', config: { engine: { pollMinMs: 60_000, pollMaxMs: 60_000 } } },
  );
  for (const provider of ['alibaba', 'tencent', 'huawei'] as const) {
    const body = JSON.stringify({ ...requestFor(provider, provider === 'huawei' ? 'full' : 'full_log') });
    const answer = await send(
      'POST',
      '/migrations',
      { 'content-type': 'application/json', prefer: 'respond-async' },
      body,
    );
    const { id, backups } = JSON.parse(answer.body);
    ids.push(id, backups[0].id);
  }
  const made = await send(
    'POST',
    '/webhooks',
    { 'content-type': 'application/json' },
    JSON.stringify({ url: 'https://receiver.invalid/' }),
  );
  webhookId = JSON.parse(made.body).id;
});
afterAll(async () => {
  await gateway.stop(0);
  await vendor.close();
});

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, unknown])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

function send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string) {
  return new Promise<{ statusCode: number; headers: Record<string, unknown>; body: string }>((done, fail) => {
    const outgoing = httpRequest(`${gateway.url}${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
        if (answer.headers['content-type']?.startsWith('text/event-stream')) answer.destroy();
      });
      answer.on('close', () => done({ statusCode: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

const headerText = fc.string({ unit: fc.constantFrom(...'abcXYZ019"\\,;=*/ _-.~:{}[]()é'), maxLength: 60 });
const headers = fc.dictionary(
  fc.constantFrom(
    'if-match',
    'if-none-match',
    'idempotency-key',
    'accept',
    'x-request-id',
    'authorization',
    'x-api-key',
    'last-event-id',
    'content-type',
    'traceparent',
    'x-forwarded-for',
    'expect-ct',
  ),
  headerText,
  { maxKeys: 2 },
);

/** A request to any operation of the contract, valid in most places. */
const requests: fc.Arbitrary<Sent> = fc.constantFrom(...operations).chain(({ method, path, operation }) => {
  const parameters = operation.parameters ?? [];
  const inQuery = parameters.filter((each) => each.in === 'query');
  const media = Object.entries(operation.requestBody?.content ?? {});
  const pathValue = fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }) },
  );
  const query = fc
    .subarray(inQuery)
    .chain((chosen) =>
      fc.tuple(...chosen.map(({ name, schema }) => fitting(schema, document).map((value) => [name, value] as const))),
    );
  const body =
    media.length === 0
      ? fc.constant(undefined)
      : fc
          .constantFrom(...media)
          .chain(([type, { schema }]) => fitting(schema, document).map((value) => ({ type, value })));
  return fc.tuple(pathValue, query, headers, body, fc.nat()).map(([replaced, asked, given, content, seed]) => ({
    method,
    path: path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (replaced !== null) return encodeURIComponent(replaced.toWellFormed());
      if (name === 'code') return 'internal';
      if (path.startsWith('/providers')) return 'tencent';
      if (path.startsWith('/webhooks')) return name === 'id' ? webhookId : `dlv_${'0'.repeat(26)}`;
      const place = (seed % (ids.length / 2)) * 2;
      return (name === 'id' ? ids[place] : ids[place + 1]) ?? 'none';
    }),
    query: asked,
    headers: {
      ...(content !== undefined && { 'content-type': content.type }),
      prefer: 'respond-async',
      ...Object.fromEntries(
        Object.entries(given).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
      ),
    },
    body: content === undefined ? undefined : JSON.stringify(content.value),
  }));
});

function urlOf({ path, query }: Sent): string {
  const pairs = query.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => [
      name,
      typeof each === 'string' ? each : JSON.stringify(each),
    ]),
  );
  const text = pairs.map(([name = '', value = '']) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`);
  return text.length === 0 ? path : `${path}?${text.join('&')}`;
}

/** Only malformed vendor answers may cause a 5xx. */
function isFaultOfOurs(answer: { readonly statusCode: number; readonly body: string }): boolean {
  return answer.statusCode >= 500 && !/^provider_/.test(JSON.parse(answer.body || '{}').code ?? '');
}

it(
  `answers every request that the contract allows as the contract describes (${runs} requests)`,
  async () => {
    const seen = new Map<number, number>();
    let settledBytes = 0;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(requests, async (sent) => {
        const url = urlOf(sent);
        const answer = await send(sent.method, url, sent.headers, sent.body);
        const told = `${sent.method} ${url} → ${answer.statusCode} ${answer.body}`;
        expect(isFaultOfOurs(answer), told).toBe(false);
        if (
          !url.startsWith('/docs') &&
          answer.body !== '' &&
          answer.headers['content-type']?.toString().includes('json')
        )
          expect(undocumented(sent.method, url, answer), told).toEqual([]);
        seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1);
        count++;
        if (isLong && count === Math.floor(runs / 5)) settledBytes = heapBytes();
      }),
      {
        numRuns: runs,
        endOnFailure: isLong,
        ...(process.env.SEED !== undefined && { seed: Number(process.env.SEED) }),
      },
    );
    const health = await send('GET', '/readyz', {});
    expect(health.statusCode).toBe(200);
    // A few hundred random requests may create nothing.
    for (const status of isLong ? [200, 202, 400, 404] : [200, 400])
      expect(seen.get(status) ?? 0, `answers with ${status}`).toBeGreaterThan(0);
    if (isLong) expect(heapBytes() - settledBytes).toBeLessThan(maxGrowthBytes);
  },
  isLong ? 3_600_000 : 60_000,
);

/** The heap after a garbage collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().heapUsed;
}
