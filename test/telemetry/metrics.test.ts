import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { createStaticKeyAuthenticator } from '../../src/http/auth/static-keys.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { sharedApp } from '../http/support/app.ts';
import { getMigration, hasEnded, post, startTestGateway, untilMigration } from '../support/gateway.ts';
import { type Sample, samplesOf } from './support/exposition.ts';

const keys = [
  { name: 'scraper', secret: 'scraper-key', scopes: ['migrations:read'], accounts: ['*'] },
  { name: 'ops', secret: 'admin-key', scopes: ['admin'], accounts: [] },
  { name: 'team', secret: 'team-key', scopes: ['migrations:read', 'migrations:write'], accounts: ['sandbox-alibaba'] },
  { name: 'writer', secret: 'writer-key', scopes: ['migrations:write'], accounts: ['*'] },
].map(({ secret, ...key }) => ({
  secret,
  entry: { ...key, sha256: createHash('sha256').update(secret).digest('hex') },
}));

const authenticator = createStaticKeyAuthenticator(keys.map(({ entry }) => entry));

let sandbox: Sandbox;
let gateway: Gateway;

beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 200 });
  gateway = await startTestGateway(sandboxAccounts(sandbox));
});
afterAll(async () => {
  await gateway.stop(1000);
  await sandbox.close();
});

async function scrape(headers: Record<string, string> = {}, url = gateway.url): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/metrics`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return samplesOf(await response.text());
}

function total(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  const fitting = samples.filter(
    (each) => each.name === name && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );
  return fitting.reduce((sum, each) => sum + each.value, 0);
}

describe('the metrics of a gateway', () => {
  it('cover requests, vendor calls, the engine and the store after a restore', async () => {
    const body = {
      provider: 'huawei',
      target: { instanceId: '11112222333344445555666677778888in04' },
      source: { type: 'object_storage', bucket: 'acme-backups', keys: ['prod/orders_full.bak'] },
    };
    const created = await post(`${gateway.url}/migrations`, body, { prefer: 'wait=10' });
    expect(created.status).toBe(201);
    await untilMigration(gateway.url, created.body.id, hasEnded);
    expect((await getMigration(gateway.url, created.body.id)).state).toBe('succeeded');
    await fetch(`${gateway.url}/nowhere/mig_secret`);

    const samples = await scrape();
    const huawei = { provider: 'huawei', account: 'sandbox-huawei' };
    expect(total(samples, 'godwit_build_info', { version: 'test' })).toBe(1);
    expect(
      total(samples, 'godwit_http_requests_total', { method: 'POST', route: '/migrations', status_class: '2xx' }),
    ).toBe(1);
    expect(total(samples, 'godwit_http_requests_total', { route: 'none', status_class: '4xx' })).toBe(1);
    expect(total(samples, 'godwit_http_request_duration_seconds_count', { route: '/migrations/:id' })).toBeGreaterThan(
      0,
    );
    expect(total(samples, 'godwit_http_requests_in_flight')).toBe(1);
    expect(total(samples, 'godwit_vendor_calls_total', { ...huawei, effect: 'write', outcome: 'ok' })).toBe(1);
    expect(total(samples, 'godwit_vendor_call_duration_seconds_count', { provider: 'huawei' })).toBeGreaterThan(2);
    expect(total(samples, 'godwit_vendor_rate_limit_wait_seconds_count', huawei)).toBeGreaterThan(2);
    expect(total(samples, 'godwit_vendor_logins_total', { ...huawei, outcome: 'opened' })).toBe(1);
    expect(total(samples, 'godwit_engine_sends_total', { provider: 'huawei', outcome: 'accepted' })).toBe(1);
    expect(total(samples, 'godwit_engine_step_duration_seconds_count', { step: 'send' })).toBe(1);
    expect(total(samples, 'godwit_engine_observations_total', { ...huawei, outcome: 'ok' })).toBeGreaterThan(0);
    expect(total(samples, 'godwit_engine_observation_batch_migrations_sum')).toBeGreaterThan(0);
    expect(total(samples, 'godwit_migrations', { ...huawei, state: 'succeeded' })).toBe(1);
    expect(total(samples, 'godwit_store_up')).toBe(1);
    expect(total(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('contain no id, request, address or unbounded label', async () => {
    const response = await fetch(`${gateway.url}/metrics`);
    const text = await response.text();
    expect(text).not.toMatch(/mig_|bkp_|req_|in04|orders|acme-backups|127\.0\.0\.1/);
    const labels = new Set(
      samplesOf(text)
        .filter(isOurs)
        .flatMap((each) => Object.keys(each.labels)),
    );
    expect([...labels].toSorted()).toEqual(
      [
        'account',
        'direction',
        'effect',
        'found',
        'le',
        'method',
        'mode',
        'operation',
        'outcome',
        'provider',
        'reason',
        'route',
        'state',
        'status_class',
        'step',
        'version',
      ].filter((label) => labels.has(label)),
    );
  });

  it('start at zero for everything that an alert needs', async () => {
    const samples = await scrape();
    const names = ['godwit_engine_unknown_outcomes_total', 'godwit_unresolved_unknown_outcomes'];
    for (const name of names)
      for (const provider of ['alibaba', 'huawei', 'tencent'])
        expect(samples.filter((each) => each.name === name && each.labels.provider === provider)).toHaveLength(1);
    expect(samples.filter((each) => each.name === 'godwit_engine_interruptions_total')).toHaveLength(2);
  });

  it('are separate for two gateways in one process', async () => {
    const other = await startTestGateway(sandboxAccounts(sandbox));
    try {
      const samples = await scrape({}, other.url);
      expect(total(samples, 'godwit_vendor_calls_total')).toBe(0);
      expect(total(samples, 'godwit_migrations')).toBe(0);
    } finally {
      await other.stop(1000);
    }
  });
});

function isOurs(sample: Sample): boolean {
  return sample.name.startsWith('godwit_');
}

describe('access to the metrics', () => {
  const table: readonly (readonly [who: string, publicMetrics: boolean, status: number])[] = [
    ['', false, 401],
    ['scraper-key', false, 200],
    ['admin-key', false, 200],
    ['team-key', false, 403],
    ['writer-key', false, 403],
    ['', true, 200],
    ['team-key', true, 200],
  ];
  const open = sharedApp({ auth: authenticator, settings: { publicMetrics: true } });
  const closed = sharedApp({ auth: authenticator });

  it.each(table)('with the key %j and publicMetrics %j gets %i', async (secret, publicMetrics, status) => {
    const { app } = (publicMetrics ? open : closed)();
    const headers: Record<string, string> = secret === '' ? {} : { 'x-api-key': secret };
    expect((await app.inject({ url: '/metrics', headers })).statusCode).toBe(status);
  });
});
