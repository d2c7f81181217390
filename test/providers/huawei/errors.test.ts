import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VendorRequest } from '../../../src/domain/vendor.ts';
import { createJob } from '../../../src/providers/huawei/calls.ts';
import { meanings } from '../../../src/providers/huawei/error-codes.ts';
import { failureOf } from '../../../src/providers/huawei/errors.ts';
import { listRequest, showRequest } from '../../../src/providers/huawei/jobs.ts';
import { account, backup, migration, now, reply } from './fixtures.ts';

const create = createJob.build({ account, migration: migration(), backup: backup(), open: (url) => url.display });
const list = listRequest([], 0);
const tokens: VendorRequest = {
  ...create,
  operation: 'KeystoneCreateUserTokenByPassword',
  service: 'iam',
  effect: 'read',
};

const gateway = (code: string, message: string) => ({ error_msg: message, error_code: code, request_id: 'req-body' });
const authentication = (rest: string) => gateway('APIGW.0301', `Incorrect IAM authentication information: ${rest}`);

const table: readonly (readonly [string, VendorRequest, number, unknown, string, string])[] = [
  [
    'job missing',
    showRequest('j'),
    400,
    { error_code: 'DRS.10000010', error_msg: 'Job does not exist, please check job ID.' },
    'not_found',
    'provider_rejected',
  ],
  [
    'generic failure',
    create,
    400,
    { error_code: 'DRS.10000001', error_msg: 'Failed.' },
    'rejected',
    'provider_rejected',
  ],
  [
    'invalid parameter',
    create,
    400,
    { error_code: 'DRS.M00202', error_msg: 'x invalid' },
    'rejected',
    'provider_rejected',
  ],
  [
    'busy',
    create,
    202,
    { error_code: 'DRS.M01504', error_msg: 'Another operation is being performed' },
    'busy',
    'provider_conflict',
  ],
  ['busy, v5 code', create, 400, { error_code: 'DRS.10000024' }, 'busy', 'provider_conflict'],
  ['target in use', create, 422, { error_code: 'DRS.M06020' }, 'busy', 'provider_conflict'],
  [
    'too frequent',
    create,
    400,
    { error_code: 'DRS.M01503', error_msg: 'Operation too frequent' },
    'throttled',
    'provider_throttled',
  ],
  ['name taken: sent before', create, 422, { error_code: 'DRS.M00277' }, 'replayed', 'provider_conflict'],
  ['service fault', create, 422, { error_code: 'DRS.M01501' }, 'unavailable', 'provider_unavailable'],
  ['program exception', create, 400, { error_code: 'DRS.10000023' }, 'unavailable', 'provider_unavailable'],
  ['arrears', create, 400, { error_code: 'DRS.10020072' }, 'unauthenticated', 'provider_auth_failed'],
  ['no permission', create, 403, { error_code: 'DRS.M00102' }, 'unauthenticated', 'provider_auth_failed'],
  ['token refused by DRS', create, 403, { error_code: 'DRS.M00100' }, 'session_expired', 'provider_auth_failed'],
  [
    'unknown code by status',
    create,
    400,
    { error_code: 'DRS.99999999', error_msg: 'new' },
    'rejected',
    'provider_rejected',
  ],
  ['unknown code on 5xx', create, 500, { error_code: 'DRS.99999999' }, 'unavailable', 'provider_unavailable'],
  ['known refusal on 5xx', create, 500, { error_code: 'DRS.10000001' }, 'unavailable', 'provider_unavailable'],
  [
    'unknown code on 2xx',
    create,
    200,
    { error_code: 'DRS.M05066', error_msg: '?' },
    'malformed',
    'provider_protocol_error',
  ],
  ['known code on 2xx', create, 200, { error_code: 'DRS.M05006' }, 'rejected', 'provider_rejected'],
  [
    'expired token',
    list,
    401,
    gateway('APIGW.0307', 'The token must be updated.'),
    'session_expired',
    'provider_auth_failed',
  ],
  [
    'the same from a dedicated gateway',
    list,
    401,
    gateway('APIG.0307', 'The token must be updated.'),
    'session_expired',
    'provider_auth_failed',
  ],
  ['the same from another gateway', list, 401, gateway('APIC.0307', 'x'), 'session_expired', 'provider_auth_failed'],
  [
    'throttled',
    list,
    429,
    gateway('APIGW.0308', 'The throttling threshold has been reached: policy user over ratelimit,limit:10'),
    'throttled',
    'provider_throttled',
  ],
  ['throttled, no code', list, 429, '', 'throttled', 'provider_throttled'],
  ['wrong host', list, 404, gateway('APIGW.0101', 'API does not exist'), 'rejected', 'provider_rejected'],
  [
    'backend unavailable',
    create,
    502,
    gateway('APIGW.0201', 'Backend unavailable'),
    'unavailable',
    'provider_unavailable',
  ],
  ['backend timeout', create, 504, gateway('APIGW.0201', 'Backend timeout'), 'unavailable', 'provider_unavailable'],
  ['body too big', create, 413, gateway('APIGW.0201', 'Request body too large'), 'rejected', 'provider_rejected'],
  ['headers too big', create, 494, gateway('APIGW.0201', 'Request headers too large'), 'rejected', 'provider_rejected'],
  ['headers too big, from a balancer', create, 431, '<html></html>', 'rejected', 'provider_rejected'],
  ['IAM unavailable', list, 503, gateway('APIGW.0613', 'IAM unavailable'), 'unavailable', 'provider_unavailable'],
  ['not in this region', list, 403, gateway('APIGW.0802', 'x'), 'unauthenticated', 'provider_auth_failed'],
  [
    'token expires',
    list,
    401,
    authentication('token expires, expires_at: 2026-01-01'),
    'session_expired',
    'provider_auth_failed',
  ],
  [
    'token of another region',
    list,
    401,
    authentication('decrypt token fail'),
    'session_expired',
    'provider_auth_failed',
  ],
  ['no token arrived', list, 401, authentication('x-auth-token not found'), 'unauthenticated', 'provider_auth_failed'],
  [
    'wrong signature',
    list,
    401,
    authentication('verify aksk signature fail, canonicalRequest:GET|/|x-security-token:secret'),
    'unauthenticated',
    'provider_auth_failed',
  ],
  [
    'late signature',
    list,
    401,
    authentication('verify aksk signature fail, signature expired, signature time:20260301T000000Z, server time:x'),
    'clock_skew',
    'provider_auth_failed',
  ],
  [
    'late signature while a project is looked up',
    tokens,
    401,
    authentication('signature expired, signature time:x'),
    'clock_skew',
    'provider_auth_failed',
  ],
  [
    'access key locked',
    list,
    401,
    authentication('AK access failed to reach the limit,forbidden'),
    'unauthenticated',
    'provider_auth_failed',
  ],
  [
    'access key unknown',
    list,
    401,
    authentication('Get secretKey failed,ak:X,err:ak not exist'),
    'unauthenticated',
    'provider_auth_failed',
  ],
  ['401 of another kind', list, 401, authentication('something new'), 'unauthenticated', 'provider_auth_failed'],
  [
    'wrong password',
    tokens,
    401,
    { error: { code: 401, message: 'The username or password is wrong.', title: 'Unauthorized' } },
    'unauthenticated',
    'provider_auth_failed',
  ],
  [
    'wrong password, other shape',
    tokens,
    401,
    { error_code: 'IAM.0062', error_msg: 'x' },
    'unauthenticated',
    'provider_auth_failed',
  ],
  ['user locked', tokens, 401, { error_code: 'IAM.0061' }, 'unauthenticated', 'provider_auth_failed'],
  ['no session to renew at login', tokens, 401, { error_code: 'IAM.0001' }, 'unauthenticated', 'provider_auth_failed'],
  [
    'token that IAM reports as expired',
    list,
    401,
    { error_code: 'IAM.0066' },
    'session_expired',
    'provider_auth_failed',
  ],
  [
    'IAM throttles',
    tokens,
    429,
    { error_code: 'IAM.0012', error_msg: 'Threshold: 5 times per 60 seconds' },
    'throttled',
    'provider_throttled',
  ],
  ['account unknown', tokens, 404, { error_code: 'IAM.0004' }, 'unauthenticated', 'provider_auth_failed'],
  ['failover', tokens, 410, { error_code: 'IAM.0020' }, 'unavailable', 'provider_unavailable'],
  [
    'nested, EPS style',
    list,
    403,
    { error: { error_code: 'IAM.0002', error_msg: 'no' } },
    'unauthenticated',
    'provider_auth_failed',
  ],
  [
    'RDS style',
    list,
    404,
    { errCode: 'DBS.280110', externalMessage: 'Selected DB instance does not exist.' },
    'not_found',
    'provider_rejected',
  ],
  ['errorCode and errorMsg', list, 400, { errorCode: 'DRS.M00304', errorMsg: 'x' }, 'busy', 'provider_conflict'],
  ['code and message', list, 403, { code: 'SOMETHING', message: 'x' }, 'unauthenticated', 'provider_auth_failed'],
  ['HTML', create, 502, '<html>Bad Gateway</html>', 'unavailable', 'provider_unavailable'],
  ['empty body', create, 503, '', 'unavailable', 'provider_unavailable'],
  ['HTML with 200', create, 200, '<html>maintenance</html>', 'malformed', 'provider_protocol_error'],
  ['truncated 200', create, 200, '{"job_id":"3f1c', 'malformed', 'provider_protocol_error'],
  ['an array', create, 200, '[]', 'malformed', 'provider_protocol_error'],
  ['a redirect', create, 302, '', 'malformed', 'provider_protocol_error'],
  ['HTML with 403 to a create', create, 403, '<html>blocked</html>', 'malformed', 'provider_protocol_error'],
  ['nothing with 401 to a create', create, 401, '', 'malformed', 'provider_protocol_error'],
  ['truncated 400 to a create', create, 400, '{"error_code":"DRS.M0', 'malformed', 'provider_protocol_error'],
  ['nothing with 413 to a create', create, 413, '', 'malformed', 'provider_protocol_error'],
  ['HTML with 403 to a read', list, 403, '<html>blocked</html>', 'unauthenticated', 'provider_auth_failed'],
  ['throttled by a balancer', create, 429, '<html></html>', 'throttled', 'provider_throttled'],
  ['too slow', create, 408, '', 'timeout', 'provider_timeout'],
  ['conflict', create, 409, { error_code: 'DRS.99999999' }, 'busy', 'provider_conflict'],
  ['conflict without a code', create, 409, '{}', 'malformed', 'provider_protocol_error'],
];

