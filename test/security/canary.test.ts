import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MigrationRepresentation } from '../../src/domain/answer-schema.ts';
import { startGateway } from '../../src/gateway.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxAccounts } from '../../src/sandbox/accounts.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { checkedConfig } from '../support/configuration.ts';
import { echoForms } from '../support/echoes.ts';
import { quickEngine, spawnGateway, temporaryFolder } from '../support/gateway.ts';
import { audience, type JwtIssuer, jwtIssuer } from '../support/jwt-issuer.ts';
import type { ProviderId } from '../support/providers.ts';
import { incrementKey, requestFor } from '../support/simulation.ts';
import { type TappingProxy, tappingProxy } from '../support/tapping-proxy.ts';

/** A value that occurs nowhere else. */
const canary = (name: string) => `CANARY${name}${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

const apiKey = canary('apikey');
const encryptionKey = Buffer.from(canary('enc').padEnd(32, 'x').slice(0, 32)).toString('base64');
/** Secrets that are given to the gateway: all that must not come out again. */
const given = [
  'apikey',
  'wrongapikey',
  'wrongbearer',
  'basic',
  'alibabasecret',
  'alibabatoken',
  'huaweipassword',
  'huaweisecret',
  'huaweitoken',
  'tencentsecret',
  'tencenttoken',
  'signature',
  'userinfo',
  'badurl',
  'brokenjson',
  'unknownfield',
  'webhooktoken',
  'webhookuser',
].map(canary);
const known = [
  'sandbox-alibaba-secret',
  'sandbox-huawei-password',
  'sandbox-tencent-secret',
  encryptionKey,
  Buffer.from(encryptionKey, 'base64').toString(),
];

const providers: readonly ProviderId[] = ['alibaba', 'huawei', 'tencent'];
let sandbox: Sandbox;
let issuer: JwtIssuer;
let proxies: Record<ProviderId, TappingProxy>;

beforeAll(async () => {
  sandbox = await startSandbox({ host: '127.0.0.1', runtime: systemRuntime, restoreMs: 50 });
  issuer = await jwtIssuer();
  const [alibaba, huawei, tencent] = await Promise.all(
    providers.map((provider) => tappingProxy(sandbox[provider].url)),
  );
  if (!alibaba || !huawei || !tencent) throw new Error('no proxies');
  proxies = { alibaba, huawei, tencent };
});
afterAll(async () => {
  await Promise.all([sandbox.close(), issuer.close(), ...Object.values(proxies).map((proxy) => proxy.close())]);
});

/** Accounts that work and, beside each, one that the vendor refuses. */
function accounts(): object[] {
  const good = sandboxAccounts(proxies);
  const refused: Record<ProviderId, object> = {
    alibaba: {
      accessKeyId: 'sandbox-alibaba-id',
      accessKeySecret: canary('alibabasecret'),
      securityToken: canary('alibabatoken'),
    },
    huawei: { accountName: 'sandbox-account', userName: 'other-user', password: canary('huaweipassword') },
    tencent: {
      secretId: 'AKIDsandboxtencent0000000000000000',
      secretKey: canary('tencentsecret'),
      token: canary('tencenttoken'),
    },
  };
  const bad = good.map((account) => ({
    ...account,
    name: `refused-${account.provider}`,
    credentials: refused[account.provider as ProviderId],
  }));
  const signing = {
    ...good.find((account) => account.provider === 'huawei'),
    name: 'refused-huawei-key',
    credentials: {
      accessKeyId: 'SANDBOXHUAWEIAK00001',
      secretAccessKey: canary('huaweisecret'),
      securityToken: canary('huaweitoken'),
    },
  };
  return [...good, ...bad, signing];
}

async function file(folder: string): Promise<object> {
  await writeFile(join(folder, 'key'), encryptionKey);
  return {
    store: { url: `sqlite:${join(folder, 'godwit.db')}` },
    engine: quickEngine,
    log: { level: 'trace' },
    encryption: { key: { file: join(folder, 'key') } },
    webhooks: { privateAddresses: true },
    auth: {
      keys: [
        { name: 'ci', sha256: createHash('sha256').update(apiKey).digest('hex'), scopes: ['admin'], accounts: ['*'] },
      ],
      jwt: { issuer: issuer.issuer, audience, jwksUri: issuer.jwksUri },
    },
    accounts: accounts(),
  };
}

const signedUrl = (key = 'prod/orders_full.bak') =>
  `https://acme-backups.cos.ap-guangzhou.myqcloud.com/${key}?q-signature=${canary('signature')}&q-ak=AKID`;

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
/** All forms are tried in `test/transport/redaction.test.ts`; these go the whole way, to the answers, the log and the database. */
const echoes = ['plain', 'in upper case', 'percent-encoded', 'with JSON escapes', 'in base64'];
/** Answers of the gateway to requests that a vendor refused in that way. */
const echoed: string[] = [];

