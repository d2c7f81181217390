import { createHmac } from 'node:crypto';
import type { Runtime } from '../domain/runtime.ts';

const secretPrefix = 'whsec_';
const secretBytes = 32;

/** A new signing secret in the format of Standard Webhooks: `whsec_` and 32 random bytes in base64. */
export function newSecret({ randomBytes }: Pick<Runtime, 'randomBytes'>): string {
  return secretPrefix + Buffer.from(randomBytes(secretBytes)).toString('base64');
}

/**
 * The headers of Standard Webhooks, which prove origin and time of a message. `secrets`: one, or two during a rotation; receivers accept any
 * matching signature. `at`: milliseconds since the epoch.
 */
export function signatureHeaders(
  secrets: string | readonly string[],
  id: string,
  at: number,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = [secrets].flat().map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
