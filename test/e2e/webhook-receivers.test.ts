import { Webhook as Receiver } from 'standardwebhooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Gateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { hasEnded, post, startTestGateway, untilMigration } from '../support/gateway.ts';
import { requestFor } from '../support/simulation.ts';
import { onBothStores } from '../support/stores.ts';
import {
  otherAuthority,
  type ReceivedMessage,
  receiverAuthority,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../support/webhook-receiver.ts';

const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');

interface Hook {
  readonly id: string;
  readonly secret: string;
}

await onBothStores('a webhook with headers and a private authority', (newUrl) => {
  let sandbox: Sandbox;
  let storeUrl: string;
  let gateway: Gateway;
  let receiver: WebhookReceiver;
  beforeEach(async () => {
    storeUrl = await newUrl();
    sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 60 });
    receiver = await startWebhookReceiver();
    await start(key(1));
  });
  afterEach(async () => {
    await gateway?.stop(1000);
    await Promise.all([receiver.close(), sandbox.close()]);
  });

  async function start(present: string, ...previousKeys: readonly string[]): Promise<void> {
    const config = { encryption: { key: present, previousKeys } };
    gateway = await startTestGateway(sandboxAccounts(sandbox), { storeUrl, config });
  }

  async function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown) {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  const ask = {
    headers: { Authorization: 'Bearer HEADER-CANARY', 'X-Team': 'dba' },
    caCertificates: receiverAuthority,
    eventTypes: ['migration.state_changed'],
  };
  const create = (more: object = {}) => call<Hook>('POST', '/webhooks', { url: receiver.url, ...ask, ...more });

  /** One restore to its end, and the message about that end. */
  async function messageOfRestore(number: number): Promise<ReceivedMessage> {
    const request = {
      ...requestFor('alibaba'),
      target: { instanceId: `rm-hooks${number}`, databases: [{ name: 'orders' }] },
    };
    const made = await post(`${gateway.url}/migrations`, request);
    expect(made.status).toBeLessThan(300);
    const { id } = await untilMigration(gateway.url, made.body.id, hasEnded);
    const told = () => receiver.messages.find(({ body }) => body.includes(id) && body.includes('"succeeded"'));
    await expect.poll(told).toBeDefined();
    return told() as ReceivedMessage;
  }

  it('receives events with its headers; no answer shows a value, and a change takes effect at once', async () => {
    const made = await create();
    expect(made.status).toBe(201);
    const { id, secret } = made.body;
    const path = `/webhooks/${id}`;

    const answers = [made, await call('GET', path), await call('GET', '/webhooks'), await call('PATCH', path, {})];
    for (const { status, body } of answers) {
      expect(status).toBeLessThan(300);
      expect(JSON.stringify(body)).not.toMatch(/CANARY/);
    }
    expect(answers[1]?.body).toMatchObject({
      headerNames: ['authorization', 'x-team'],
      caCertificates: receiverAuthority,
    });

    const first = await messageOfRestore(1);
    expect(first.headers).toMatchObject({
      authorization: 'Bearer HEADER-CANARY',
      'x-team': 'dba',
      'content-type': 'application/cloudevents+json',
    });
    new Receiver(secret).verify(first.body, first.headers as Record<string, string>);

    const changed = await call('PATCH', path, { headers: { authorization: 'Bearer SECOND-CANARY', 'x-team': null } });
    expect(changed.body).toMatchObject({ headerNames: ['authorization'] });
    expect(JSON.stringify(changed.body)).not.toMatch(/CANARY/);
    const second = await messageOfRestore(2);
    expect(second.headers.authorization).toBe('Bearer SECOND-CANARY');
    expect(second.headers).not.toHaveProperty('x-team');

    const rotated = await call<Hook>('POST', `${path}/rotate-secret`, { overlapSeconds: 60 });
    expect(JSON.stringify(rotated.body)).not.toMatch(/CANARY/);
    expect(rotated.body.secret).not.toBe(secret);
    const third = await messageOfRestore(3);
    for (const each of [secret, rotated.body.secret])
      new Receiver(each).verify(third.body, third.headers as Record<string, string>);
    expect(third.headers.authorization).toBe('Bearer SECOND-CANARY');

    const deliveries = async () =>
      (await call<{ items: { state: string; lastStatus: number | null }[] }>('GET', `${path}/deliveries`)).body.items;
    expect((await deliveries()).length).toBeGreaterThanOrEqual(6);
    // The receiver gets a message before the gateway stores its delivery.
    const others = async () =>
      (await deliveries()).filter(({ state, lastStatus }) => state !== 'delivered' || lastStatus !== 204);
    await expect.poll(others).toEqual([]);
  });

  it('trusts only the authority that it names, from the moment it names it', async () => {
    const { body } = await create({ caCertificates: otherAuthority });
    const test = async () => (await call('POST', `/webhooks/${body.id}/test`)).body;
    const refused = { delivered: false, status: null, error: expect.stringMatching(/certificate .* is not trusted/) };
    const delivered = { delivered: true, status: 204, error: null };
    expect(await test()).toEqual(refused);
    await call('PATCH', `/webhooks/${body.id}`, { caCertificates: otherAuthority + receiverAuthority });
    expect(await test()).toEqual(delivered);
    await call('PATCH', `/webhooks/${body.id}`, { caCertificates: receiverAuthority });
    expect(await test()).toEqual(delivered);
    await call('PATCH', `/webhooks/${body.id}`, { caCertificates: null });
    expect(await test()).toEqual(refused);
    expect(receiver.messages).toHaveLength(2);
  });

  it('outlives a change of the encryption key, together with a signed URL that has not been sent', async () => {
    const { body: hook } = await create();
    const rotated = await call<Hook>('POST', `/webhooks/${hook.id}/rotate-secret`, {});
    sandbox.faults.add({ cloud: 'tencent', operation: '*', kind: 'throttled', count: 1e6 });
    const { body: waiting } = await post(
      `${gateway.url}/migrations`,
      {
        ...requestFor('tencent'),
        source: {
          type: 'url',
          urls: ['https://acme-1250000000.cos.ap-guangzhou.myqcloud.com/a.bak?q-signature=URL-CANARY'],
        },
      },
      { prefer: 'respond-async' },
    );
    const check = async () => {
      const { body } = await call<{ checks: { name: string; ok: boolean }[] }>('GET', '/readyz?verbose');
      return body.checks.find(({ name }) => name === 'encryption keys')?.ok ?? true;
    };
    await gateway.stop(1000);

    // The old key decrypts the texts that the new key then encrypts.
    await start(key(2), key(1));
    expect(await check()).toBe(true);
    await gateway.stop(1000);

    await start(key(2));
    expect(await check()).toBe(true);
    sandbox.faults.clear();
    expect(await untilMigration(gateway.url, waiting.id, hasEnded)).toMatchObject({ state: 'succeeded' });
    const told = () =>
      receiver.messages.findLast(({ body }) => body.includes(waiting.id) && body.includes('"succeeded"'));
    await expect.poll(told).toBeDefined();
    const { headers, body } = told() as ReceivedMessage;
    expect(headers).toMatchObject({ authorization: 'Bearer HEADER-CANARY', 'x-team': 'dba' });
    for (const { secret } of [hook, rotated.body]) new Receiver(secret).verify(body, headers as Record<string, string>);
  });
});
