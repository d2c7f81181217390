import { createHmac, hash } from 'node:crypto';
import type { Instant } from '../../domain/migration.ts';
import type { SignedRequest, VendorRequest } from '../../domain/vendor.ts';
import { placeOf } from '../kit/percent.ts';
import { type SignedHeaders, signedHeaders } from '../kit/signed-headers.ts';
import type { AlibabaCredentials } from './account.ts';
import { canonicalQuery } from './percent.ts';
import { apiVersion, signatureTime } from './sign-rpc.ts';

const algorithm = 'ACS3-HMAC-SHA256';

/** SHA-256 of UTF-8 text, in hexadecimal. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** `host`, `content-type` and every `x-acs-*` header. */
export function acs3SignedHeaders(headers: Readonly<Record<string, string>>): SignedHeaders {
  return signedHeaders(
    Object.entries(headers).filter(([given]) => {
      const name = given.toLowerCase();
      return name === 'host' || name === 'content-type' || name.startsWith('x-acs-');
    }),
  );
}

/** The canonical request (V3 request structure and signature page). `query` must be canonical. */
export function acs3CanonicalRequest(
  method: string,
  query: string,
  { lines, names }: SignedHeaders,
  bodyHash: string,
): string {
  return `${method}\n/\n${query}\n${lines}\n${names}\n${bodyHash}`;
}

/** HMAC-SHA256 in lower-case hexadecimal. The key is the secret without a prefix or suffix. */
export function acs3Signature(accessKeySecret: string, canonicalRequest: string): string {
  return createHmac('sha256', accessKeySecret)
    .update(`${algorithm}\n${sha256Hex(canonicalRequest)}`, 'utf8')
    .digest('hex');
}

/** Signs with ACS3-HMAC-SHA256. Common values are in headers, parameters of the operation in the query; the body is empty. */
export function signAcs3(
  request: VendorRequest,
  credentials: AlibabaCredentials,
  endpoint: string,
  now: Instant,
  nonce: string,
): SignedRequest {
  const { origin, host } = placeOf(endpoint);
  const bodyHash = sha256Hex('');
  const token = credentials.securityToken;
  const headers: Record<string, string> = {
    ...request.headers,
    accept: 'application/json',
    host,
    'x-acs-action': request.operation,
    'x-acs-version': apiVersion,
    'x-acs-date': signatureTime(now),
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': bodyHash,
    ...(token === undefined
      ? {}
      : { 'x-acs-accesskey-id': credentials.accessKeyId, 'x-acs-security-token': token.reveal() }),
  };
  const query = canonicalQuery(request.query);
  const signed = acs3SignedHeaders(headers);
  const signature = acs3Signature(
    credentials.accessKeySecret.reveal(),
    acs3CanonicalRequest(request.method, query, signed, bodyHash),
  );
  return {
    method: request.method,
    url: query === '' ? `${origin}/` : `${origin}/?${query}`,
    headers: {
      ...headers,
      authorization: `${algorithm} Credential=${credentials.accessKeyId},SignedHeaders=${signed.names},Signature=${signature}`,
    },
    body: undefined,
  };
}
