import type { NewAuditRecord } from '../../domain/audit.ts';
import type { Runtime } from '../../domain/runtime.ts';
import { keyedBuckets } from './keyed-buckets.ts';

/** Rejections recorded individually: a burst of this many, then one per second. */
const single = { requests: 100, windowSeconds: 100 };
/** Window in milliseconds over which the others are counted and then recorded as one sum. */
const windowMs = 60_000;
/** Number of rejected callers counted separately per window; all others are counted together. */
const maxTold = 100;

/** The address in a record that stands for several addresses. */
const severalAddresses = 'several';

export interface BoundedRefusals {
  /** Whether this rejection is recorded individually; otherwise it is counted. */
  admit(record: NewAuditRecord): boolean;
  /** Records the counts. */
  close(): void;
}

/**
 * Keeps a flood of rejections from filling the audit. Beyond a rate they are counted by caller, address and outcome, and each count becomes
 * one record per minute.
 */
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
      // The last rejection represents all.
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
