import { restoreErrors } from './restore-errors.ts';

/**
 * The closed catalogue of problems: one entry per code, each with one HTTP status. Every response of 400 and above carries one of these
 * codes, and `/problems/<code>` serves the entry.
 */
export const problemCatalogue = {
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    retryable: false,
    help: 'Correct the fields that `errors` names and send the request again. Nothing was stored.',
  },
  unauthenticated: {
    status: 401,
    title: 'Credentials are missing or not valid',
    retryable: false,
    help: 'Send `Authorization: Bearer <key or token>` or `X-API-Key: <key>`.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    retryable: false,
    help: 'The caller is known but lacks the scope or the grant for this account.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    retryable: false,
    help: 'There is no such resource, or the caller has no grant for its account.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    retryable: false,
    help: 'The `Allow` header lists the methods of this resource.',
  },
  not_acceptable: {
    status: 406,
    title: 'No acceptable representation',
    retryable: false,
    help: 'Accept `application/json`.',
  },
  invalid_state: {
    status: 409,
    title: 'Not possible in the present state',
    retryable: false,
    help: '`actions` lists what is possible now.',
  },
  target_busy: {
    status: 409,
    title: 'The target has an active migration',
    retryable: false,
    help: 'Another active migration restores the same database onto the same instance. Wait for it, or cancel it.',
  },
  duplicate_backup: {
    status: 409,
    title: 'The chain already has this file',
    retryable: false,
    help: 'Each file is restored once. Nothing was added; `backupId` names the backup that has the file.',
  },
  cutover_needs_final_backup: {
    status: 409,
    title: 'This provider opens a database only with a final backup',
    retryable: false,
    help: 'Add the last backup with `final: true`.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'The first request with this key is still in progress',
    retryable: true,
    help: 'Wait as `Retry-After` says and send the same request again.',
  },
  provider_conflict: {
    status: 409,
    title: 'The vendor refuses because of the state of its resource',
    retryable: true,
    help: 'Another operation runs on the target, or its state forbids this one. Wait, then try again.',
  },
  events_gone: {
    status: 410,
    title: 'The event log no longer has this position',
    retryable: false,
    help: 'Godwit’s database was restored from a backup or replaced. Read the migrations, then the events from the first page on.',
  },
  precondition_failed: {
    status: 412,
    title: 'The resource has changed',
    retryable: false,
    help: 'Read the resource again and use its current `ETag`.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    retryable: false,
    help: 'Bodies are limited to 1 MiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    retryable: false,
    help: 'Send `application/json`.',
  },
  unsupported_by_provider: {
    status: 422,
    title: 'The provider cannot do this',
    retryable: false,
    help: '`errors` names the field and the providers that support it. Nothing was stored.',
  },
  unknown_account: {
    status: 422,
    title: 'No such account is configured',
    retryable: false,
    help: '`GET /accounts` lists the accounts.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key belongs to another request',
    retryable: false,
    help: 'Use a new key for a new request.',
  },
  encryption_key_required: {
    status: 422,
    title: 'Secrets cannot be stored without an encryption key',
    retryable: false,
    help: 'Configure `encryption.key`. Webhooks and `url` sources need it.',
  },
  provider_rejected: {
    status: 422,
    title: 'The vendor refused the request',
    retryable: false,
    help: '`provider` carries the vendor’s own code, message and request id.',
  },
  backup_corrupt_or_newer: {
    status: 422,
    title: 'The file is not a complete SQL Server backup',
    retryable: false,
    help: restoreErrors.backup_corrupt_or_newer.detail,
  },
  newer_version: {
    status: 422,
    title: 'The backup comes from a newer SQL Server than the target runs',
    retryable: false,
    help: restoreErrors.newer_version.detail,
  },
  wrong_backup_kind: {
    status: 422,
    title: 'The backup has the wrong type for its place in the chain',
    retryable: false,
    help: restoreErrors.wrong_backup_kind.detail,
  },
  backup_striped: {
    status: 422,
    title: 'The file is one stripe of several',
    retryable: false,
    help: restoreErrors.backup_striped.detail,
  },
  backup_with_several_sets: {
    status: 422,
    title: 'The file holds several backups',
    retryable: false,
    help: restoreErrors.backup_with_several_sets.detail,
  },
  log_chain_gap: {
    status: 422,
    title: 'A backup between this file and the one before it is missing',
    retryable: false,
    help: restoreErrors.log_chain_gap.detail,
  },
  log_already_restored: {
    status: 422,
    title: 'Everything in this file is already restored',
    retryable: false,
    help: restoreErrors.log_already_restored.detail,
  },
  differential_base_mismatch: {
    status: 422,
    title: 'The differential backup is based on another full backup',
    retryable: false,
    help: restoreErrors.differential_base_mismatch.detail,
  },
  source_missing_or_archived: {
    status: 422,
    title: 'The file is missing or in an archive storage class',
    retryable: true,
    help: restoreErrors.source_missing_or_archived.detail,
  },
  database_not_in_backup: {
    status: 422,
    title: 'The file is a backup of another database',
    retryable: false,
    help: restoreErrors.database_not_in_backup.detail,
  },
  backup_not_checked: {
    status: 422,
    title: 'The file could not be checked, and the account requires the check',
    retryable: true,
    help: 'The account’s `checkBackups` is `required`. Give it the rights that `detail` names, or set `auto`.',
  },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true, help: 'Wait as `Retry-After` says.' },
  internal: {
    status: 500,
    title: 'Internal error',
    retryable: true,
    help: 'An error in Godwit. The log has it under the request id in `instance`.',
  },
  provider_auth_failed: {
    status: 502,
    title: 'The vendor refused Godwit’s credentials',
    retryable: false,
    help: 'Check the credentials and the permissions of the account.',
  },
  provider_protocol_error: {
    status: 502,
    title: 'The vendor’s response is malformed',
    retryable: true,
    help: 'The response differs from what the vendor documents. This request changed nothing.',
  },
  provider_throttled: {
    status: 503,
    title: 'The vendor throttles',
    retryable: true,
    help: 'Wait as `Retry-After` says.',
  },
  provider_unavailable: {
    status: 503,
    title: 'The vendor is not available',
    retryable: true,
    help: 'Wait as `Retry-After` says.',
  },
  overloaded: {
    status: 503,
    title: 'Too much work at once, or the store is not available',
    retryable: true,
    help: 'Wait as `Retry-After` says.',
  },
  store_outcome_unknown: {
    status: 503,
    title: 'It is unknown whether the request was stored',
    retryable: false,
    help: 'Send it again with the same `Idempotency-Key`. Without a key list the migrations first.',
  },
  draining: {
    status: 503,
    title: 'This process is shutting down',
    retryable: true,
    help: 'Send the request again. Another process takes it.',
  },
  provider_timeout: {
    status: 504,
    title: 'The vendor did not answer in time',
    retryable: true,
    help: 'This request changed nothing.',
  },
} as const satisfies Record<string, ProblemEntry>;

