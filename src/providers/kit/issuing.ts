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

/** Base URLs have no trailing slash. */
export function baseUrl(url: string): string {
  return url.replace(/(?<!\/)\/+$/, '');
}

/** A secret that must be there. */
export function present(value: Secret | undefined): Secret {
  if (value === undefined) throw new Error('a credential is missing');
  return value;
}

/** The vendor's part in an exchange with an issuer of credentials. */
export interface Issuing {
  readonly provider: string;
  readonly operation: string;
}

/** The error for an unusable response. */
export function unusable(
  { provider, operation }: Issuing,
  kind: Extract<FailureKind, 'malformed' | 'unauthenticated' | 'unavailable'>,
  detail: string,
  httpStatus: number | null,
): VendorError {
  return new VendorError(vendorFailure({ kind, detail, provider: { name: provider, operation, httpStatus } }));
}

const refusals: readonly FailureKind[] = ['unauthenticated', 'rejected', 'session_expired', 'not_found', 'busy'];

/** Throws the vendor's error in an answer, if there is one, as `failureOf` reads it. `secrets` are masked in the vendor's words. */
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
  // Whatever the code, a refusal here concerns the identity of this gateway.
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

/** Reads the name of the machine's role from its metadata service. Accepts only a role name, because it becomes part of a URL. */
export function* askRoleName(issuing: Issuing, request: IssuerRequest): Generator<IssuerRequest, string, VendorReply> {
  const reply = yield request;
  const [name = ''] = reply.body.trim().split(/\s/);
  if (reply.httpStatus === 404 || (reply.httpStatus === 200 && name === ''))
    throw unusable(issuing, 'unauthenticated', 'No role is bound to this machine.', reply.httpStatus);
  if (reply.httpStatus !== 200)
    throw unusable(issuing, 'unavailable', 'The metadata service tells no role now.', reply.httpStatus);
  if (!/^[A-Za-z0-9._@-]{1,128}$/.test(name))
    throw unusable(issuing, 'malformed', 'The metadata service told a role name that is none.', 200);
  return name;
}

/** Reads the credentials of the machine's role. `kindOfRole` is the vendor's term, such as `RAM role`. */
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
    const detail = `The metadata service gives no credentials for the role ${role} now.`;
    throw unusable(issuing, 'unavailable', detail, reply.httpStatus);
  }
  return { body, reply };
}

/** A text that is not empty; null for anything else. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

const unreadableLifeMs = 15 * 60_000;

/**
 * The end of credentials by our clock: the service's own `Date` tells how far its clock is from ours. An end that cannot be read is
 * taken as an early one.
 */
export function endOf(end: unknown, reply: VendorReply): Instant {
  const stated = typeof end === 'number' ? end * 1000 : Date.parse(String(end));
  if (Number.isNaN(stated)) return reply.receivedAt + unreadableLifeMs;
  const theirs = Date.parse(reply.headers.date ?? '');
  return Number.isNaN(theirs) ? stated : reply.receivedAt + (stated - theirs);
}
