import { fullBackup, type Migration } from '../../domain/migration.ts';
import type { CancelVerdict } from '../../domain/provider.ts';
import { terminalStates } from '../../domain/vocabulary.ts';
import { canDeleteTask } from './calls.ts';
import { registrationUnknown, started } from './refs.ts';

const running: CancelVerdict = {
  possible: false,
  detail:
    'Tencent Cloud has no operation that stops a running import. Wait until this restore has ended; a chain can be cancelled between its backups.',
};

/**
 * Decides whether a migration can be cancelled now. The vendor cannot stop a running import. A task that was never started can be deleted,
 * and a chain between two backups can be abandoned.
 */
export function cancelVerdict(migration: Migration): CancelVerdict {
  if (terminalStates.includes(migration.state)) return { possible: false, detail: 'The migration has ended.' };
  const full = fullBackup(migration);
  const inFlight = migration.backups.some(
    (backup) => backup.state === 'restoring' || (backup.state === 'submitting' && started(migration, backup) !== 'no'),
  );
  if (inFlight) return running;
  if (full.state === 'restored')
    return {
      possible: true,
      calls: false,
      warning: {
        code: 'half_restored_database',
        detail:
          'The database stays on the instance in restoring state and cannot be opened; drop it there. The import task also stays in the vendor’s list.',
      },
    };
  if (started(migration, full) !== 'no' && full.state !== 'failed') return running;
  return { possible: true, calls: canDeleteTask(migration) || registrationUnknown(migration, full), warning: null };
}
