import { describe, expect, it } from 'vitest';
import { failCall } from '../../src/domain/calls.ts';
import { decide } from '../../src/domain/decide.ts';
import { probeFailed, settleByFinding } from '../../src/domain/in-doubt.ts';
import { allowedActions, isTerminal } from '../../src/domain/lifecycle.ts';
import type { Migration } from '../../src/domain/migration.ts';
import { applyObservation } from '../../src/domain/observation.ts';
import type { Observation } from '../../src/domain/provider.ts';
import { askOperatorAfterMs, maxCleanupTries } from '../../src/domain/timing.ts';
import { failureKinds, failureOf, Model, settings } from '../support/model.ts';

const refuse = () => 0;
const accept = () => 20;
const unknown = () => failureKinds.indexOf('timeout');
const failWith = (kind: (typeof failureKinds)[number]) => () => failureKinds.indexOf(kind);

/** An idle chain whose full backup is restored. */
function resting(provider: 'alibaba' | 'huawei' | 'tencent'): Model {
  const model = new Model(provider, 'full_log');
  model.settle();
  expect(model.migration.state).toBe('awaiting_backup');
  return model;
}

function say(model: Model, phase: Observation['phase']): void {
  model.now = Math.max(model.now, model.migration.dueAt ?? 0);
  model.set(applyObservation(model.migration, { ...model.truth(), phase, backups: [] }, model.context));
}

const codes = (migration: Migration) => migration.blocking.map(({ code }) => code);

describe('opening a database', () => {
  it('waits when the last queued backup fails after a cutover request', () => {
    const model = resting('alibaba');
    model.ask('add');
    model.ask('cut_over');
    model.work(refuse);
    expect(model.migration).toMatchObject({ state: 'awaiting_backup', stateReason: 'backup_failed' });
    expect(decide(model.migration, model.provider).do).toBe('observe');
    expect(allowedActions(model.migration, model.provider)).toEqual(['add_backup', 'cut_over', 'cancel', 'retry']);
    model.ask('add');
    model.settle();
    expect(model.migration.state).toBe('succeeded');
    expect(model.migration.backups.map(({ state }) => state)).toEqual(['restored', 'failed', 'restored']);
  });

  it('skips a failed backup when the caller asks for the cutover again', () => {
    const model = resting('alibaba');
    model.ask('add');
    model.work(refuse);
    expect(model.ask('cut_over')).toBe(true);
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });

  it('is not retried in a tight loop after the vendor refuses it', () => {
    const model = resting('alibaba');
    model.ask('add_final');
    model.honestStep();
    model.honestStep();
    model.work(refuse);
    expect(model.migration).toMatchObject({ state: 'awaiting_backup', stateReason: 'cutover_refused' });
    say(model, 'ready');
    expect(model.migration.dueAt).toBeGreaterThan(model.now);
    expect(model.migration.stateReason).toBe('cutover_refused');
  });

  it.each(['retry', 'cut_over'] as const)('is retried with %s after a refusal', (action) => {
    const model = resting('alibaba');
    model.ask('cut_over');
    model.work(refuse);
    expect(codes(model.migration)).toEqual(['cutover_refused']);
    expect(model.ask(action)).toBe(true);
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });

  it('can be postponed by another backup after a refusal', () => {
    const model = resting('alibaba');
    model.ask('cut_over');
    model.work(refuse);
    model.ask('add_final');
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });
});

describe('a backup that replaces a failed one', () => {
  it('may be added although the final backup is already queued, and cannot be final itself', () => {
    const model = resting('huawei');
    model.ask('add');
    model.ask('add_final');
    model.work(refuse);
    expect(model.ask('add_final')).toBe(false);
    expect(model.ask('add')).toBe(true);
    model.settle();
    expect(model.migration.state).toBe('succeeded');
    expect(model.migration.backups.map(({ state }) => state)).toEqual(['restored', 'failed', 'restored', 'restored']);
  });
});

