import { createHash, timingSafeEqual } from 'node:crypto';
import type { Authenticator, Identity } from './authenticator.ts';

/** A configured API key: only its digest is known. */
export interface StaticKey {
  readonly name: string;
  /** Hex SHA-256 of the key's UTF-8 bytes. */
  readonly sha256: string;
  readonly scopes: readonly string[];
  /** Accounts with a grant; `*` stands for all. */
  readonly accounts: readonly string[];
}

/** Knows callers by configured keys, brought as `Authorization: Bearer` or `X-API-Key`. Throws `TypeError` for a digest that is none. */
export function createStaticKeyAuthenticator(keys: readonly StaticKey[]): Authenticator {
  const known = keys.map((key) => ({ digest: digestOf(key), identity: identityOf(key) }));
  return {
    schemes: ['bearer', 'api_key'],
    authenticate: async (presented) => {
      if (presented === null) return null;
      const digest = createHash('sha256').update(presented.value).digest();
      let found: Identity | null = null;
      // Every key is compared, so the time taken says nothing about which one fits.
      for (const key of known) if (timingSafeEqual(key.digest, digest)) found ??= key.identity;
      return found;
    },
  };
}

function digestOf(key: StaticKey): Buffer {
  if (!/^[0-9a-fA-F]{64}$/.test(key.sha256)) throw new TypeError(`key ${key.name}: sha256 must have 64 hex digits`);
  return Buffer.from(key.sha256, 'hex');
}

function identityOf(key: StaticKey): Identity {
  return { caller: key.name, scopes: key.scopes, accounts: key.accounts };
}
