import type { Runtime } from '../../domain/runtime.ts';
import type { Store } from '../../domain/store.ts';
import type { StoreNumbers } from './store.ts';

/** Several scrapers share one result for at least this long, in milliseconds. */
const keepMs = 10_000;
/** Counting takes longer the more the store contains. A result is kept this many times as long as it took, so that counting takes about 1 % of the time. */
const keepTimes = 100;
/** But no longer than this, in milliseconds: alerts go by these numbers, also when a store is slow. */
const maxKeptMs = 60_000;
/** A store that hangs must not make a scrape hang. */
const patienceMs = 3000;

/** Reads the store's statistics at most every 10 seconds, less often where that takes long. Null: it does not answer. */
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
