import { describe, expect, it } from 'vitest';
import { sandboxCredentials } from '../../src/sandbox/cloud.ts';
import { Refusal } from '../../src/sandbox/tencent/answer.ts';
import { verifySignature } from '../../src/sandbox/tencent/signature.ts';
import { Bench, instance, type Shape, signed, start, url } from './tencent-client.ts';

const seconds = start / 1000;
const validCreate = {
  InstanceId: instance,
  RecoveryType: 'FULL',
  UploadType: 'COS_URL',
  MigrationName: 'orders_20231114',
  BackupFiles: [url('orders.bak')],
};

function codeOf(shape: Shape, action = 'DescribeRegions', parameters: object = {}, now = start): string | undefined {
  const bench = new Bench();
  bench.now = now;
  return bench.send(signed(action, parameters, shape)).Error?.Code;
}

describe('published signature vectors', () => {
  const keys = {
    secretId: 'AKIDEXAMPLE0000000000000000000000001',
    secretKey: 'ExampleSecretKey0000000000000001',
    token: '',
  };
  const body = '{"InstanceId":"mssql-rdc0gajn","BackupMigrationId":"mssql-backup-migration-kpl74n9l"}';
  const host = 'sqlserver.tencentcloudapi.com';
  const json = 'application/json';
  const charset = 'application/json; charset=utf-8';
  const form = 'application/x-www-form-urlencoded';
  const three = 'content-type;host;x-tc-action';
  const two = 'content-type;host';
  const unsigned = { 'x-tc-content-sha256': 'UNSIGNED-PAYLOAD' };

  it.each([
    [
      'as the Node SDK signs',
      1_700_000_000,
      json,
      two,
      body,
      '',
      {},
      'fb8bfaf4f0ad3a9920afa4b67fe2fa8145711c4d6603cc1e7a9a6671e5458468',
    ],
    [
      'with a charset',
      1_700_000_000,
      charset,
      two,
      body,
      '',
      {},
      '51c13b156fd49a6dde3e9057e45f81022db740ee0f17f6763c8e62cffd4ada87',
    ],
    [
      'with the action signed',
      1_700_000_000,
      json,
      three,
      body,
      '',
      {},
      '2180b3e3cafafb385fa7ada45deb0ef740da51c1005217fded634f836c71ba5d',
    ],
    [
      'with both',
      1_700_000_000,
      charset,
      three,
      body,
      '',
      {},
      '89b09e89a0493069ef572fe3b85f849c6ae93ff8d4299a98d4adcf066af468ab',
    ],
    [
      'with an unsigned payload',
      1_700_000_000,
      json,
      two,
      body,
      '',
      unsigned,
      'cf6245419c34620948daf78c7d61dfa67bf529760291a5c74321964e8b90e822',
    ],
    [
      'in the last second of the UTC day',
      1_700_006_399,
      json,
      two,
      body,
      '',
      {},
      'cf727878fbdd84e8bf0727d13a81c731300eb5544f6f230e41351172fe0d6308',
    ],
    [
      'in the first second of the UTC day',
      1_700_006_400,
      json,
      two,
      body,
      '',
      {},
      'ce245b69ecfc8d359b6233eb81a3d2aca164ba9d5624bb8a5f1f0a4189998369',
    ],
    [
      'as a GET',
      1_700_000_000,
      form,
      two,
      '',
      'FlowId=1001399',
      {},
      '354e50e124e81c683fbaf24ba286372b5a4214fb1fc930fcefe483a3eff223f9',
    ],
  ] as const)('accepts the request %s', (_name, timestamp, contentType, names, payload, query, extra, signature) => {
    const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
    const credential = `${keys.secretId}/${date}/sqlserver/tc3_request`;
    const headers = {
      host,
      'content-type': contentType,
      'x-tc-action': 'StartBackupMigration',
      'x-tc-timestamp': String(timestamp),
      authorization: `TC3-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
      ...extra,
    };
    const request = { method: query === '' ? 'POST' : 'GET', path: '/', query, headers, body: payload };
    expect(() => verifySignature(request, keys, timestamp * 1000)).not.toThrow();
    const tampered = { ...request, headers: { ...headers, host: `x${host}` } };
    expect(() => verifySignature(tampered, keys, timestamp * 1000)).toThrow(Refusal);
  });
});

describe('signature', () => {
  it.each<[string, Shape, string | undefined]>([
    ['well signed', {}, undefined],
    ['signed by the two compulsory headers', { signedHeaders: ['content-type', 'host'] }, undefined],
    ['with a host with its port', { host: '127.0.0.1:8080' }, undefined],
    ['with a host signed without its port', { host: '127.0.0.1:8080', signedHost: '127.0.0.1' }, undefined],
    ['with the first label of the host as service', { host: '127.0.0.1:8080', service: '127' }, undefined],
    ['with the right token', { headers: { 'x-tc-token': sandboxCredentials.tencent.token } }, undefined],
    ['with a wrong token', { headers: { 'x-tc-token': 'other' } }, 'AuthFailure.TokenFailure'],
    ['with another service', { service: 'cvm' }, 'AuthFailure.SignatureFailure'],
    ['for another host', { signedHost: 'cvm.tencentcloudapi.com' }, 'AuthFailure.SignatureFailure'],
    ['without the host signed', { signedHeaders: ['content-type'] }, 'AuthFailure.SignatureFailure'],
    ['without the content type signed', { signedHeaders: ['host'] }, 'AuthFailure.SignatureFailure'],
    [
      'with an absent header signed',
      { signedHeaders: ['content-type', 'host', 'x-other'] },
      'AuthFailure.SignatureFailure',
    ],
    ['with a wrong key', { secretKey: 'wrong' }, 'AuthFailure.SignatureFailure'],
    ['with an unknown id', { secretId: 'AKIDother' }, 'AuthFailure.SecretIdNotFound'],
    ['five minutes old', { timestamp: seconds - 300 }, undefined],
    ['more than five minutes old', { timestamp: seconds - 301 }, 'AuthFailure.SignatureExpire'],
    ['more than five minutes ahead', { timestamp: seconds + 301 }, 'AuthFailure.SignatureExpire'],
    ['with the date of China in the scope', { date: '2023-11-15' }, 'AuthFailure.SignatureFailure'],
  ])('answers a request $0 with the error $2', (_name, shape, code) => {
    expect(codeOf(shape)).toBe(code);
  });

  it('uses the timestamp’s date, not its own clock’s, at the UTC date boundary', () => {
    const midnight = 1_700_006_400;
    expect(codeOf({ timestamp: midnight - 1 }, 'DescribeRegions', {}, midnight * 1000 + 5000)).toBeUndefined();
    expect(codeOf({ timestamp: midnight }, 'DescribeRegions', {}, midnight * 1000 - 5000)).toBeUndefined();
    const wrong = codeOf({ timestamp: midnight, date: '2023-11-14' }, 'DescribeRegions', {}, midnight * 1000);
    expect(wrong).toBe('AuthFailure.SignatureFailure');
  });

  it.each(['', 'SKIP', 'TC3-HMAC-SHA256 Credential=x', 'Bearer token'])('rejects the authorization "%s"', (value) => {
    const request = signed('DescribeRegions', {});
    const answer = new Bench().send({ ...request, headers: { ...request.headers, authorization: value } });
    expect(answer.Error?.Code).toBe('AuthFailure.InvalidAuthorization');
  });

  it('rejects a body, query or content type that changed after signing', () => {
    const bench = new Bench();
    const post = signed('CreateBackupMigration', validCreate);
    const get = signed('DescribeFlowStatus', {}, { method: 'GET', query: 'FlowId=1' });
    const changed = [
      { ...post, body: post.body.replace('orders.bak', 'orders2.bak') },
      { ...post, headers: { ...post.headers, 'content-type': 'application/json' } },
      { ...post, headers: { ...post.headers, 'x-tc-action': 'DescribeRegions' } },
      { ...get, query: 'FlowId=2' },
    ];
    for (const request of changed) expect(bench.send(request).Error?.Code).toBe('AuthFailure.SignatureFailure');
    expect(bench.cloud.journal()).toEqual([]);
  });
});

describe('common parameters', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['an unknown action', { 'x-tc-action': 'CreateBackupMigrations' }, 'InvalidAction'],
    ['another version', { 'x-tc-version': '2017-03-12' }, 'NoSuchVersion'],
    ['an unknown region', { 'x-tc-region': 'ap-nowhere' }, 'UnsupportedRegion'],
    ['a timestamp that is no number', { 'x-tc-timestamp': 'now' }, 'InvalidParameter'],
  ])('rejects %s', (_name, headers, code) => {
    const action = headers['x-tc-action'] ?? 'DescribeRegions';
    expect(codeOf({ headers }, action)).toBe(code);
  });

  it.each(['x-tc-action', 'x-tc-version', 'x-tc-region', 'x-tc-timestamp'])('requires %s', (name) => {
    const request = signed('DescribeRegions', {}, { signedHeaders: ['content-type', 'host'] });
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([key]) => key !== name));
    expect(new Bench().send({ ...request, headers }).Error?.Code).toBe('MissingParameter');
  });

  it.each([
    ['another method', { method: 'PUT' }, 'UnsupportedProtocol'],
    ['another path', { path: '/v1' }, 'InvalidRequest'],
    ['a POST with a query', { query: 'a=1' }, 'InvalidRequest'],
  ])('rejects %s', (_name, change, code) => {
    expect(new Bench().send({ ...signed('DescribeRegions', {}), ...change }).Error?.Code).toBe(code);
  });

  it('returns a unique request id and the caller’s trace id', () => {
    const { cloud } = new Bench();
    const request = signed('DescribeRegions', {}, { headers: { 'x-tc-traceid': 'trace-1' } });
    const [one, other] = [cloud.handle(request), cloud.handle(request)];
    expect(one.headers['x-tc-traceid']).toBe('trace-1');
    expect(JSON.parse(one.body).Response.RequestId).not.toBe(JSON.parse(other.body).Response.RequestId);
  });
});

describe('parameters', () => {
  const { MigrationName: _name, ...unnamed } = validCreate;

  it.each<[string, object, string | undefined]>([
    ['all that is required', validCreate, undefined],
    ['an unknown one', { ...validCreate, DBRename: [] }, 'UnknownParameter'],
    ['a misspelt one', { ...validCreate, instanceId: instance }, 'UnknownParameter'],
    ['a missing one', unnamed, 'MissingParameter'],
    ['a wrong type', { ...validCreate, BackupFiles: url('orders.bak') }, 'InvalidParameter.ParamsAssertFailed'],
    ['a null', { ...validCreate, BackupFiles: null }, 'InvalidParameter.ParamsAssertFailed'],
    ['a wrong enum value', { ...validCreate, RecoveryType: 'full' }, 'InvalidParameter.ParamsAssertFailed'],
    ['two files', { ...validCreate, BackupFiles: [url('a.bak'), url('b.bak')] }, 'InvalidParameter.ParamsAssertFailed'],
    ['no file yet', { ...validCreate, BackupFiles: undefined }, undefined],
    [
      'a name with a dash',
      { ...validCreate, MigrationName: 'orders-1' },
      'InvalidParameterValue.MigrationNameIsIllegal',
    ],
    ['an empty name', { ...validCreate, MigrationName: '' }, 'InvalidParameterValue.MigrationNameIsIllegal'],
    ['a name of 61', { ...validCreate, MigrationName: 'a'.repeat(61) }, 'InvalidParameterValue.MigrationNameIsIllegal'],
    ['a Chinese name', { ...validCreate, MigrationName: '订单_1' }, undefined],
    [
      'a file that is no URL',
      { ...validCreate, BackupFiles: ['orders.bak'] },
      'InvalidParameterValue.BackupNameIsIllegal',
    ],
    ['a .tar.gz', { ...validCreate, BackupFiles: [url('orders.tar.gz')] }, 'InvalidParameterValue.BackupNameIsIllegal'],
    ['a signed URL', { ...validCreate, BackupFiles: [`${url('orders.bak')}?q-sign-algorithm=sha1`] }, undefined],
    ['a malformed instance', { ...validCreate, InstanceId: 'rm-1' }, 'ResourceNotFound.InstanceNotFound'],
  ])('answers a create with $0 with the error $2', (_case, parameters, code) => {
    expect(new Bench().code('CreateBackupMigration', parameters)).toBe(code);
  });

  it.each([
    ['no JSON', '{"InstanceId":', 'InvalidParameter'],
    ['no object', '[]', 'InvalidParameter'],
    ['nothing', '', 'InvalidParameter'],
  ])('rejects a body that is %s', (_name, body, code) => {
    expect(codeOf({ body }, 'CreateBackupMigration')).toBe(code);
  });

  it('rejects a form', () => {
    expect(codeOf({ contentType: 'application/x-www-form-urlencoded' })).toBe('InvalidRequest');
  });

  it('rejects numbers as text in JSON, a page size over 100 and an unknown flow', () => {
    const bench = new Bench();
    expect(bench.code('DescribeFlowStatus', { FlowId: '1001399' })).toBe('InvalidParameter.ParamsAssertFailed');
    const list = { InstanceId: instance, Limit: 101 };
    expect(bench.code('DescribeBackupMigration', list)).toBe('InvalidParameter.ParamsAssertFailed');
    expect(bench.code('DescribeFlowStatus', { FlowId: 7 })).toBe('InvalidParameter.ParamsAssertFailed');
  });
});

describe('GET', () => {
  it('has no payload, even if bytes follow its headers', () => {
    const request = signed('DescribeRegions', {}, { method: 'GET' });
    expect(new Bench().send({ ...request, body: '{"Foo":1}' }).Error).toBeUndefined();
  });

  const get = (action: string, query: string) => new Bench().send(signed(action, {}, { method: 'GET', query }));

  it('accepts flattened arrays, numbers and percent-encoding', () => {
    const bench = new Bench();
    bench.full('orders.bak', { MigrationName: '订单' });
    const query = `InstanceId=${instance}&MigrationName=%E8%AE%A2&StatusSet.0=2&StatusSet.1=7&Limit=20`;
    expect(bench.send(signed('DescribeBackupMigration', {}, { method: 'GET', query })).TotalCount).toBe(1);
  });

  it.each([
    ['an unknown parameter', `InstanceId=${instance}&Foo=1`, 'UnknownParameter'],
    ['a missing one', 'Limit=1', 'MissingParameter'],
    ['a number that is none', `InstanceId=${instance}&Limit=ten`, 'InvalidParameter.ParamsAssertFailed'],
    ['the same one twice', `InstanceId=${instance}&InstanceId=x`, 'InvalidParameter'],
    ['two shapes', `InstanceId=${instance}&StatusSet=2&StatusSet.0=2`, 'InvalidParameter'],
    ['broken encoding', `InstanceId=%E8`, 'InvalidParameter'],
    ['a prototype', `InstanceId=${instance}&__proto__.x=1`, 'UnknownParameter'],
  ])('rejects %s', (_name, query, code) => {
    expect(get('DescribeBackupMigration', query).Error?.Code).toBe(code);
  });
});

describe('injected faults', () => {
  it.each([
    ['throttled', 'RequestLimitExceeded'],
    ['unavailable', 'ServiceUnavailable'],
    ['internal_error', 'InternalError.SystemError'],
  ] as const)('phrases %s as the vendor does, with status 200', (kind, code) => {
    const { cloud } = new Bench();
    const response = cloud.fault(kind, signed('DescribeRegions', {}));
    expect(response.status).toBe(200);
    expect(JSON.parse(response.body).Response).toMatchObject({ Error: { Code: code }, RequestId: expect.any(String) });
  });

  it('names the operation of a request', () => {
    const { cloud } = new Bench();
    expect(cloud.operationOf(signed('DescribeRegions', {}))).toBe('DescribeRegions');
    expect(cloud.operationOf({ method: 'GET', path: '/', query: '', headers: {}, body: '' })).toBe('?');
  });
});
