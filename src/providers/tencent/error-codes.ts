import type { ProblemCode } from '../../domain/problem.ts';
import type { FailureKind } from '../../domain/vendor.ts';

/** The meaning of a vendor error code. */
export interface Classification {
  readonly kind: FailureKind;
  /** Present only if it differs from the default of the kind. */
  readonly code?: ProblemCode;
  readonly detail: string;
}

/** Explanation of a throttled call. The vendor does not execute such a call. */
export const throttled = 'Too many calls within one second. The vendor did not carry the call out; Godwit tries again.';
const server = 'The vendor has an internal error, which may be temporary.';
const objectStorage = 'The vendor cannot reach its object storage, which may be temporary.';
const callerFault = 'The vendor refuses a parameter; its message names it.';
const denied =
  'The access policy of the key does not allow this operation: grant `sqlserver:<Operation>` on the instance.';
const unknownKey =
  'The vendor does not know the secret id: check for a deleted or disabled key, a stray space, or a key of another product.';
const taskGone =
  'The import task does not exist at the vendor: it was deleted there, or it belongs to another instance or region.';
const wrongCall = 'The endpoint does not offer this operation: check the account’s `endpoints.sqlserver`.';
const instanceBusy =
  'The instance is not in a state that allows this now; wait until it runs normally, then try again.';

/** Meanings by code (Error Codes page and the error lists of the operations). */
const byCode: Readonly<Record<string, Classification>> = {
  'AuthFailure.SignatureExpire': {
    kind: 'clock_skew',
    detail: 'The time of the signature differs from the vendor’s by more than five minutes: set this machine’s clock.',
  },
  'AuthFailure.TokenFailure': {
    kind: 'session_expired',
    detail: 'The temporary credentials have expired or their token is missing: supply new ones.',
  },
  'AuthFailure.SignatureFailure': {
    kind: 'unauthenticated',
    detail: 'The vendor does not accept the signature: check that the secret key belongs to the secret id.',
  },
  'AuthFailure.SecretIdNotFound': { kind: 'unauthenticated', detail: unknownKey },
  'AuthFailure.InvalidSecretId': { kind: 'unauthenticated', detail: unknownKey },
  'AuthFailure.UnauthorizedOperation': { kind: 'unauthenticated', detail: denied },
  'AuthFailure.MFAFailure': {
    kind: 'unauthenticated',
    detail: 'The key requires multi-factor authentication, which a service cannot provide: use another key.',
  },
  'FailedOperation.MigrationLockError': {
    kind: 'busy',
    detail: 'Another operation holds the import task at the vendor.',
  },
  'FailedOperation.CosError': { kind: 'unavailable', detail: objectStorage },
  'FailedOperation.CosPropertiesError': { kind: 'unavailable', detail: objectStorage },
  'FailedOperation.DBError': { kind: 'unavailable', detail: server },
  'FailedOperation.GcsError': { kind: 'unavailable', detail: server },
  'InternalError.CosError': { kind: 'unavailable', detail: objectStorage },
  'InternalError.StsError': {
    kind: 'unavailable',
    detail: 'The vendor could not make temporary upload keys. The error may be temporary.',
  },
  'InternalError.CamAuthFailed': {
    kind: 'unavailable',
    detail: 'The vendor’s own permission check failed to run. The error may be temporary.',
  },
  'ResourceNotFound.InstanceNotFound': {
    kind: 'not_found',
    detail: 'The instance does not exist in this region and account: check `target.instanceId` and `region`.',
  },
  'ResourceNotFound.FullBackupMigrationNotExist': { kind: 'not_found', detail: taskGone },
  'ResourceNotFound.IncreBackupMigrationNotExist': { kind: 'not_found', detail: taskGone },
  'ResourceNotFound.BackupNotFound': {
    kind: 'rejected',
    detail: 'The vendor does not find the backup file: check bucket, key and link, and that an upload has finished.',
  },
  'ResourceUnavailable.CosStatusErr': {
    kind: 'rejected',
    code: 'provider_conflict',
    detail: 'The import task is in a state that does not allow this: for example it already runs or has ended.',
  },
  'ResourceUnavailable.BackupMigrationRecoveryTypeErr': {
    kind: 'rejected',
    detail:
      'The task was created for one full backup and accepts no increments: create a migration of mode `full_log` or `full_differential`.',
  },
  'ResourceInUse.IncrementalMigrationExist': {
    kind: 'busy',
    detail:
      'The task has another increment that was registered and never started. Start or delete that one at the vendor.',
  },
  'ResourceUnavailable.InstanceStatusInvalid': { kind: 'busy', detail: instanceBusy },
  'ResourceUnavailable.DBInvalidStatus': {
    kind: 'rejected',
    code: 'provider_conflict',
    detail: 'A database on the instance is in a state that forbids this: check it at the vendor.',
  },
  'ResourceUnavailable.NotSupportRoInstance': {
    kind: 'rejected',
    detail: 'The target is a read-only replica: restore into its primary instance.',
  },
  'InvalidParameterValue.MigrationNameIsIllegal': { kind: 'rejected', detail: 'The vendor refuses the task’s name.' },
  'InvalidParameterValue.BackupNameIsIllegal': {
    kind: 'rejected',
    detail:
      'The vendor refuses the file’s name: use the naming of the backup command, plain letters, digits and underscores.',
  },
  'InvalidParameterValue.CosPathError': { kind: 'rejected', detail: 'The vendor refuses the path of the object.' },
  'InvalidParameterValue.DBExist': {
    kind: 'rejected',
    detail: 'A database of that name exists on the instance: restore under another name with `restoreAs`, or drop it.',
  },
  'InvalidParameterValue.DBNameSame': { kind: 'rejected', detail: 'Two databases would get the same name.' },
  'InvalidParameterValue.DBNameNotNull': { kind: 'rejected', detail: 'A database name is empty.' },
  'InvalidParameterValue.DBCharIllegal': {
    kind: 'rejected',
    detail: 'A database name has characters that the vendor refuses.',
  },
  'InvalidParameterValue.IllegalRegion': {
    kind: 'rejected',
    detail: 'The vendor does not offer SQL Server in this region.',
  },
  'UnsupportedOperation.UploadTypeError': {
    kind: 'rejected',
    code: 'provider_conflict',
    detail: 'The task gets its file from a link, so no upload is possible.',
  },
  'LimitExceeded.TooManyDB': {
    kind: 'rejected',
    detail: 'The instance has reached its limit of databases: drop one or use another instance.',
  },
};

