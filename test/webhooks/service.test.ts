import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Problem } from '../../src/domain/problem.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { openStore } from '../../src/store/open.ts';
import type { WebhookCaller } from '../../src/webhooks/interface.ts';
import { createWebhookService, type WebhookServiceContext } from '../../src/webhooks/service.ts';
import { noLease } from '../store/samples.ts';
import { noon, sampleMigration } from '../support/samples.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const everybody: WebhookCaller = { kind: 'key' as const, caller: 'ops', accounts: ['*'] };
const one: WebhookCaller = { kind: 'key' as const, caller: 'ci', accounts: ['ali-main'] };
const other: WebhookCaller = { kind: 'key' as const, caller: 'ci', accounts: ['hw-main'] };
const both: WebhookCaller = { kind: 'key' as const, caller: 'ci', accounts: ['ali-main', 'hw-main'] };
const url = 'https://hooks.example.com/godwit?token=secret';

async function site(overrides: Partial<WebhookServiceContext> = {}) {
  let now = noon;
  const runtime = { ...systemRuntime, now: () => now++ };
  const store = await openStore('sqlite::memory:', { runtime });
  cleanups.push(() => store.close());
  const wakes: number[] = [];
  const service = createWebhookService({
    store,
    runtime,
    addresses: () => ({ privateAddresses: false, plainHttp: false }),
    accounts: new Set(['ali-main', 'hw-main']),
    seal: (text) => `sealed:${Buffer.from(text).toString('hex')}`,
    open: (sealed) => Buffer.from(sealed.replace('sealed:', ''), 'hex').toString(),
    post: async () => ({ status: 204, retryAfterMs: null }),
    wake: () => wakes.push(now),
    ...overrides,
  });
  return { service, store, wakes };
}

const problem = (code: string, pointer?: string) =>
  expect.objectContaining({
    code,
    ...(pointer !== undefined && {
      extras: expect.objectContaining({ errors: [expect.objectContaining({ pointer })] }),
    }),
  });

