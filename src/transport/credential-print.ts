import { createHash } from 'node:crypto';
import { remembered } from '../domain/remembered.ts';
import { Secret } from '../domain/secret.ts';
import type { Credentials } from '../domain/vendor.ts';

/**
 * A digest of the public part of the credentials (key id or user name), without the secret. Null for temporary credentials, because their
 * key id changes with each renewal.
 */
export const nameOf = remembered((credentials: Credentials): string | null => {
  const parts = Object.entries(credentials);
  if (parts.some(([name, value]) => /token$/i.test(name) && value !== undefined)) return null;
  const open = parts.filter(([, value]) => typeof value === 'string').map(([name, value]) => `${name}=${value}`);
  return createHash('sha256').update(open.sort().join('\0')).digest('hex').slice(0, 16);
});

/** A digest that distinguishes credentials without storing them. */
export const fingerprint = remembered((credentials: Credentials): string => {
  const parts = Object.values(credentials).map((value: unknown) =>
    value instanceof Secret ? value.reveal() : String(value),
  );
  return createHash('sha256').update(parts.join('\0')).digest('hex');
});
