import { systemRuntime } from '../../src/runtime.ts';
import type { CloudName } from '../../src/sandbox/cloud.ts';
import type { FaultKind, FaultRule } from '../../src/sandbox/faults.ts';
import type { EngineIntervals } from './intervals.ts';
import type { Choices } from './random.ts';
import type { SandboxProcess } from './sandbox-process.ts';

/** Operations that change something at a cloud. A fault on one affects a creation or an increment. */
const changingOperations: Readonly<Record<CloudName, readonly string[]>> = {
  alibaba: ['CreateMigrateTask', 'CreateMigrateTask', 'CreateOnlineDatabaseTask'],
  huawei: ['CreateReplicationJob'],
  tencent: ['CreateBackupMigration', 'StartBackupMigration', 'CreateIncrementalMigration', 'StartIncrementalMigration'],
};

const kinds: readonly FaultKind[] = [
  'throttled',
  'unavailable_before',
  'unavailable_after',
  'internal_error_before',
  'internal_error_after',
  'drop_before',
  'drop_after',
  'drop_after',
  'reset_before',
  'reset_after',
  'delay_before',
  'delay_after',
  'delay_after',
  'garbage_html_before',
  'garbage_html_after',
  'truncated',
  'cut_body',
  'slow_body',
  'empty_body',
];

/** Counts of the weather so far. */
export interface Weather {
  /** Faults fired so far on changing calls, and on others. */
  readonly onChanges: number;
  readonly onReads: number;
  stop(): Promise<void>;
}

/**
 * Faults that change every few seconds, lagging lists, and clocks that are minutes off. At its end it clears all but
 * the clocks.
 */
export async function startWeather(
  sandbox: SandboxProcess,
  random: Choices,
  intervals: EngineIntervals,
): Promise<Weather> {
  const stopped = new AbortController();
  const fired = { onChanges: 0, onReads: 0 };
  const take = (old: readonly (FaultRule & { readonly fired: number })[]): void => {
    for (const rule of old) fired[isChange(rule) ? 'onChanges' : 'onReads'] += rule.fired;
  };
  // Alibaba refuses signatures beyond 15 minutes, Tencent beyond 5. The weather covers both sides of these limits.
  for (const cloud of ['alibaba', 'huawei', 'tencent'] as const)
    await sandbox.setClock(cloud, random.pick([-1, 1]) * random.between(2, 20) * 60_000);

  const blowing = (async () => {
    while (!stopped.signal.aborted) {
      take(await sandbox.replaceFaults(front(random, intervals)));
      await sandbox.setLag(random.chance(0.5) ? 0 : random.between(0, Math.floor(intervals.settleMs / 2)));
      await systemRuntime.sleep(random.between(1500, 4000), stopped.signal);
    }
    take(await sandbox.replaceFaults([]));
    await sandbox.setLag(0);
  })();
  return {
    get onChanges() {
      return fired.onChanges;
    },
    get onReads() {
      return fired.onReads;
    },
    async stop() {
      stopped.abort();
      await blowing;
    },
  };
}

/** The faults of the next seconds: they hit about two of three changing calls and one read in ten. */
function front(random: Choices, intervals: EngineIntervals): readonly FaultRule[] {
  const changes = (['alibaba', 'huawei', 'tencent'] as const).flatMap((cloud) =>
    Array.from({ length: 4 }, () => ruleOn(cloud, random.pick(changingOperations[cloud]), 0.3, random, intervals)),
  );
  const reads = [0.04, 0.04, 0.04].map((probability) => ruleOn('*', '*', probability, random, intervals));
  return [...changes, ...reads];
}

function ruleOn(
  cloud: CloudName | '*',
  operation: string,
  probability: number,
  random: Choices,
  { callTimeoutMs, settleMs }: EngineIntervals,
): FaultRule {
  const kind = random.pick(kinds);
  // An effect after the caller gave up must become visible before the caller presumes it absent.
  const latest = callTimeoutMs + Math.floor(settleMs / 4);
  const ms = kind === 'delay_before' ? random.between(100, latest) : random.between(100, 3 * callTimeoutMs);
  return { cloud, operation, kind, probability, ms };
}

function isChange({ operation }: FaultRule): boolean {
  return Object.values(changingOperations).some((operations) => operations.includes(operation));
}