/** Uses the whole API, good and bad, and gives every answer as text. */
async function useEverything(url: string, providers: readonly ProviderId[]): Promise<string[]> {
  const answers: string[] = [];
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
  /** The one answer that gives keys away is not among those that are searched; all that follows is. */
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
    toldOnce.push(credentials.secretKey, credentials.token);
    await send('POST', `${backup}/uploaded`);
    await send('GET', `/migrations/${id}/events`);
    ids.push(id);
  }
  /** Nor is the answer that tells a new webhook's secret. Nobody listens there, so every attempt fails. */
  async function useWebhook(): Promise<() => Promise<void>> {
    const listens = `http://127.0.0.1:1/hook?token=${canary('webhooktoken')}`;
    const made = await fetch(`${url}/webhooks`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json', 'idempotency-key': 'webhook' },
      body: JSON.stringify({ url: listens }),
    });
    const { id, secret } = (await made.json()) as { id: string; secret: string };
    toldOnce.push(secret.slice('whsec_'.length));
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

  // A vendor that repeats all that it was sent, in the words of a refusal.
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
  return answers;
}
const tokens: string[] = [];
const toldOnce: string[] = [];

/** What a text would betray, each with the line around it: the values as they are, and inside base64. */
function found(text: string, secrets: readonly string[]): string[] {
  return secrets.flatMap((secret) => {
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
    for (const shift of [0, 1, 2]) {
      const encoded = Buffer.from('x'.repeat(shift) + secret).toString('base64');
      forms.push(encoded.slice(shift === 0 ? 0 : 4, -4));
    }
    const places = forms.filter((form) => form.length >= 10).map((form) => text.indexOf(form));
    return places.filter((place) => place >= 0).map((place) => `${secret} in: ${lineAround(text, place)}`);
  });
}

function lineAround(text: string, place: number): string {
  return text.slice(text.lastIndexOf('\n', place) + 1).slice(0, 300);
}

function allSecrets(): string[] {
  const seen = Object.values(proxies).flatMap((proxy) => [...proxy.secrets]);
  return [
    ...new Set([
      ...given,
      ...known,
      ...seen,
      ...toldOnce,
      ...tokens,
      ...tokens.map((token) => token.split('.')[2] ?? token),
    ]),
  ];
}

async function filesOf(folder: string, except: readonly string[]): Promise<[string, string][]> {
  const names = (await readdir(folder)).filter((name) => !except.includes(name));
  return Promise.all(
    names.map(async (name) => [name, (await readFile(join(folder, name))).toString('latin1')] as [string, string]),
  );
}

/** The answers that tell who was right about the canaries: an echo of the caller's own words in the path is not a leak. */
function expectClean(place: string, text: string): void {
  expect(found(text, allSecrets()), `in ${place}`).toEqual([]);
}

describe('no secret leaks', () => {
  it('from a gateway in this process: its trace log, its answers, its database', async () => {
    const folder = await temporaryFolder();
    const lines: string[] = [];
    const config = await checkedConfig({ ...(await file(folder)), listen: { port: 0 } }, {}, false);
    const log = createLog('trace', { write: (line: string) => void lines.push(line) });
    const gateway = await startGateway(config, systemRuntime, log, 'test');
    let answers: string[];
    let files: [string, string][];
    try {
      answers = await useEverything(gateway.url, providers);
      files = await filesOf(folder, ['key']);
    } finally {
      await gateway.stop(1000);
    }
    expect(lines.length).toBeGreaterThan(100);
    expect(toldOnce.every((key) => key.length >= 12)).toBe(true);
    expect(toldOnce.length).toBeGreaterThan(0);
    expect(echoed.length, 'refusals that repeat the request').toBe(3 * echoes.length);
    expect(answers.filter((answer) => / (201|202) /.test(answer)).length).toBeGreaterThan(10);
    expect(Object.values(proxies).every((proxy) => proxy.secrets.size >= 3)).toBe(true);
    const own = answers.map((answer) => answer.replace(/^(GET|POST|PATCH|DELETE) \S+/, ''));
    expectClean('the answers', own.join('\n'));
    expectClean('the log', lines.join('\n'));
    expect(files.map(([name]) => name)).toContain('godwit.db');
    for (const [name, text] of [...files, ...(await filesOf(folder, ['key']))]) expectClean(name, text);
  });

  it('from a process: its output, its arguments, its files, also when it cannot start', async () => {
    const folder = await temporaryFolder();
    const gateway = await spawnGateway(folder, await file(folder));
    // What each provider does with secrets is seen in the other test; here it is about the process.
    const answers = await useEverything(gateway.url, ['tencent']);
    const commandLine = await readFile(`/proc/${gateway.process.pid}/cmdline`, 'utf8');
    const title = await readFile(`/proc/${gateway.process.pid}/comm`, 'utf8');
    const files = await filesOf(folder, ['key', 'godwit.json']);
    await gateway.end('SIGTERM');
    const own = answers.map((answer) => answer.replace(/^(GET|POST|PATCH|DELETE) \S+/, ''));
    for (const [place, text] of [
      ['the output', gateway.output()],
      ['the arguments', commandLine],
      ['the title', title],
      ['the answers', own.join('\n')],
      ...files,
    ] as const)
      expectClean(place, text);

    const password = canary('storepassword');
    const broken = { ...(await file(folder)), store: { url: `postgres://godwit:${password}@127.0.0.1:1/godwit` } };
    const ended = await spawnGateway(folder, broken).catch((error: Error) => error);
    expect(ended).toBeInstanceOf(Error);
    expect(found(String(ended), [password, ...allSecrets()])).toEqual([]);
  }, 120_000);
});
