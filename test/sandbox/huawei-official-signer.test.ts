import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { temporaryAccessKey } from '../../src/sandbox/huawei/account.ts';
import { canonicalRequest, signatureOf } from '../../src/sandbox/huawei/signature.ts';
import { createBody, jobsPath, keys, laboratory, P } from './huawei-fixture.ts';

interface OfficialRequest {
  readonly endpoint: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly queryParams: Record<string, string | number | string[]>;
  readonly data?: unknown;
}
interface Credential {
  getAk(): string;
  getSk(): string;
}
interface OfficialSigner {
  sign(request: OfficialRequest, credential: Credential): Record<string, string>;
}

const { AKSKSigner } = createRequire(import.meta.url)('@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js') as {
  AKSKSigner: OfficialSigner;
};
const origin = 'https://drs.ap-southeast-3.myhuaweicloud.com';
const permanent: Credential = { getAk: () => keys.accessKeyId, getSk: () => keys.secretAccessKey };
const temporary: Credential = { getAk: () => temporaryAccessKey.id, getSk: () => temporaryAccessKey.secret };

/** Headers as Node's HTTP server delivers them. */
function arrived(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

describe('Huawei sandbox: requests of the official signer', () => {
  const date = '20260301T100000Z';

  function sign(
    path: string,
    parts: Partial<OfficialRequest> = {},
    extra: Record<string, string> = {},
    credential = permanent,
  ) {
    const headers = { 'content-type': 'application/json', 'X-Sdk-Date': date, 'X-Project-Id': P, ...extra };
    const request = { endpoint: origin + path, method: 'GET', queryParams: {}, ...parts, headers };
    return arrived(AKSKSigner.sign(request, credential));
  }

  it.each([
    ['café', { 'base_info.description': 'café crème' }],
    ['订单', { 'base_info.description': '订单 🐦', 'base_info.tags': [{ key: 'équipe'.slice(2), value: 'données' }] }],
  ])('accepts a create with %s', (_, changes) => {
    const { raw } = laboratory();
    const data = createBody(changes);
    const headers = sign(jobsPath, { method: 'POST', data });
    expect(raw({ method: 'POST', path: jobsPath, headers, body: data })).toMatchObject({ status: 200 });
    const tampered = JSON.stringify(data).replace('full.bak', 'fuII.bak');
    expect(raw({ method: 'POST', path: jobsPath, headers, body: tampered }).status).toBe(401);
  });

  it.each([
    ['limit=10&status=PRECHECK%20FAILED&offset=0', { status: 'PRECHECK FAILED', limit: 10, offset: 0 }],
    [
      'dbs_instance_ids=b&name=a%20b%2F%C3%A9~%2A&dbs_instance_ids=a',
      { name: 'a b/é~*', dbs_instance_ids: ['b', 'a'] },
    ],
    ["name='(!)'", { name: "'(!)'" }],
  ])('accepts a list with %s', (query, queryParams) => {
    const headers = sign(jobsPath, { queryParams });
    expect(laboratory().raw({ path: jobsPath, query, headers })).toMatchObject({ status: 200 });
  });

  it('accepts a temporary key', () => {
    const headers = sign(jobsPath, {}, { 'X-Security-Token': temporaryAccessKey.securityToken }, temporary);
    expect(laboratory().raw({ path: jobsPath, headers }).status).toBe(200);
  });

  it('accepts a delete without body', () => {
    const { raw, created, clock } = laboratory();
    const path = `${jobsPath}/${created()}`;
    clock.now += 100_000;
    expect(raw({ method: 'DELETE', path, headers: sign(path, { method: 'DELETE' }) }).status).toBe(200);
  });
});

describe('Huawei sandbox: known signatures', () => {
  const project = '0123456789abcdef0123456789abcdef';
  const path = `/v5/${project}/backup-migration-jobs`;
  const job = `${path}/0667845a-6291-4e2a-95b0-190c0abjb703`;
  const headers = {
    'content-type': 'application/json',
    host: 'drs.cn-north-4.myhuaweicloud.com',
    'x-project-id': project,
    'x-sdk-date': '20250102T030405Z',
    'x-security-token': 'exampleSecurityToken==',
  };
  const four = 'content-type;host;x-project-id;x-sdk-date';

  it.each([
    [
      'GET',
      path,
      'status=PRECHECK%20FAILED&offset=0&limit=10',
      '',
      four,
      '976fef34d0182b48e303de4f71eaee15821d3566a16d774c7fbcb825ddbd6bb1',
    ],
    [
      'PUT',
      job,
      '',
      '{"name":"nightly-01","description":"café"}',
      four,
      '6ad2a08a68e4b31d04b9f542f172bc32a86afb47b8c2f356000038ca085e0158',
    ],
    ['DELETE', job, '', '', four, '1e6ffb4222bc4fc4a89650e0ca36db4a7785b233b822f53b2a8647b8ce894e87'],
    [
      'GET',
      job,
      '',
      '',
      `${four};x-security-token`,
      '44b98694b708ba32d704c6c39f2dbd1bab25eb1bcd24585670619af1c8a92fcb',
    ],
    [
      'GET',
      path,
      'name=a%20b%2F%C3%A9~%2A&dbs_instance_ids=b&dbs_instance_ids=a',
      '',
      'host;x-sdk-date',
      'e8b33a1c366238ef951cb37796163825ee2c56ca9bf406ee4ce6ff600c2f7cc9',
    ],
  ])('%s %s?%s', (method, where, query, body, names, expected) => {
    const canonical = canonicalRequest({ method, path: where, query, headers, body }, names.split(';')) ?? '';
    expect(signatureOf(canonical, headers['x-sdk-date'], 'exampleSecretKey0000000000000000000000001')).toBe(expected);
  });
});
