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

/** A chain at rest whose full backup is restored. */
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
  it('waits when the last backup of the queue fails after the cutover was asked for', () => {
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

  it('goes past a failed backup when the caller asks again', () => {
    const model = resting('alibaba');
    model.ask('add');
    model.work(refuse);
    expect(model.ask('cut_over')).toBe(true);
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });

  it('is not asked for in a tight loop once the vendor has refused it', () => {
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

  it.each(['retry', 'cut_over'] as const)('is tried again with %s after a refusal', (action) => {
    const model = resting('alibaba');
    model.ask('cut_over');
    model.work(refuse);
    expect(codes(model.migration)).toEqual(['cutover_refused']);
    expect(model.ask(action)).toBe(true);
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });

  it('can be put off by another backup after a refusal', () => {
    const model = resting('alibaba');
    model.ask('cut_over');
    model.work(refuse);
    model.ask('add_final');
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });
});

describe('a backup in the place of a failed one', () => {
  it('may come although the final one is queued already, and cannot be final itself', () => {
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

describe('a backup that is added', () => {
  it('waits while the vendor still works on the one before, even if that one is restored', () => {
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

describe('cancelling', () => {
  it('while a call is unknown goes on with an operator’s word', () => {
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

  it('removes at the vendor what turns out to have been registered', () => {
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

  it('is refused while a start may have arrived, where nothing can stop it', () => {
    const model = new Model('tencent', 'full');
    model.work(accept);
    model.work(unknown);
    expect(model.ask('cancel')).toBe(false);
  });

  it('is not over because a list does not show the task: it is sent, at once', () => {
    const model = new Model('alibaba', 'full');
    model.honestStep();
    expect(model.migration.state).toBe('restoring');
    expect(model.ask('cancel')).toBe(true);
    say(model, 'missing');
    expect(model.migration.state).toBe('cancelling');
    expect(model.migration.dueAt).toBe(model.now);
    expect(decide(model.migration, model.provider)).toMatchObject({ do: 'send', step: 'cancel' });
  });

  it('that the vendor refuses leads back to where the chain was', () => {
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

  it('leaves the state as it was, and offers a way out', () => {
    const model = lost();
    expect(model.migration).toMatchObject({ state: 'restoring', stateReason: 'missing_at_provider' });
    expect(allowedActions(model.migration, model.provider)).toEqual(['cancel', 'retry']);
  });

  it('can be cancelled, with a warning that nobody knows what the vendor did', () => {
    const model = lost();
    expect(model.ask('cancel')).toBe(true);
    expect(model.migration).toMatchObject({ state: 'cancelled', occupiesInstance: false, dueAt: null });
    expect(model.migration.warnings.map(({ code }) => code)).toEqual(['vendor_outcome_unknown']);
  });

  it('can be cancelled while the database is being opened', () => {
    const model = resting('alibaba');
    model.ask('cut_over');
    model.work(accept);
    expect(model.ask('cancel')).toBe(false);
    say(model, 'missing');
    expect(model.ask('cancel')).toBe(true);
    expect(model.migration.state).toBe('cancelled');
  });

  it('is looked for again at once with retry, and goes on when it is back', () => {
    const model = lost();
    expect(model.migration.dueAt).toBeGreaterThan(model.now);
    expect(model.ask('retry')).toBe(true);
    expect(model.migration.dueAt).toBe(model.now);
    expect(decide(model.migration, model.provider).do).toBe('observe');
    model.settle();
    expect(model.migration.state).toBe('succeeded');
  });
});

describe('what a refused submission left behind', () => {
  /** A registered increment whose start was refused; its removal is the next call. */
  function behind(): Model {
    const model = resting('tencent');
    model.ask('add');
    model.work(accept);
    model.work(refuse);
    expect(decide(model.migration, model.provider)).toMatchObject({ do: 'send', step: 'cleanup' });
    return model;
  }

  it('is removed without hiding why the chain stands still', () => {
    const model = behind();
    model.work(accept);
    expect(model.migration).toMatchObject({ stateReason: 'backup_failed' });
    expect(codes(model.migration)).toEqual(['backup_failed']);
  });

  it.each(['looked for in vain', 'not to be asked for'] as const)(
    'holds up nothing for ever when its removal is %s',
    (how) => {
      const model = behind();
      model.work(unknown);
      const { number } = model.migration.calls.at(-1) ?? { number: 0 };
      model.now += askOperatorAfterMs(settings) + 60_000;
      model.set(
        how === 'not to be asked for'
          ? probeFailed(model.migration, number, failureOf('unavailable'), model.context)
          : settleByFinding(model.migration, number, { found: 'unclear', detail: 'Two.' }, model.now, model.context),
      );
      expect(model.migration.warnings.map(({ code }) => code)).toEqual(['left_behind']);
      expect(model.migration.stateReason).toBe('backup_failed');
      expect(decide(model.migration, model.provider).do).toBe('observe');
    },
  );

  it('is left there after its removal was put off often enough', () => {
    const model = behind();
    for (let tries = 0; tries < maxCleanupTries; tries++) model.work(failWith('unauthenticated'));
    expect(model.migration.warnings.map(({ code }) => code)).toEqual(['left_behind']);
    expect(decide(model.migration, model.provider).do).toBe('observe');
  });
});

describe('a chain whose full backup failed', () => {
  it('has failed, even where the vendor says that the task waits', () => {
    const model = new Model('alibaba', 'full_log');
    model.honestStep();
    const backups = model.truth().backups.map((each) => ({ ...each, state: 'failed' as const }));
    model.set(applyObservation(model.migration, { ...model.truth(), phase: 'ready', backups }, model.context));
    expect(model.migration).toMatchObject({ state: 'failed', error: { code: 'restore_failed' } });
    expect(allowedActions(model.migration, model.provider)).toEqual(['retry', 'delete']);
  });
});

it('an ended migration has nothing under way', () => {
  const model = resting('alibaba');
  model.ask('add');
  model.work(failWith('throttled'));
  expect(model.migration.backups[1]?.state).toBe('submitting');
  say(model, 'succeeded');
  expect(isTerminal(model.migration)).toBe(true);
  expect(model.migration.backups[1]?.state).toBe('skipped');
});

it('a refused submission is refused although the process that sent it is late', () => {
  const model = new Model('huawei', 'full');
  model.work(unknown);
  const number = model.migration.calls[0]?.number ?? 0;
  model.set(failCall(model.migration, number, failureOf('rejected'), model.context));
  expect(model.migration).toMatchObject({ state: 'failed', blocking: [], dueAt: model.now });
});
