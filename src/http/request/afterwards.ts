import type { FastifyBaseLogger } from 'fastify';
import type { Runtime } from '../../domain/runtime.ts';
import { errorForLog } from '../error-for-log.ts';

/** Pauses between the tries, in milliseconds: about a minute together. */
const pausesMs = [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000];

/** Writes that belong to an answer which nothing can take back any more. */
export interface Afterwards {
  /**
   * Runs `work`. Resolves after the first try, whatever came of it; a failed one is repeated in the background for about a minute, so `work`
   * has to be one that may run twice.
   */
  write(log: FastifyBaseLogger, failure: string, work: () => Promise<void>): Promise<void>;
  /** Gives up what has not been written yet, after one more try. */
  close(): Promise<void>;
}

export function createAfterwards(runtime: Pick<Runtime, 'sleep'>): Afterwards {
  const repeating = new Set<Promise<void>>();
  const closing = new AbortController();

  async function attempt(log: FastifyBaseLogger, failure: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      log.warn({ error: errorForLog(error) }, failure);
      return false;
    }
  }

  return {
    async write(log, failure, work) {
      if (await attempt(log, failure, work)) return;
      const repeated = (async () => {
        for (const pause of pausesMs) {
          await runtime.sleep(pause, closing.signal);
          if ((await attempt(log, failure, work)) || closing.signal.aborted) return;
        }
      })().finally(() => repeating.delete(repeated));
      repeating.add(repeated);
    },
    async close() {
      closing.abort();
      await Promise.all(repeating);
    },
  };
}
