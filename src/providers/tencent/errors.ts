import { readRetryAfter } from '../../domain/retry-after.ts';
import {
  type FailureKind,
  type VendorFailure,
  type VendorReply,
  type VendorRequest,
  vendorFailure,
} from '../../domain/vendor.ts';
import { type Fields, isObject } from '../kit/json.ts';
import { type Classification, classify, throttled } from './error-codes.ts';
import { asText, jsonOf, requestIdOf } from './reply.ts';

/** Codes that mean success for an operation, because its effect already exists. */
const alreadyGone: ReadonlyMap<string, readonly string[]> = new Map([
  ['DeleteBackupMigration', ['ResourceNotFound.FullBackupMigrationNotExist', 'ResourceNotFound.InstanceNotFound']],
  [
    'DeleteIncrementalMigration',
    [
      'ResourceNotFound.IncreBackupMigrationNotExist',
      'ResourceNotFound.FullBackupMigrationNotExist',
      'ResourceNotFound.InstanceNotFound',
    ],
  ],
]);

interface Refusal {
  readonly code: string | null;
  readonly message: string | null;
}

/** The vendor error in a body, in the current form or the very old form `{ code, message, codeDesc }`; null if there is none. */
function refusalIn(body: unknown): Refusal | null {
  if (!isObject(body)) return null;
  if (isObject(body.Response)) {
    const error = body.Response.Error;
    if (error === undefined || error === null) return null;
    return isObject(error)
      ? { code: verbatim(error.Code), message: verbatim(error.Message) }
      : { code: null, message: null };
  }
  const number = asText(body.code);
  if (number === null || number === '0') return null;
  return { code: verbatim(body.codeDesc) ?? number, message: verbatim(body.message) };
}

const verbatim = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

/** Minimum wait after a throttled call in milliseconds. The vendor counts calls per second. */
const throttleWaitMs = 1000;

function waitAfter(kind: FailureKind, { headers, receivedAt }: VendorReply): { readonly retryAfterMs?: number } {
  const asked = readRetryAfter(headers, receivedAt);
  if (kind === 'throttled') return { retryAfterMs: Math.max(asked ?? 0, throttleWaitMs) };
  return kind === 'unavailable' && asked !== undefined ? { retryAfterMs: asked } : {};
}

/**
 * Reads the failure in a response, or returns null. Vendor errors have HTTP status 200 (Responses page); any other status comes from a
 * component between here and the vendor. Never throws.
 */
export function failureOf(request: VendorRequest, reply: VendorReply): VendorFailure | null {
  const body = jsonOf(reply);
  const response: Fields | null = isObject(body) && isObject(body.Response) ? body.Response : null;
  const refusal = refusalIn(body);
  const failure = (meaning: Classification): VendorFailure =>
    vendorFailure({
      ...meaning,
      provider: {
        name: 'tencent',
        operation: request.operation,
        code: refusal?.code ?? null,
        message: refusal?.message ?? null,
        requestId: requestIdOf(response),
        httpStatus: reply.httpStatus,
      },
      ...waitAfter(meaning.kind, reply),
    });

  if (reply.httpStatus === 429) return failure({ kind: 'throttled', detail: throttled });
  if (refusal !== null) {
    if (refusal.code !== null && alreadyGone.get(request.operation)?.includes(refusal.code.trim())) return null;
    const known = refusal.code === null ? null : classify(refusal.code);
    return failure(
      known ?? {
        kind: 'malformed',
        detail: 'The vendor returned an undocumented error; the outcome of the call is unknown.',
      },
    );
  }
  if (reply.httpStatus >= 500)
    return failure({
      kind: 'unavailable',
      detail: `The vendor’s gateway answered ${reply.httpStatus}. The error may be temporary.`,
    });
  if (reply.httpStatus !== 200)
    return failure({
      kind: 'malformed',
      detail: `A proxy or another host answered ${reply.httpStatus} instead of the vendor: check the account’s endpoint and any proxy.`,
    });
  if (response === null)
    return failure({
      kind: 'malformed',
      detail:
        'The response is not the vendor’s: it lacks the `Response` object. Check the account’s endpoint and any proxy.',
    });
  return null;
}
