import type { Runtime } from '../../domain/runtime.ts';
import type { Store } from '../../domain/store.ts';
import type { StoreNumbers } from './store.ts';

/** Counting costs more the more the store contains, so several scrapers share one result. */
const keepMs = 10_000;
/** A store that hangs must not make a scrape hang. */
const patienceMs = 3000;

/** Reads the store's statistics at most every 10 seconds. Null: it does not answer. */
export function storeNumbers(
  store: Pick<Store, 'statistics' | 'nextDue'>,
  { now, sleep }: Pick<Runtime, 'now' | 'sleep'>,
): () => Promise<StoreNumbers | null> {
  let kept: { readonly numbers: StoreNumbers; readonly until: number } | null = null;
  let flight: Promise<StoreNumbers | null> | null = null;

  async function ask(): Promise<StoreNumbers | null> {
    try {
      const [counts, due] = await Promise.all([store.statistics(), store.nextDue(now())]);
      const numbers = { counts, lagMs: due === null ? 0 : Math.max(now() - due, 0) };
      kept = { numbers, until: now() + keepMs };
      return numbers;
    } catch {
      return null;
    } finally {
      flight = null;
    }
  }

  return async () => {
    if (kept !== null && now() < kept.until) return kept.numbers;
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
