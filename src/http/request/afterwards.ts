import type { FastifyBaseLogger } from 'fastify';
import type { Runtime } from '../../domain/runtime.ts';
import { errorForLog } from '../error-for-log.ts';

/** Pauses between the attempts in milliseconds: about a minute in total. */
const pausesMs = [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000];

/** Writes for a response that can no longer be taken back. */
export interface Afterwards {
  /**
   * Runs `work` and resolves after the first attempt, whatever its result. A failed one is repeated in the background for about a minute,
   * so `work` must be repeatable.
   */
  write(log: FastifyBaseLogger, failure: string, work: () => Promise<void>): Promise<void>;
  /** Makes one last attempt for each pending write and gives up. */
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