describe('failureOf', () => {
  it.each(table)('classifies “$0” as $4', (_title, request, status, body, kind, code) => {
    const failure = failureOf(request, reply(body, status));
    expect(failure).toMatchObject({
      kind,
      code,
      provider: { name: 'huawei', operation: request.operation, httpStatus: status },
    });
    expect(failure?.detail).toMatch(/\w.*\.$/);
  });

  it.each([
    ['a job', { job_id: 'x' }],
    ['a job with the success code', { job_id: 'x', error_code: 'DRS.00000000' }],
    ['an empty code', { job_id: 'x', error_code: '', error_msg: '' }],
    ['a null code', { jobs: [], error_code: null }],
    ['a job that failed long ago', { id: 'x', status: 'FAILED', error_log: 'boom', code: 7, message: 'not an error' }],
  ])('finds no failure in %s', (_title, body) => {
    expect(failureOf(create, reply(body))).toBeNull();
  });

  it('keeps the vendor’s words and its request id', () => {
    const failure = failureOf(list, reply(gateway('APIGW.0101', 'API not found'), 404, { 'x-request-id': '' }));
    expect(failure?.provider).toEqual({
      name: 'huawei',
      operation: 'ListReplicationJobs',
      code: 'APIGW.0101',
      message: 'API not found',
      requestId: 'req-body',
      httpStatus: 404,
    });
    const headers = { 'x-request-id': '', 'x-iam-trace-id': 'trace-1' };
    expect(failureOf(tokens, reply('', 500, headers))?.provider.requestId).toBe('trace-1');
    expect(failureOf(tokens, reply({ error: { code: 401, message: 'no' } }, 401))?.provider).toMatchObject({
      code: '401',
      message: 'no',
    });
  });

  it('shows no signed text and no token', () => {
    const echo = authentication(
      `verify aksk signature fail, canonicalRequest:GET|/|x-security-token:${'s'.repeat(40)}`,
    );
    expect(failureOf(list, reply(echo, 401))?.provider.message).toBe(
      'Incorrect IAM authentication information: verify aksk signature fail',
    );
    const token = `decrypt token fail, token: MII${'a'.repeat(400)}`;
    expect(JSON.stringify(failureOf(list, reply(authentication(token), 401)))).not.toContain('aaaa');
  });

  it.each([
    ['7', 7000],
    ['0', 0],
    ['999999999', 900_000],
    ['Sun, 01 Mar 2026 10:00:30 GMT', 30_000],
    ['soon', undefined],
    ['', undefined],
  ])('obeys Retry-After %j', (header, wanted) => {
    expect(failureOf(list, reply('', 429, { 'retry-after': header }))?.retryAfterMs).toBe(wanted);
    expect(now).toBe(Date.UTC(2026, 2, 1, 10));
  });

  it('has plain words for every known code', () => {
    for (const { detail } of meanings.values()) expect(detail).toMatch(/^[A-Z].*\.$/);
    expect(meanings.size).toBeGreaterThan(70);
  });

  it('never throws for any body', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.integer({ min: 100, max: 599 }), (body, status) => {
        const failure = failureOf(create, reply(body, status));
        if (status >= 300) expect(failure).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