describe('a new webhook', () => {
  it('covers all its creator’s accounts unless it names fewer', async () => {
    const { service, store, wakes } = await site();
    const { webhook, secret, replayed } = await service.create({ url }, both);
    expect(webhook).toMatchObject({
      url: { display: 'https://hooks.example.com' },
      accounts: ['ali-main', 'hw-main'],
      eventTypes: [],
      description: null,
      enabled: true,
      caller: 'ci',
      version: 1,
    });
    expect(replayed).toBe(false);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await store.getWebhook(webhook.id)).toEqual(webhook);
    expect(wakes).toHaveLength(1);
    expect((await service.create({ url, accounts: ['hw-main'] }, both)).webhook.accounts).toEqual(['hw-main']);
    expect((await service.create({ url }, everybody)).webhook.accounts).toEqual(['*']);
    expect((await service.create({ url, accounts: ['*', 'hw-main'] }, everybody)).webhook.accounts).toEqual(['*']);
  });

  it('stores its secret and URL query only encrypted', async () => {
    const { service, store } = await site();
    const { webhook, secret } = await service.create({ url }, everybody);
    const kept = JSON.stringify(await store.getWebhook(webhook.id));
    expect(kept).not.toContain('token');
    expect(kept).not.toContain('/godwit');
    expect(kept).not.toContain(secret.slice(6));
  });

  it('is rejected for an ungranted, unconfigured or missing account', async () => {
    const { service } = await site();
    await expect(service.create({ url, accounts: ['ali-main', 'hw-main'] }, one)).rejects.toEqual(
      problem('forbidden', '/accounts/1'),
    );
    await expect(service.create({ url, accounts: ['*'] }, both)).rejects.toEqual(problem('forbidden', '/accounts/0'));
    await expect(service.create({ url, accounts: ['gone'] }, everybody)).rejects.toEqual(
      problem('unknown_account', '/accounts/0'),
    );
    for (const accounts of [[], ['gone']])
      await expect(service.create({ url }, { kind: 'key' as const, caller: 'ci', accounts })).rejects.toEqual(
        problem('forbidden'),
      );
    // A grant for an unconfigured account leaves the other grants valid.
    const { webhook } = await service.create(
      { url },
      { kind: 'key' as const, caller: 'ci', accounts: ['gone', 'hw-main'] },
    );
    expect(webhook.accounts).toEqual(['hw-main']);
  });

  it('is rejected at a forbidden address', async () => {
    const { service, store } = await site();
    for (const bad of [
      'https://10.0.0.1/',
      'http://hooks.example.com/',
      'https://169.254.169.254/',
      'https://localhost/',
    ])
      await expect(service.create({ url: bad }, everybody)).rejects.toEqual(problem('invalid_request', '/url'));
    expect(await store.listWebhooks({}, { size: 10 })).toEqual([]);
  });

  it('is rejected without an encryption key', async () => {
    const { service, store } = await site({
      seal: () => {
        throw new Problem('encryption_key_required', 'no key');
      },
    });
    await expect(service.create({ url }, everybody)).rejects.toEqual(problem('encryption_key_required'));
    expect(await store.listWebhooks({}, { size: 10 })).toEqual([]);
  });

  it('is limited to a hundred per caller', async () => {
    const { service } = await site();
    for (let number = 0; number < 100; number++) await service.create({ url }, everybody);
    await expect(service.create({ url }, everybody)).rejects.toEqual(problem('invalid_state'));
  });

  it('is created once per idempotency key, and its secret is returned again to the same caller', async () => {
    const { service, store } = await site();
    const key = { kind: 'key' as const, caller: 'ops', key: 'k', fingerprint: 'f' };
    const first = await service.create({ url }, everybody, key);
    const again = await service.create({ url }, everybody, key);
    expect(again).toEqual({ ...first, replayed: true });
    expect(await store.listWebhooks({}, { size: 10 })).toHaveLength(1);
    await expect(service.create({ url }, everybody, { ...key, fingerprint: 'g' })).rejects.toEqual(
      problem('idempotency_key_reused'),
    );
  });

  it('is not returned for a key that belongs to a migration', async () => {
    const { service, store } = await site();
    const key = { kind: 'key' as const, caller: 'ops', key: 'k', fingerprint: 'f' };
    await store.create(sampleMigration(), noLease, key);
    await expect(service.create({ url }, everybody, { ...key, fingerprint: 'g' })).rejects.toEqual(
      problem('idempotency_key_reused'),
    );
  });
});

