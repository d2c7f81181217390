import type { MigrationRepresentation } from '../../../src/domain/answer-schema.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { echoForms } from '../../support/echoes.ts';
import type { ProviderId } from '../../support/providers.ts';
import { incrementKey, requestFor } from '../../support/simulation.ts';
import { apiKey, canary, signedUrl } from './canaries.ts';
import type { World } from './world.ts';

const refusalOf: Readonly<Record<ProviderId, (message: string) => { status: number; body: string }>> = {
  alibaba: (Message) => ({
    status: 400,
    body: JSON.stringify({ Code: 'InvalidParameter', Message, RequestId: 'echo' }),
  }),
  huawei: (error_msg) => ({ status: 400, body: JSON.stringify({ error_code: 'DRS.M00001', error_msg }) }),
  tencent: (Message) => ({
    status: 200,
    body: JSON.stringify({ Response: { Error: { Code: 'InvalidParameter', Message }, RequestId: 'echo' } }),
  }),
};
/**
 * Ways in which a vendor repeats a request. `test/transport/redaction.test.ts` tries all; these go the whole way, to
 * the answers, the log and the database.
 */
export const echoes = ['plain', 'in upper case', 'percent-encoded', 'with JSON escapes', 'in base64'];

export interface Answers {
  /** Every answer of the gateway as text. */
  readonly all: readonly string[];
  /** Those to requests that a vendor refused by repeating them. */
  readonly echoed: readonly string[];
}

