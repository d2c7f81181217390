/** A rejection by the cloud. The server converts it to the error response. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly status: number;
  /** Additional members of the error body. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message?: string, members: Readonly<Record<string, unknown>> = {}, status?: number) {
    const [usualStatus, usualMessage] = usual(code);
    super(message ?? usualMessage);
    this.code = code;
    this.status = status ?? usualStatus;
    this.members = members;
  }
}

/** Codes with their usual HTTP status and message, from the error tables of the operations and of the service. */
const errors: Readonly<Record<string, readonly [status: number, message: string]>> = {
  // CreateMigrateTask page
  InvalidFile: [400, 'The type of the specified file is not supported.'],
  InvalidInstanceType: [400, 'The current instance type does not support this operation.'],
  InvalidInstanceLockMode: [400, 'The current lock mode of the instance does not support this operation.'],
  InvalidDBName: [400, 'The specified database name is not valid.'],
  InvalidDBType: [400, 'The current database type does not support this operation.'],
  InvalidDBState: [400, 'The current state of the database does not support this operation.'],
  ExceedUploadTime: [400, 'The number of uploads of this database has reached the limit of today.'],
  InvalidOSSURL: [400, 'The specified OSS location is not valid.'],
  ExceedDiskSize: [400, 'The file is larger than the free disk space of the instance.'],
  InvalideStatus: [400, 'The status of the migration task does not support this operation.'],
  InvalidOssObjectStorageClassType: [400, 'The storage class of the OSS object must be Standard.'],
  InvalidInstanceState: [403, 'The current state of the instance does not support this operation.'],
  // Instance-level migration guide, which has a second vocabulary for the same operation
  IncorrectDBInstanceState: [403, 'The current state of the DB instance does not support this operation.'],
  IncorrectDBInstanceType: [400, 'The current type of the DB instance does not support this operation.'],
  IncorrectDBInstanceLockMode: [400, 'The current lock mode of the DB instance does not support this operation.'],
  IncorrectDBType: [400, 'The current type of the database does not support this operation.'],
  'InvalidDBName.NotFound': [400, 'The specified database does not exist.'],
  IncorrectDBState: [400, 'The database is being created or another migration of it is running.'],
  UploadLimitExceeded: [400, 'More than 20 migrations of this database today.'],
  ConcurrentTaskExceeded: [400, 'More than 500 migrations on this instance today.'],
  IncorrectFileExtension: [400, 'The extension of the file is not supported.'],
  InvalidOssUrl: [400, 'The specified OSS URL is not valid.'],
  BakFileSizeExceeded: [400, 'The backup file is larger than 3 TB.'],
  FileSizeExceeded: [400, 'The file does not fit into the storage of the instance.'],
  // Other operations
  EngineNotSupported: [400, 'The engine of the instance does not support this operation.'],
  EngineVersionNotSupported: [400, 'The engine version of the instance does not support this operation.'],
  'InvalidDBInstanceId.NotFound': [404, 'The specified DB instance does not exist.'],
  'InvalidDBInstanceName.NotFound': [404, 'The specified DB instance name does not exist.'],
  'InvalidMigrateTaskId.NotFound': [404, 'The specified migration task does not exist.'],
  'InvalidStartTimeAndEndTime.Malformed': [400, 'The end time must be later than the start time.'],
  'InvalidDBName.Duplicate': [400, 'The specified database name already exists.'],
  'InvalidDBName.Forbid': [400, 'The specified database name is reserved.'],
  'InvalidParameter.Keyword': [400, 'The specified name is a keyword of the engine.'],
  'OperationDenied.DBInstanceStatus': [403, 'The operation is not permitted in the present status of the instance.'],
  // Identity and signature
  'InvalidAccessKeyId.NotFound': [404, 'Specified access key is not found.'],
  'InvalidAccessKeyId.Inactive': [400, 'Specified access key is disabled.'],
  'Forbidden.AccessKeyDisabled': [403, 'The access key is disabled.'],
  SignatureDoesNotMatch: [400, 'Specified signature does not match our calculation.'],
  IncompleteSignature: [400, 'The request signature does not conform to the standards.'],
  SignatureNonceUsed: [400, 'Specified signature nonce was used already.'],
  'InvalidTimeStamp.Format': [400, 'Specified time stamp or date value is not well formatted.'],
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  IllegalTimestamp: [400, 'The input time stamp is no time.'],
  InvalidSignatureMethod: [400, 'Specified signature method is not valid.'],
  'InvalidSecurityToken.Expired': [400, 'Specified SecurityToken is expired.'],
  'InvalidSecurityToken.Malformed': [400, 'Specified SecurityToken is malformed.'],
  'InvalidSecurityToken.MismatchWithAccessKey': [400, 'Specified SecurityToken mismatches the access key.'],
  MissingSecurityToken: [400, 'SecurityToken is mandatory for this action.'],
  'Forbidden.RAM': [403, 'User not authorized to operate on the specified resource.'],
  NoPermission: [403, 'You are not authorized to do this action.'],
  // Gateway
  'InvalidAction.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  'InvalidApi.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  InvalidVersion: [400, 'Specified parameter Version is not valid.'],
  UnsupportedHTTPMethod: [400, 'This http method is not supported.'],
  InvalidParameter: [400, 'A specified parameter is not valid.'],
  // Service
  Throttling: [400, 'Request was denied due to request throttling.'],
  'Throttling.User': [400, 'Request was denied due to user flow control.'],
  'Throttling.Api': [400, 'Request was denied due to api flow control.'],
  ServiceUnavailable: [503, 'The request has failed due to a temporary failure of the server.'],
  InternalError: [500, 'The request processing has failed due to some unknown error, exception or failure.'],
};

function usual(code: string): readonly [status: number, message: string] {
  const known = Object.hasOwn(errors, code) ? errors[code] : undefined;
  if (known !== undefined) return known;
  if (code.startsWith('Forbidden') || code.startsWith('OperationDenied')) return [403, 'The request is denied.'];
  if (code.endsWith('.NotFound')) return [404, 'The specified resource does not exist.'];
  return [400, 'The request is refused.'];
}

/** Codes of the CreateMigrateTask page and their equivalents in the instance-level migration guide. */
const secondVocabulary: Readonly<Record<string, string>> = {
  InvalidInstanceState: 'IncorrectDBInstanceState',
  InvalidInstanceType: 'IncorrectDBInstanceType',
  InvalidInstanceLockMode: 'IncorrectDBInstanceLockMode',
  InvalidDBType: 'IncorrectDBType',
  InvalidDBState: 'IncorrectDBState',
  ExceedUploadTime: 'UploadLimitExceeded',
  InvalidFile: 'IncorrectFileExtension',
  InvalidOSSURL: 'InvalidOssUrl',
  ExceedDiskSize: 'FileSizeExceeded',
};

/** Converts a rejection to the vocabulary of the instance-level migration guide. */
export function inSecondVocabulary(refusal: Refusal): Refusal {
  if (refusal.code === 'InvalidDBName') return new Refusal('InvalidDBName', refusal.message, {}, 403);
  const other = secondVocabulary[refusal.code];
  return other === undefined ? refusal : new Refusal(other);
}
