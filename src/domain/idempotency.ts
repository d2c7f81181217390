import { Problem } from './problem.ts';
import type { IdempotencyKey, IdempotencyRecord } from './store.ts';

/** Throws the problem `idempotency_key_reused` if the key was stored with a different request. */
export function expectSameRequest({ fingerprint }: IdempotencyRecord, key: IdempotencyKey): void {
  if (fingerprint !== key.fingerprint)
    throw new Problem('idempotency_key_reused', 'This idempotency key was already used with another request.');
}
