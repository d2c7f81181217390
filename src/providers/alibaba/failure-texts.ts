import type { MigrationError, Note } from '../../domain/migration.ts';
import type { VendorWords } from '../../domain/problem.ts';
import { presentableWords } from './reply.ts';

interface Category {
  readonly code: string;
  readonly fragments: readonly RegExp[];
  readonly detail: string;
  readonly retryable: boolean;
}

/** The consistency check's own success line also begins with `CHECKDB found`. */
const consistencyFailure = /dbcc checkdb failed|checkdb found (?!0 allocation errors and 0 consistency errors)/i;
const consistencySuccess = /success to dbcc checkdb|checkdb found 0 allocation errors and 0 consistency errors/i;

/** Fragments of `Description` of a failed task or file, by category; the first that fits counts. */
const categories: readonly Category[] = [
  {
    code: 'target_database_exists',
    fragments: [/already exists? on RDS/i],
    detail: 'A database of the restored name exists on the instance. Drop it or choose another name, then try again.',
    retryable: true,
  },
  {
    code: 'wrong_backup_kind',
    fragments: [
      /is a database differential backup/i,
      /is a transaction log backup/i,
      /only accept a full backup/i,
      /is a database full backup/i,
      /only accept transaction log or differential/i,
    ],
    detail:
      'The file holds another kind of backup than this step takes: the first file must be a full backup, later ones not.',
    retryable: false,
  },
  {
    code: 'backup_corrupt_or_newer',
    fragments: [/failed to verify/i, /corrupted or newer edition/i],
    detail: 'The backup is damaged, or comes from a newer SQL Server version than the instance has.',
    retryable: false,
  },
  {
    code: 'consistency_check_failed',
    fragments: [consistencyFailure],
    detail: 'The consistency check (DBCC CHECKDB) found errors in the restored database.',
    retryable: false,
  },
  {
    code: 'insufficient_space',
    fragments: [/not enough disk space/i, /space left.*needed/is],
    detail: 'The instance has too little free storage. Enlarge it, then try again.',
    retryable: true,
  },
  {
    code: 'source_url_expired',
    fragments: [/oss url was expired/i],
    detail: 'The signed URL ended before the file was fetched. Submit the backup again with a new URL.',
    retryable: false,
  },
  {
    code: 'download_failed',
    fragments: [/failed to download/i],
    detail:
      'The vendor could not fetch the file. Check that the object exists and that RDS may read the bucket, then try again.',
    retryable: true,
  },
  {
    code: 'edition_unsupported',
    fragments: [/failed to open database/i],
    detail: 'The database cannot be opened: it uses features that the edition of the instance does not have.',
    retryable: false,
  },
  {
    code: 'log_chain_gap',
    fragments: [/too recent to apply to the database/i],
    detail: 'A log backup between this file and the one before it is missing. Start again with a complete chain.',
    retryable: false,
  },
  {
    code: 'database_limit_reached',
    fragments: [/due to databases? count limitation/i],
    detail: 'The instance holds as many databases as it may. Drop one or enlarge the instance.',
    retryable: false,
  },
];

/** What the status of a failed file says when no text does. */
const fileStatusCategory: ReadonlyMap<string, string> = new Map([
  ['DownloadFailed', 'download_failed'],
  ['VerifyFailed', 'backup_corrupt_or_newer'],
]);

const unclassified: Category = {
  code: 'restore_failed',
  fragments: [],
  detail: 'The vendor reports the restore as failed. Its own words say what is known.',
  retryable: false,
};

/** A statement of the vendor about a task or a file. */
export interface Statement {
  readonly status: string;
  readonly description: string | null;
  readonly operation: string;
  readonly requestId: string | null;
  readonly httpStatus: number;
}

function categoryOf({ description, status }: Statement): Category | undefined {
  const byText =
    description === null
      ? undefined
      : categories.find(({ fragments }) => fragments.some((fragment) => fragment.test(description)));
  return byText ?? categories.find(({ code }) => code === fileStatusCategory.get(status));
}

function wordsOf(statement: Statement): VendorWords {
  return {
    name: 'alibaba',
    operation: statement.operation,
    code: statement.status,
    message: statement.description === null ? null : presentableWords(statement.description),
    requestId: statement.requestId,
    httpStatus: statement.httpStatus,
  };
}

/** Why a restore failed: of the statements, most telling first, the one that can be classified, else the first that has words. */
export function restoreError(statements: readonly [Statement, ...Statement[]]): MigrationError {
  const telling =
    statements.find((statement) => categoryOf(statement) !== undefined) ??
    statements.find(({ description }) => description !== null) ??
    statements[0];
  const { code, detail, retryable } = categoryOf(telling) ?? unclassified;
  return { code, detail, retryable, provider: wordsOf(telling) };
}

/** What a task that succeeded says beside it: missing owner, result of the asynchronous check, anything unfamiliar. */
export function successNotes(description: string | null): readonly Note[] {
  if (description === null || /^\W*(?:success(?:ful(?:ly)?)?|finished|ok)?\W*$/i.test(description)) return [];
  const words = presentableWords(description);
  const notes: Note[] = [];
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