describe('a webhook', () => {
  it('is visible to callers with a grant for every account it sends', async () => {
    const { service } = await site();
    const { webhook } = await service.create({ url }, both);
    const { id } = webhook;
    for (const caller of [both, everybody]) {
      expect(await service.get(id, caller)).toEqual(webhook);
      expect(await service.list({ size: 10 }, caller)).toEqual([webhook]);
      expect(await service.deliveries(id, {}, { size: 10 }, caller)).toEqual([]);
    }
    for (const caller of [one, other, { kind: 'key' as const, caller: 'ci', accounts: [] }]) {
      expect(await service.list({ size: 10 }, caller)).toEqual([]);
      await expect(service.get(id, caller)).rejects.toEqual(problem('not_found'));
      await expect(service.deliveries(id, {}, { size: 10 }, caller)).rejects.toEqual(problem('not_found'));
      await expect(service.patch(id, { enabled: false }, caller)).rejects.toEqual(problem('not_found'));
      await expect(service.remove(id, caller)).rejects.toEqual(problem('not_found'));
      await expect(service.redeliver(id, 'dlv_00000000000000000000000001', caller)).rejects.toEqual(
        problem('not_found'),
      );
    }
    expect(await service.get(id, everybody)).toEqual(webhook);
  });

  it('changes only the given members', async () => {
    const { service } = await site();
    const { webhook } = await service.create({ url, description: 'old', eventTypes: ['backup.added'] }, both);
    const { id } = webhook;
    expect((await service.patch(id, { description: null }, both)).webhook).toEqual({
      ...webhook,
      description: null,
      updatedAt: expect.any(Number),
      version: 2,
    });
    const moved = await service.patch(id, { url: 'https://other.example.com/', eventTypes: [] }, both);
    expect(moved.secret).toMatch(/^whsec_/);
    expect(moved.webhook).toMatchObject({
      url: { display: 'https://other.example.com' },
      eventTypes: [],
      accounts: ['ali-main', 'hw-main'],
      sealedSecret: expect.not.stringMatching(webhook.sealedSecret),
      previousSecret: null,
      version: 3,
    });
    await expect(service.patch(id, { accounts: ['*'] }, both)).rejects.toEqual(problem('forbidden', '/accounts/0'));
    await expect(service.patch(id, { url: 'https://127.0.0.1/' }, both)).rejects.toEqual(
      problem('invalid_request', '/url'),
    );
    expect(await service.get(id, both)).toEqual(moved.webhook);
  });

  it('that the gateway disabled loses its reason when a caller enables or disables it', async () => {
    const { service, store } = await site();
    const { webhook } = await service.create({ url }, everybody);
    await store.updateWebhook(webhook.id, (current) => ({ ...current, enabled: false, disabledReason: '410' }));
    expect((await service.patch(webhook.id, { description: 'x' }, everybody)).webhook).toMatchObject({
      enabled: false,
      disabledReason: '410',
    });
    expect((await service.patch(webhook.id, { enabled: true }, everybody)).webhook).toMatchObject({
      enabled: true,
      disabledReason: null,
    });
  });

  it('is neither changed nor deleted with an outdated entity tag', async () => {
    const { service } = await site();
    const { webhook } = await service.create({ url }, everybody);
    const { id } = webhook;
    const seen = { ...everybody, ifMatch: `${id}.1` };
    await service.patch(id, { description: 'x' }, seen);
    await expect(service.patch(id, { description: 'y' }, seen)).rejects.toEqual(problem('precondition_failed'));
    await expect(service.remove(id, seen)).rejects.toEqual(problem('precondition_failed'));
    await service.remove(id, { ...everybody, ifMatch: `${id}.2` });
    await expect(service.get(id, everybody)).rejects.toEqual(problem('not_found'));
    await expect(service.remove(id, everybody)).rejects.toEqual(problem('not_found'));
  });
});

describe('the secret of a webhook', () => {
  it('is rotated once per idempotency key and stays valid beside the new one for a while', async () => {
    const { service } = await site();
    const { webhook, secret } = await service.create({ url }, both);
    const key = { caller: 'ci', key: 'rotate', fingerprint: 'f' };
    const rotated = await service.rotateSecret(webhook.id, 60_000, both, key);
    expect(rotated.replayed).toBe(false);
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.webhook.previousSecret).toEqual({
      sealed: webhook.sealedSecret,
      until: rotated.webhook.updatedAt + 60_000,
    });
    const again = await service.rotateSecret(webhook.id, 60_000, both, key);
    expect(again).toMatchObject({ replayed: true, secret: rotated.secret });
    await expect(service.rotateSecret(webhook.id, 1, both, { ...key, fingerprint: 'g' })).rejects.toEqual(
      problem('idempotency_key_reused'),
    );
    const third = await service.rotateSecret(webhook.id, 0, both);
    expect(third.webhook.previousSecret).toBeNull();
  });

  it('belongs to its origin: another origin gets a new secret, another path keeps it', async () => {
    const { service } = await site();
    const { webhook } = await service.create({ url }, both);
    expect((await service.patch(webhook.id, { url: `${new URL(url).origin}/other` }, both)).secret).toBeNull();
    expect((await service.patch(webhook.id, { url: 'https://else.example/' }, both)).secret).toMatch(/^whsec_/);
  });
});

