import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../../src/domain/vendor.ts';
import { alibaba } from '../../../src/providers/alibaba/index.ts';
import { refusal, reply, request } from './fixture.ts';

type Row = readonly [code: string, httpStatus: number, kind: FailureKind, problem: string, retryable: boolean];

/** Vendor code, HTTP status, kind, our code, and whether the same request can succeed later. */
const table: readonly Row[] = [
  // CreateMigrateTask, codes of the API page
  ['InvalidFile', 400, 'rejected', 'provider_rejected', false],
  ['InvalidInstanceType', 400, 'rejected', 'provider_rejected', false],
  ['InvalidInstanceLockMode', 400, 'rejected', 'provider_rejected', true],
  ['InvalidDBName', 400, 'rejected', 'provider_rejected', false],
  ['InvalidDBType', 400, 'rejected', 'provider_rejected', false],
  ['InvalidDBState', 400, 'busy', 'provider_conflict', true],
  ['ExceedUploadTime', 400, 'rejected', 'provider_rejected', true],
  ['InvalidOSSURL', 400, 'rejected', 'provider_rejected', false],
  ['ExceedDiskSize', 400, 'rejected', 'provider_rejected', true],
  ['InvalideStatus', 400, 'rejected', 'provider_conflict', false],
  ['InvalidOssObjectStorageClassType', 400, 'rejected', 'provider_rejected', false],
  ['InvalidInstanceState', 403, 'busy', 'provider_conflict', true],
  // codes of the guide
  ['InvalidDBName', 403, 'rejected', 'provider_rejected', false],
  ['IncorrectDBInstanceState', 403, 'busy', 'provider_conflict', true],
  ['IncorrectDBInstanceType', 400, 'rejected', 'provider_rejected', false],
  ['IncorrectDBInstanceLockMode', 404, 'rejected', 'provider_rejected', true],
  ['IncorrectDBType', 400, 'rejected', 'provider_rejected', false],
  ['InvalidDBName.NotFound', 400, 'not_found', 'provider_rejected', false],
  ['IncorrectDBState', 400, 'busy', 'provider_conflict', true],
  ['UploadLimitExceeded', 400, 'rejected', 'provider_rejected', true],
  ['ConcurrentTaskExceeded', 400, 'busy', 'provider_conflict', true],
  ['IncorrectFileExtension', 400, 'rejected', 'provider_rejected', false],
  ['InvalidOssUrl', 400, 'rejected', 'provider_rejected', false],
  ['BakFileSizeExceeded', 400, 'rejected', 'provider_rejected', false],
  ['FileSizeExceeded', 400, 'rejected', 'provider_rejected', true],
  // the other operations
  ['EngineNotSupported', 400, 'rejected', 'provider_rejected', false],
  ['EngineVersionNotSupported', 400, 'rejected', 'provider_rejected', false],
  ['InvalidStartTimeAndEndTime.Malformed', 400, 'rejected', 'provider_protocol_error', false],
  ['InvalidDBName.Duplicate', 400, 'rejected', 'provider_rejected', false],
  ['InvalidDBName.Forbid', 400, 'rejected', 'provider_rejected', false],
  ['InvalidParameter.Keyword', 400, 'rejected', 'provider_rejected', false],
  // authentication and gateway
  ['InvalidAccessKeyId.NotFound', 404, 'unauthenticated', 'provider_auth_failed', false],
  ['InvalidAccessKeyId.Inactive', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['SignatureDoesNotMatch', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['IncompleteSignature', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['SignatureNonceUsed', 400, 'replayed', 'provider_conflict', true],
  ['InvalidTimeStamp.Format', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['IllegalTimestamp', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['InvalidTimeStamp.Expired', 400, 'clock_skew', 'provider_auth_failed', false],
  ['InvalidSignatureMethod', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['InvalidSecurityToken.Expired', 400, 'session_expired', 'provider_auth_failed', false],
  ['InvalidSecurityToken.Malformed', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['InvalidSecurityToken.MismatchWithAccessKey', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['MissingSecurityToken', 400, 'unauthenticated', 'provider_auth_failed', false],
  ['Forbidden.RAM', 403, 'unauthenticated', 'provider_auth_failed', false],
  ['NoPermission', 403, 'unauthenticated', 'provider_auth_failed', false],
  ['Forbidden', 403, 'unauthenticated', 'provider_auth_failed', false],
  ['Forbidden.AccessKeyDisabled', 403, 'unauthenticated', 'provider_auth_failed', false],
  ['Forbidden.RiskControl', 403, 'unauthenticated', 'provider_auth_failed', false],
  ['InvalidApi.NotFound', 404, 'rejected', 'provider_protocol_error', false],
  ['InvalidAction.NotFound', 404, 'rejected', 'provider_protocol_error', false],
  ['InvalidProduct.NotFound', 404, 'rejected', 'provider_protocol_error', false],
  ['InvalidVersion', 400, 'rejected', 'provider_protocol_error', false],
  ['InvalidProtocol.NeedSsl', 403, 'rejected', 'provider_protocol_error', false],
  ['UnsupportedHTTPMethod', 400, 'rejected', 'provider_protocol_error', false],
  ['MissingDBName', 400, 'rejected', 'provider_rejected', false],
  ['MissingParameter', 400, 'rejected', 'provider_rejected', false],
  ['InvalidBackupMode', 400, 'rejected', 'provider_rejected', false],
  ['InvalidParameter', 400, 'rejected', 'provider_rejected', false],
  ['InvalidParameter.Format', 400, 'rejected', 'provider_rejected', false],
  // throttling, service, resources
  ['Throttling', 400, 'throttled', 'provider_throttled', true],
  ['Throttling.User', 400, 'throttled', 'provider_throttled', true],
  ['Throttling.Api', 400, 'throttled', 'provider_throttled', true],
  ['Rejected.Throttling', 400, 'throttled', 'provider_throttled', true],
  ['Throttling.Something', 503, 'throttled', 'provider_throttled', true],
  ['ServiceUnavailable', 503, 'unavailable', 'provider_unavailable', true],
  ['InternalError', 500, 'unavailable', 'provider_unavailable', true],
  ['InternalError', 400, 'unavailable', 'provider_unavailable', true],
  ['UnknownError', 500, 'unavailable', 'provider_unavailable', true],
  ['ExternalFailure', 500, 'unavailable', 'provider_unavailable', true],
  ['RequestMetaDataFailed', 500, 'unavailable', 'provider_unavailable', true],
  ['InvokeProxyFailure', 502, 'unavailable', 'provider_unavailable', true],
  ['OperationDenied.DBInstanceStatus', 403, 'busy', 'provider_conflict', true],
  ['OperationDenied.DBStatus', 403, 'busy', 'provider_conflict', true],
  ['OperationDenied.OutofUsage', 403, 'busy', 'provider_conflict', true],
  ['LockTimeout', 400, 'busy', 'provider_conflict', true],
  ['LockTimeout', 500, 'unavailable', 'provider_unavailable', true],
  ['InstanceConnectTimeoutFault', 504, 'unavailable', 'provider_unavailable', true],
  ['Database.ConnectError', 400, 'busy', 'provider_conflict', true],
  ['InvalidDBInstanceId.NotFound', 404, 'not_found', 'provider_rejected', false],
  ['InvalidDBInstanceId.NotFound', 400, 'not_found', 'provider_rejected', false],
  ['InvalidDBInstanceName.NotFound', 403, 'not_found', 'provider_rejected', false],
  ['Forbidden.InstanceNotFound', 404, 'not_found', 'provider_rejected', false],
  ['InvalideStatus.Format', 400, 'rejected', 'provider_conflict', false],
  ['NotInFlowController', 403, 'rejected', 'provider_rejected', false],
  // unknown codes: by family, then by status
  ['InvalidMigrateTaskId.NotFound', 404, 'not_found', 'provider_rejected', false],
  ['Forbidden.Something', 403, 'unauthenticated', 'provider_auth_failed', false],
  ['SomethingNew', 400, 'rejected', 'provider_rejected', false],
  ['SomethingNew', 403, 'rejected', 'provider_rejected', false],
  ['SomethingNew', 404, 'not_found', 'provider_rejected', false],
  ['SomethingNew', 500, 'unavailable', 'provider_unavailable', true],
  ['InvalidSomething', 500, 'unavailable', 'provider_unavailable', true],
  ['SomethingNew', 200, 'malformed', 'provider_protocol_error', true],
  ['InvalidDBName', 200, 'rejected', 'provider_rejected', false],
];

describe('vendor codes', () => {
  it.each(table)('%s with %i means %s', (code, status, kind, problem, retryable) => {
    const failure = alibaba.failureOf(request, refusal(code, status));
    expect(failure).toMatchObject({ kind, code: problem, retryable });
    expect(failure?.detail).toMatch(/^[A-Z].{15,}\.$/);
    expect(failure?.provider).toEqual({
      name: 'alibaba',
      operation: 'CreateMigrateTask',
      code,
      message: `words of ${code}`,
      requestId: 'req-refused',
      httpStatus: status,
    });
  });
});

describe('error formats', () => {
  it('are read with lower-case member names', () => {
    const body = { requestId: 'r', code: 'Throttling.User', message: 'slow' };
    expect(alibaba.failureOf(request, reply(body, 400))).toMatchObject({
      kind: 'throttled',
      provider: { code: 'Throttling.User', message: 'slow', requestId: 'r' },
    });
  });

  it('are read as XML', () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><RequestId>R-1</RequestId><HostId>h</HostId><Code>SignatureNonceUsed</Code><Message>a &lt;b&gt; &amp;amp;</Message></Error>';
    expect(alibaba.failureOf(request, reply(body, 400, { 'content-type': 'text/xml;charset=utf-8' }))).toMatchObject({
      kind: 'replayed',
      provider: { code: 'SignatureNonceUsed', message: 'a <b> &amp;', requestId: 'R-1' },
    });
  });

  it.each([
    ['x-acs-retry-after', '1500', 1_500],
    ['x-acs-retry-after', 'soon', undefined],
    ['x-acs-retry-after', '-5', undefined],
    ['x-acs-retry-after', '99999999999', 900_000],
    ['retry-after', '2', 2_000],
  ])('read the wait from $0: $1 as $2', (name, value, wait) => {
    const failure = alibaba.failureOf(request, reply({ Code: 'Throttling' }, 400, { [name]: value }));
    expect(failure?.retryAfterMs).toBe(wait);
  });

  it('delay calls to an instance with too many tasks', () => {
    expect(alibaba.failureOf(request, refusal('ConcurrentTaskExceeded'))?.retryAfterMs).toBeGreaterThanOrEqual(60_000);
  });

  it('name the missing permission', () => {
    const body = { Code: 'NoPermission', AccessDeniedDetail: { AuthAction: 'rds:CreateMigrateTask' } };
    expect(alibaba.failureOf(request, reply(body, 403))?.detail).toContain('rds:CreateMigrateTask');
  });

  it('take the request id from the headers', () => {
    const given = reply('<html>bad gateway</html>', 502, { 'x-acs-request-id': 'R-9' });
    expect(alibaba.failureOf(request, given)?.provider.requestId).toBe('R-9');
  });

  it.each([
    ['HTML under 200', 200, '<html></html>', 'malformed'],
    ['an empty body under 200', 200, '', 'malformed'],
    ['half a body under 200', 200, '{"RequestId":"x","Mig', 'malformed'],
    ['half an error under 400', 400, '{"Code":"Thrott', 'malformed'],
    ['HTML under 403', 403, '<html>blocked</html>', 'malformed'],
    ['a redirect', 302, '', 'malformed'],
    ['JSON without a code under 400', 400, '{"RequestId":"x"}', 'malformed'],
    ['a success under 400', 400, '{"Code":"Success"}', 'malformed'],
    ['HTML under 502', 502, '<html>Bad Gateway</html>', 'unavailable'],
    ['an empty body under 504', 504, '', 'unavailable'],
    ['an empty body under 429', 429, '', 'throttled'],
  ])('classify $0 as $3', (_what, status, body, kind) => {
    expect(alibaba.failureOf(request, reply(body, status))?.kind).toBe(kind);
  });

  it.each([
    [{ RequestId: 'r' }],
    [{ RequestId: 'r', Code: '200' }],
    [{ requestId: 'r', code: 200 }],
    [{ RequestId: 'r', Code: 'OK' }],
    [{ RequestId: 'r', Code: 'Success' }],
    [{ RequestId: 'r', Code: null }],
  ])('find no failure in %j', (body) => {
    expect(alibaba.failureOf(request, reply(body))).toBeNull();
  });
});

describe('secrets in vendor messages', () => {
  it.each([
    'Specified signature is not matched with our calculation. server string to sign is:POST&%2F&SecurityToken%3DTOPSECRET',
    'cannot read https://b.oss-cn-hangzhou.aliyuncs.com/a.bak?OSSAccessKeyId=TOPSECRET&Signature=TOPSECRET',
    'cannot read https%3A%2F%2Fb.oss%2Fa.bak%3FSignature%3DTOPSECRET',
    'SecurityToken=TOPSECRET is malformed',
  ])('are removed: %s', (message) => {
    const failure = alibaba.failureOf(request, reply({ Code: 'SignatureDoesNotMatch', Message: message }, 400));
    expect(JSON.stringify(failure)).not.toContain('TOPSECRET');
    expect(failure?.provider.message).toContain('[removed]');
  });
});

describe('any reply', () => {
  const json = fc.json();
  const field = fc.record(
    { Code: fc.jsonValue(), Message: fc.jsonValue(), RequestId: fc.jsonValue(), AccessDeniedDetail: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.string(),
    json,
    field.map((value) => JSON.stringify(value)),
    fc.string().map((text) => `<Error><Code>${text}`),
  );
  const headers = fc.dictionary(fc.constantFrom('x-acs-retry-after', 'retry-after', 'x-acs-request-id'), fc.string());

  it('is read without an exception and is a failure under any non-success status', () => {
    fc.assert(
      fc.property(body, fc.integer({ min: 100, max: 599 }), headers, (text, status, given) => {
        const failure = alibaba.failureOf(request, reply(text, status, given));
        if (status < 200 || status > 299) expect(failure).not.toBeNull();
        if (status >= 500 && failure !== null) expect(['busy', 'malformed']).not.toContain(failure.kind);
      }),
      { numRuns: 500 },
    );
  });
});