/** Uses the whole API, with good and bad requests. */
export async function useEverything(
  url: string,
  { sandbox, issuer, proxies, tokens, issued }: World,
  providers: readonly ProviderId[],
): Promise<Answers> {
  const answers: string[] = [];
  const echoed: string[] = [];
  const token = await issuer.token({ scope: 'admin', accounts: ['*'] });
  const wrongTokens = await Promise.all([
    issuer.token({ scope: 'admin', aud: 'other' }),
    issuer.token({ scope: 'admin', exp: 1 }),
  ]);
  tokens.push(token, ...wrongTokens);

  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'x-api-key': apiKey, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    answers.push(`${method} ${path} ${response.status} ${JSON.stringify([...response.headers])} ${text}`);
    return { status: response.status, text };
  }
  async function create(body: unknown, headers: Record<string, string> = {}, query = ''): Promise<string | null> {
    const { text } = await send('POST', `/migrations${query}`, body, { prefer: 'wait=1', ...headers });
    const answer = JSON.parse(text) as { id?: string; migrationId?: string };
    return answer.id ?? answer.migrationId ?? null;
  }
  const until = async (id: string, condition: (migration: MigrationRepresentation) => boolean) => {
    for (let look = 0; look < 200; look++) {
      const { text } = await send('GET', `/migrations/${id}`);
      if (condition(JSON.parse(text))) return;
      await systemRuntime.sleep(60);
    }
    throw new Error(`${id} does not move`);
  };
  /** The one answer that contains upload keys is not searched; every later answer is. */
  async function useUpload(): Promise<void> {
    const target = { instanceId: 'mssql-canary03', databases: [{ name: 'uploaded' }] };
    const source = { type: 'upload', fileName: 'uploaded.bak' };
    const id = await create(
      { provider: 'tencent', account: 'sandbox-tencent', target, source },
      { 'idempotency-key': 'by-upload' },
    );
    if (id === null) throw new Error('no upload');
    await until(id, ({ stateReason }) => stateReason === 'awaiting_upload');
    const { text } = await send('GET', `/migrations/${id}/backups`);
    const backup = `/migrations/${id}/backups/${JSON.parse(text).items[0].id}`;
    const given = await fetch(`${url}${backup}/upload-target`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'idempotency-key': 'upload-target' },
    });
    const { credentials } = (await given.json()) as { credentials: Record<'secretKey' | 'token', string> };
    issued.push(credentials.secretKey, credentials.token);
    await send('POST', `${backup}/uploaded`);
    await send('GET', `/migrations/${id}/events`);
    ids.push(id);
  }
  /**
   * The answer with a new webhook's secret is not searched either. The receiver does not exist, so every attempt fails.
   */
  async function useWebhook(): Promise<() => Promise<void>> {
    const listens = `http://127.0.0.1:1/hook?token=${canary('webhooktoken')}`;
    const made = await fetch(`${url}/webhooks`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', 'idempotency-key': 'webhook' },
      body: JSON.stringify({ url: listens }),
    });
    const { id, secret } = (await made.json()) as { id: string; secret: string };
    issued.push(secret.slice('whsec_'.length));
    await send('PATCH', `/webhooks/${id}`, { url: `${listens}&again=1`, description: 'canary' });
    for (const bad of [`https://${canary('webhookuser')}@hooks.example.com/`, `ftp://${canary('webhookuser')}/`])
      await send('POST', '/webhooks', { url: bad });
    await send('POST', '/webhooks', { url: listens, secret: canary('unknownfield') });
    return async () => {
      await send('GET', '/webhooks');
      await send('GET', `/webhooks/${id}`);
      const attempted = await firstAttempted(`/webhooks/${id}/deliveries?pageSize=200`);
      await send('POST', `/webhooks/${id}/deliveries/${attempted}/redeliver`);
      await send('DELETE', `/webhooks/${id}`);
    };
  }
  async function firstAttempted(path: string): Promise<string> {
    for (let look = 0; look < 100; look++) {
      const { items } = JSON.parse((await send('GET', path)).text) as { items: { id: string; lastError: unknown }[] };
      const attempted = items.find(({ lastError }) => lastError !== null);
      if (attempted !== undefined) return attempted.id;
      await systemRuntime.sleep(60);
    }
    throw new Error('nothing was attempted');
  }
  const ended = ({ state }: MigrationRepresentation) => ['succeeded', 'failed', 'cancelled'].includes(state);
  const ids: string[] = [];
  const add = (id: string | null) => {
    if (id !== null) ids.push(id);
  };

  const finishWebhook = await useWebhook();
  for (const provider of providers) {
    const account = `sandbox-${provider}`;
    const request = { ...requestFor(provider), account };
    await create(request, {}, '?dryRun=true');
    await create(request, {}, '?dryRun=preflight');
    add(await create(request, { 'idempotency-key': `key-${provider}` }));
    await create(request, { 'idempotency-key': `key-${provider}` });
    await create(request);
    for (const [kind, database] of [
      ['garbage_html_before', 'garbage'],
      ['vendor_error_before', 'refused'],
      ['internal_error_before', 'broken'],
      ['drop_before', 'dropped'],
    ] as const) {
      sandbox.faults.add({ cloud: provider, operation: '*', kind, code: 'InvalidParameter', count: 2 });
      const other = {
        ...request,
        target: { ...request.target, databases: [{ name: database }] },
        source: { ...request.source, keys: [`prod/${database}.bak`] },
      };
      add(await create(other, { prefer: 'wait=0' }));
    }
    add(await create({ ...request, account: `refused-${provider}` }));
    await create({ ...request, account: `refused-${provider}` }, {}, '?dryRun=preflight');
  }
  add(await create({ ...requestFor('huawei'), account: 'refused-huawei-key' }));
  await fetch(`${url}/migrations`, { headers: { authorization: `Bearer ${token}` } }).then(async (response) =>
    answers.push(await response.text()),
  );

  const byUrl = {
    provider: 'tencent',
    account: 'sandbox-tencent',
    target: { instanceId: 'mssql-canary01', databases: [{ name: 'canary' }] },
    source: { type: 'url', urls: [signedUrl()] },
  };
  await create(byUrl, {}, '?dryRun=true');
  await create(byUrl, {}, '?dryRun=preflight');
  sandbox.faults.add({ cloud: 'tencent', operation: 'CreateBackupMigration', kind: 'drop_after', count: 1 });
  add(await create(byUrl, { 'idempotency-key': 'by-url' }));
  await create(byUrl, { 'idempotency-key': 'by-url' });
  add(
    await create({
      ...byUrl,
      target: { instanceId: 'mssql-canary02', databases: [{ name: 'canary' }] },
      source: { type: 'url', urls: [`https://${canary('userinfo')}@acme.cos.ap-guangzhou.myqcloud.com/corrupt.bak`] },
    }),
  );

  // A vendor whose refusal repeats the whole request.
  for (const provider of providers)
    for (const form of echoes) {
      const write = echoForms[form] ?? String;
      const proxy = proxies[provider];
      proxy.answerInstead = ({ method }, text) =>
        /CreateMigrateTask|CreateBackupMigration|parallel_tasks|\/jobs|backup-migration/i.test(text) &&
        method === 'POST'
          ? refusalOf[provider](text.split('\n').map(write).join(' , '))
          : null;
      const request = provider === 'tencent' ? byUrl : { ...requestFor(provider), account: `sandbox-${provider}` };
      const databases = [{ name: `echo${form.replaceAll(/\W/g, '')}` }];
      add(await create({ ...request, target: { ...request.target, databases } }));
      echoed.push(...answers.slice(-1).filter((answer) => / 4\d\d /.test(answer)));
      proxy.answerInstead = null;
    }

  const chain = await create({ ...requestFor('tencent', 'full_log'), account: 'sandbox-tencent' });
  if (chain !== null) {
    await until(chain, (migration) => ended(migration) || migration.state === 'awaiting_backup');
    const urls = [signedUrl(incrementKey('tencent', 'full_log', 1, false))];
    await send('POST', `/migrations/${chain}/backups`, { type: 'log', source: { type: 'url', urls } });
    await send('GET', `/migrations/${chain}/backups`);
    await send('POST', `/migrations/${chain}/cutover`, {});
    await send('POST', `/migrations/${chain}/cancel`);
    await send('POST', `/migrations/${chain}/retry`, {});
  }

  await useUpload();
  await finishWebhook();

  for (const body of [
    { ...byUrl, source: { type: 'url', urls: [`ftp://${canary('badurl')}`] } },
    { ...byUrl, source: { type: 'url', urls: signedUrl() } },
    { ...byUrl, source: { type: 'url', urls: [signedUrl(), signedUrl()] } },
    { ...byUrl, source: { type: 'url', urls: [`${signedUrl()}${'x'.repeat(5000)}`] } },
    { ...byUrl, source: { type: 'object_storage', urls: [signedUrl()] } },
    { ...byUrl, source: { type: signedUrl() } },
    { ...byUrl, password: canary('unknownfield') },
    { ...byUrl, secrets: { deep: [canary('unknownfield')] }, provider: 'huawei' },
    { ...byUrl, provider: 'alibaba', account: 'sandbox-alibaba' },
    `{"source": "${canary('brokenjson')}`,
    `"${canary('brokenjson')}"`,
  ])
    await send('POST', '/migrations', body);
  for (const headers of [
    { 'x-api-key': canary('wrongapikey') },
    { 'x-api-key': '', authorization: `Bearer ${canary('wrongbearer')}` },
    { 'x-api-key': '', authorization: `Basic ${canary('basic')}` },
    ...wrongTokens.map((wrong) => ({ 'x-api-key': '', authorization: `Bearer ${wrong}` })),
  ])
    await fetch(`${url}/migrations`, {
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')),
    }).then(async (response) => answers.push(JSON.stringify([...response.headers]) + (await response.text())));

  for (const id of ids) {
    await send('GET', `/migrations/${id}`);
    await send('GET', `/migrations/${id}/events`);
    await send('PATCH', `/migrations/${id}`, { description: 'seen' });
    await send('POST', `/migrations/${id}/cancel`);
  }
  for (const path of [
    '/',
    '/migrations?pageSize=200',
    '/migrations/events?pageSize=200',
    '/providers',
    '/accounts',
    '/audit?pageSize=200',
    '/webhooks',
    '/openapi.json',
    '/livez',
    '/readyz?verbose=true',
    '/metrics',
    '/problems',
    `/nothing?q=${canary('badurl')}`,
    `/migrations?q=${canary('badurl')}`,
  ])
    await send('GET', path);
  for (const id of ids) await send('DELETE', `/migrations/${id}`);
  return { all: answers, echoed };
}
