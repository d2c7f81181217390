import { describe, expect, it } from 'vitest';
import { type SandboxRequest, sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { loadVendorOperations } from '../../src/sandbox/vendor-schema.ts';
import {
  acs3,
  encode,
  expectRefusal,
  full,
  instance,
  newCloud,
  type Refusal,
  rpc,
  rpcParameters,
  start,
} from './alibaba-client.ts';

const { stsAccessKeyId, securityToken } = sandboxCredentials.alibaba;
const window = { StartTime: '2026-11-21T11:00Z', EndTime: '2026-11-21T13:00Z' };
const list = { ...instance, ...window };
const sts = { AccessKeyId: stsAccessKeyId, SecurityToken: securityToken };
const stsHeaders = { 'x-acs-accesskey-id': stsAccessKeyId, 'x-acs-security-token': securityToken };
const action = 'DescribeMigrateTasks';

/** Valid requests, in each form that the vendor accepts. */
const accepted: Readonly<Record<string, () => SandboxRequest>> = {
  'V1 in the query': () => rpc(action, list, start),
  'V1 with a session token': () => rpc(action, list, start, sts),
  'V1, lower-case format': () => rpc(action, list, start, { Format: 'json' }),
  'V1, 15 minutes late': () => rpc(action, list, start - 15 * 60_000),
  'V1 by GET': () => ({
    ...rpc(action, list, start),
    method: 'GET',
    query: encode(rpcParameters(action, list, start, {}, 'GET')),
  }),
  'V1 in a form': () => ({
    ...rpc(action, list, start),
    query: '',
    headers: { host: 'rds.aliyuncs.com', 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' },
    body: encode(rpcParameters(action, list, start)),
  }),
  'V1 with a plus for a blank': () => {
    const request = rpc(action, { ...list, ResourceGroupId: 'a b' }, start);
    return { ...request, query: request.query.replace('a%20b', 'a+b') };
  },
  'V1 with RegionId': () => rpc(action, { ...list, RegionId: 'cn-hangzhou' }, start),
  V3: () => acs3(action, list, start),
  'V3 with a session token': () => acs3(action, list, start, stsHeaders),
};

describe('accepted requests', () => {
  for (const [name, build] of Object.entries(accepted)) {
    it(name, () => expect(newCloud().send(build())).toMatchObject({ status: 200, json: { TotalRecordCount: 0 } }));
  }
});

const tampered = (request: SandboxRequest): SandboxRequest => ({
  ...request,
  query: request.query.replace('rm-uf6wjk5xxxxxxx', 'rm-uf6wjk5xxxxxxy'),
});

/** Invalid requests, with the error code and HTTP status of the answer. */
const refused: readonly Refusal[] = [
  ['a changed parameter', 'SignatureDoesNotMatch', 400, () => tampered(rpc(action, list, start))],
  ['a changed parameter, V3', 'SignatureDoesNotMatch', 400, () => tampered(acs3(action, list, start))],
  ['a changed method', 'SignatureDoesNotMatch', 400, () => ({ ...rpc(action, list, start), method: 'GET' })],
  [
    'an empty signature',
    'IncompleteSignature',
    400,
    () => ({ ...rpc(action, list, start), query: encode({ ...rpcParameters(action, list, start), Signature: '' }) }),
  ],
  [
    'no authentication parameters',
    'MissingAccessKeyId',
    400,
    () => ({ ...rpc(action, list, start), query: encode({ Action: action, Version: '2014-08-15', Format: 'JSON' }) }),
  ],
  [
    'another signature method',
    'InvalidSignatureMethod',
    400,
    () => rpc(action, list, start, { SignatureMethod: 'HMAC-SHA256' }),
  ],
  [
    'another signature version',
    'IncompleteSignature',
    400,
    () => rpc(action, list, start, { SignatureVersion: '2.0' }),
  ],
  ['no nonce', 'MissingSignatureNonce', 400, () => rpc(action, list, start, { SignatureNonce: 'ABSENT' })],
  ['an expired time', 'InvalidTimeStamp.Expired', 400, () => rpc(action, list, start - 15 * 60_000 - 1000)],
  ['a future time', 'InvalidTimeStamp.Expired', 400, () => rpc(action, list, start + 15 * 60_000 + 1000)],
  ['an expired time, V3', 'InvalidTimeStamp.Expired', 400, () => acs3(action, list, start - 15 * 60_000 - 1000)],
  [
    'a time with a fraction',
    'InvalidTimeStamp.Format',
    400,
    () => rpc(action, list, start, { Timestamp: '2026-11-21T12:00:30.000Z' }),
  ],
  [
    'an impossible time',
    'IllegalTimestamp',
    400,
    () => rpc(action, list, start, { Timestamp: '2026-13-21T12:00:30Z' }),
  ],
  ['an unknown key', 'InvalidAccessKeyId.NotFound', 404, () => rpc(action, list, start, { AccessKeyId: 'nobody' })],
  [
    'a key named like a built-in object property',
    'InvalidAccessKeyId.NotFound',
    404,
    () => rpc(action, list, start, { AccessKeyId: 'constructor' }),
  ],
  [
    'an inactive key',
    'InvalidAccessKeyId.Inactive',
    400,
    () => rpc(action, list, start, { AccessKeyId: 'sandbox-alibaba-inactive' }),
  ],
  [
    'a disabled key',
    'Forbidden.AccessKeyDisabled',
    403,
    () => rpc(action, list, start, { AccessKeyId: 'sandbox-alibaba-disabled' }),
  ],
  [
    'a key without rights',
    'Forbidden.RAM',
    403,
    () => rpc(action, list, start, { AccessKeyId: 'sandbox-alibaba-forbidden' }),
  ],
  [
    'a key without permission',
    'NoPermission',
    403,
    () => rpc(action, list, start, { AccessKeyId: 'sandbox-alibaba-nopermission' }),
  ],
  [
    'a session key without token',
    'MissingSecurityToken',
    400,
    () => rpc(action, list, start, { AccessKeyId: stsAccessKeyId }),
  ],
  [
    'a token of another key',
    'InvalidSecurityToken.MismatchWithAccessKey',
    400,
    () => rpc(action, list, start, { ...sts, SecurityToken: 'some-other-token' }),
  ],
  [
    'a token with a plain key',
    'InvalidSecurityToken.MismatchWithAccessKey',
    400,
    () => rpc(action, list, start, { SecurityToken: securityToken }),
  ],
  [
    'an expired token',
    'InvalidSecurityToken.Expired',
    400,
    () => rpc(action, list, start, { ...sts, SecurityToken: `${securityToken}-expired` }),
  ],
  [
    'a malformed token',
    'InvalidSecurityToken.Malformed',
    400,
    () => rpc(action, list, start, { ...sts, SecurityToken: 'a b' }),
  ],
  [
    'an expired token, V3',
    'InvalidSecurityToken.Expired',
    400,
    () => acs3(action, list, start, { ...stsHeaders, 'x-acs-security-token': `${securityToken}-expired` }),
  ],
  [
    'an unsigned V3 header',
    'IncompleteSignature',
    400,
    () => {
      const request = acs3(action, list, start);
      return { ...request, headers: { ...request.headers, 'x-acs-extra': '1' } };
    },
  ],
  [
    'a V3 body other than the signed one',
    'SignatureDoesNotMatch',
    400,
    () => acs3(action, list, start, { 'x-acs-content-sha256': 'ab' }),
  ],
  [
    'another V3 algorithm',
    'InvalidSignatureMethod',
    400,
    () => {
      const request = acs3(action, list, start);
      return {
        ...request,
        headers: { ...request.headers, authorization: 'ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=00' },
      };
    },
  ],
  [
    'two keys in one V3 request',
    'IncompleteSignature',
    400,
    () => acs3(action, list, start, { 'x-acs-accesskey-id': 'sandbox-alibaba-id' }, 'sandbox-alibaba-forbidden'),
  ],
  ['common parameters beside V3', 'InvalidParameter', 400, () => acs3(action, { ...list, Action: action }, start)],
  ['no action', 'MissingAction', 400, () => rpc('ABSENT', list, start)],
  ['an unknown action', 'InvalidAction.NotFound', 404, () => rpc('CreateMigrationTask', list, start)],
  ['another version', 'InvalidVersion', 400, () => rpc(action, list, start, { Version: '2014-08-16' })],
  ['another path', 'InvalidApi.NotFound', 404, () => ({ ...rpc(action, list, start), path: '/rds' })],
  ['another HTTP method', 'UnsupportedHTTPMethod', 400, () => ({ ...rpc(action, list, start), method: 'PUT' })],
  [
    'a duplicate parameter',
    'InvalidParameter',
    400,
    () => ({ ...rpc(action, list, start), query: `Format=JSON&Action=${action}&Action=${action}` }),
  ],
  [
    'a broken encoding',
    'InvalidParameter',
    400,
    () => ({ ...rpc(action, list, start), query: 'Format=JSON&Action=%E0%A4%A' }),
  ],
  ['a JSON body', 'InvalidParameter', 400, () => ({ ...rpc(action, list, start), body: '{}' })],
];

describe('refused requests', () => {
  for (const [name, code, status, build] of refused) {
    it(`${name}: ${code}`, () => expectRefusal(build(), code, status));
  }

  it('a nonce already used in either signature style: SignatureNonceUsed', () => {
    const subject = newCloud();
    expect(subject.send(rpc(action, list, start, { SignatureNonce: 'once' })).status).toBe(200);
    const again = subject.send(acs3(action, list, start, { 'x-acs-signature-nonce': 'once' }));
    expect(again.json).toMatchObject({ Code: 'SignatureNonceUsed' });
  });

  it('a request with a wrong signature does not consume its nonce', () => {
    const subject = newCloud();
    subject.send(tampered(rpc(action, list, start, { SignatureNonce: 'once' })));
    expect(subject.send(rpc(action, list, start, { SignatureNonce: 'once' })).status).toBe(200);
  });
});

describe('error answers', () => {
  it('have the vendor’s members', () => {
    const { json } = newCloud().send(rpc('CreateMigrateTask', full('master'), start));
    expect(json).toMatchObject({ HostId: 'rds.aliyuncs.com', Recommend: expect.stringContaining('q=InvalidDBName&') });
    expect(loadVendorOperations('alibaba').get('CreateMigrateTask')?.validateResponse(400, json)).toEqual([]);
  });

  it('explain a missing permission', () => {
    const request = rpc(action, list, start, { AccessKeyId: 'sandbox-alibaba-forbidden' });
    expect(newCloud().send(request).json.AccessDeniedDetail).toMatchObject({ AuthAction: `rds:${action}` });
  });

  it('show the string to sign that the cloud computed', () => {
    const { json } = newCloud().send(tampered(rpc(action, list, start)));
    expect(json.Message).toContain('server string to sign is:POST&%2F&AccessKeyId%3D');
  });

  it('are XML unless the request asks for JSON', () => {
    const answer = newCloud().send(rpc(action, { ...list, Colour: 'red' }, start, { Format: 'ABSENT' }));
    expect(answer.headers['content-type']).toContain('text/xml');
    expect(answer.body).toContain('<Error><RequestId>');
  });
});