describe('a test message', () => {
  it('is sent at once without migration data, one at a time', async () => {
    let answer: (result: { status: number; retryAfterMs: null }) => void = () => undefined;
    const bodies: string[] = [];
    const { service } = await site({
      post: (_webhook, _id, body) => {
        bodies.push(body);
        return new Promise((done) => {
          answer = done;
        });
      },
    });
    const { webhook } = await service.create({ url }, both);
    const asked = service.test(webhook.id, both);
    await expect.poll(() => bodies).toHaveLength(1);
    await expect(service.test(webhook.id, both)).rejects.toEqual(problem('invalid_state'));
    answer({ status: 500, retryAfterMs: null });
    expect(await asked).toEqual({ delivered: false, status: 500, error: 'the receiver answered 500' });
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ type: 'godwit.webhook.test', data: { webhookId: webhook.id } });
    const stranger = { kind: 'key', caller: 'x', accounts: [] } as const;
    await expect(service.test(webhook.id, stranger)).rejects.toEqual(problem('not_found'));
  });
});

describe('custom headers', () => {
  const headers = { Authorization: 'Bearer CANARY', 'X-Team': 'dba' };
  const opened = (sealed: string | undefined) => JSON.parse(Buffer.from((sealed ?? '').slice(7), 'hex').toString());

  it('are stored encrypted and merged by a patch', async () => {
    const { service } = await site();
    const { webhook } = await service.create({ url, headers }, everybody);
    expect(webhook.headers?.names).toEqual(['authorization', 'x-team']);
    expect(JSON.stringify(webhook)).not.toContain('CANARY');
    expect(opened(webhook.headers?.sealed)).toEqual({ authorization: 'Bearer CANARY', 'x-team': 'dba' });
    const patch = { headers: { 'x-team': null, 'X-More': '1' } };
    const { webhook: merged } = await service.patch(webhook.id, patch, everybody);
    expect(opened(merged.headers?.sealed)).toEqual({ authorization: 'Bearer CANARY', 'x-more': '1' });
    expect((await service.patch(webhook.id, { description: 'x' }, everybody)).webhook.headers).toEqual(merged.headers);
    expect((await service.patch(webhook.id, { headers: null }, everybody)).webhook.headers).toBeNull();
  });

  it('are dropped when the webhook moves to another origin', async () => {
    const { service } = await site();
    const { webhook } = await service.create({ url, headers }, everybody);
    const moved = await service.patch(webhook.id, { url: 'https://other.example/' }, everybody);
    expect(moved.webhook.headers).toBeNull();
    const given = { url: 'https://third.example/', headers: { 'x-new': '1' } };
    expect((await service.patch(webhook.id, given, everybody)).webhook.headers?.names).toEqual(['x-new']);
  });

  it.each(['Host', 'content-type', 'Webhook-Signature', 'transfer-encoding', 'Proxy-Authorization', 'User-Agent'])(
    'named %s are rejected',
    async (name) => {
      const { service } = await site();
      const refused = problem('invalid_request', `/headers/${name}`);
      await expect(service.create({ url, headers: { [name]: 'x' } }, everybody)).rejects.toEqual(refused);
      const { webhook } = await service.create({ url }, everybody);
      await expect(service.patch(webhook.id, { headers: { [name]: 'x' } }, everybody)).rejects.toEqual(refused);
    },
  );

  it('are limited in number, also after a patch', async () => {
    const { service } = await site();
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`x-${n}`, 'x']));
    const { webhook } = await service.create({ url, headers: many }, everybody);
    await expect(service.patch(webhook.id, { headers: { 'x-more': '1' } }, everybody)).rejects.toEqual(
      problem('invalid_request', '/headers'),
    );
  });
});

describe('custom certificates', () => {
  it('must be certificates', async () => {
    const { service } = await site();
    const pem = readFileSync('test/support/tls/ca.pem', 'utf8');
    const { webhook } = await service.create({ url, caCertificates: pem }, everybody);
    expect(webhook.caCertificates).toBe(pem);
    expect((await service.patch(webhook.id, { caCertificates: null }, everybody)).webhook.caCertificates).toBeNull();
    const key = readFileSync('test/support/tls/server.key', 'utf8');
    for (const caCertificates of ['nonsense', key, pem + key, pem.replace(/[A-Z]{3}/, '***')])
      await expect(service.create({ url, caCertificates }, everybody)).rejects.toEqual(
        problem('invalid_request', '/caCertificates'),
      );
  });
});
