import { hash, timingSafeEqual } from 'node:crypto';
import type { StaticKey } from '../../domain/authentication.ts';
import type { Authenticator, Identity } from './authenticator.ts';

/** Authenticates callers by configured keys, sent as `Authorization: Bearer` or `X-API-Key`. Throws `TypeError` for a malformed digest. */
export function createStaticKeyAuthenticator(keys: readonly StaticKey[]): Authenticator {
  const known = keys.map((key) => ({ digest: digestOf(key), identity: identityOf(key) }));
  return {
    schemes: ['bearer', 'api_key'],
    authenticate: (presented, explain) => {
      if (presented === null) return null;
      let found: Identity | null = null;
      // Compares with every key, so that the duration does not reveal a match.
      for (const digest of digestsOf(presented.value))
        for (const key of known) if (timingSafeEqual(key.digest, digest)) found ??= key.identity;
      if (found === null) explain?.('no configured key has this digest');
      return found;
    },
  };
}

/** A header consists of bytes. Most clients send non-ASCII letters as UTF-8; clients that follow `fetch` send Latin-1. */
function digestsOf(value: string): readonly Buffer[] {
  const asUtf8 = hash('sha256', value, 'buffer');
  return /^[\x20-\x7e]*$/.test(value) ? [asUtf8] : [hash('sha256', Buffer.from(value, 'latin1'), 'buffer'), asUtf8];
}

function digestOf(key: StaticKey): Buffer {
  if (!/^[0-9a-fA-F]{64}$/.test(key.sha256)) throw new TypeError(`key ${key.name}: sha256 must have 64 hex digits`);
  return Buffer.from(key.sha256, 'hex');
}

function identityOf({ name, scopes, accounts }: StaticKey): Identity {
  return { kind: 'key', caller: name, scopes, accounts, expiresAt: null };
}
