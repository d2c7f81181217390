import type { Runtime } from '../../domain/runtime.ts';
import type { Store } from '../../domain/store.ts';
import type { StoreNumbers } from './store.ts';

/** Minimum time for which a result is reused, in milliseconds, so that several scrapers share it. */
const keepMs = 10_000;
/** A result is reused for this many times the duration of the query. The query therefore takes at most about 1 % of the time. */
const keepTimes = 100;
/** Maximum time for which a result is reused, in milliseconds. It keeps alerts current if the store is slow. */
const maxKeptMs = 60_000;
/** Maximum wait for the store in milliseconds. A store that hangs must not block a scrape. */
const patienceMs = 3000;

/**
 * Returns a function that reads the store's statistics at most every 10 s, and less often if the query is slow. Its result is null if the
 * store fails or does not answer within 3 s.
 */
export function storeNumbers(
  store: Pick<Store, 'statistics' | 'nextDue'>,
  { now, monotonic, sleep }: Pick<Runtime, 'now' | 'monotonic' | 'sleep'>,
): () => Promise<StoreNumbers | null> {
  let kept: { readonly numbers: StoreNumbers; readonly until: number } | null = null;
  let flight: Promise<StoreNumbers | null> | null = null;

  async function ask(): Promise<StoreNumbers | null> {
    try {
      const began = monotonic();
      const [counts, due] = await Promise.all([store.statistics(), store.nextDue(now())]);
      const numbers = { counts, lagMs: due === null ? 0 : Math.max(now() - due, 0) };
      const present = monotonic();
      kept = { numbers, until: present + Math.min(Math.max(keepMs, (present - began) * keepTimes), maxKeptMs) };
      return numbers;
    } catch {
      return null;
    } finally {
      flight = null;
    }
  }

  return async () => {
    if (kept !== null && monotonic() < kept.until) return kept.numbers;
    flight ??= ask();
    const enough = new AbortController();
    const patience = sleep(patienceMs, enough.signal).then(() => null);
    try {
      return await Promise.race([flight, patience]);
    } finally {
      enough.abort();
    }
  };
}
