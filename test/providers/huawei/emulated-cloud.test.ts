import { beforeEach, describe, expect, it } from 'vitest';
import type { Backup, Migration } from '../../../src/domain/migration.ts';
import type { Observation } from '../../../src/domain/provider.ts';
import { Secret } from '../../../src/domain/secret.ts';
import {
  type Credentials,
  type Dialogue,
  type Session,
  VendorError,
  type VendorReply,
  type VendorRequest,
} from '../../../src/domain/vendor.ts';
import type { HuaweiAccount } from '../../../src/providers/huawei/account.ts';
import { createJob } from '../../../src/providers/huawei/calls.ts';
import { huawei } from '../../../src/providers/huawei/index.ts';
import { type SandboxCloud, sandboxCredentials } from '../../../src/sandbox/cloud.ts';
import { createHuaweiCloud } from '../../../src/sandbox/huawei/index.ts';
import { backup, failureIn, instanceBackup, migration, objects, account as otherAccount, target } from './fixtures.ts';

const keys = sandboxCredentials.huawei;
const account: HuaweiAccount = { ...otherAccount, region: keys.region };
const password: Credentials = {
  provider: 'huawei',
  method: 'password',
  accountName: keys.accountName,
  userName: keys.userName,
  password: new Secret(keys.password),
};
const accessKey: Credentials = {
  provider: 'huawei',
  method: 'access_key',
  accessKeyId: keys.accessKeyId,
  secretAccessKey: new Secret(keys.secretAccessKey),
};

let clock = 0;
let cloud: SandboxCloud;
let session: Session | null;

beforeEach(() => {
  let ids = 0;
  clock = Date.UTC(2026, 2, 1, 10);
  session = null;
  cloud = createHuaweiCloud({
    now: () => clock,
    uuid: () => `${String(ids++).padStart(8, '0')}-0000-4000-8000-000000000000`,
    restoreMs: 1000,
    listLagMs: () => 0,
  });
});

/** Signs and sends to the emulated cloud, whose checks of signatures and parameters share no code with the provider. */
function send(request: VendorRequest, credentials: Credentials): VendorReply {
  const endpoint = `https://${request.service}.${account.region}.myhuaweicloud.com`;
  const context = { account, region: account.region, credentials, session, endpoint, now: clock, nonce: 'unused' };
  const { method, url, headers, body = '' } = huawei.sign(request, context);
  const { host, pathname, search } = new URL(url);
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const answer = cloud.handle({ method, path: pathname, query: search.slice(1), headers: { host, ...lowered }, body });
  const named = Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { httpStatus: answer.status, headers: Object.fromEntries(named), body: answer.body, receivedAt: clock };
}

function execute(request: VendorRequest, credentials: Credentials): VendorReply {
  const given = send(request, credentials);
  const failure = huawei.failureOf(request, given);
  if (failure !== null) throw new VendorError(failure);
  return given;
}

function converse<T>(dialogue: Dialogue<T>, credentials: Credentials = password): T {
  let step = dialogue.next();
  while (!step.done) {
    let given: VendorReply;
    try {
      given = execute(step.value, credentials);
    } catch (error) {
      step = dialogue.throw(error);
      continue;
    }
    step = dialogue.next(given);
  }
  return step.value;
}

function logIn(credentials: Credentials = password): void {
  const dialogue = huawei.login(account, account.region, credentials);
  if (dialogue !== null) session = converse(dialogue, credentials);
}

const input = (subject: Migration, each: Backup) => ({
  account,
  migration: subject,
  backup: each,
  open: (url: { readonly display: string }) => url.display,
});

/** Submits a backup and returns it as the engine stores it. */
function submit(subject: Migration, each: Backup, credentials: Credentials = password): Backup {
  const refs = createJob.parse(execute(createJob.build(input(subject, each)), credentials));
  return { ...each, state: 'restoring', providerRefs: refs };
}

function observed(subject: Migration): Observation {
  const observation = converse(huawei.observe([subject], account, clock)).get(subject.id);
  if (observation === undefined) throw new Error('not observed');
  return observation;
}

const chainOf = (...backups: Backup[]) => migration({ mode: 'full_log', state: 'restoring', backups });
const log = (id: string, changes: Partial<Backup> = {}) =>
  backup({
    id: `bkp_01kbzq3m8e9v6x2c4n7p5r0t${id}`,
    type: 'log',
    source: objects(`prod/orders/orders_log_${id}.bak`),
    ...changes,
  });

