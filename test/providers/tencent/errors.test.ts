import { describe, expect, it } from 'vitest';
import type { FailureKind, VendorReply, VendorRequest } from '../../../src/domain/vendor.ts';
import { tencent } from '../../../src/providers/tencent/index.ts';
import { rawReply, refusal, reply, sentAt } from './fixtures.ts';

const request = (operation = 'StartBackupMigration'): VendorRequest => ({
  operation,
  service: 'sqlserver',
  effect: 'write',
  method: 'POST',
  path: '/',
  query: [],
  headers: {},
  body: {},
});
const failure = (answer: VendorReply, operation?: string) => tencent.failureOf(request(operation), answer);

describe('rejections with HTTP 200', () => {
  it.each<[string, FailureKind, string]>([
    ['AuthFailure.SignatureExpire', 'clock_skew', 'provider_auth_failed'],
    ['AuthFailure.TokenFailure', 'session_expired', 'provider_auth_failed'],
    ['AuthFailure.SignatureFailure', 'unauthenticated', 'provider_auth_failed'],
    ['AuthFailure.SecretIdNotFound', 'unauthenticated', 'provider_auth_failed'],
    ['AuthFailure.MFAFailure', 'unauthenticated', 'provider_auth_failed'],
    ['AuthFailure', 'unauthenticated', 'provider_auth_failed'],
    ['AuthFailure.SomethingNew', 'unauthenticated', 'provider_auth_failed'],
    ['UnauthorizedOperation', 'unauthenticated', 'provider_auth_failed'],
    ['UnauthorizedOperation.PermissionDenied', 'unauthenticated', 'provider_auth_failed'],
    ['IpNotInWhitelist', 'unauthenticated', 'provider_auth_failed'],
    ['RequestLimitExceeded', 'throttled', 'provider_throttled'],
    ['RequestLimitExceeded.UinLimitExceeded', 'throttled', 'provider_throttled'],
    ['RequestLimitExceeded.GlobalRegionUinLimitExceeded', 'throttled', 'provider_throttled'],
    ['FailedOperation.MigrationLockError', 'busy', 'provider_conflict'],
    ['ResourceUnavailable.InstanceStatusInvalid', 'busy', 'provider_conflict'],
    ['ResourceInUse.SomethingNew', 'busy', 'provider_conflict'],
    ['ResourceInUse.IncrementalMigrationExist', 'busy', 'provider_conflict'],
    ['ResourceUnavailable.CosStatusErr', 'rejected', 'provider_conflict'],
    ['ResourceUnavailable.DBInvalidStatus', 'rejected', 'provider_conflict'],
    ['ResourceUnavailable.SomethingNew', 'rejected', 'provider_conflict'],
    ['UnsupportedOperation.UploadTypeError', 'rejected', 'provider_conflict'],
    ['ResourceUnavailable.BackupMigrationRecoveryTypeErr', 'rejected', 'provider_rejected'],
    ['ResourceUnavailable.NotSupportRoInstance', 'rejected', 'provider_rejected'],
    ['ResourceNotFound.BackupNotFound', 'rejected', 'provider_rejected'],
    ['ResourceNotFound.InstanceNotFound', 'not_found', 'provider_rejected'],
    ['ResourceNotFound.FullBackupMigrationNotExist', 'not_found', 'provider_rejected'],
    ['ResourceNotFound', 'not_found', 'provider_rejected'],
    ['InvalidParameter.InputIllegal', 'rejected', 'provider_rejected'],
    ['InvalidParameter.ParamsAssertFailed', 'rejected', 'provider_rejected'],
    ['InvalidParameterValue.BackupNameIsIllegal', 'rejected', 'provider_rejected'],
    ['InvalidParameterValue.DBExist', 'rejected', 'provider_rejected'],
    ['MissingParameter', 'rejected', 'provider_rejected'],
    ['UnknownParameter', 'rejected', 'provider_rejected'],
    ['UnsupportedRegion', 'rejected', 'provider_rejected'],
    ['LimitExceeded.TooManyDB', 'rejected', 'provider_rejected'],
    ['InvalidAction', 'rejected', 'provider_rejected'],
    ['FailedOperation.DBError', 'unavailable', 'provider_unavailable'],
    ['FailedOperation.GcsError', 'unavailable', 'provider_unavailable'],
    ['FailedOperation', 'unavailable', 'provider_unavailable'],
    ['InternalError', 'unavailable', 'provider_unavailable'],
    ['InternalError.DBError', 'unavailable', 'provider_unavailable'],
    ['InternalError.CosError', 'unavailable', 'provider_unavailable'],
    ['InternalError.StsError', 'unavailable', 'provider_unavailable'],
    ['ServiceUnavailable', 'unavailable', 'provider_unavailable'],
    ['Something.Unheard', 'malformed', 'provider_protocol_error'],
    ['constructor', 'malformed', 'provider_protocol_error'],
    ['', 'malformed', 'provider_protocol_error'],
  ])('%s is %s', (code, kind, ours) => {
    const found = failure(refusal(code, 'words of the vendor'));
    expect(found).toMatchObject({
      kind,
      code: ours,
      retryable: ['busy', 'throttled', 'unavailable', 'malformed'].includes(kind),
    });
    expect(found?.detail.length).toBeGreaterThan(20);
    expect(found?.provider).toEqual({
      name: 'tencent',
      operation: 'StartBackupMigration',
      code: code === '' ? null : code,
      message: 'words of the vendor',
      requestId: 'r-1',
      httpStatus: 200,
    });
  });

  it('keep the vendor’s code and message unchanged', () => {
    const found = failure(refusal(' InternalError.DBError\n', '数据库错误\n'));
    expect(found).toMatchObject({
      kind: 'unavailable',
      provider: { code: ' InternalError.DBError\n', message: '数据库错误\n' },
    });
  });

  it('wait at least a second after throttling, longer if the reply says so', () => {
    expect(failure(refusal('RequestLimitExceeded'))?.retryAfterMs).toBe(1000);
    const body = refusal('RequestLimitExceeded').body;
    expect(failure(rawReply(body, 200, { 'retry-after': '7' }))?.retryAfterMs).toBe(7000);
    const date = new Date(sentAt + 4000).toUTCString();
    expect(failure(rawReply(body, 200, { 'retry-after': date }))?.retryAfterMs).toBe(4000);
    expect(failure(rawReply(body, 200, { 'retry-after': 'soon' }))?.retryAfterMs).toBe(1000);
  });

  it.each([
    ['DeleteBackupMigration', 'ResourceNotFound.FullBackupMigrationNotExist', true],
    ['DeleteBackupMigration', 'ResourceNotFound.InstanceNotFound', true],
    ['DeleteIncrementalMigration', 'ResourceNotFound.IncreBackupMigrationNotExist', true],
    ['DeleteBackupMigration', 'ResourceUnavailable.CosStatusErr', false],
    ['StartBackupMigration', 'ResourceNotFound.FullBackupMigrationNotExist', false],
  ])('%s answered with %s counts as done: %s', (operation, code, done) => {
    expect(failure(refusal(code), operation) === null).toBe(done);
  });
});

