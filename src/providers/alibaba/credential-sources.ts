import type { Issued, IssuedCredentials, IssuerRequest } from '../../domain/credentials.ts';
import { Secret } from '../../domain/secret.ts';
import { VendorError, type VendorReply } from '../../domain/vendor.ts';
import { askRole, askRoleName, endOf, expectNoFailure, type Issuing, textOf, unusable } from '../kit/issuing.ts';
import { asObject, type Fields, objectOf } from '../kit/json.ts';
import type { AlibabaCredentials } from './account.ts';
import { failureOf } from './errors.ts';

/** Settings of credentials that are issued for the token of a service account. */
export interface OidcSettings {
  readonly endpoint: string;
  readonly roleArn: string;
  readonly oidcProviderArn: string;
  readonly tokenFile: string;
  readonly sessionName: string;
  /** Lifetime of the credentials in seconds, from 900 to the maximum of the role. */
  readonly durationSeconds: number;
}

/** Settings of credentials from the metadata service of an ECS machine. */
export interface MetadataSettings {
  readonly endpoint: string;
  /** Name of the role; null: the metadata service names it. */
  readonly roleName: string | null;
  /** Whether requests without a metadata token are allowed if the service issues none. */
  readonly allowV1: boolean;
}

const oidc: Issuing = { provider: 'alibaba', operation: 'AssumeRoleWithOIDC' };
const metadata: Issuing = { provider: 'alibaba', operation: 'EcsRamRole' };

/**
 * Credentials of a role for the token of a Kubernetes service account, as RRSA on ACK uses it (STS 2015-04-01, AssumeRoleWithOIDC page).
 * The request has no signature; the token identifies the caller.
 */
export function oidcCredentials(settings: OidcSettings): IssuedCredentials {
  const { endpoint, roleArn, oidcProviderArn, tokenFile, sessionName, durationSeconds } = settings;
  return {
    provider: 'alibaba',
    source: 'oidc',
    issuer: 'service',
    endpoint,
    tokenFile,
    *issue({ token, now }) {
      const query = new URLSearchParams({
        Action: oidc.operation,
        Version: '2015-04-01',
        Format: 'JSON',
        Timestamp: new Date(now).toISOString().replace(/\.\d+/, ''),
      });
      const form = new URLSearchParams({
        OIDCProviderArn: oidcProviderArn,
        OIDCToken: token,
        RoleArn: roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: String(durationSeconds),
      });
      const reply = yield {
        operation: oidc.operation,
        method: 'POST',
        url: `${endpoint}/?${query}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: form.toString(),
      };
      expectNoFailure(oidc, failureOf, reply, [token]);
      return issued(asObject(objectOf(reply)?.Credentials), oidc, reply);
    },
  };
}

/** Credentials of the machine's RAM role from the metadata service (ECS instance metadata page). */
export function metadataCredentials(settings: MetadataSettings): IssuedCredentials {
  const base = `${settings.endpoint}/latest/meta-data/ram/security-credentials/`;
  const get = (url: string, headers: Readonly<Record<string, string>>): IssuerRequest => ({
    operation: metadata.operation,
    method: 'GET',
    url,
    headers,
  });
  return {
    provider: 'alibaba',
    source: 'metadata',
    issuer: 'metadata',
    metadataHost: '100.100.100.200',
    endpoint: settings.endpoint,
    *issue() {
      const headers = yield* metadataHeaders(settings);
      const role = settings.roleName ?? (yield* askRoleName(metadata, get(base, headers)));
      const { body, reply } = yield* askRole(metadata, 'RAM role', role, get(`${base}${role}`, headers));
      return issued(body, metadata, reply);
    },
  };
}

/** Requests a metadata token. If the service issues none and `allowV1` is true, uses the older form without a token. */
function* metadataHeaders({
  endpoint,
  allowV1,
}: MetadataSettings): Generator<IssuerRequest, Readonly<Record<string, string>>, VendorReply> {
  let reply: VendorReply | null = null;
  try {
    reply = yield {
      operation: metadata.operation,
      method: 'PUT',
      url: `${endpoint}/latest/api/token`,
      headers: { 'x-aliyun-ecs-metadata-token-ttl-seconds': '21600' },
    };
  } catch (error) {
    if (!allowV1 || !(error instanceof VendorError)) throw error;
  }
  if (reply?.httpStatus === 200 && reply.body.trim() !== '')
    return { 'x-aliyun-ecs-metadata-token': reply.body.trim() };
  if (allowV1) return {};
  const detail = 'The metadata service returned no token, and access without a token is switched off.';
  throw unusable(metadata, 'unavailable', detail, reply?.httpStatus ?? null);
}

function issued(body: Fields | null, issuing: Issuing, reply: VendorReply): Issued {
  const accessKeyId = textOf(body?.AccessKeyId);
  const accessKeySecret = textOf(body?.AccessKeySecret);
  const securityToken = textOf(body?.SecurityToken);
  if (accessKeyId === null || accessKeySecret === null || securityToken === null)
    throw unusable(issuing, 'malformed', `${issuing.operation} returned no credentials.`, reply.httpStatus);
  const credentials: AlibabaCredentials = {
    provider: 'alibaba',
    accessKeyId,
    accessKeySecret: new Secret(accessKeySecret),
    securityToken: new Secret(securityToken),
  };
  return { credentials, expiresAt: endOf(body?.Expiration, reply) };
}
