import type { Migration, MigrationError } from '../../domain/migration.ts';
import type { VendorErrorDetails } from '../../domain/problem.ts';
import type { Wording } from '../../domain/restore-errors.ts';
import { restoreErrorOf } from '../kit/restore-error.ts';

/** Patterns for texts that only this vendor uses (DRS FAQ). */
const phrases: readonly Wording[] = [
  { code: 'source_missing_or_archived', pattern: /\brestore\s*:\s*null\b/i },
  { code: 'database_not_in_backup', pattern: /\bsource database not in backup file list\b/i },
];

/** Creates the error of a failed job from its error log. After a failed check (`precheck_failed`) the text says that nothing was restored. */
export function errorOf(
  state: 'failed' | 'precheck_failed',
  migration: Migration,
  errorLog: string | null,
  words: VendorErrorDetails,
): MigrationError {
  return restoreErrorOf({
    migration,
    text: errorLog,
    phrases,
    provider: { ...words, message: errorLog },
    ...(state === 'precheck_failed' && {
      preface: 'The backup did not pass the check before the restore, so nothing of it was restored.',
    }),
  });
}
