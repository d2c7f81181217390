import type { IdempotencyKey } from '../../domain/store.ts';

/** The idempotency keys of the requests that this process is carrying out. */
export interface RequestsInFlight {
  /** Counts a request in; the answer counts it out. */
  enter(key: IdempotencyKey): () => void;
  /** How many requests with that caller and key are being carried out. */
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
