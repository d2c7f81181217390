import { maxRetryAfterMs, readRetryAfter } from '../../domain/retry-after.ts';
import {
  type FailureKind,
  VendorError,
  type VendorFailure,
  type VendorReply,
  type VendorRequest,
  vendorFailure,
} from '../../domain/vendor.ts';
import { type Fields, objectOf } from '../kit/json.ts';
import { type CodeMeaning, codeMeanings } from './error-codes.ts';
import { fieldOf, parseXmlError, presentableText, requestIdOf, textOf } from './reply.ts';

/** Codes of a successful response. With an HTTP error status they contradict it, and the outcome is unknown. */
const successCodes: ReadonlySet<string> = new Set(['200', 'ok', 'success']);

/** Matches messages about expired temporary credentials, which the vendor also sends with other codes. */
const endedToken = /Security\s?Token(?:\.|\s(?:has\s|is\s)?)Expired/i;

/** Kinds by pattern of the code, for codes without a meaning of their own (error code pages). They apply to HTTP 4xx only. */
const families: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
  [/^(?:InvalidSecurityToken|InvalidAccessKey|Signature|Forbidden|NoPermission)/i, 'unauthenticated'],
  [/\.NotFound$/i, 'not_found'],
  [/^(?:Missing|Invalid)/i, 'rejected'],
];

const unknownDetails: Partial<Record<FailureKind, string>> = {
  rejected: 'The vendor refused the request; its message says why.',
  not_found: 'The vendor does not know a resource that the request names.',
  unauthenticated: 'The vendor refused the credentials.',
  throttled: 'The vendor received too many calls. Godwit tries again more slowly.',
  unavailable: 'The vendor has an internal error or is not available.',
  malformed: 'The vendor’s response differs from its documentation.',
};

function meaningOfKind(kind: FailureKind): CodeMeaning {
  return { kind, detail: unknownDetails[kind] ?? 'The call failed.' };
}

function kindOfStatus(status: number): FailureKind {
  if (status >= 500) return 'unavailable';
  if (status === 429) return 'throttled';
  if (status === 404) return 'not_found';
  if (status === 401) return 'unauthenticated';
  return status >= 400 ? 'rejected' : 'malformed';
}

/** Classifies by code first and by HTTP status second, because the same code occurs with different statuses. */
function meaningOf(code: string, status: number): CodeMeaning {
  const known = codeMeanings.get(code.toLowerCase());
  if (known !== undefined) {
    // With HTTP 5xx the call may have been carried out even if the code says busy.
    return known.kind === 'busy' && status >= 500 ? { ...meaningOfKind('unavailable'), detail: known.detail } : known;
  }
  if (/throttling/i.test(code)) return meaningOfKind('throttled');
  const family = status >= 400 && status < 500 ? families.find(([pattern]) => pattern.test(code)) : undefined;
  return meaningOfKind(family?.[1] ?? kindOfStatus(status));
}

/**
 * The wait that the vendor requests, in milliseconds. The vendor's own header contains milliseconds; `Retry-After` has its standard
 * meaning.
 */
function retryAfterOf({ headers, receivedAt }: VendorReply): number | undefined {
  const own = headers['x-acs-retry-after']?.trim() ?? '';
  return /^\d{1,15}$/.test(own) ? Math.min(Number(own), maxRetryAfterMs) : readRetryAfter(headers, receivedAt);
}

/** A sentence with the permission that the rejection names; empty if it names none. */
function missingPermission(fields: Fields): string {
  const denied = fieldOf(fields, 'AccessDeniedDetail');
  if (typeof denied !== 'object' || denied === null || Array.isArray(denied)) return '';
  const action = textOf(denied as Fields, 'AuthAction');
  return action === null ? '' : ` The missing permission is ${presentableText(action)}.`;
}

/** A hint for `url` sources. Only SQL Server 2008 R2 with local disks accepts them, and there an empty database must exist. */
function emptyDatabase({ query }: VendorRequest, code: string): string {
  const of2008 = query.some(([name]) => name === 'OSSUrls') && /^InvalidDBName(?:\.NotFound)?$/i.test(code);
  return of2008 ? ' On 2008 R2 with local disks an empty database of the same name must be created first.' : '';
}

function failure(
  meaning: CodeMeaning,
  request: VendorRequest,
  reply: VendorReply,
  fields: Fields | null,
  extraDetail: string,
): VendorFailure {
  const code = fields === null ? null : textOf(fields, 'Code');
  const message = fields === null ? null : textOf(fields, 'Message');
  return vendorFailure({
    ...meaning,
    detail: `${meaning.detail}${extraDetail}`,
    provider: {
      name: 'alibaba',
      operation: request.operation,
      code,
      message: message === null ? null : presentableText(message),
      requestId: requestIdOf(reply, fields),
      httpStatus: reply.httpStatus,
    },
    retryAfterMs: retryAfterOf(reply) ?? meaning.retryAfterMs,
  });
}

/** Reads the failure in a response, or returns null. Accepts JSON, JSON with lower-case names, and XML (error code pages). Never throws. */
export function failureOf(request: VendorRequest, reply: VendorReply): VendorFailure | null {
  const status = reply.httpStatus;
  const fields = objectOf(reply) ?? parseXmlError(reply.body);
  const code = fields === null ? null : textOf(fields, 'Code');
  const success = status >= 200 && status < 300;
  if (fields !== null && code !== null && !successCodes.has(code.toLowerCase())) {
    const ended = status < 500 && endedToken.test(textOf(fields, 'Message') ?? '');
    const meaning = meaningOf(ended ? 'InvalidSecurityToken.Expired' : code, status);
    return failure(
      meaning,
      request,
      reply,
      fields,
      `${meaning.kind === 'unauthenticated' ? missingPermission(fields) : ''}${emptyDatabase(request, code)}`,
    );
  }
  if (success && fields !== null) return null;
  if (status >= 500 || status === 429) return failure(meaningOfKind(kindOfStatus(status)), request, reply, fields, '');
  return failure(meaningOfKind('malformed'), request, reply, fields, '');
}

/** Whether the vendor permanently rejected a read, for example because the edition of the instance does not support the operation. */
export function isRefusal(error: unknown): error is VendorError {
  return error instanceof VendorError && (error.failure.kind === 'rejected' || error.failure.kind === 'not_found');
}
