import type { CredentialFault } from '../domain/credential-text.ts';
import {
  type Account,
  type FailureKind,
  mayHaveHappened,
  VendorError,
  type VendorFailure,
  type VendorRequest,
  vendorFailure,
} from '../domain/vendor.ts';

/** Error codes of a connection that was never established. The request cannot have arrived. */
const notSentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  // undici rejected the request before it was sent.
  'UND_ERR_INVALID_ARG',
  'ERR_INVALID_ARG_TYPE',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_INVALID_URL',
]);
const tlsCodes = /^(ERR_TLS_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT|UNABLE_TO_)/;
const malformedCodes =
  /^(ANSWER_TOO_COMPLEX|HPE_|UND_ERR_RES_EXCEEDED_MAX_SIZE|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RESPONSE_STATUS_CODE|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)/;

/**
 * The failure for an exchange without a usable response. If it is unknown whether the request arrived, the kind is `timeout`.
 * `providerName` and `host` appear in `detail`; the query of the URL does not.
 */
export function exchangeFailure(
  error: unknown,
  request: Pick<VendorRequest, 'operation'>,
  providerName: string,
  host: string,
): VendorFailure {
  const { code, syscall } = details(error);
  const kind = kindOf(code, syscall);
  const words: Record<string, string> = {
    not_sent: `${host} cannot be reached (${code ?? 'no connection'}).`,
    malformed: `${host} sent a malformed or too large HTTP response (${code}).`,
    timeout: `${host} did not answer ${request.operation} in time, or the connection broke (${code ?? 'no answer'}).`,
  };
  return vendorFailure({
    kind,
    detail: words[kind] ?? '',
    provider: { name: providerName, operation: request.operation },
  });
}

/** The failure of a call that could not be signed and was not sent. A `VendorError` about the credentials is kept as it is. */
export function notSigned(error: unknown, request: VendorRequest, providerName: string): VendorFailure {
  if (error instanceof VendorError && !mayHaveHappened(error.failure.kind)) return error.failure;
  const text = error instanceof Error ? error.message : String(error);
  return vendorFailure({
    kind: 'not_sent',
    code: 'internal',
    detail: `${request.operation} could not be signed and was not sent: ${text}`,
    provider: { name: providerName, operation: request.operation },
  });
}

/** The failure of a call that was not sent because a credential of the account is malformed. */
export function malformedCredentials(account: Account, { name, detail }: CredentialFault): VendorFailure {
  return vendorFailure({
    kind: 'unauthenticated',
    detail: `The credential \`${name}\` of the account \`${account.name}\` ${detail}, so Godwit cannot sign with it. Correct it, then retry.`,
    provider: { name: account.provider, operation: 'ReadCredentials' },
  });
}

/** The failure when the vendor rejects expired credentials and no newer ones are available. */
export function endedCredentials(account: Account, failure: VendorFailure): VendorFailure {
  const { detail, provider } = failure;
  return vendorFailure({
    kind: 'unauthenticated',
    detail: `The credentials of the account \`${account.name}\` have expired, and no newer ones are available: ${detail}`,
    provider,
  });
}

/**
 * The failure of a call that was not sent because its turn under the account's own limit would come too late. `waitMs`: milliseconds until
 * that turn.
 */
export function noTurn(request: VendorRequest, account: Account, waitMs: number): VendorFailure {
  return vendorFailure({
    kind: 'throttled',
    detail: `The account \`${account.name}\` has used up its rate limit for ${request.operation}: its next turn comes in about ${Math.max(Math.ceil(waitMs / 1000), 1)} s.`,
    retryAfterMs: Math.max(Math.ceil(waitMs), 1000),
    provider: { name: account.provider, operation: request.operation },
  });
}

/** The failure of a call that was not sent because the circuit breaker is open. `waitMs`: milliseconds until the next probe. */
export function outage(request: VendorRequest, account: Account, waitMs: number): VendorFailure {
  const seconds = Math.max(Math.ceil(waitMs / 1000), 1);
  return vendorFailure({
    kind: 'not_sent',
    detail: `The vendor did not answer the last calls of the account \`${account.name}\`, so ${request.operation} was not sent. Godwit calls it again in about ${seconds} s.`,
    retryAfterMs: seconds * 1000,
    provider: { name: account.provider, operation: request.operation },
  });
}

/** The failure of a call that was not sent because this process shuts down. */
export function shutDown(request: VendorRequest, providerName: string): VendorFailure {
  return vendorFailure({
    kind: 'not_sent',
    detail: `${request.operation} was not sent, because this process is shutting down. It is sent after the restart.`,
    provider: { name: providerName, operation: request.operation },
  });
}

/** The failure of a call that was not sent because the account's configuration has changed. */
export function reconfigured(operation: string, providerName: string): VendorFailure {
  return vendorFailure({
    kind: 'not_sent',
    detail: `${operation} was not sent, because the configuration of the account has just changed.`,
    provider: { name: providerName, operation },
    retryAfterMs: 1000,
  });
}

/** The failure of a call that was not sent because this process lost the lease of the migration while the call waited. */
export function heldBack(request: VendorRequest, providerName: string): VendorFailure {
  return vendorFailure({
    kind: 'not_sent',
    detail: `${request.operation} waited longer than the lease of the migration lasts and was not sent.`,
    provider: { name: providerName, operation: request.operation },
  });
}

function kindOf(
  code: string | null,
  syscall: string | null,
): Extract<FailureKind, 'not_sent' | 'malformed' | 'timeout'> {
  if (code === null) return 'timeout';
  // On an established connection these codes mean a lost response.
  const stood = syscall === 'read' || syscall === 'write';
  if (!stood && (notSentCodes.has(code) || tlsCodes.test(code) || syscall === 'connect')) return 'not_sent';
  return malformedCodes.test(code) ? 'malformed' : 'timeout';
}

/** Reads the code of the error or of its causes. Parallel connection attempts to several addresses fail with an `AggregateError`. */
function details(error: unknown): { code: string | null; syscall: string | null } {
  for (let each = error; each instanceof Error; each = each.cause) {
    // The proxy opened no tunnel, so the request was not sent.
    if (each.message.startsWith('Proxy response (')) return { code: 'PROXY_REFUSED', syscall: 'connect' };
    const inner = each instanceof AggregateError ? each.errors[0] : each;
    const { code, syscall } = inner as { code?: unknown; syscall?: unknown };
    // undici sets no code if the response does not begin like HTTP.
    if (code === undefined && inner?.name === 'HTTPParserError') return { code: 'HPE_INVALID', syscall: null };
    if (typeof code === 'string') return { code, syscall: typeof syscall === 'string' ? syscall : null };
  }
  return { code: null, syscall: null };
}