describe('the Huawei provider against the emulated cloud', () => {
  it.each([
    ['a password', password],
    ['an access key', accessKey],
    ['a temporary access key', { ...accessKey, securityToken: new Secret(keys.securityToken) }],
  ])('restores a full backup with %s', (_title, credentials) => {
    logIn(credentials);
    expect(session?.projectId).toBe(keys.projectId);
    const running = migration({ backups: [submit(migration(), backup({ final: true }), credentials)] });
    const phase = () => converse(huawei.observe([running], account, clock), credentials).get(running.id)?.phase;
    expect(phase()).toBe('restoring');
    clock += 60_000;
    expect(phase()).toBe('succeeded');
    expect(cloud.journal().filter((entry) => entry.effect === 'restore')).toHaveLength(1);
  });

  it('restores a chain job by job', () => {
    logIn();
    const base = submit(chainOf(backup()), backup());
    clock += 60_000;
    expect(observed(chainOf(base)).phase).toBe('ready');

    const restored: Backup = { ...base, state: 'restored' };
    const middle = submit(chainOf(restored, log('2a')), log('2a'));
    expect(observed(chainOf(restored, middle)).phase).toBe('restoring');
    clock += 60_000;
    expect(observed(chainOf(restored, middle)).phase).toBe('ready');

    const last = log('2b', { final: true });
    const submitted = submit(chainOf(restored, last), last);
    clock += 60_000;
    expect(observed(chainOf(restored, { ...middle, state: 'restored' }, submitted)).phase).toBe('succeeded');
  });

  it('restores a backup of an instance under other names', () => {
    logIn();
    const subject = migration({
      target: { instanceId: target, overwrite: false, databases: [{ name: 'sales', restoreAs: 'sales_2' }] },
      backups: [backup({ source: instanceBackup, final: true })],
    });
    const [each] = subject.backups;
    if (each === undefined) throw new Error('no backup');
    const running = { ...subject, backups: [submit(subject, each)] };
    clock += 60_000;
    expect(observed(running)).toMatchObject({ phase: 'succeeded', error: null });
  });

  it('explains a missing file', () => {
    logIn();
    const broken = backup({ source: objects('prod/missing.bak'), final: true });
    const running = migration({ backups: [submit(migration(), broken)] });
    clock += 60_000;
    expect(observed(running)).toMatchObject({ phase: 'failed', error: { code: 'source_missing_or_archived' } });
  });

  it('finds a job whose reply was lost and proves that another never arrived', () => {
    logIn();
    const each = backup({ final: true });
    const look = () =>
      converse(
        createJob.find({
          ...input(migration(), each),
          sentAt: clock,
          now: clock,
          begunBy: Number.MAX_SAFE_INTEGER,
          taken: new Set(),
        }),
      );
    expect(look()).toEqual({ found: 'no' });
    const { providerRefs } = submit(migration(), each);
    expect(look()).toEqual({ found: 'yes', refs: providerRefs });
  });

  it('distinguishes a wrong password from an expired token', () => {
    const wrong: Credentials = { ...password, password: new Secret('wrong') };
    expect(failureIn(() => logIn(wrong))).toMatchObject({ kind: 'unauthenticated', retryable: false });
    logIn();
    session = { token: new Secret('MII-stale'), projectId: keys.projectId, expiresAt: clock };
    expect(failureIn(() => submit(migration(), backup()))).toMatchObject({ kind: 'session_expired' });
    const bad: Credentials = { ...accessKey, secretAccessKey: new Secret('wrong') };
    expect(failureIn(() => submit(migration(), backup(), bad))).toMatchObject({ kind: 'unauthenticated' });
  });

  it('reports a late signature as clock skew', () => {
    logIn(accessKey);
    const request = createJob.build(input(migration(), backup()));
    const sentBy = clock;
    const signedLate = () => {
      const real = clock;
      clock = sentBy - 3_600_000;
      const context = {
        account,
        region: account.region,
        credentials: accessKey,
        session,
        endpoint: 'https://drs.x',
        now: clock,
        nonce: '',
      };
      const { method, url, headers, body = '' } = huawei.sign(request, context);
      clock = real;
      const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const answer = cloud.handle({
        method,
        path: new URL(url).pathname,
        query: '',
        headers: { host: 'drs.x', ...lowered },
        body,
      });
      return huawei.failureOf(request, {
        httpStatus: answer.status,
        headers: {},
        body: answer.body,
        receivedAt: clock,
      });
    };
    expect(signedLate()?.kind).toBe('clock_skew');
  });

  it('answers every injected fault in words that the provider understands', () => {
    logIn();
    const request = createJob.build(input(migration(), backup()));
    const raw = {
      method: 'POST',
      path: `/v5/${keys.projectId}/backup-migration-jobs`,
      query: '',
      headers: {},
      body: '{}',
    };
    const kinds = (['throttled', 'unavailable', 'internal_error'] as const).map((fault) => {
      const { status, headers, body } = cloud.fault(fault, raw);
      return huawei.failureOf(request, { httpStatus: status, headers, body, receivedAt: clock })?.kind;
    });
    expect(kinds).toEqual(['throttled', 'unavailable', 'unavailable']);
  });

  it('runs the read-only checks', () => {
    logIn();
    expect(converse(huawei.preflight(migration(), account))).toEqual([]);
  });
});
