import { setTimeout as pause } from 'node:timers/promises';
import type { Answer, GatewayApi } from './api.ts';

const retryMs = 250;
const maxTries = 80;

/** One creation that the client wants, and how it went. */
export interface Delivery<R> {
  readonly request: R;
  /** What each try met: a status, or `connection` for none. */
  readonly met: readonly (number | 'connection')[];
  /** The first answer that is not to be repeated; null: the client gave up. */
  readonly answer: Answer | null;
}

/**
 * Begins a creation every `everyMs` for as long as `work` takes, at one replica after the other, whether or not the ones before were
 * answered. What meets 503 or fails with its connection is tried again at the next replica with the same idempotency key; nothing else
 * is. Resolves when all have been answered or given up.
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
