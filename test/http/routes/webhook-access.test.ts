import { describe, expect, it } from 'vitest';
import type { AuditLog, NewAuditRecord } from '../../../src/domain/audit.ts';
import { createStaticKeyAuthenticator } from '../../../src/http/auth/static-keys.ts';
import { noAudit } from '../../../src/http/plugins/audit.ts';
import { json, sharedApp, testApp } from '../support/app.ts';
import { keyNamed } from '../support/credentials.ts';
import { createBody, idOf, noon } from '../support/fixtures.ts';

const path = `/webhooks/${idOf('whk', 1)}`;

const body = { url: 'https://receiver.example/godwit?right=CANARY' };

describe('the webhook resource', () => {
  const app = sharedApp();

  it.each([
    ['PUT', '/webhooks', 'GET, HEAD, POST'],
    ['POST', path, 'DELETE, GET, HEAD, PATCH'],
    ['DELETE', `${path}/deliveries`, 'GET, HEAD'],
    ['GET', `${path}/deliveries/${idOf('dlv', 1)}/redeliver`, 'POST'],
  ] as const)('%s %s is not allowed', async (method, url, allow) => {
    const response = await app().call(method, url);
    expect(response.statusCode).toBe(405);
    expect(response.headers.allow).toBe(allow);
  });

  it('accepts and returns JSON only', async () => {
    const { call, webhooks } = app();
    expect((await call('POST', '/webhooks', json(body, { accept: 'text/csv' }))).statusCode).toBe(406);
    const text = { payload: JSON.stringify(body), headers: { 'content-type': 'text/plain' } };
    expect((await call('POST', '/webhooks', text)).statusCode).toBe(415);
    const patch = { payload: '{}', headers: { 'content-type': 'application/merge-patch+json' } };
    expect((await call('POST', '/webhooks', patch)).statusCode).toBe(415);
    expect((await call('GET', '/webhooks?page=1')).statusCode).toBe(400);
    expect((await call('POST', '/webhooks?dryRun=true', json(body))).statusCode).toBe(400);
    expect(webhooks.calls).toEqual([]);
  });

  it('is linked from the root', async () => {
    expect((await app().call('GET', '/')).json().links.webhooks).toBe('/webhooks');
  });
});

describe('authorization', () => {
  const stranger = keyNamed('stranger', { accounts: ['tc-main'] });
  const writer = keyNamed('writer', { scopes: ['migrations:write'] });
  const auth = createStaticKeyAuthenticator([stranger.entry, writer.entry]);

  it('rejects a webhook of a caller who may not read events', async () => {
    const { call, webhooks } = await testApp({ auth });
    const headers = { 'x-api-key': writer.secret };
    for (const [method, url] of [
      ['POST', '/webhooks'],
      ['PATCH', path],
    ] as const) {
      const response = await call(method, url, json({ broken: true }, headers));
      expect(response.statusCode).toBe(403);
      expect(response.json()).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('migrations:read') });
      expect(response.headers['www-authenticate']).toContain('scope="migrations:read"');
    }
    expect(webhooks.calls).toEqual([]);
    expect((await call('DELETE', path, { headers })).statusCode).toBe(204);
  });

  it('hides a webhook of other accounts', async () => {
    const { call, webhooks } = await testApp({ auth });
    const headers = { 'x-api-key': stranger.secret };
    expect((await call('GET', path, { headers })).statusCode).toBe(404);
    expect((await call('GET', '/webhooks', { headers })).json().items).toEqual([]);
    expect(webhooks.argumentsOf('list')[1]).toEqual({ kind: 'key', caller: 'stranger', accounts: ['tc-main'] });
  });
});

describe('the audit of webhooks', () => {
  it('records changes without a migration id and without the body', async () => {
    const records: NewAuditRecord[] = [];
    const asked: string[] = [];
    const audit: AuditLog = {
      ...noAudit,
      appendAudit: async (record) => void records.push(record),
      placeOf: async (id) => {
        asked.push(id);
        return null;
      },
    };
    const { call, log } = await testApp({ audit });
    await call('POST', '/webhooks', json({ ...body, description: 'CANARY' }));
    await call('PATCH', path, json({ accounts: ['CANARY'] }));
    await call('POST', `${path}/deliveries/${idOf('dlv', 1)}/redeliver`);
    await call('DELETE', path);
    await call('DELETE', `/webhooks/${idOf('mig', 1)}`);
    await call('GET', path);
    expect(records.map(({ operation, status }) => [operation, status])).toEqual([
      ['createWebhook', 201],
      ['updateWebhook', 200],
      ['redeliverEvent', 202],
      ['deleteWebhook', 204],
      ['deleteWebhook', 404],
    ]);
    for (const record of records) expect(record).toMatchObject({ migrationId: null, instanceId: null });
    expect(records.map(({ account }) => account)).toEqual(['ali-main', 'ali-main', 'ali-main', 'ali-main', null]);
    expect(asked).toEqual([]);
    expect(JSON.stringify([records, log])).not.toMatch(/CANARY|whsec_/);
  });

  it('does not mistake a webhook’s idempotency key for a migration’s', async () => {
    const records: NewAuditRecord[] = [];
    const audit: AuditLog = { ...noAudit, appendAudit: async (record) => void records.push(record) };
    const { call, service } = await testApp({ audit });
    service.findReplay = async (key) => ({
      ...key,
      fingerprint: 'of another request',
      resource: { type: 'webhook', id: idOf('whk', 1) },
      createdAt: noon,
      answer: null,
      heldBy: 'nobody',
    });
    const response = await call('POST', '/migrations', json(createBody, { 'idempotency-key': 'k-1' }));
    expect(response.json().code).toBe('idempotency_key_reused');
    expect(records).toMatchObject([{ operation: 'createMigration', migrationId: null, account: 'ali-main' }]);
  });
});
