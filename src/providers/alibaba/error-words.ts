import type { Migration, MigrationError, WarningNote } from '../../domain/migration.ts';
import type { VendorErrorDetails } from '../../domain/problem.ts';
import type { RestoreErrorCode, Wording } from '../../domain/restore-errors.ts';
import { causeOf, type FailedRestore, restoreErrorOf } from '../kit/restore-error.ts';
import { presentableWords } from './reply.ts';

/** The consistency check's own success line also begins with `CHECKDB found`. */
const consistencyFailure = /dbcc checkdb failed|checkdb found (?!0 allocation errors and 0 consistency errors)/i;
const consistencySuccess = /success to dbcc checkdb|checkdb found 0 allocation errors and 0 consistency errors/i;

/** Wordings of this vendor alone that identify a cause (guides on migrating full and incremental backups). */
const phrases: readonly Wording[] = [{ code: 'edition_unsupported', pattern: /\bfailed to open database\b/i }];

/** The cause by the status of a failed file, for a file without a text. */
const causeOfFileStatus: ReadonlyMap<string, RestoreErrorCode> = new Map([
  ['DownloadFailed', 'download_failed'],
  ['VerifyFailed', 'backup_corrupt_or_newer'],
]);

/** A statement of the vendor about a task or a file. */
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
    message: statement.description === null ? null : presentableWords(statement.description),
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
 * The cause of a failed restore: the first statement with a recognized cause, else the first with a text. Statements come in the order of
 * their value.
 */
export function restoreError(migration: Migration, statements: readonly [Statement, ...Statement[]]): MigrationError {
  const telling =
    statements.find((statement) => causeOf(failedRestore(migration, statement)) !== null) ??
    statements.find(({ description }) => description !== null) ??
    statements[0];
  return restoreErrorOf(failedRestore(migration, telling));
}

/** Remarks of a successful task: missing owner, result of the asynchronous check, and texts that Godwit does not recognize. */
export function successNotes(description: string | null): readonly WarningNote[] {
  if (description === null || /^\W*(?:success(?:ful(?:ly)?)?|finished|ok)?\W*$/i.test(description)) return [];
  const words = presentableWords(description);
  const notes: WarningNote[] = [];
  if (/doesn.?t have any init account/i.test(description)) {
    notes.push({
      code: 'database_without_owner',
      detail: `The database is open but nobody owns it, because the instance has no privileged account: ${words}`,
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