describe('an added backup', () => {
  it('waits until the vendor is ready, even if the previous backup is already restored', () => {
    const model = new Model('tencent', 'full_log');
    while (model.migration.state !== 'restoring') model.honestStep();
    model.set(applyObservation(model.migration, { ...model.truth(), phase: 'restoring' }, model.context));
    expect(model.migration.backups[0]?.state).toBe('restored');
    model.ask('add_final');
    expect(decide(model.migration, model.provider).do).toBe('observe');
    say(model, 'ready');
    expect(decide(model.migration, model.provider).do).toBe('send');
  });
});

describe('cancellation', () => {
  it('continues when an operator resolves a call of unknown outcome', () => {
    const model = new Model('tencent', 'full');
    model.work(unknown);
    expect(model.ask('cancel')).toBe(true);
    expect(model.migration.state).toBe('cancelling');
    model.now += askOperatorAfterMs(settings) + 60_000;
    model.set({ ...model.migration, dueAt: model.now });
    model.work(() => 1);
    expect(codes(model.migration)).toEqual(['outcome_unknown']);
    expect(allowedActions(model.migration, model.provider)).toEqual(['retry']);
    expect(model.ask('absent')).toBe(true);
    model.settle();
    expect(model.migration.state).toBe('cancelled');
  });

  it('removes a task from the vendor that turns out to be registered', () => {
    const model = new Model('tencent', 'full');
    model.work(unknown);
    model.ask('cancel');
    for (let step = 0; step < 2; step++) model.honestStep();
    expect(model.migration.state).toBe('cancelling');
    expect(model.migration.calls.map(({ operation }) => operation)).toEqual([
      'CreateBackupMigration',
      'DeleteBackupMigration',
    ]);
    say(model, 'missing');
    expect(model.migration.state).toBe('cancelled');
  });

  it('is refused while a start of unknown outcome may be running that nothing can stop', () => {
    const model = new Model('tencent', 'full');
    model.work(accept);
    model.work(unknown);
    expect(model.ask('cancel')).toBe(false);
  });

  it('is sent at once even if a list does not show the task', () => {
    const model = new Model('alibaba', 'full');
    model.honestStep();
    expect(model.migration.state).toBe('restoring');
    expect(model.ask('cancel')).toBe(true);
    say(model, 'missing');
    expect(model.migration.state).toBe('cancelling');
    expect(model.migration.dueAt).toBe(model.now);
    expect(decide(model.migration, model.provider)).toMatchObject({ do: 'send', step: 'cancel' });
  });

  it('returns to the earlier state when the vendor refuses it', () => {
    const model = resting('alibaba');
    model.ask('add');
    model.work(failWith('throttled'));
    model.ask('cancel');
    model.work(refuse);
    expect(model.migration).toMatchObject({ state: 'awaiting_backup', cancelRequested: false });
    expect(model.migration.warnings.map(({ code }) => code)).toContain('cancel_refused');
    model.work(refuse);
    say(model, 'ready');
    expect(model.migration.state, 'a refused submission harms nothing').toBe('awaiting_backup');
  });
});

describe('a task that the vendor no longer shows', () => {
  function lost(): Model {
    const model = new Model('huawei', 'full');
    model.honestStep();
    say(model, 'missing');
    return model;
  }

  it('keeps the state and offers cancel and retry', () => {
    const model = lost();
    expect(model.migration).toMatchObject({ state: 'restoring', stateReason: 'missing_at_provider' });
    expect(allowedActions(model.migration, model.provider)).toEqual(['cancel', 'retry']);
  });

  it('can be cancelled with a warning that the vendor’s outcome is unknown', () => {
    const model = lost();
    expect(model.ask('cancel')).toBe(true);
    expect(model.migration).toMatchObject({ state: 'cancelled', occupiesInstance: false, dueAt: null });
    expect(model.migration.warnings.map(({ code }) => code)).toEqual(['vendor_outcome_unknown']);
  });

  it('can be cancelled during a cutover', () => {
    const model = resting('alibaba');
    model.ask('cut_over');
    model.work(accept);
    expect(model.ask('cancel')).toBe(false);
    say(model, 'missing');
    expect(model.ask('cancel')).toBe(true);
    expect(model.migration.state).toBe('cancelled');
  });

  it('is probed again at once on retry and continues when it is back', () => {
    const model = lost();
    expect(model.migration.dueAt).toBeGreaterThan(model.now);
    expect(model.ask('retry')).toBe(true);
    expect(model.migration.dueAt).toBe(model.now);
    expect(decide(model.migration, model.provider).do).toBe('observe');
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });
});

