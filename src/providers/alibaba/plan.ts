import type { Call, Migration, Step, WarningNote } from '../../domain/migration.ts';
import type { CancelVerdict, ChangingCall } from '../../domain/provider.ts';
import { terminalStates } from '../../domain/vocabulary.ts';
import { cancelCall, openCall, restoreCall } from './calls.ts';
import { chainHandle } from './migration-task.ts';

/** Returns the calls of a step. The cleanup has none, because a rejected task leaves nothing behind. */
export function plan(step: Step, migration: Migration): readonly ChangingCall[] {
  switch (step) {
    case 'restore':
      return [restoreCall];
    case 'open':
      return [openCall];
    case 'cancel':
      return chainHandle(migration) === null ? [] : [cancelCall];
    case 'cleanup':
      return [];
  }
}

const halfRestored: WarningNote = {
  code: 'half_restored_database',
  detail:
    'The vendor does not document what a terminated task leaves behind. A destination database that stays in the restoring state must be dropped before its name can be used again.',
};

const unsettled: readonly Call['state'][] = ['sending', 'unknown'];

/**
 * Decides whether a migration can be cancelled. It can until the database is being opened, which the vendor documents no way to stop. A
 * task whose submission is in doubt must be found first; otherwise its restore would continue unnoticed.
 */
export function cancelVerdict(migration: Migration): CancelVerdict {
  if (terminalStates.includes(migration.state)) {
    return { possible: false, detail: `The migration has ended: ${migration.state}.` };
  }
  if (migration.state === 'cutting_over') {
    return { possible: false, detail: 'The database is being opened; the vendor documents no way to stop this.' };
  }
  if (chainHandle(migration) !== null) return { possible: true, calls: true, warning: halfRestored };
  const unanswered = migration.calls.some((call) => call.step === 'restore' && unsettled.includes(call.state));
  return unanswered
    ? {
        possible: false,
        detail: 'Godwit is probing whether the vendor received the restore; a cancellation is possible after that.',
      }
    : { possible: true, calls: false, warning: null };
}
