import type { ProviderId } from '../support/providers.ts';

/**
 * What a vendor page says about a code. `refused`: not executed, and a repeat fails too. `later`: not executed, and may
 * succeed later. `slower`: too many calls, not executed. `renew`: not executed, repeat once with a new session.
 * `clock`: not executed, repeat once with the right time. `open`: it may have been executed.
 */
export type Verdict = 'refused' | 'later' | 'slower' | 'renew' | 'clock' | 'open';

export interface CodesOfAPage {
  readonly provider: ProviderId;
  readonly page: string;
  readonly status: number;
  readonly verdict: Verdict;
  /** Separated by spaces. */
  readonly codes: string;
  /** The message, where the code alone is ambiguous. */
  readonly message?: string;
  /** The service that answers. Default: the restore service. */
  readonly service?: 'iam' | 'rds';
}

export const codesOfPages: readonly CodesOfAPage[] = [
  {
    provider: 'alibaba',
    page: 'CreateMigrateTask',
    status: 400,
    verdict: 'refused',
    codes:
      'InvalidFile InvalidInstanceType InvalidInstanceLockMode InvalidDBName InvalidDBType ExceedUploadTime InvalidOSSURL ExceedDiskSize InvalideStatus InvalidOssObjectStorageClassType',
  },
  { provider: 'alibaba', page: 'CreateMigrateTask', status: 400, verdict: 'later', codes: 'InvalidDBState' },
  { provider: 'alibaba', page: 'CreateMigrateTask', status: 403, verdict: 'later', codes: 'InvalidInstanceState' },
  {
    provider: 'alibaba',
    page: 'Instance-level migration',
    status: 400,
    verdict: 'refused',
    codes:
      'IncorrectDBInstanceType IncorrectDBInstanceLockMode IncorrectDBType InvalidDBName.NotFound UploadLimitExceeded IncorrectFileExtension InvalidOssUrl BakFileSizeExceeded FileSizeExceeded',
  },
  {
    provider: 'alibaba',
    page: 'Instance-level migration',
    status: 400,
    verdict: 'later',
    codes: 'IncorrectDBInstanceState IncorrectDBState ConcurrentTaskExceeded',
  },
  {
    provider: 'alibaba',
    page: 'CreateOnlineDatabaseTask, DescribeMigrateTasks, CheckDBNameAvailable',
    status: 400,
    verdict: 'refused',
    codes:
      'EngineNotSupported EngineVersionNotSupported InvalidStartTimeAndEndTime.Malformed InvalidDBName.Duplicate InvalidDBName.Forbid InvalidParameter.Keyword',
  },
  {
    provider: 'alibaba',
    page: 'Client error codes',
    status: 400,
    verdict: 'refused',
    codes:
      'InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive SignatureDoesNotMatch IncompleteSignature InvalidTimeStamp.Format IllegalTimestamp InvalidSignatureMethod InvalidSecurityToken.Malformed InvalidSecurityToken.MismatchWithAccessKey MissingSecurityToken InvalidVersion InvalidProtocol.NeedSsl UnsupportedHTTPMethod MissingParameter InvalidParameter InvalideStatus.Format',
  },
  {
    provider: 'alibaba',
    page: 'Client error codes',
    status: 403,
    verdict: 'refused',
    codes:
      'Forbidden.RAM NoPermission Forbidden Forbidden.AccessKeyDisabled Forbidden.RiskControl InvalidApi.NotFound InvalidAction.NotFound InvalidProduct.NotFound InvalidDBInstanceId.NotFound InvalidDBInstanceName.NotFound Forbidden.InstanceNotFound NotInFlowController',
  },
  {
    provider: 'alibaba',
    page: 'Client error codes',
    status: 403,
    verdict: 'later',
    codes:
      'OperationDenied.DBInstanceStatus OperationDenied.DBStatus OperationDenied.OutofUsage LockTimeout InstanceConnectTimeoutFault Database.ConnectError',
  },
  {
    provider: 'alibaba',
    page: 'Throttling',
    status: 400,
    verdict: 'slower',
    codes: 'Throttling Throttling.User Throttling.Api Rejected.Throttling',
  },
  { provider: 'alibaba', page: 'RPC signature', status: 400, verdict: 'open', codes: 'SignatureNonceUsed' },
  { provider: 'alibaba', page: 'RPC signature', status: 400, verdict: 'clock', codes: 'InvalidTimeStamp.Expired' },
  { provider: 'alibaba', page: 'STS', status: 400, verdict: 'renew', codes: 'InvalidSecurityToken.Expired' },
  {
    provider: 'alibaba',
    page: 'Server error codes',
    status: 503,
    verdict: 'open',
    codes: 'ServiceUnavailable InternalError UnknownError ExternalFailure RequestMetaDataFailed InvokeProxyFailure',
  },
  {
    provider: 'huawei',
    page: 'API gateway error codes',
    status: 403,
    verdict: 'refused',
    codes:
      'APIGW.0101 APIGW.0103 APIGW.0104 APIGW.0105 APIGW.0106 APIGW.0302 APIGW.0303 APIGW.0304 APIGW.0305 APIGW.0306 APIGW.0310 APIGW.0401 APIGW.0402 APIGW.0404 APIGW.0501 APIGW.0502 APIGW.0602 APIGW.0607 APIGW.0801 APIGW.0802',
  },
  { provider: 'huawei', page: 'API gateway error codes', status: 401, verdict: 'renew', codes: 'APIGW.0307' },
  { provider: 'huawei', page: 'API gateway error codes', status: 429, verdict: 'slower', codes: 'APIGW.0308' },
  {
    provider: 'huawei',
    page: 'API gateway error codes',
    status: 500,
    verdict: 'open',
    codes:
      'APIGW.0601 APIGW.0605 APIGW.0606 APIGW.0608 APIGW.0609 APIGW.0610 APIGW.0611 APIGW.0612 APIGW.0613 APIGW.0705',
  },
  // One code for a bad request and for an unreachable backend; the status distinguishes them.
  ...[400, 413, 414, 494].map((status) => ({
    provider: 'huawei' as const,
    page: 'API gateway error codes',
    status,
    verdict: 'refused' as const,
    codes: 'APIGW.0201',
    message: 'Request headers too large',
  })),
  ...[502, 504].map((status) => ({
    provider: 'huawei' as const,
    page: 'API gateway error codes',
    status,
    verdict: 'open' as const,
    codes: 'APIGW.0201',
    message: 'Backend unavailable',
  })),
  // One code for every failed authentication; the message distinguishes them.
  ...(
    [
      ['renew', 'token expires, expires_at: 2026-01-04T09:08:49.965000Z'],
      ['renew', 'decrypt token fail'],
      [
        'clock',
        'verify aksk signature fail, signature expired, signature time:20260101T000000Z, server time:20260101T010000Z',
      ],
      ['refused', 'x-auth-token not found'],
      ['refused', 'verify aksk signature fail, canonicalRequest:GET|/v5/'],
      ['refused', 'AK access failed to reach the limit,forbidden'],
      ['refused', 'Get secretKey failed,ak:AK,err:ak not exist'],
      ['refused', 'words of no page'],
    ] as const
  ).map(([verdict, rest]) => ({
    provider: 'huawei' as const,
    page: 'Common errors related to IAM authentication information',
    status: 401,
    verdict,
    codes: 'APIGW.0301',
    message: `Incorrect IAM authentication information: ${rest}`,
  })),
  { provider: 'huawei', page: 'IAM error codes', status: 400, verdict: 'refused', codes: 'IAM.0011', service: 'iam' },
  // A login has no session to renew, and a second try of a password risks the lock after five failures.
  {
    provider: 'huawei',
    page: 'IAM error codes, at a login',
    status: 401,
    verdict: 'refused',
    codes: 'IAM.0062 IAM.0061 IAM.0001 IAM.0063 IAM.0064 IAM.0066 IAM.0067',
    service: 'iam',
  },
  {
    provider: 'huawei',
    page: 'IAM error codes, of a token in a call',
    status: 401,
    verdict: 'renew',
    codes: 'IAM.0001 IAM.0063 IAM.0064 IAM.0066 IAM.0067',
  },
  {
    provider: 'huawei',
    page: 'IAM error codes',
    status: 403,
    verdict: 'refused',
    codes: 'IAM.0002 IAM.0003 IAM.0080 IAM.0081 IAM.0082 IAM.0083',
    service: 'iam',
  },
  { provider: 'huawei', page: 'IAM error codes', status: 404, verdict: 'refused', codes: 'IAM.0004', service: 'iam' },
  { provider: 'huawei', page: 'IAM error codes', status: 410, verdict: 'open', codes: 'IAM.0020', service: 'iam' },
  { provider: 'huawei', page: 'IAM error codes', status: 429, verdict: 'slower', codes: 'IAM.0012', service: 'iam' },
  { provider: 'huawei', page: 'IAM error codes', status: 500, verdict: 'open', codes: 'IAM.0006', service: 'iam' },
  { provider: 'huawei', page: 'IAM error codes', status: 503, verdict: 'open', codes: 'IAM.0006', service: 'iam' },
  { provider: 'huawei', page: 'RDS, instances', status: 404, verdict: 'refused', codes: 'DBS.280110', service: 'rds' },
  {
    provider: 'huawei',
    page: 'DRS error code',
    status: 400,
    verdict: 'refused',
    codes:
      'DRS.10000001 DRS.10000009 DRS.10020000 DRS.M00007 DRS.M00200 DRS.M00201 DRS.M00202 DRS.M00273 DRS.M00300 DRS.M00301 DRS.M00305 DRS.10000010 DRS.10020102 DRS.M05003 DRS.M05004 DRS.M00289 DRS.10020072 DRS.M00105 DRS.M00002 DRS.M00101 DRS.M00102 DRS.M00103 DRS.M00261 DRS.M00210 DRS.M00211 DRS.M00269 DRS.M00270 DRS.M00271 DRS.M05006 DRS.M06007 DRS.M06011 DRS.KE0002',
  },
  {
    provider: 'huawei',
    page: 'DRS error code',
    status: 400,
    verdict: 'later',
    codes: 'DRS.10000024 DRS.M01504 DRS.M00304 DRS.M06020 DRS.M06021',
  },
  { provider: 'huawei', page: 'DRS error code', status: 400, verdict: 'slower', codes: 'DRS.M01503' },
  { provider: 'huawei', page: 'DRS error code', status: 403, verdict: 'renew', codes: 'DRS.M00100' },
  {
    provider: 'huawei',
    page: 'DRS error code',
    status: 422,
    verdict: 'open',
    codes: 'DRS.10000023 DRS.M00004 DRS.M01501 DRS.M00277',
  },
  {
    provider: 'tencent',
    page: 'Common error codes',
    status: 200,
    verdict: 'refused',
    codes:
      'AuthFailure.SignatureFailure AuthFailure.SecretIdNotFound AuthFailure.InvalidSecretId AuthFailure.InvalidAuthorization AuthFailure.UnauthorizedOperation AuthFailure.MFAFailure AuthFailure UnauthorizedOperation UnauthorizedOperation.PermissionDenied ActionOffline InvalidAction NoSuchProduct NoSuchVersion UnsupportedProtocol UnsupportedRegion MissingParameter UnknownParameter InvalidParameter InvalidParameterValue InvalidRequest RequestSizeLimitExceeded IpInBlacklist IpNotInWhitelist LimitExceeded ResourceInsufficient DryRunOperation ResourceNotFound ResourceUnavailable UnsupportedOperation',
  },
  {
    provider: 'tencent',
    page: 'Common error codes',
    status: 200,
    verdict: 'slower',
    codes:
      'RequestLimitExceeded RequestLimitExceeded.UinLimitExceeded RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded',
  },
  {
    provider: 'tencent',
    page: 'Common error codes',
    status: 200,
    verdict: 'clock',
    codes: 'AuthFailure.SignatureExpire',
  },
  { provider: 'tencent', page: 'Common error codes', status: 200, verdict: 'renew', codes: 'AuthFailure.TokenFailure' },
  {
    provider: 'tencent',
    page: 'Common error codes',
    status: 200,
    verdict: 'open',
    codes: 'ServiceUnavailable InternalError FailedOperation ResponseSizeLimitExceeded',
  },
  {
    provider: 'tencent',
    page: 'Error codes of SQL Server',
    status: 200,
    verdict: 'refused',
    codes:
      'ResourceNotFound.InstanceNotFound ResourceNotFound.FullBackupMigrationNotExist ResourceNotFound.IncreBackupMigrationNotExist ResourceNotFound.BackupNotFound ResourceNotFound.VpcNotExist ResourceUnavailable.VpcNotExist ResourceUnavailable.CosStatusErr ResourceUnavailable.BackupMigrationRecoveryTypeErr ResourceUnavailable.DBInvalidStatus ResourceUnavailable.NotSupportRoInstance InvalidParameterValue.MigrationNameIsIllegal InvalidParameterValue.BackupNameIsIllegal InvalidParameterValue.CosPathError InvalidParameterValue.DBExist InvalidParameterValue.DBNameSame InvalidParameterValue.DBNameNotNull InvalidParameterValue.DBCharIllegal InvalidParameterValue.IllegalRegion InvalidParameter.InputIllegal InvalidParameter.ParamsAssertFailed UnsupportedOperation.UploadTypeError LimitExceeded.TooManyDB',
  },
  {
    provider: 'tencent',
    page: 'Error codes of SQL Server',
    status: 200,
    verdict: 'later',
    codes:
      'FailedOperation.MigrationLockError ResourceInUse ResourceInUse.IncrementalMigrationExist ResourceUnavailable.InstanceStatusInvalid',
  },
  {
    provider: 'tencent',
    page: 'Error codes of SQL Server',
    status: 200,
    verdict: 'open',
    codes:
      'FailedOperation.DBError InternalError.DBError InternalError.SystemError InternalError.UnknownError FailedOperation.GcsError InternalError.CosError FailedOperation.CosError FailedOperation.CosPropertiesError InternalError.StsError InternalError.CamAuthFailed',
  },
];
