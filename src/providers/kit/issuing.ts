import type { IssuerRequest } from '../../domain/credentials.ts';
import type { Instant } from '../../domain/migration.ts';
import type { Secret } from '../../domain/secret.ts';
import {
  type FailureKind,
  VendorError,
  type VendorFailure,
  type VendorReply,
  type VendorRequest,
  vendorFailure,
} from '../../domain/vendor.ts';
import { type Fields, objectOf } from './json.ts';

/** Removes trailing slashes from a base URL. */
export function baseUrl(url: string): string {
  return url.replace(/(?<!\/)\/+$/, '');
}

/** Returns a credential that must be present. Throws an `Error` if it is missing. */
export function present(value: Secret | undefined): Secret {
  if (value === undefined) throw new Error('a credential is missing');
  return value;
}

/** Names the vendor and the operation of an exchange with an issuer of credentials, for its errors. */
export interface Issuing {
  readonly provider: string;
  readonly operation: string;
}

/** The error for a response of the issuer that contains no credentials. */
export function unusable(
  { provider, operation }: Issuing,
  kind: Extract<FailureKind, 'malformed' | 'unauthenticated' | 'unavailable'>,
  detail: string,
  httpStatus: number | null,
): VendorError {
  return new VendorError(vendorFailure({ kind, detail, provider: { name: provider, operation, httpStatus } }));
}

const refusals: readonly FailureKind[] = ['unauthenticated', 'rejected', 'session_expired', 'not_found', 'busy'];

/** Throws the vendor's error if the response contains one, as `failureOf` reads it. Replaces `secrets` in the vendor's message. */
export function expectNoFailure(
  { operation }: Issuing,
  failureOf: (request: VendorRequest, reply: VendorReply) => VendorFailure | null,
  reply: VendorReply,
  secrets: readonly string[],
): void {
  const failure = failureOf(issuerRequest(operation), reply);
  if (failure === null) return;
  const message = secrets.reduce<string | null>(
    (text, secret) => text?.replaceAll(secret, '[secret]') ?? null,
    failure.provider.message,
  );
  // A rejection of any kind by an issuer means that it does not accept the identity of this gateway.
  const refused = refusals.includes(failure.kind);
  throw new VendorError({
    ...failure,
    kind: refused ? 'unauthenticated' : failure.kind,
    code: refused ? 'provider_auth_failed' : failure.code,
    detail: refused ? `${operation} was refused: ${message ?? failure.detail}` : failure.detail,
    provider: { ...failure.provider, operation, message },
  });
}

function issuerRequest(operation: string): VendorRequest {
  return {
    operation,
    service: 'sts',
    effect: 'read',
    method: 'POST',
    path: '/',
    query: [],
    headers: {},
    body: undefined,
  };
}

/**
 * Reads the name of the machine's role from the metadata service. Accepts only a well-formed name, because the name becomes part of a URL.
 * Throws `VendorError`.
 */
export function* askRoleName(issuing: Issuing, request: IssuerRequest): Generator<IssuerRequest, string, VendorReply> {
  const reply = yield request;
  const [name = ''] = reply.body.trim().split(/\s/);
  if (reply.httpStatus === 404 || (reply.httpStatus === 200 && name === ''))
    throw unusable(issuing, 'unauthenticated', 'This machine has no role.', reply.httpStatus);
  if (reply.httpStatus !== 200)
    throw unusable(issuing, 'unavailable', 'The metadata service returns no role now.', reply.httpStatus);
  if (!/^[A-Za-z0-9._@-]{1,128}$/.test(name))
    throw unusable(issuing, 'malformed', 'The metadata service returned an invalid role name.', 200);
  return name;
}

/**
 * Reads the credentials of the machine's role from the metadata service. `kindOfRole`: the vendor's term, such as `RAM role`. Throws
 * `VendorError`.
 */
export function* askRole(
  issuing: Issuing,
  kindOfRole: string,
  role: string,
  request: IssuerRequest,
): Generator<IssuerRequest, { readonly body: Fields; readonly reply: VendorReply }, VendorReply> {
  const reply = yield request;
  const body = objectOf(reply);
  if (reply.httpStatus === 404)
    throw unusable(issuing, 'unauthenticated', `The machine has no ${kindOfRole} ${role}.`, 404);
  if (reply.httpStatus !== 200 || body?.Code !== 'Success') {
    const detail = `The metadata service returns no credentials for the role ${role} now.`;
    throw unusable(issuing, 'unavailable', detail, reply.httpStatus);
  }
  return { body, reply };
}

/** The value if it is a non-empty text; otherwise null. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

const unreadableLifeMs = 15 * 60_000;

/**
 * Returns the expiry of credentials by our clock in milliseconds. The `Date` header of the response shows the offset of the issuer's clock.
 * If the expiry cannot be parsed, it is 15 minutes after the response.
 */
export function endOf(end: unknown, reply: VendorReply): Instant {
  const stated = typeof end === 'number' ? end * 1000 : Date.parse(String(end));
  if (Number.isNaN(stated)) return reply.receivedAt + unreadableLifeMs;
  const theirs = Date.parse(reply.headers.date ?? '');
  return Number.isNaN(theirs) ? stated : reply.receivedAt + (stated - theirs);
}