/** One entry of the catalogue. `retryable`: whether the same request can succeed later without a change. `help`: what the caller can do. */
export interface ProblemEntry {
  readonly status: number;
  readonly title: string;
  readonly retryable: boolean;
  readonly help: string;
}

export type ProblemCode = keyof typeof problemCatalogue;

export const problemCodes = Object.keys(problemCatalogue) as readonly ProblemCode[];

/** One fault of a request. `pointer`: into the body (RFC 6901). `parameter`: the name of a query parameter or header. */
export interface FieldFault {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

/** A vendor error, verbatim. The vendor's support asks for `requestId`. */
export interface VendorErrorDetails {
  /** Provider id, such as `alibaba`. */
  readonly name: string;
  /** The vendor's operation, such as `CreateMigrateTask`. */
  readonly operation: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly requestId: string | null;
  readonly httpStatus: number | null;
}

/** Members of a problem document besides the standard ones. */
export interface ProblemExtras {
  /** The faults of single fields. */
  readonly errors?: readonly FieldFault[];
  readonly provider?: VendorErrorDetails;
  /** Default: that of the catalogue. */
  readonly retryable?: boolean;
  /** In seconds; becomes the `Retry-After` header. */
  readonly retryAfterSeconds?: number;
  /** Further members, such as `migrationId`, `state`, `actions`. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An error that is answered with a problem document (`application/problem+json`, RFC 9457). `detail`: the message for the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.code = code;
    this.extras = extras;
  }

  get status(): number {
    return problemCatalogue[this.code].status;
  }
}
