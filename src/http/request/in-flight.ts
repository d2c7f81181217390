import type { IdempotencyKey } from '../../domain/store.ts';

/** The idempotency keys of requests in progress in this process. */
export interface RequestsInFlight {
  /** Registers a request; the returned function removes it. */
  enter(key: IdempotencyKey): () => void;
  /** The number of requests in progress with that caller and key. */
  count(key: IdempotencyKey): number;
}

export function createRequestsInFlight(): RequestsInFlight {
  const counts = new Map<string, number>();
  const nameOf = ({ caller, key }: IdempotencyKey): string => JSON.stringify([caller, key]);
  return {
    enter(key) {
      const name = nameOf(key);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return () => {
        const left = (counts.get(name) ?? 1) - 1;
        if (left > 0) counts.set(name, left);
        else counts.delete(name);
      };
    },
    count: (key) => counts.get(nameOf(key)) ?? 0,
  };
}
