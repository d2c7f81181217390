import { createHmac } from 'node:crypto';
import type { Instant } from '../../domain/migration.ts';
import type { SignedRequest, VendorRequest } from '../../domain/vendor.ts';
import { percentEncode, placeOf } from '../kit/percent.ts';
import type { AlibabaCredentials } from './account.ts';
import { canonicalQuery } from './percent.ts';

type Parameters = readonly (readonly [name: string, value: string])[];

/** API version of the product code `Rds`. */
export const apiVersion = '2014-08-15';

/** Formats a time as `YYYY-MM-DDThh:mm:ssZ`, the form of both signatures. */
export function signatureTime(now: Instant): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/** The string to sign: the method, the encoded path `/`, and the canonical query encoded once more (RPC request signature page). */
export function rpcStringToSign(method: string, canonical: string): string {
  return `${method}&%2F&${percentEncode(canonical)}`;
}

/** HMAC-SHA1 in base64. The key is the secret followed by an ampersand. */
export function rpcSignature(accessKeySecret: string, stringToSign: string): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(stringToSign, 'utf8').digest('base64');
}

/** The parameters that every operation has under this signature, except `Signature`. */
function rpcCommonParameters(
  operation: string,
  credentials: AlibabaCredentials,
  now: Instant,
  nonce: string,
): Parameters {
  const token = credentials.securityToken;
  return [
    ['Action', operation],
    ['Version', apiVersion],
    ['Format', 'JSON'],
    ['AccessKeyId', credentials.accessKeyId],
    ['SignatureMethod', 'HMAC-SHA1'],
    ['SignatureVersion', '1.0'],
    ['SignatureNonce', nonce],
    ['Timestamp', signatureTime(now)],
    ...(token === undefined ? [] : [['SecurityToken', token.reveal()] as const]),
  ];
}

/** Signs with SignatureVersion 1.0. All parameters are in the form body, so that signed URLs and tokens do not appear in the URL. */
export function signRpc(
  request: VendorRequest,
  credentials: AlibabaCredentials,
  endpoint: string,
  now: Instant,
  nonce: string,
): SignedRequest {
  const canonical = canonicalQuery([
    ...rpcCommonParameters(request.operation, credentials, now, nonce),
    ...request.query,
  ]);
  const signature = rpcSignature(credentials.accessKeySecret.reveal(), rpcStringToSign(request.method, canonical));
  return {
    method: request.method,
    url: `${placeOf(endpoint).origin}${request.path}`,
    headers: {
      ...request.headers,
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `${canonical}&Signature=${percentEncode(signature)}`,
  };
}
