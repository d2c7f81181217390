import { createHash } from 'node:crypto';
import type { StaticKey } from '../../../src/domain/authentication.ts';

/** A configured key and its secret. */
export function keyNamed(
  name: string,
  grants: Partial<Pick<StaticKey, 'scopes' | 'accounts'>> = {},
): { readonly secret: string; readonly entry: StaticKey } {
  const secret = `secret-of-${name}`;
  const sha256 = createHash('sha256').update(secret).digest('hex');
  return { secret, entry: { name, sha256, scopes: ['admin'], accounts: ['*'], ...grants } };
}
