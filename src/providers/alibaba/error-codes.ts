import type { ProblemCode } from '../../domain/problem.ts';
import type { FailureKind } from '../../domain/vendor.ts';

/** The meaning of a vendor error code. Omitted members follow from the kind of failure. */
export interface CodeMeaning {
  readonly kind: FailureKind;
  readonly detail: string;
  readonly code?: ProblemCode;
  readonly retryable?: boolean;
  /** Wait before the next call in milliseconds, for a code for which the vendor states no wait. */
  readonly retryAfterMs?: number;
}

interface Row extends CodeMeaning {
  readonly codes: readonly string[];
}

/**
 * Wait in milliseconds before the next call to an instance with too many tasks. The same code may stand for a daily limit, so the wait is
 * long.
 */
const tooManyTasksWaitMs = 300_000;

const rows: readonly Row[] = [
  // Errors of the request, the file and the database, in both vocabularies of the CreateMigrateTask page.
  {
    kind: 'rejected',
    codes: ['InvalidFile', 'IncorrectFileExtension'],
    detail: 'The vendor does not accept this file. It must be an unpacked backup named .bak, .diff, .trn or .log.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidOSSURL'],
    detail:
      'The vendor cannot use the location of the file. Check bucket, key, endpoint or URL, and the region. For URLs also try the ' +
      'account’s setting `ossUrlsEncoding`.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidOssObjectStorageClassType'],
    detail: 'The object is not in the Standard storage class. Copy it into that class and submit it again.',
  },
  {
    kind: 'rejected',
    codes: ['BakFileSizeExceeded'],
    detail: 'The backup file exceeds the vendor’s limit of 3 TB.',
  },
  {
    kind: 'rejected',
    codes: ['ExceedDiskSize', 'FileSizeExceeded'],
    retryable: true,
    detail: 'The instance has too little free storage for this backup. Enlarge its storage, then try again.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidDBName', 'InvalidDBName.Forbid', 'InvalidParameter.Keyword'],
    detail: 'The vendor does not accept the name of the database: it is reserved or not valid.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidDBName.Duplicate'],
    detail: 'A database of that name exists on the instance. Drop it, or restore under another name.',
  },
  {
    kind: 'not_found',
    codes: ['InvalidDBName.NotFound'],
    detail: 'The instance has no database of that name.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidDBType', 'IncorrectDBType'],
    detail: 'The type of the database does not allow a restore.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidInstanceType', 'IncorrectDBInstanceType'],
    detail: 'The type of the instance does not allow this. It must be a primary SQL Server instance.',
  },
  {
    kind: 'rejected',
    codes: ['EngineNotSupported', 'EngineVersionNotSupported'],
    detail: 'The engine or version of the instance does not support this operation.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidInstanceLockMode', 'IncorrectDBInstanceLockMode'],
    retryable: true,
    detail: 'The instance is locked (expired, full, or by hand). Unlock it at the vendor, then try again.',
  },
  {
    kind: 'rejected',
    codes: ['ExceedUploadTime', 'UploadLimitExceeded'],
    retryable: true,
    detail: 'The vendor’s daily limit of migrations for this database is reached. Try again tomorrow.',
  },
  {
    kind: 'rejected',
    codes: ['InvalideStatus', 'InvalideStatus.Format'],
    code: 'provider_conflict',
    detail: 'The state of the migration task does not allow this step: it waits for no file or has already ended.',
  },
  {
    kind: 'rejected',
    codes: ['InvalidStartTimeAndEndTime.Malformed'],
    code: 'provider_protocol_error',
    detail: 'The vendor refused the period of a list request. This is an error in Godwit.',
  },
  {
    kind: 'rejected',
    codes: ['MissingParameter', 'InvalidParameter'],
    detail: 'A parameter is missing or refused; the vendor’s message names it.',
  },
  {
    kind: 'rejected',
    codes: ['NotInFlowController'],
    detail: 'The vendor has not opened this operation to the account. Ask the vendor to enable it.',
  },

  // Temporary states of the instance or the database.
  {
    kind: 'busy',
    codes: [
      'InvalidInstanceState',
      'IncorrectDBInstanceState',
      'OperationDenied.DBInstanceStatus',
      'OperationDenied.OutofUsage',
    ],
    detail: 'The instance is not in a state that allows this now.',
  },
  {
    kind: 'busy',
    codes: ['InvalidDBState', 'IncorrectDBState', 'OperationDenied.DBStatus'],
    detail: 'The database is being created, or another migration of it runs.',
  },
  {
    kind: 'busy',
    codes: ['LockTimeout', 'InstanceConnectTimeoutFault', 'Database.ConnectError'],
    detail: 'The vendor could not reach or lock the instance.',
  },
  {
    kind: 'busy',
    codes: ['ConcurrentTaskExceeded'],
    retryAfterMs: tooManyTasksWaitMs,
    detail: 'The instance has too many migrations, at once or for one day (500).',
  },

  // Missing objects.
  {
    kind: 'not_found',
    codes: ['InvalidDBInstanceId.NotFound', 'InvalidDBInstanceName.NotFound', 'Forbidden.InstanceNotFound'],
    detail: 'The vendor knows no such instance in this account. Check the instance id, the account and the region.',
  },

  // Credentials, permissions and signatures.
  {
    kind: 'unauthenticated',
    codes: ['InvalidAccessKeyId.NotFound'],
    detail: 'The vendor does not know the access key. Check `accessKeyId` of the account.',
  },
  {
    kind: 'unauthenticated',
    codes: ['InvalidAccessKeyId.Inactive', 'InvalidAccessKeyId', 'Forbidden.AccessKeyDisabled'],
    detail: 'The access key is disabled. Enable it at the vendor or configure another one.',
  },
  {
    kind: 'unauthenticated',
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature', 'InvalidSignatureMethod'],
    detail: 'The vendor does not accept the signature. Check `accessKeySecret` of the account.',
  },
  {
    kind: 'unauthenticated',
    codes: ['InvalidTimeStamp.Format', 'IllegalTimestamp'],
    detail: 'The vendor does not accept the time of the signature. Check the clock of this machine.',
  },
  {
    kind: 'unauthenticated',
    codes: [
      'InvalidSecurityToken.Malformed',
      'InvalidSecurityToken.MismatchWithAccessKey',
      'InvalidSecurityToken',
      'MissingSecurityToken',
    ],
    detail: 'The security token is missing, damaged, or belongs to another access key. Check `securityToken`.',
  },
  {
    kind: 'unauthenticated',
    codes: ['Forbidden.RAM', 'NoPermission', 'Forbidden'],
    detail: 'The credentials lack a permission for this operation. Grant it to the RAM user or role of the account.',
  },
  {
    kind: 'unauthenticated',
    codes: ['Forbidden.RiskControl'],
    detail: 'The vendor’s risk control blocks the account. The account’s owner must resolve this with the vendor.',
  },
  {
    kind: 'session_expired',
    codes: ['InvalidSecurityToken.Expired'],
    detail: 'The temporary credentials have expired. Supply new ones.',
  },
  {
    kind: 'clock_skew',
    codes: ['InvalidTimeStamp.Expired'],
    detail: 'The clock of this machine is more than 15 minutes off. Correct it.',
  },
  {
    kind: 'replayed',
    codes: ['SignatureNonceUsed'],
    detail: 'The vendor has seen this request before; its outcome is unknown.',
  },

  // Errors of the service.
  {
    kind: 'rejected',
    codes: [
      'InvalidApi.NotFound',
      'InvalidAction.NotFound',
      'InvalidProduct.NotFound',
      'InvalidVersion',
      'InvalidProtocol.NeedSsl',
      'UnsupportedHTTPMethod',
    ],
    code: 'provider_protocol_error',
    detail: 'The endpoint does not offer this operation. Check `endpoints.rds` of the account.',
  },
  {
    kind: 'throttled',
    codes: ['Throttling', 'Throttling.User', 'Throttling.Api', 'Rejected.Throttling'],
    detail: 'The vendor received too many calls from this account. Godwit tries again more slowly.',
  },
  {
    kind: 'unavailable',
    codes: [
      'ServiceUnavailable',
      'InternalError',
      'UnknownError',
      'ExternalFailure',
      'RequestMetaDataFailed',
      'InvokeProxyFailure',
    ],
    detail: 'The vendor has an internal error or is not available.',
  },
];

/** Meanings by lower-case code. The vendor spells the same code in different ways (`InvalidOSSURL`, `InvalidOssUrl`). */
export const codeMeanings: ReadonlyMap<string, CodeMeaning> = new Map(
  rows.flatMap(({ codes, ...meaning }) => codes.map((code) => [code.toLowerCase(), meaning] as const)),
);
