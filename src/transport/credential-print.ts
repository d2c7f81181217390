import { createHash } from 'node:crypto';
import { remembered } from '../domain/remembered.ts';
import { Secret } from '../domain/secret.ts';
import type { Credentials } from '../domain/vendor.ts';

/** A digest of the key or user in credentials, without the secret; null for temporary ones, whose names change by themselves. */
export const nameOf = remembered((credentials: Credentials): string | null => {
  const parts = Object.entries(credentials);
  if (parts.some(([name, value]) => /token$/i.test(name) && value !== undefined)) return null;
  const open = parts.filter(([, value]) => typeof value === 'string').map(([name, value]) => `${name}=${value}`);
  return createHash('sha256').update(open.sort().join('\0')).digest('hex').slice(0, 16);
});

/** Tells credentials apart without keeping them. */
export const fingerprint = remembered((credentials: Credentials): string => {
  const parts = Object.values(credentials).map((value: unknown) =>
    value instanceof Secret ? value.reveal() : String(value),
  );
  return createHash('sha256').update(parts.join('\0')).digest('hex');
});
