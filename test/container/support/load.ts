import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, GatewayApi } from './api.ts';

const retryMs = 250;
const maxTries = 80;

/** One creation of the client, and its outcome. */
export interface Delivery<R> {
  readonly request: R;
  /** The status of each try, or `connection` for a failed connection. */
  readonly met: readonly (number | 'connection')[];
  /** The first answer that the client does not retry; null when the client gave up. */
  readonly answer: Answer | null;
}

/**
 * Begins a creation every `everyMs` for as long as `work` takes, at the replicas in turn, without waiting for earlier
 * answers. Retries a 503 and a failed connection at the next replica with the same idempotency key, and nothing else.
 * Resolves when all are answered or given up.
 */
export async function underLoad<R extends object>(
  replicas: readonly GatewayApi[],
  everyMs: number,
  requestOf: (number: number) => R,
  work: () => Promise<void>,
): Promise<readonly Delivery<R>[]> {
  const deliveries: Promise<Delivery<R>>[] = [];
  const timer = setInterval(() => {
    const number = deliveries.length;
    deliveries.push(deliver(replicas, number, requestOf(number)));
  }, everyMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Promise.all(deliveries);
}

async function deliver<R extends object>(
  replicas: readonly GatewayApi[],
  number: number,
  request: R,
): Promise<Delivery<R>> {
  const met: (number | 'connection')[] = [];
  while (met.length < maxTries) {
    const replica = replicas[(number + met.length) % replicas.length];
    const answer = await replica?.create(request, `load-${number}`).catch(connectionOnly);
    if (answer && answer.status !== 503) return { request, met: [...met, answer.status], answer };
    met.push(answer?.status ?? 'connection');
    await pause(retryMs);
  }
  return { request, met, answer: null };
}

function connectionOnly(error: unknown): null {
  if (error instanceof TypeError) return null;
  throw error;
}
