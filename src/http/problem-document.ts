import { Problem, problemCatalogue } from '../domain/problem.ts';
import { StoreOutcomeUnknown, StoreUnavailable, UnreadableRecord } from '../domain/store.ts';

/** Body and headers of a problem answer. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const problemMediaType = 'application/problem+json';

/** The response for a problem (RFC 9457). `instance` is the request id; `base` is the prefix of the link to the catalogue. */
export function problemAnswer(problem: Problem, requestId: string, base: string): ProblemAnswer {
  const entry = problemCatalogue[problem.code];
  const { errors, provider, retryable, retryAfterSeconds, members } = problem.extras;
  const document = {
    ...members,
    type: `${base}/problems/${problem.code}`,
    title: entry.title,
    status: entry.status,
    detail: problem.message,
    instance: requestId,
    code: problem.code,
    retryable: retryable ?? entry.retryable,
    ...(errors && { errors }),
    ...(provider && { provider }),
  };
  return {
    status: entry.status,
    headers: {
      'content-type': problemMediaType,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))) }),
    },
    body: JSON.stringify(document),
  };
}

const byFastifyCode: Readonly<Record<string, () => Problem>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Problem('unsupported_media_type', 'The body must be `application/json`.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem('payload_too_large', problemCatalogue.payload_too_large.help),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Problem('invalid_request', 'The length of the body differs from `Content-Length`.', {
      errors: [{ parameter: 'Content-Length', detail: 'differs from the length of the body' }],
    }),
  FST_ERR_MAX_PARAM_LENGTH: () => new Problem('not_found', 'There is no such resource.'),
  FST_ERR_BAD_URL: () =>
    new Problem('invalid_request', 'The path is not a valid URL path.', {
      errors: [{ parameter: 'path', detail: 'has an escape sequence that cannot be decoded' }],
    }),
};

/**
 * Maps an error to the problem for the caller; null: an internal error, which the log must contain. `repeatable`: the request has an
 * idempotency key, so a repetition has no second effect.
 */
export function problemOf(error: unknown, repeatable = false): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof UnreadableRecord)
    return new Problem(
      'internal',
      `The stored record ${error.id} cannot be read. An operator must repair it in the database.`,
      {
        retryable: false,
      },
    );
  if (error instanceof StoreOutcomeUnknown)
    return new Problem(
      'store_outcome_unknown',
      repeatable
        ? 'The store did not answer in time. The request may have been stored: repeat it with the same `Idempotency-Key`.'
        : 'The store did not answer in time. The request may have been stored: check this before you send it again.',
      { retryable: repeatable, retryAfterSeconds: 2 },
    );
  if (error instanceof StoreUnavailable)
    return new Problem('overloaded', 'The store is not available. Nothing of this request was stored.', {
      retryAfterSeconds: 2,
    });
  const { code, statusCode } = membersOf(error);
  const known = typeof code === 'string' ? byFastifyCode[code] : undefined;
  if (known !== undefined) return known();
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? problemOfStatus(statusCode) : null;
}

/** The problem for an internal error. */
export function internalProblem(): Problem {
  return new Problem('internal', problemCatalogue.internal.help, { retryAfterSeconds: 5 });
}

function problemOfStatus(status: number): Problem {
  switch (status) {
    case 404:
      return new Problem('not_found', 'There is no such resource.');
    case 413:
      return new Problem('payload_too_large', problemCatalogue.payload_too_large.help);
    case 415:
      return new Problem('unsupported_media_type', problemCatalogue.unsupported_media_type.help);
    default:
      return new Problem('invalid_request', 'The request could not be read.', { errors: [] });
  }
}

function membersOf(error: unknown): { readonly code?: unknown; readonly statusCode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
