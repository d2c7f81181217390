import type { NewAuditRecord } from '../../domain/audit.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { keyedBuckets } from './keyed-buckets.ts';

/** Refusals that get a record each: so many at once, and one per second after that. */
const single = { requests: 100, windowSeconds: 100 };
/** The others are counted for so long, in milliseconds, and then stand in one record together. */
const windowMs = 60_000;
/** How many refused callers are counted separately in a window; those beyond are counted together. */
const maxTold = 100;

/** What the address of records says that stand for several. */
const severalAddresses = 'several';

export interface BoundedRefusals {
  /** Whether this one gets a record of its own; else it is counted. */
  admit(record: NewAuditRecord): boolean;
  /** Writes what was counted. */
  close(): void;
}

/** Keeps a flood of refusals from filling the audit: what is not recorded one by one is recorded in sums, by caller or address and outcome. */
export function boundedRefusals(
  runtime: Pick<Runtime, 'monotonic' | 'sleep'>,
  write: (sum: NewAuditRecord) => void,
): BoundedRefusals {
  const buckets = keyedBuckets(single, runtime);
  const closing = new AbortController();
  let counted = new Map<string, NewAuditRecord>();

  function flush(): void {
    const sums = [...counted.values()];
    counted = new Map();
    for (const sum of sums) write(sum);
  }

  return {
    admit(record) {
      if (buckets.take('').taken) return true;
      if (counted.size === 0) void runtime.sleep(windowMs, closing.signal).then(flush);
      const own = JSON.stringify([record.caller, record.remoteAddress, record.outcome]);
      const told = counted.has(own) || counted.size < maxTold;
      const key = told ? own : JSON.stringify([record.outcome]);
      const { count = 0 } = counted.get(key) ?? {};
      // The last of them stands for all.
      counted.set(key, {
        ...record,
        ...(!told && { caller: null, remoteAddress: severalAddresses, account: null, instanceId: null }),
        migrationId: null,
        webhookId: null,
        count: count + record.count,
      });
      return false;
    },
    close() {
      closing.abort();
      flush();
    },
  };
}
