import type { Migration, MigrationError } from '../../domain/migration.ts';
import { restoreErrorOf } from '../kit/restore-error.ts';

/** Creates the error of a failed task or increment, with the vendor's message verbatim and the failed step if the vendor names one. */
export function restoreFailed(
  migration: Migration,
  operation: string,
  task: { readonly message: string; readonly failedStep: string | null; readonly requestId: string | null },
): MigrationError {
  const message = task.message === '' ? null : task.message;
  return restoreErrorOf({
    migration,
    text: message,
    provider: { name: 'tencent', operation, code: null, message, requestId: task.requestId, httpStatus: 200 },
    ...(task.failedStep !== null && { preface: `The vendor’s step “${task.failedStep}” failed.` }),
  });
}
