import { holdsWord } from '../words.ts';
import { Refusal } from './answer.ts';
import type { RecoveryType, UploadType } from './state.ts';

/** Words in a file's path or name that determine the course of its restore. The sandbox's README explains them. */
export const magicWords = [
  'corrupt',
  'dead-chain',
  'denied',
  'encrypted',
  'gap',
  'missing',
  'newer-version',
  'no-action',
  'no-space',
  'odd-status',
  'slow',
  'sparse',
  'striped',
  'stuck',
  'too-early',
  'unknown-status',
  'wrong-base',
] as const;
/** A word that determines the course of a restore. */
export type MagicWord = (typeof magicWords)[number];

/** A backup file as its address describes it. */
export interface BackupFile {
  /** The decoded last segment of the path. */
  readonly name: string;
  /** The region of its bucket; null if the address does not contain it. */
  readonly region: string | null;
  /** Whether slashes in its path are percent-encoded. The service does not find such an object (migration from COS guide). */
  readonly encodedSlash: boolean;
  readonly magic: ReadonlySet<MagicWord>;
}

/** The parts of a chain file's name. */
export interface ChainName {
  readonly database: string;
  /** The source server's local time, 14 digits. */
  readonly time: string;
  readonly kind: 'full' | 'log' | 'diff';
  readonly recovery: 'YES' | 'NO';
  readonly chain: Exclude<RecoveryType, 'FULL'>;
}

/** Parses an entry of BackupFiles: a URL or a file name, according to the upload type. Throws `Refusal` (BackupNameIsIllegal). */
export function readBackupFile(uploadType: UploadType, entry: string): BackupFile {
  if (uploadType === 'COS_UPLOAD') return checked(entry, entry, null, false);
  if (!URL.canParse(entry)) throw illegal('With COS_URL the backup file is given by its URL.');
  const url = new URL(entry);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw illegal('The URL has to be http or https.');
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    throw illegal('The path of the URL is not percent-encoded UTF-8.');
  }
  const region = /\.cos\.([a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.cn)$/.exec(url.hostname)?.[1] ?? null;
  return checked(path.split('/').at(-1) ?? '', path, region, /%2f/i.test(url.pathname));
}

function checked(name: string, path: string, region: string | null, encodedSlash: boolean): BackupFile {
  if (!/^[^\p{Cc}/\\:*?"<>|]+\.(bak|tar|zip)$/iu.test(name)) {
    throw illegal('The file name has to end in .bak, .tar or .zip and to be free of reserved characters.');
  }
  return { name, region, encodedSlash, magic: new Set(magicWords.filter((word) => holdsWord(path, word))) };
}

/** Parses the name of a chain's file; null if it does not follow the vendor's pattern (cold backup migration guide). */
export function readChainName(name: string): ChainName | null {
  const parts = /^(.+)_(\d{14})_(?:(1)(full|diff)1_1(no)?reconvery1|(2)(full|log)2_2(no)?reconvery2)\.bak$/.exec(name);
  if (parts === null) return null;
  const [, database = '', time = '', differential, differentialKind, differentialNo, , logKind, logNo] = parts;
  const kind = (differentialKind ?? logKind) as ChainName['kind'];
  const recovery = (differentialNo ?? logNo) === undefined ? 'YES' : 'NO';
  return { database, time, kind, recovery, chain: differential === undefined ? 'FULL_LOG' : 'FULL_DIFF' };
}

/** Checks the name of a full backup against its recovery type. Throws `Refusal` (BackupNameIsIllegal). */
export function checkFullName(recoveryType: RecoveryType, file: BackupFile): void {
  if (recoveryType === 'FULL') return;
  const name = readChainName(file.name);
  if (name === null || name.chain !== recoveryType || name.kind !== 'full' || name.recovery !== 'NO') {
    throw illegal(`${file.name} is not the name of the full backup of a ${recoveryType} chain.`);
  }
}

/** Checks the name of an increment against the recovery type and IsRecovery. Throws `Refusal` (BackupNameIsIllegal). */
export function checkIncrementName(recoveryType: RecoveryType, isRecovery: 'YES' | 'NO', file: BackupFile): void {
  const name = readChainName(file.name);
  if (name === null || name.chain !== recoveryType || name.kind === 'full') {
    throw illegal(`${file.name} is not the name of an increment of a ${recoveryType} chain.`);
  }
  if (name.recovery !== isRecovery) {
    throw illegal(`${file.name} and IsRecovery ${isRecovery} contradict each other.`);
  }
}

/** The database that a file contains unless a rename names one: its name without time, `_full` and extension. */
export function databaseOf(name: string): string {
  const stem = readChainName(name)?.database ?? name.replace(/\.[^.]+$/, '');
  return stem.replace(/(?:[_-](?:full|\d{8}|\d{14}))+$/i, '') || stem;
}

/** Whether a file contains that database: the file name contains the database name as a whole word. */
export function holdsDatabase(name: string, database: string): boolean {
  const stem = ` ${(readChainName(name)?.database ?? name.replace(/\.[^.]+$/, '')).toLowerCase()} `;
  const wanted = database.toLowerCase();
  const isLetter = (character: string | undefined) => /[\p{L}\p{N}]/u.test(character ?? '');
  for (let at = stem.indexOf(wanted); at >= 0; at = stem.indexOf(wanted, at + 1)) {
    if (!isLetter(stem[at - 1]) && !isLetter(stem[at + wanted.length])) return true;
  }
  return false;
}

function illegal(detail: string): Refusal {
  return new Refusal('InvalidParameterValue.BackupNameIsIllegal', detail);
}
