import type { MigrationError } from '../../domain/migration.ts';
import type { VendorWords } from '../../domain/problem.ts';

/** What a job's status means. A word that is not in the table never moves a state. */
export type JobState = 'running' | 'restored' | 'failed' | 'precheck_failed' | 'unrecognized';

/** Every spelling met: of the list, of the details (lower case), of the SDKs' enumerations, and the typo of the first API version. */
const states: ReadonlyMap<string, JobState> = new Map([
  ['TRANSFERRING', 'running'],
  ['TRANSFERING', 'running'],
  ['SUCCESS', 'restored'],
  ['FAILED', 'failed'],
  ['PRECHECK_FAILED', 'precheck_failed'],
]);

export function jobState(status: string): JobState {
  const word = status
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_');
  return states.get(word) ?? 'unrecognized';
}

interface Cause {
  readonly pattern: RegExp;
  readonly code: string;
  readonly detail: string;
  readonly retryable: boolean;
}

/** Why jobs fail, by the vendor's free text; the first match counts. From the DRS FAQ and the messages of SQL Server itself. */
export const causes: readonly Cause[] = [
  {
    pattern: /restore\s*:\s*null/i,
    code: 'source_missing_or_archived',
    detail:
      'The backup file could not be read: it was deleted from the bucket after the submission, or it lies in the Archive ' +
      'storage class. Bring it back into the Standard class, then retry.',
    retryable: true,
  },
  {
    pattern: /source database not in backup file list/i,
    code: 'database_not_in_backup',
    detail:
      'The backup does not hold a database of that name (names are case-sensitive), or its file name is too long.',
    retryable: false,
  },
  {
    pattern:
      /(insufficient|not enough|no|out of|lack of) [\w ]{0,40}(space|storage)|(space|storage|disk) [\w ]{0,40}(insufficient|full|not enough)/i,
    code: 'insufficient_space',
    detail:
      'The target instance lacks space: 1.5 times the size of the databases has to be free. Enlarge it, then retry.',
    retryable: true,
  },
  {
    pattern: /\blsn\b|log chain|too recent to apply|too early to apply/i,
    code: 'log_chain_gap',
    detail:
      'The backup does not continue the chain: a log backup before it is missing, or it was restored already. Add the one ' +
      'that follows the last restored one.',
    retryable: false,
  },
  {
    pattern:
      /(newer|higher|later) version|version .*(newer|higher|later|incompatible|not compatible|not support)|running version/i,
    code: 'newer_version',
    detail:
      'The backup comes from a newer version of SQL Server than the target runs. Use a target of that version or newer.',
    retryable: false,
  },
];

/** Why a job failed: our code and plain words, with the vendor's text verbatim. */
export function errorOf(
  state: 'failed' | 'precheck_failed',
  errorLog: string | null,
  words: VendorWords,
): MigrationError {
  const provider = { ...words, message: errorLog };
  const cause = causes.find(({ pattern }) => pattern.test(errorLog ?? ''));
  if (cause) return { code: cause.code, detail: cause.detail, retryable: cause.retryable, provider };
  const reason = errorLog === null ? 'Huawei Cloud gives no reason.' : 'The reason is in the words of the vendor.';
  return state === 'precheck_failed'
    ? {
        code: 'precheck_failed',
        detail: `The backup did not pass the check before the restore, so nothing of it was restored. ${reason}`,
        retryable: false,
        provider,
      }
    : { code: 'restore_failed', detail: `The restore failed. ${reason}`, retryable: false, provider };
}
