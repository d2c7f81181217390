import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SandboxRequest } from '../cloud.ts';
import { Refusal } from './answer.ts';

/** The key pair that the cloud accepts. */
export interface Keys {
  readonly secretId: string;
  readonly secretKey: string;
  /** The session token that temporary credentials require. */
  readonly token: string;
}

const toleranceSeconds = 300;

const authorizationPattern =
  /^TC3-HMAC-SHA256 Credential=([^/\s,]+)\/(\d{4}-\d{2}-\d{2})\/([^/\s,]+)\/tc3_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Verifies TC3-HMAC-SHA256 (Signature v3 page). `now`: milliseconds since the epoch. Accepts the host with and without its port, and the
 * first label of the host as service, because the official Node SDK signs so. Throws `Refusal` (`AuthFailure.*`).
 */
export function verifySignature(request: SandboxRequest, keys: Keys, now: number): void {
  const { headers } = request;
  const parts = authorizationPattern.exec(headers.authorization ?? '');
  if (parts === null) {
    throw new Refusal('AuthFailure.InvalidAuthorization', 'The Authorization header is missing or malformed.');
  }
  const [, secretId = '', date = '', service = '', names = '', signature = ''] = parts;
  if (secretId !== keys.secretId) {
    throw new Refusal('AuthFailure.SecretIdNotFound', 'No such SecretId.');
  }
  const timestamp = timestampOf(headers);
  if (Math.abs(now / 1000 - timestamp) > toleranceSeconds) {
    const detail = `X-TC-Timestamp ${timestamp} is more than ${toleranceSeconds} s away from the time of this server.`;
    throw new Refusal('AuthFailure.SignatureExpire', detail);
  }
  if (headers['x-tc-token'] !== undefined && headers['x-tc-token'] !== keys.token) {
    throw new Refusal('AuthFailure.TokenFailure', 'The token is not valid.');
  }
  const day = new Date(timestamp * 1000).toISOString().slice(0, 10);
  if (date !== day) {
    throw mismatch(`The credential scope says ${date}, the UTC date of the timestamp is ${day}.`);
  }
  const host = headers.host ?? '';
  if (service !== 'sqlserver' && service !== host.split('.')[0]) {
    throw mismatch(`The credential scope names the service ${service}.`);
  }
  const scope = `${date}/${service}/tc3_request`;
  const hosts = new Set([host, host.replace(/:\d+$/, '')]);
  const expected = [...hosts].map((each) => {
    const canonical = canonicalRequest(request, each, names.split(';'));
    return sign(keys.secretKey, date, service, `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha256(canonical)}`);
  });
  if (!expected.some((each) => timingSafeEqual(Buffer.from(each), Buffer.from(signature)))) {
    throw mismatch('The signature does not match the request.');
  }
}

/** The X-TC-Timestamp header in seconds since the epoch. Throws `Refusal`. */
export function timestampOf(headers: SandboxRequest['headers']): number {
  const text = headers['x-tc-timestamp'];
  if (text === undefined) throw new Refusal('MissingParameter', 'The header X-TC-Timestamp is missing.');
  if (!/^\d{1,11}$/.test(text)) throw new Refusal('InvalidParameter', 'X-TC-Timestamp is not a number of seconds.');
  return Number(text);
}

function canonicalRequest(request: SandboxRequest, host: string, names: readonly string[]): string {
  for (const compulsory of ['content-type', 'host']) {
    if (!names.includes(compulsory)) throw mismatch(`The header ${compulsory} has to be signed.`);
  }
  const sorted = [...names].sort();
  const lines = sorted.map((name) => {
    const value = name === 'host' ? host : request.headers[name];
    if (value === undefined) throw mismatch(`The header ${name} is signed and absent.`);
    return `${name}:${value.trim().toLowerCase()}\n`;
  });
  const query = request.method === 'GET' ? request.query : '';
  return [request.method, '/', query, lines.join(''), sorted.join(';'), sha256(payloadOf(request))].join('\n');
}

function payloadOf(request: SandboxRequest): string {
  if (request.method === 'GET') return '';
  return request.headers['x-tc-content-sha256'] === 'UNSIGNED-PAYLOAD' ? 'UNSIGNED-PAYLOAD' : request.body;
}

function sign(secretKey: string, date: string, service: string, text: string): string {
  const steps = [date, service, 'tc3_request'];
  const key = steps.reduce<string | Buffer>(
    (previous, step) => createHmac('sha256', previous).update(step).digest(),
    `TC3${secretKey}`,
  );
  return createHmac('sha256', key).update(text).digest('hex');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function mismatch(detail: string): Refusal {
  return new Refusal('AuthFailure.SignatureFailure', detail);
}