describe('the leftovers of a refused submission', () => {
  /** A registered increment whose start was refused. Its removal is the next call. */
  function behind(): Model {
    const model = resting('tencent');
    model.ask('add');
    model.work(accept);
    model.work(refuse);
    expect(decide(model.migration, model.provider)).toMatchObject({ do: 'send', step: 'cleanup' });
    return model;
  }

  it('are removed without hiding why the chain is blocked', () => {
    const model = behind();
    model.work(accept);
    expect(model.migration).toMatchObject({ stateReason: 'backup_failed' });
    expect(codes(model.migration)).toEqual(['backup_failed']);
  });

  it.each(['in doubt', 'in doubt at a silent vendor'] as const)(
    'never block the migration forever when their removal is %s',
    (how) => {
      const model = behind();
      model.work(unknown);
      const { number } = model.migration.calls.at(-1) ?? { number: 0 };
      model.now += askOperatorAfterMs(settings) + 60_000;
      model.set(
        how === 'in doubt at a silent vendor'
          ? probeFailed(model.migration, number, failureOf('unavailable'), model.context)
          : settleByFinding(model.migration, number, { found: 'unclear', detail: 'Two.' }, model.now, model.context),
      );
      expect(model.migration.warnings.map(({ code }) => code)).toEqual(['left_behind']);
      expect(model.migration.stateReason).toBe('backup_failed');
      expect(decide(model.migration, model.provider).do).toBe('observe');
    },
  );

  it('stay at the vendor after the removal was retried often enough', () => {
    const model = behind();
    for (let tries = 0; tries < maxCleanupTries; tries++) model.work(failWith('unauthenticated'));
    expect(model.migration.warnings.map(({ code }) => code)).toEqual(['left_behind']);
    expect(decide(model.migration, model.provider).do).toBe('observe');
  });
});

describe('a chain whose full backup failed', () => {
  it('has failed even if the vendor says that the task is waiting', () => {
    const model = new Model('alibaba', 'full_log');
    model.honestStep();
    const backups = model.truth().backups.map((each) => ({ ...each, state: 'failed' as const }));
    model.set(applyObservation(model.migration, { ...model.truth(), phase: 'ready', backups }, model.context));
    expect(model.migration).toMatchObject({ state: 'failed', error: { code: 'restore_failed' } });
    expect(allowedActions(model.migration, model.provider)).toEqual(['retry', 'delete']);
  });
});

it('a terminal migration has no backup in progress', () => {
  const model = resting('alibaba');
  model.ask('add');
  model.work(failWith('throttled'));
  expect(model.migration.backups[1]?.state).toBe('submitting');
  say(model, 'succeeded');
  expect(isTerminal(model.migration)).toBe(true);
  expect(model.migration.backups[1]?.state).toBe('skipped');
});

it('a rejected submission fails the migration even if its reply arrives late', () => {
  const model = new Model('huawei', 'full');
  model.work(unknown);
  const number = model.migration.calls[0]?.number ?? 0;
  model.set(failCall(model.migration, number, failureOf('rejected'), model.context));
  expect(model.migration).toMatchObject({ state: 'failed', blocking: [], dueAt: model.now });
});
