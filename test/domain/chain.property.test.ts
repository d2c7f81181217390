import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { activeBackup, allowedActions, failedBackup, isTerminal, transitions } from '../../src/domain/lifecycle.ts';
import type { Migration } from '../../src/domain/migration.ts';
import type { Mode } from '../../src/domain/vocabulary.ts';
import { Model } from '../support/model.ts';
import type { ProviderId } from '../support/providers.ts';

/** 300 runs in a normal test run; GODWIT_PROPERTY_RUNS raises it, as `npm run nightly` does. */
const runs = Math.ceil(Number(process.env.GODWIT_PROPERTY_RUNS ?? 300) / 6);

const plans: readonly [ProviderId, Mode, boolean][] = [
  ['alibaba', 'full', false],
  ['alibaba', 'full_log', false],
  ['huawei', 'full', false],
  ['huawei', 'full_log', false],
  ['tencent', 'full_differential', false],
  ['tencent', 'full_log', true],
];

const requests = [
  'add',
  'add_final',
  'cut_over',
  'cut_over_after',
  'cancel',
  'retry',
  'absent',
  'adopt',
  'uploaded',
] as const;
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant('work' as const) },
  { weight: 4, arbitrary: fc.constant('honest' as const) },
  { weight: 1, arbitrary: fc.constant('observe' as const) },
  { weight: 4, arbitrary: fc.constantFrom('add', 'add', 'add_final', 'cut_over') },
  { weight: 1, arbitrary: fc.constantFrom(...requests) },
  { weight: 1, arbitrary: fc.constant('truth' as const) },
);

describe.each(plans)(
  '%s, mode %s, uploads: %s: under any sequence of vendor replies and caller requests',
  (id, mode, upload) => {
    it('a migration makes only legal transitions, submits each attempt once and in order, and never gets stuck', () => {
      fc.assert(
        fc.property(
          fc.array(step, { minLength: 5, maxLength: 40 }),
          fc.infiniteStream(fc.nat(1_000_000)),
          (steps, numbers) => {
            const model = new Model(id, mode, upload);
            const pick = (upTo: number) => Number(numbers.next().value) % upTo;
            model.onChange = (before, after) => expectSound(before, after);
            for (const each of steps) {
              if (each === 'work') model.work(pick);
              else if (each === 'honest') model.honestStep();
              else if (each === 'observe') unlessUnsettled(model, () => model.observe(pick));
              else if (each === 'truth') unlessUnsettled(model, () => model.settle());
              else model.ask(each);
              expectEachOnce(model);
            }
            model.settle();
            expectAtRest(model);
          },
        ),
        { numRuns: runs },
      );
    });
  },
);

/** The engine applies no observation while a call is in doubt. */
function unlessUnsettled({ migration }: Model, act: () => void): void {
  if (!migration.calls.some((call) => call.state === 'sending' || call.state === 'unknown')) act();
}

function expectSound(before: Migration, after: Migration): void {
  if (before.state !== after.state)
    expect(transitions[before.state], `${before.state} to ${after.state}`).toHaveProperty(after.state);
  expect(after.backups.filter(({ state }) => state === 'submitting' || state === 'restoring').length).toBeLessThan(2);
  if (isTerminal(after)) {
    expect(activeBackup(after)).toBeUndefined();
    expect(after.occupiesInstance).toBe(false);
    expect(after.finishedAt).not.toBeNull();
  }
  const [opened] = after.calls.slice(before.calls.length).filter((call) => call.step === 'open');
  if (opened !== undefined) expect(failedBackup(before), 'opened past a failed backup').toBeUndefined();
  // A backup goes out only when the one before it is restored or skipped by the caller.
  const begun = after.backups.findLastIndex(({ state }) => state !== 'queued' && state !== 'skipped');
  for (const earlier of after.backups.slice(0, Math.max(begun, 0)))
    expect(earlier.state === 'restored' || earlier.supersededBy !== undefined, JSON.stringify(after.backups)).toBe(
      true,
    );
}

function expectEachOnce({ migration }: Model): void {
  const accepted = migration.calls
    .filter((call) => call.step === 'restore' && call.state === 'accepted')
    .map((call) => `${call.backupId} ${call.attempt} ${call.operation}`);
  expect(new Set(accepted).size).toBe(accepted.length);
  expect(migration.calls.filter(({ state }) => state === 'sending' || state === 'unknown').length).toBeLessThan(2);
}

/** An idle migration has ended, or offers an action and says what it waits for. */
function expectAtRest({ migration, provider }: Model): void {
  const { state, dueAt, blocking, stateReason } = migration;
  const text = JSON.stringify({
    state,
    dueAt,
    blocking,
    stateReason,
    backups: migration.backups,
    calls: migration.calls,
  });
  if (isTerminal(migration)) {
    expect(stateReason, text).toBeNull();
    return;
  }
  const waitsForFile = activeBackup(migration)?.source.type === 'upload' && !activeBackup(migration)?.uploaded;
  if (dueAt === null) expect(waitsForFile, text).toBe(true);
  expect(waitsForFile || state === 'awaiting_backup', text).toBe(true);
  if (!waitsForFile) expect(decide(migration, provider).do, text).toBe('observe');
  expect(allowedActions(migration, provider).length, text).toBeGreaterThan(0);
  for (const backup of migration.backups)
    if (backup.state === 'queued' && !waitsForFile) expect(stateReason, text).toBe('backup_failed');
}
