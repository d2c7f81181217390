import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { remembered } from '../../domain/remembered.ts';
import type { Secret } from '../../domain/secret.ts';
import type { SignedRequest, SigningContext, VendorRequest } from '../../domain/vendor.ts';
import { percentEncode, placeOf } from '../kit/percent.ts';
import { signedHeaders } from '../kit/signed-headers.ts';
import { tencentCredentials } from './account.ts';
import { apiVersion, service } from './endpoints.ts';

const algorithm = 'TC3-HMAC-SHA256';
const contentType = 'application/json; charset=utf-8';
const formContentType = 'application/x-www-form-urlencoded';

/** The parts of a request that a TC3 signature covers, and the key. */
export interface Tc3Input {
  readonly method: string;
  /** The exact query string of the URL without `?`, in its original order; empty for POST. */
  readonly query: string;
  /** The headers to sign. `content-type` and `host` are required, others are allowed. */
  readonly signedHeaders: Readonly<Record<string, string>>;
  /** The exact body; empty for GET. */
  readonly payload: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly service: string;
  readonly secretId: string;
  readonly secretKey: string;
  /** The signing key of the date and the service, if it has been derived already. */
  readonly signingKey?: KeyObject;
}

/** A TC3 signature with its intermediate values. */
export interface Tc3Signature {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  /** Signature in lower-case hexadecimal. */
  readonly signature: string;
  /** Value of the `Authorization` header. */
  readonly authorization: string;
}

/** The three derived keys of a date and service. `signing` signs the request. */
export interface Tc3Keys {
  readonly date: Buffer;
  readonly service: Buffer;
  readonly signing: Buffer;
}

const sha256 = (text: string) => hash('sha256', text, 'hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text, 'utf8').digest();

/** The date of the scope: `YYYY-MM-DD` of the timestamp in UTC. */
export function scopeDate(timestamp: number): string {
  return new Date(timestamp * 1000).toISOString().slice(0, 10);
}

/** Derives the keys of a date and service (Signature v3 page). */
export function deriveKeys(secretKey: string, date: string, serviceName: string): Tc3Keys {
  const dateKey = hmac(`TC3${secretKey}`, date);
  const serviceKey = hmac(dateKey, serviceName);
  return { date: dateKey, service: serviceKey, signing: hmac(serviceKey, 'tc3_request') };
}

interface DayKey {
  date: string;
  /** A `KeyObject`, because Node would import a buffer again for each signature, which costs more than the signature. */
  signing: KeyObject | null;
}

/** Cache of the signing key, which serves all calls of one day. An entry is dropped together with its secret key. */
const dayKeyOf = remembered((_secretKey: Secret): DayKey => ({ date: '', signing: null }));

/** Returns the key that signs this service's requests of a date (`YYYY-MM-DD`). */
export function signingKeyOf(secretKey: Secret, date: string): KeyObject {
  const known = dayKeyOf(secretKey);
  if (known.date === date && known.signing !== null) return known.signing;
  const signing = createSecretKey(deriveKeys(secretKey.reveal(), date, service).signing);
  known.date = date;
  known.signing = signing;
  return signing;
}

/** Signs a request with any set of headers (Signature v3 page). Pure. */
export function signTc3(input: Tc3Input): Tc3Signature {
  const headers = Object.entries(input.signedHeaders).map(([name, value]) => [name, value.toLowerCase()] as const);
  const { lines, names } = signedHeaders(headers);
  const canonicalRequest = [input.method, '/', input.query, lines, names, sha256(input.payload)].join('\n');
  const date = scopeDate(input.timestamp);
  const scope = `${date}/${input.service}/tc3_request`;
  const stringToSign = [algorithm, String(input.timestamp), scope, sha256(canonicalRequest)].join('\n');
  const key = input.signingKey ?? deriveKeys(input.secretKey, date, input.service).signing;
  const signature = createHmac('sha256', key).update(stringToSign, 'utf8').digest('hex');
  const authorization = `${algorithm} Credential=${input.secretId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { canonicalRequest, stringToSign, signature, authorization };
}

/** Signs one attempt. The signature covers content type, host and action, but not the session token (Common Params page). Pure. */
export function sign(request: VendorRequest, context: SigningContext): SignedRequest {
  const { region } = context;
  const credentials = tencentCredentials(context.credentials);
  const { origin, host } = placeOf(context.endpoint);
  const timestamp = Math.floor(context.now / 1000);
  const isGet = request.method === 'GET';
  const type = isGet ? formContentType : contentType;
  const body = isGet ? undefined : JSON.stringify(request.body ?? {});
  const query = request.query.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
  const { authorization } = signTc3({
    method: request.method,
    query,
    signedHeaders: { 'content-type': type, host, 'x-tc-action': request.operation },
    payload: body ?? '',
    timestamp,
    service,
    secretId: credentials.secretId,
    secretKey: credentials.secretKey.reveal(),
    signingKey: signingKeyOf(credentials.secretKey, scopeDate(timestamp)),
  });
  return {
    method: request.method,
    url: `${origin}/${query === '' ? '' : `?${query}`}`,
    headers: {
      ...request.headers,
      'Content-Type': type,
      'X-TC-Action': request.operation,
      'X-TC-Version': apiVersion,
      'X-TC-Region': region,
      'X-TC-Timestamp': String(timestamp),
      'X-TC-Language': 'en-US',
      ...(credentials.token === undefined ? {} : { 'X-TC-Token': credentials.token.reveal() }),
      Authorization: authorization,
    },
    body,
  };
}