describe('other error formats', () => {
  it.each<[string, VendorReply, FailureKind | null]>([
    ['success', reply({ FlowId: 1, RequestId: 'r-1' }), null],
    ['an error that is null', reply({ Error: null, RequestId: 'r-1' }), null],
    ['an error without code', reply({ Error: {} }), 'malformed'],
    ['an error as text', reply({ Error: 'no' }), 'malformed'],
    ['the oldest format', rawReply('{"code":4000,"message":"bad","codeDesc":"InvalidParameter"}'), 'rejected'],
    [
      'the oldest format, throttled',
      rawReply('{"code":"4400","message":"","codeDesc":"RequestLimitExceeded"}'),
      'throttled',
    ],
    ['the oldest format with a number only', rawReply('{"code":4000,"message":"bad"}'), 'malformed'],
    ['a success in the oldest format', rawReply('{"code":0,"message":"","data":{}}'), 'malformed'],
    ['HTML with 200', rawReply('<html>login</html>'), 'malformed'],
    ['an empty body', rawReply(''), 'malformed'],
    ['a truncated body', rawReply('{"Response":{"Flow'), 'malformed'],
    ['a list', rawReply('[]'), 'malformed'],
    ['null', rawReply('null'), 'malformed'],
    ['a Response that is a list', rawReply('{"Response":[]}'), 'malformed'],
    ['HTML with 429', rawReply('<html>slow down</html>', 429), 'throttled'],
    ['HTML with 502', rawReply('<html>bad gateway</html>', 502), 'unavailable'],
    ['500 with a vendor code', rawReply(refusal('InvalidParameter').body, 500), 'rejected'],
    ['403 of a proxy', rawReply('denied', 403), 'malformed'],
    ['a redirect', rawReply('', 302), 'malformed'],
    ['a success body with 201', rawReply(reply({ FlowId: 1 }).body, 201), 'malformed'],
  ])('$0 is $2', (_title, answer, kind) => {
    expect(failure(answer)?.kind ?? null).toBe(kind);
  });

  it('include the message of the oldest format', () => {
    expect(failure(rawReply('{"code":4000,"message":"bad","codeDesc":"InvalidParameter"}'))?.provider).toMatchObject({
      code: 'InvalidParameter',
      message: 'bad',
      requestId: null,
    });
  });

  it('tolerate unbounded nesting', () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
    expect(failure(rawReply(deep))?.kind).toBe('malformed');
  });
});
