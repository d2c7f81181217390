import type { Issued, IssuedCredentials, IssuerRequest } from '../../domain/credentials.ts';
import { Secret } from '../../domain/secret.ts';
import type { VendorReply } from '../../domain/vendor.ts';
import { askRole, askRoleName, endOf, expectNoFailure, type Issuing, textOf, unusable } from '../kit/issuing.ts';
import { asObject, type Fields, objectOf } from '../kit/json.ts';
import type { TencentCredentials } from './account.ts';
import { failureOf } from './errors.ts';

/** Settings of credentials that are issued for the token of a pod. */
export interface OidcSettings {
  readonly endpoint: string;
  readonly providerId: string;
  readonly roleArn: string;
  readonly tokenFile: string;
  readonly sessionName: string;
  /** Region of the request. Any region is accepted. */
  readonly region: string;
  /** Lifetime of the credentials in seconds, at most 43,200. */
  readonly durationSeconds: number;
}

/** Settings of credentials from the metadata service of a CVM machine. */
export interface MetadataSettings {
  readonly endpoint: string;
  /** Name of the role; null: the metadata service names it. */
  readonly roleName: string | null;
}

const oidc: Issuing = { provider: 'tencent', operation: 'AssumeRoleWithWebIdentity' };
const metadata: Issuing = { provider: 'tencent', operation: 'CvmRole' };

/**
 * Credentials of a role for the token of a pod, as TKE uses it (STS 2018-08-13, AssumeRoleWithWebIdentity page). The request is not signed;
 * `Authorization: SKIP` states it.
 */
export function oidcCredentials(settings: OidcSettings): IssuedCredentials {
  const { endpoint, providerId, roleArn, tokenFile, sessionName, region, durationSeconds } = settings;
  return {
    provider: 'tencent',
    source: 'oidc',
    issuer: 'service',
    endpoint,
    tokenFile,
    *issue({ token, now }) {
      const reply = yield {
        operation: oidc.operation,
        method: 'POST',
        url: `${endpoint}/`,
        headers: {
          authorization: 'SKIP',
          'content-type': 'application/json',
          'x-tc-action': oidc.operation,
          'x-tc-version': '2018-08-13',
          'x-tc-region': region,
          'x-tc-timestamp': String(Math.floor(now / 1000)),
        },
        body: JSON.stringify({
          ProviderId: providerId,
          WebIdentityToken: token,
          RoleArn: roleArn,
          RoleSessionName: sessionName,
          DurationSeconds: durationSeconds,
        }),
      };
      expectNoFailure(oidc, failureOf, reply, [token]);
      const response = asObject(objectOf(reply)?.Response);
      const end = response?.ExpiredTime ?? response?.Expiration;
      return issued({ ...asObject(response?.Credentials), end }, oidc, reply);
    },
  };
}

/** Credentials of the machine's CAM role from the metadata service (CVM instance role guide). */
export function metadataCredentials(settings: MetadataSettings): IssuedCredentials {
  const base = `${settings.endpoint}/latest/meta-data/cam/security-credentials/`;
  const get = (url: string): IssuerRequest => ({ operation: metadata.operation, method: 'GET', url });
  return {
    provider: 'tencent',
    source: 'metadata',
    issuer: 'metadata',
    metadataHost: 'metadata.tencentyun.com',
    endpoint: settings.endpoint,
    *issue() {
      const role = settings.roleName ?? (yield* askRoleName(metadata, get(base)));
      const { body, reply } = yield* askRole(metadata, 'CAM role', role, get(`${base}${role}`));
      return issued({ ...body, end: body.ExpiredTime ?? body.Expiration }, metadata, reply);
    },
  };
}

function issued(body: Fields, issuing: Issuing, reply: VendorReply): Issued {
  const secretId = textOf(body.TmpSecretId);
  const secretKey = textOf(body.TmpSecretKey);
  const token = textOf(body.Token);
  if (secretId === null || secretKey === null || token === null)
    throw unusable(issuing, 'malformed', `${issuing.operation} returned no credentials.`, reply.httpStatus);
  const credentials: TencentCredentials = {
    provider: 'tencent',
    secretId,
    secretKey: new Secret(secretKey),
    token: new Secret(token),
  };
  return { credentials, expiresAt: endOf(body.end, reply) };
}