/** Meanings by the code without its first segment, because the vendor uses several first segments for one cause. */
const bySuffix: readonly (readonly [pattern: RegExp, meaning: Classification])[] = [
  [
    /^InterfaceNameNotFound$/,
    {
      kind: 'rejected',
      detail: 'The endpoint does not know the operation: check the account’s `endpoints.sqlserver`.',
    },
  ],
  [
    /^DBNameIsKey(?:Wrods|Words)$/,
    { kind: 'rejected', detail: 'A database name is a word that SQL Server or the vendor reserves: use another one.' },
  ],
  [
    /^OnCvmTypeNotSupported$/,
    { kind: 'rejected', detail: 'Instances of this type (on CVM) do not support backup imports: use another type.' },
  ],
  [
    /^NotSupportRepeat$/,
    {
      kind: 'rejected',
      code: 'provider_conflict',
      detail: 'The operation is already under way or done. Check the task in the console.',
    },
  ],
  [
    /^NotSupport/,
    {
      kind: 'rejected',
      detail: 'The vendor does not support this on the instance; its message says why.',
    },
  ],
];

/** Meanings by the first segment, for codes that `byCode` and `bySuffix` do not contain. */
const byFamily: Readonly<Record<string, Classification>> = {
  RequestLimitExceeded: {
    kind: 'throttled',
    detail: throttled,
  },
  AuthFailure: { kind: 'unauthenticated', detail: 'The vendor refuses the credentials of the account.' },
  UnauthorizedOperation: { kind: 'unauthenticated', detail: denied },
  IpInBlacklist: { kind: 'unauthenticated', detail: 'The vendor’s block list names this machine’s address.' },
  IpNotInWhitelist: {
    kind: 'unauthenticated',
    detail: 'The vendor’s allow list does not name this machine’s address.',
  },
  InternalError: { kind: 'unavailable', detail: server },
  ServiceUnavailable: {
    kind: 'unavailable',
    detail: 'The vendor’s service is not available. The error may be temporary.',
  },
  FailedOperation: { kind: 'unavailable', detail: 'The operation failed at the vendor; its message says more.' },
  ResponseSizeLimitExceeded: { kind: 'malformed', detail: 'The response was too large for the vendor to send.' },
  ResourceNotFound: { kind: 'not_found', detail: 'The vendor does not find the resource of this call.' },
  ResourceInUse: { kind: 'busy', detail: 'The resource is in use at the vendor.' },
  ResourceUnavailable: {
    kind: 'rejected',
    code: 'provider_conflict',
    detail: 'The state of the resource forbids this; the vendor’s message says more.',
  },
  ResourceInsufficient: { kind: 'rejected', detail: 'The vendor lacks the resources for this.' },
  ResourcesSoldOut: { kind: 'rejected', detail: 'The vendor lacks the resources for this.' },
  LimitExceeded: { kind: 'rejected', detail: 'A quota of the vendor is exhausted; its message names it.' },
  OperationDenied: { kind: 'rejected', detail: 'The vendor denies this operation; its message says why.' },
  UnsupportedOperation: { kind: 'rejected', detail: 'The vendor does not support this operation here.' },
  UnsupportedRegion: { kind: 'rejected', detail: 'The vendor does not serve this region: check `region`.' },
  InvalidParameter: { kind: 'rejected', detail: callerFault },
  InvalidParameterValue: { kind: 'rejected', detail: callerFault },
  MissingParameter: { kind: 'rejected', detail: callerFault },
  UnknownParameter: { kind: 'rejected', detail: callerFault },
  InvalidRequest: { kind: 'rejected', detail: callerFault },
  RequestSizeLimitExceeded: { kind: 'rejected', detail: 'The request is larger than the vendor accepts.' },
  DryRunOperation: { kind: 'rejected', detail: 'The vendor treated this call as a dry run and did nothing.' },
  InvalidAction: { kind: 'rejected', detail: wrongCall },
  ActionOffline: { kind: 'rejected', detail: wrongCall },
  NoSuchProduct: { kind: 'rejected', detail: wrongCall },
  NoSuchVersion: { kind: 'rejected', detail: wrongCall },
  UnsupportedProtocol: { kind: 'rejected', detail: wrongCall },
};

/** Returns the meaning of a vendor code; null if neither the code nor its first segment is known. */
export function classify(code: string): Classification | null {
  const whole = code.trim();
  const family = whole.split('.', 1)[0] ?? '';
  if (Object.hasOwn(byCode, whole)) return byCode[whole] ?? null;
  const rest = whole.slice(family.length + 1);
  const suffix = bySuffix.find(([pattern]) => pattern.test(rest))?.[1];
  if (suffix !== undefined) return suffix;
  return Object.hasOwn(byFamily, family) ? (byFamily[family] ?? null) : null;
}
