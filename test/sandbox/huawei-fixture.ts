import { createHash, createHmac } from 'node:crypto';
import { expect } from 'vitest';
import { type SandboxEnvironment, type SandboxResponse, sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { createHuaweiCloud, type HuaweiCloud, type HuaweiOptions } from '../../src/sandbox/huawei/index.ts';
import { loadVendorOperations } from '../../src/sandbox/vendor-schema.ts';

export const keys = sandboxCredentials.huawei;
export const P = keys.projectId;
export const jobsPath = `/v5/${P}/backup-migration-jobs`;
export const target = '11112222333344445555666677778888in04';
export const minute = 60_000;
/** 2026-03-01T10:00:00Z */
export const start = Date.UTC(2026, 2, 1, 10);

const operations = [...loadVendorOperations('huawei').values()];

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  /** A JSON value, or text that is sent unchanged. */
  readonly body?: unknown;
}

export interface Answer extends SandboxResponse {
  readonly json: Record<string, unknown>;
}

/** A cloud with a manual clock. Every answer is validated against the vendor's description of its operation. */
export function laboratory(overrides: Partial<SandboxEnvironment> = {}, options: HuaweiOptions = {}) {
  const clock = { now: start };
  let serial = 0;
  const environment: SandboxEnvironment = {
    now: () => clock.now,
    uuid: () =>
      createHash('sha256')
        .update(`uuid ${serial++}`)
        .digest('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    restoreMs: 100_000,
    listLagMs: () => 0,
    ...overrides,
  };
  const cloud = createHuaweiCloud(environment, options);
  return { ...bind(cloud, () => clock.now), clock, environment, cloud };
}

/** Clients of a cloud. */
export function bind(cloud: HuaweiCloud, now: () => number) {
  function raw({ method = 'GET', path, query = '', headers = {}, body }: Sent): Answer {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const request = { method, path, query, headers: { host: 'sandbox:8443', ...headers }, body: text };
    const reply = cloud.handle(request);
    const json = JSON.parse(reply.body);
    const operation = operations.find((entry) => entry.operation === cloud.operationOf(request));
    if (operation !== undefined) expect(operation.validateResponse(reply.status, json)).toEqual([]);
    expect(reply.headers['X-Request-Id']).toMatch(/^[0-9a-f]{32}$/);
    return { ...reply, json };
  }
  /** Signed with the permanent key, all headers but the listed ones unsigned. */
  function call(sent: Sent): Answer {
    return raw({ ...sent, headers: signed(sent, now(), sent.headers) });
  }
  return {
    raw,
    call,
    create: (changes: Changes = {}) => call({ method: 'POST', path: jobsPath, body: createBody(changes) }),
    created(changes: Changes = {}): string {
      const answer = call({ method: 'POST', path: jobsPath, body: createBody(changes) });
      expect(answer).toMatchObject({ status: 200 });
      return String(answer.json.job_id);
    },
    show: (id: string) => call({ path: `${jobsPath}/${id}` }).json as Record<string, unknown>,
    list: (query = '') => call({ path: jobsPath, query }).json as { count: number; jobs: Record<string, unknown>[] },
  };
}

/** A second, deliberately plain signer: one line per line of the scheme. `only`: the headers to sign, in order. */
export function signed(
  { method = 'GET', path, query = '', body }: Sent,
  at: number,
  { ak = keys.accessKeyId, sk = keys.secretAccessKey, ...extra }: Record<string, string> = {},
  only?: readonly string[],
): Record<string, string> {
  const date = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    host: 'sandbox:8443',
    'x-project-id': P,
    'x-sdk-date': date,
    ...extra,
  };
  const names = only ?? Object.keys(headers).sort();
  const sortedQuery = query.split('&').filter(Boolean).sort().join('&');
  const lines = [method, `${path}/`, sortedQuery, ...names.map((n) => `${n}:${headers[n]}`), '', names.join(';')];
  const hash = (value: string) => createHash('sha256').update(value).digest('hex');
  const canonical = [...lines, hash(text)].join('\n');
  const signature = createHmac('sha256', sk)
    .update(`SDK-HMAC-SHA256\n${date}\n${hash(canonical)}`)
    .digest('hex');
  const authorization = `SDK-HMAC-SHA256 Access=${ak}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** Dotted path to value; undefined removes the member. */
export type Changes = Readonly<Record<string, unknown>>;

let serialName = 0;

/** A single restore from object storage with a unique name, and with these changes. */
export function createBody(changes: Changes = {}): Record<string, unknown> {
  const body: Record<string, unknown> = {
    base_info: { name: `gw-orders-${serialName++}`, engine_type: 'sqlserver' },
    target_db_info: { target_instance_id: target },
    backup_info: {
      file_source: 'OBS',
      bucket_name: 'acme-sql-backups',
      files: [{ name: 'orders_full.bak', obs_path: 'prod/orders/' }],
    },
    options: { recovery_mode: 'full', is_last_backup: true, is_precheck: true },
  };
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split('.');
    let node = body;
    for (const part of parts.slice(0, -1)) node = node[part] as Record<string, unknown>;
    const last = parts.at(-1) ?? '';
    if (value === undefined) delete node[last];
    else node[last] = value;
  }
  return body;
}

export const fromRds: Changes = {
  'target_db_info.file_id': '99990000aaaabbbbccccddddeeeeffffbr04',
  'backup_info.file_source': 'RDS',
  'backup_info.bucket_name': undefined,
  'backup_info.files': [
    { name: '', obs_path: '', rds_version: '2019_EE', rds_source_instance_id: 'aaaabbbbccccddddeeeeffff00001111in04' },
  ],
  'options.db_names': ['sales', 'hr'],
};

export const login = (overrides: { password?: string; user?: string; account?: string; scope?: unknown } = {}) => ({
  auth: {
    identity: {
      methods: ['password'],
      password: {
        user: {
          name: overrides.user ?? keys.userName,
          password: overrides.password ?? keys.password,
          domain: { name: overrides.account ?? keys.accountName },
        },
      },
    },
    ...('scope' in overrides
      ? overrides.scope === undefined
        ? {}
        : { scope: overrides.scope }
      : { scope: { project: { name: keys.region } } }),
  },
});

export const tokenRequest = (body: unknown): Sent => ({
  method: 'POST',
  path: '/v3/auth/tokens',
  query: 'nocatalog=true',
  headers: { 'content-type': 'application/json;charset=utf8' },
  body,
});

/** Changes of a job that restores the file with that name. */
export const named = (name: string): Changes => ({ 'backup_info.files': [{ name, obs_path: '' }] });
