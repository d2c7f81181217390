import { holdsWord } from '../words.ts';
/** How the restore of a file proceeds. Times are fractions of the file's duration. */
export interface Script {
  /** Duration as a multiple of a normal restore. */
  readonly slowness: number;
  /** When and how the restore fails; null: it succeeds. */
  readonly failure: { readonly at: number; readonly rowStatus: string; readonly text: string } | null;
}

/** The type of a backup in the words of DescribeOssDownloads. */
export type FileKind = 'Database' | 'Differential_Database' | 'Transaction_Log';

/** Magic words in a key for which the request itself is rejected, with the error code. */
export const refusedKeys: readonly (readonly [word: string, code: string])[] = [
  ['missing', 'InvalidOSSURL'],
  ['storage-class', 'InvalidOssObjectStorageClassType'],
  ['exceed-disk', 'ExceedDiskSize'],
  ['too-large', 'BakFileSizeExceeded'],
  ['daily-limit', 'ExceedUploadTime'],
  ['instance-limit', 'ConcurrentTaskExceeded'],
];

/**
 * The type of backup in a file, by extension or by a word in its name. The real service reads the file. A `.bak` without such a word has
 * the type that the step needs.
 */
export function kindOf(key: string, wanted: 'base' | 'increment'): FileKind {
  const name = fileNameOf(key);
  if (holdsWord(name, 'wrong-kind')) return wanted === 'base' ? 'Differential_Database' : 'Database';
  const says = (words: string) => new RegExp(`(?<![a-z])(${words})(?![a-z])`, 'i').test(name);
  if (/\.(trn|log)$/i.test(name)) return 'Transaction_Log';
  if (/\.diff$/i.test(name) || says('diff|differential')) return 'Differential_Database';
  if (says('log|trn')) return 'Transaction_Log';
  return wanted === 'base' || says('full') ? 'Database' : 'Transaction_Log';
}

/** The last segment of a key. */
export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** How the restore of a file proceeds. `exists`: whether the instance already has a database of that name. */
export function scriptOf(
  key: string,
  wanted: 'base' | 'increment',
  dbName: string,
  exists: boolean,
  kind: FileKind = kindOf(key, wanted),
): Script {
  const endless = ['stuck', 'unknown-status', 'unstoppable'].some((word) => holdsWord(key, word));
  const slowness = endless ? 1e9 : holdsWord(key, 'slow') ? 10 : 1;
  return { slowness, failure: failureOf(key, wanted, dbName, exists, kind) };
}

function failureOf(
  key: string,
  wanted: 'base' | 'increment',
  dbName: string,
  exists: boolean,
  kind: FileKind,
): Script['failure'] {
  const name = fileNameOf(key);
  const fails = (at: number, rowStatus: string, text: string) => ({ at, rowStatus, text });
  if (holdsWord(key, 'expired')) {
    return fails(0.3, 'DownloadFailed', `Failed to download ${name}: the OSS URL was expired.`);
  }
  if (holdsWord(key, 'denied')) {
    return fails(0.3, 'DownloadFailed', `Failed to download ${name}: access to the OSS object is denied (403).`);
  }
  if (holdsWord(key, 'striped')) {
    const text = 'The media set has 4 media families but only 1 are provided. All members must be provided.';
    return fails(0.4, 'CheckFailed', `Msg 3132: ${text}`);
  }
  if (holdsWord(key, 'encrypted')) {
    return fails(0.4, 'CheckFailed', "Msg 33111: Cannot find server certificate with thumbprint '0x8F2A51C3'.");
  }
  if (holdsWord(key, 'no-space')) {
    const sizes = 'space left 20480 MB, needed 81920 MB, bak file 40960 MB';
    return fails(0.38, 'CheckFailed', `Not Enough Disk Space for restoring ${name}: ${sizes}.`);
  }
  if (holdsWord(key, 'corrupt')) {
    return fails(0.45, 'VerifyFailed', `Failed to verify ${name}: the backup file is corrupted or newer edition.`);
  }
  if (holdsWord(key, 'newer-version')) {
    return fails(0.48, 'CheckFailed', `Failed to verify ${name}: the backup file is corrupted or newer edition.`);
  }
  if (wanted === 'base' && kind !== 'Database') {
    const words = kind === 'Transaction_Log' ? 'Transaction Log' : 'Database Differential';
    return fails(0.5, 'CheckFailed', `${name} is a ${words} backup, this step can only accept a FULL Backup.`);
  }
  if (wanted === 'increment' && kind === 'Database') {
    const wants = 'this step can only accept transaction log or differential backup';
    return fails(0.5, 'CheckFailed', `${name} is a Database FULL backup, ${wants}.`);
  }
  if (wanted === 'base' && exists) {
    return fails(0.5, 'RestoreFailed', `Database [${dbName}] already exist on RDS, please rename or drop it.`);
  }
  if (wanted === 'base' && holdsWord(key, 'count-limit')) {
    return fails(0.5, 'RestoreFailed', `Failed to restore [${dbName}] due to databases count limitation.`);
  }
  if (wanted === 'increment' && holdsWord(key, 'too-early')) {
    const text = `The log in ${name} terminates at a LSN which is too early to apply to the database [${dbName}].`;
    return fails(0.9, 'RestoreFailed', text);
  }
  if (wanted === 'increment' && holdsWord(key, 'wrong-base')) {
    const text = 'the database has not been restored to the correct earlier state';
    return fails(0.9, 'RestoreFailed', `This differential backup cannot be restored because ${text}.`);
  }
  if (wanted === 'increment' && holdsWord(key, 'gap')) {
    const text = `The log in ${name} begins at a LSN which is too recent to apply to the database [${dbName}].`;
    return fails(0.9, 'RestoreFailed', text);
  }
  return null;
}

/** The result of opening the database: a failure, or the description at the success and after the asynchronous check. */
export function openingScript(
  keys: readonly string[],
  dbName: string,
  check: string,
): { readonly failure: string | null; readonly atOnce: string; readonly afterCheck: string } {
  const any = (word: string) => keys.some((key) => holdsWord(key, word));
  const found = `CHECKDB found 0 allocation errors and 3 consistency errors in database [${dbName}].`;
  const synchronous = check === 'SyncExecuteDBCheck';
  if (any('edition')) {
    const text = `Failed to open database [${dbName}]: it uses features that this edition does not support.`;
    return { failure: text, atOnce: '', afterCheck: '' };
  }
  if (any('dbcc-failed')) {
    if (synchronous) return { failure: `DBCC checkdb failed: ${found}`, atOnce: '', afterCheck: '' };
    return { failure: null, atOnce: '', afterCheck: `asynchronously DBCC checkdb failed: ${found}` };
  }
  if (any('no-account')) {
    const text = `Your RDS doesn't have any init account, so database [${dbName}] has no owner.`;
    return { failure: null, atOnce: text, afterCheck: text };
  }
  return { failure: null, atOnce: '', afterCheck: synchronous ? '' : 'Success to DBCC checkdb asynchronously' };
}
