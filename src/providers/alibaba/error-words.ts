import type { Migration, MigrationError, WarningNote } from '../../domain/migration.ts';
import type { VendorErrorDetails } from '../../domain/problem.ts';
import type { RestoreErrorCode, Wording } from '../../domain/restore-errors.ts';
import { causeOf, type FailedRestore, restoreErrorOf } from '../kit/restore-error.ts';
import { presentableText } from './reply.ts';

/** A failed consistency check. The text of a successful check may also begin with `CHECKDB found`. */
const consistencyFailure = /dbcc checkdb failed|checkdb found (?!0 allocation errors and 0 consistency errors)/i;
const consistencySuccess = /success to dbcc checkdb|checkdb found 0 allocation errors and 0 consistency errors/i;

/** Patterns for texts that only this vendor uses (guides on migrating full and incremental backups). */
const phrases: readonly Wording[] = [{ code: 'edition_unsupported', pattern: /\bfailed to open database\b/i }];

/** The cause of a failed file by its status, for a file without a text. */
const causeOfFileStatus: ReadonlyMap<string, RestoreErrorCode> = new Map([
  ['DownloadFailed', 'download_failed'],
  ['VerifyFailed', 'backup_corrupt_or_newer'],
]);

/** The vendor's status and text for a task or a file, with the response that contained them. */
export interface Statement {
  readonly status: string;
  readonly description: string | null;
  readonly operation: string;
  readonly requestId: string | null;
  readonly httpStatus: number;
}

function wordsOf(statement: Statement): VendorErrorDetails {
  return {
    name: 'alibaba',
    operation: statement.operation,
    code: statement.status,
    message: statement.description === null ? null : presentableText(statement.description),
    requestId: statement.requestId,
    httpStatus: statement.httpStatus,
  };
}

function failedRestore(migration: Migration, statement: Statement): FailedRestore {
  const fallback = causeOfFileStatus.get(statement.status);
  return {
    migration,
    text: statement.description,
    phrases,
    provider: wordsOf(statement),
    ...(fallback !== undefined && { fallback }),
  };
}

/**
 * Creates the error of a failed restore from the first statement with a known cause, or else from the first statement with a text.
 * `statements` are sorted by significance.
 */
export function restoreError(migration: Migration, statements: readonly [Statement, ...Statement[]]): MigrationError {
  const telling =
    statements.find((statement) => causeOf(failedRestore(migration, statement)) !== null) ??
    statements.find(({ description }) => description !== null) ??
    statements[0];
  return restoreErrorOf(failedRestore(migration, telling));
}

/**
 * Notes about a successful task: a database without an owner, the result of the asynchronous consistency check, and texts that are not
 * recognized.
 */
export function successNotes(description: string | null): readonly WarningNote[] {
  if (description === null || /^\W*(?:success(?:ful(?:ly)?)?|finished|ok)?\W*$/i.test(description)) return [];
  const words = presentableText(description);
  const notes: WarningNote[] = [];
  if (/doesn.?t have any init account/i.test(description)) {
    notes.push({
      code: 'database_without_owner',
      detail: `The database is open but has no owner, because the instance has no privileged account: ${words}`,
    });
  }
  if (consistencyFailure.test(description)) {
    notes.push({
      code: 'consistency_check_failed',
      detail: `The database is open, but the consistency check that ran afterwards found errors: ${words}`,
    });
  } else if (consistencySuccess.test(description)) {
    notes.push({ code: 'consistency_check_passed', detail: `The consistency check found no errors: ${words}` });
  }
  return notes.length > 0 ? notes : [{ code: 'provider_note', detail: `The vendor adds: ${words}` }];
}
