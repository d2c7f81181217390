import { createHash } from 'node:crypto';
import type { SandboxRequest } from '../cloud.ts';
import { findAccessKey, projects } from './account.ts';
import { type Failure, gatewayFailure, unauthenticated } from './reply.ts';
import { canonicalRequest, readClaim, readSdkDate, sdkDate, signatureOf } from './signature.ts';
import type { Context, KeyRecord } from './state.ts';

/** An authenticated caller. */
export interface Caller {
  /** The project that the caller may use; null for none. */
  readonly projectId: string | null;
}

const minute = 60_000;
const toleranceMs = 15 * minute;
const lockMs = 5 * minute;
const failuresAllowed = 5;
const bodyLimit = 12 * 1024 * 1024;
const tokenLimit = 50_000;

/** The form in which a token is stored. The token itself is not stored. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Checks a request as the API gateway does before authentication. */
export function admit(request: SandboxRequest): Failure | null {
  if (Buffer.byteLength(request.body) > bodyLimit) return gatewayFailure(413, '0201', 'Request entity too large');
  if ((request.headers['x-auth-token'] ?? '').length > tokenLimit) {
    return gatewayFailure(494, '0201', 'Request headers too large');
  }
  return null;
}

/** Authenticates the caller by token or signature, as the API gateway does. */
export function authenticate(context: Context, request: SandboxRequest): Caller | Failure {
  const token = request.headers['x-auth-token'];
  if (token !== undefined && token !== '') return byToken(context, token);
  const authorization = request.headers.authorization;
  if (authorization?.startsWith('SDK-HMAC-SHA256')) return bySignature(context, request, authorization);
  return unauthenticated('x-auth-token not found');
}

function byToken({ state, now }: Context, token: string): Caller | Failure {
  const grant = state.tokens[tokenDigest(token)];
  if (grant === undefined || grant.expiresAt <= now) {
    return gatewayFailure(401, '0307', 'The token must be updated.');
  }
  return { projectId: grant.projectId };
}

function bySignature(context: Context, request: SandboxRequest, authorization: string): Caller | Failure {
  const claim = readClaim(authorization);
  if (claim === null) return unauthenticated('verify aksk signature fail, the Authorization header is malformed');
  const key = findAccessKey(claim.accessKeyId, request.headers['x-security-token']);
  if (key === undefined) return unauthenticated(`Get secretKey failed,ak:${claim.accessKeyId},err:ak not exist`);
  const record: KeyRecord = context.state.keys[key.id] ?? { failures: 0, lockedUntil: 0 };
  if (context.now < record.lockedUntil) return unauthenticated('AK access failed to reach the limit,forbidden');

  const date = request.headers['x-sdk-date'];
  const signedAt = readSdkDate(date);
  if (date === undefined || signedAt === null) {
    return unauthenticated('verify aksk signature fail, the X-Sdk-Date header is missing or malformed');
  }
  if (Math.abs(context.now - signedAt) > toleranceMs) {
    return unauthenticated(`signature expired, signature time:${date},server time:${sdkDate(context.now)}`);
  }
  const canonical = canonicalRequest(request, claim.signedHeaders);
  if (canonical === null || signatureOf(canonical, date, key.secret) !== claim.signature) {
    const failures = (record.lockedUntil > 0 ? 0 : record.failures) + 1;
    const lockedUntil = failures > failuresAllowed ? context.now + lockMs : 0;
    context.state.keys[key.id] = { failures, lockedUntil };
    const echo = canonical?.replaceAll('\n', '|') ?? 'none can be built from the signed headers';
    return unauthenticated(`verify aksk signature fail, canonicalRequest:${echo}`);
  }
  delete context.state.keys[key.id];
  const named = request.headers['x-project-id'];
  return { projectId: projects.find((project) => project.id === named)?.id ?? null };
}
