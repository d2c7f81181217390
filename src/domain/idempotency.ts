import { Problem } from './problem.ts';
import type { IdempotencyKey, IdempotencyRecord } from './store.ts';

/** Throws `idempotency_key_reused` when the key of a request was stored by another request. */
export function expectSameRequest({ fingerprint }: IdempotencyRecord, key: IdempotencyKey): void {
  if (fingerprint !== key.fingerprint)
    throw new Problem('idempotency_key_reused', 'This idempotency key came with another request before.');
}
