import { decide } from '../../domain/decide.ts';
import { isTerminal } from '../../domain/lifecycle.ts';
import type { Migration } from '../../domain/migration.ts';
import { accountOf, type EngineContext } from '../context.ts';
import type { MigrationService } from '../interface.ts';
import { visible } from './access.ts';
import { requireRoom } from './room.ts';

/** Milliseconds for which an observation counts as current and is not repeated. */
const freshMs = 1000;

/** Creates the operation that observes or probes now instead of at the next interval. */
export function createRefresh(context: EngineContext): Pick<MigrationService, 'refresh'> {
  const { store, runtime, providers } = context;

  /** Whether the migration has ended, was observed or was changed since `before`. */
  const asked = (before: Migration, now: Migration): boolean =>
    isTerminal(now) || now.observedAt !== before.observedAt || now.updatedAt !== before.updatedAt;

  return {
    async refresh(id, waitMs, caller) {
      const before = await visible(context, id, caller);
      const needs = decide(before, providers.of(before.provider)).do;
      const isFresh = before.observedAt !== null && runtime.now() - before.observedAt < freshMs;
      const mayAsk = accountOf(context, before) !== undefined && (needs === 'observe' || needs === 'probe');
      if (isTerminal(before) || isFresh || !mayAsk) return before;
      requireRoom(context, { name: before.account, configured: accountOf(context, before) }, before.region);
      const end = runtime.monotonic() + waitMs;
      let changed = new AbortController();
      const stop = store.onChange((each) => {
        if (each === id) changed.abort();
      });
      try {
        const dueNow = (latest: Migration) =>
          isTerminal(latest) || (latest.dueAt ?? Number.POSITIVE_INFINITY) <= runtime.now()
            ? null
            : { ...latest, dueAt: runtime.now() };
        await store.update(id, dueNow);
        for (;;) {
          const { signal } = changed;
          const present = await visible(context, id, caller);
          const left = end - runtime.monotonic();
          if (left <= 0 || asked(before, present)) return present;
          await runtime.sleep(Math.min(left, 250), signal);
          if (signal.aborted) changed = new AbortController();
        }
      } finally {
        stop();
      }
    },
  };
}
