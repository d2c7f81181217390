/**
 * The closed catalogue of restore errors. `detail`: what happened and what to do, for people. `retryable`: whether the same backup can be
 * restored after a change elsewhere, such as more space on the instance. Otherwise another file, name or target is needed.
 */
export const restoreErrors = {
  restore_failed: {
    retryable: false,
    detail: 'The restore failed. The vendor’s error says what is known of the cause.',
  },
  backup_corrupt_or_newer: {
    retryable: false,
    detail:
      'The file is damaged or incomplete, is not a SQL Server backup, or comes from a newer SQL Server than the target runs. ' +
      'Check it with RESTORE VERIFYONLY, or back up again.',
  },
  newer_version: {
    retryable: false,
    detail:
      'The backup comes from a newer version of SQL Server than the target runs. Use a target of that version or newer.',
  },
  edition_unsupported: {
    retryable: false,
    detail: 'The database uses features that the edition of the target does not have. Use a target of that edition.',
  },
  wrong_backup_kind: {
    retryable: false,
    detail:
      'The backup has the wrong type for its place in the chain: a full backup comes first, differential and log backups follow.',
  },
  backup_striped: {
    retryable: false,
    detail:
      'The file is one stripe of a backup that was written to several files. No provider restores stripes. ' +
      'Back up again into one file: BACKUP DATABASE … TO DISK with a single target.',
  },
  backup_with_several_sets: {
    retryable: false,
    detail:
      'The file contains several backups. No provider documents which of them it restores. ' +
      'Back up again WITH INIT into a file of its own.',
  },
  encrypted_backup: {
    retryable: false,
    detail:
      'The backup or the database is encrypted, and the target lacks the certificate. ' +
      'Switch the encryption off at the source and back up again.',
  },
  log_chain_gap: {
    retryable: false,
    detail: 'A backup between this file and the last restored one is missing. Restore the missing one first.',
  },
  log_already_restored: {
    retryable: false,
    detail: 'Everything in this log backup is already restored. Leave it out and continue with the next one.',
  },
  differential_base_mismatch: {
    retryable: false,
    detail:
      'The differential backup is based on another full backup. Use one that is based on the restored full backup.',
  },
  target_not_restoring: {
    retryable: false,
    detail:
      'The database is not in the state RESTORING: it is already open, or its full backup is missing. Start again from the full backup.',
  },
  target_database_exists: {
    retryable: true,
    detail: 'A database of the restored name exists on the target. Drop it, or choose another name with `restoreAs`.',
  },
  target_database_in_use: {
    retryable: true,
    detail: 'The database is in use on the target. End its connections, then try again.',
  },
  target_switchover: {
    retryable: true,
    detail: 'The target switched over to its standby during the restore. Wait until it runs normally, then try again.',
  },
  insufficient_space: {
    retryable: true,
    detail: 'The target has too little free storage for the file and the restored data. Enlarge it, then try again.',
  },
  database_limit_reached: {
    retryable: false,
    detail: 'The target has reached its limit of databases. Drop one, or use another target.',
  },
  database_not_in_backup: {
    retryable: false,
    detail: 'The backup does not contain the named database. Some vendors distinguish upper and lower case.',
  },
  source_missing_or_archived: {
    retryable: true,
    detail: 'The file is missing or in an archive storage class. Move it to the Standard class, then try again.',
  },
  source_access_denied: {
    retryable: true,
    detail: 'The vendor may not read the file. Give it the right to read the bucket, then try again.',
  },
  source_url_expired: {
    retryable: false,
    detail: 'The signed URL expired before the vendor had read the file. Submit the backup again with a new URL.',
  },
  download_failed: {
    retryable: true,
    detail:
      'The vendor could not fetch the file. Check that it exists and that the vendor can read it, then try again.',
  },
  consistency_check_failed: {
    retryable: false,
    detail: 'The consistency check (DBCC CHECKDB) found errors in the restored database. Check the source database.',
  },
} as const satisfies Record<string, { readonly detail: string; readonly retryable: boolean }>;

export type RestoreErrorCode = keyof typeof restoreErrors;

export const restoreErrorCodes = Object.keys(restoreErrors) as readonly RestoreErrorCode[];

/** A pattern in a vendor's text that identifies a cause. */
export interface Wording {
  readonly code: RestoreErrorCode;
  readonly pattern: RegExp;
}

/** The cause of a SQL Server message: fixed, or found in its text; undefined if the text does not show one. */
type Numbered = RestoreErrorCode | ((text: string) => RestoreErrorCode | undefined);

/** The cause in the operating-system error inside a SQL Server message; undefined if it is none of the known ones. */
function operatingSystemError(text: string): RestoreErrorCode | undefined {
  if (/\b112\s*\(|\bnot enough space\b/i.test(text)) return 'insufficient_space';
  if (/\berror\D{0,3}5\b|\b5\s*\(|\baccess is denied\b/i.test(text)) return 'source_access_denied';
  return /\berror\D{0,3}[23]\b|\b[23]\s*\(|\bcannot find the (?:file|path)\b/i.test(text)
    ? 'source_missing_or_archived'
    : undefined;
}

/** Numbers of SQL Server messages by cause. */
const numbersOf: readonly (readonly [cause: Numbered, numbers: readonly number[]])[] = [
  ['insufficient_space', [1101, 1105, 3257, 5149, 9002]],
  [operatingSystemError, [3203, 3634, 5120, 5123, 5133]],
  [(text) => operatingSystemError(text) ?? 'source_missing_or_archived', [3201]],
  ['backup_corrupt_or_newer', [3183, 3189, 3241, 3242, 3243, 3246, 3256, 3270]],
  ['newer_version', [948, 1824, 3098, 3169]],
  ['edition_unsupported', [905, 909, 933, 934]],
  ['wrong_backup_kind', [3118]],
  ['backup_striped', [3132, 3231]],
  ['encrypted_backup', [15507, 33101, 33111]],
  ['differential_base_mismatch', [3136]],
  ['log_chain_gap', [4305, 4330]],
  ['log_already_restored', [4326]],
  ['target_not_restoring', [3117, 4306]],
  ['target_database_exists', [1801, 1834, 3154, 3159]],
  ['target_database_in_use', [3101, 3102]],
];

const causesByNumber: ReadonlyMap<number, Numbered> = new Map(
  numbersOf.flatMap(([cause, numbers]) => numbers.map((number) => [number, cause] as const)),
);

/**
 * Finds numbers of SQL Server messages: `Msg 3132,`, `(Error 3241)`, `error: 4305`, `[3169]`, `错误 1105`, or at the start. Other bare numbers
 * do not match, because they may be sizes.
 */
const messageNumber =
  /(?:(?:\b(?:msg|message|error|err|errno|code|number)(?:\s+(?:no|number|code))?\b|错误代码|错误|消息)[\s.:=#'"(（[]{0,4}|[([（]|^\s*)(\d{3,5})(?=$|[\s,.:;'"\])）。，])/giu;

const aboutFiles = '(?=.*\\b(?:object|bucket|file|device|storage|backup|download\\w*|obs|oss|cos)\\b)';

/** Usual wordings of texts without a message number. Specific causes come before general ones. */
const wordings: readonly Wording[] = [
  {
    code: 'backup_striped',
    pattern:
      /\bmedia set has \d+ media famil|\ball members must be provided\b|\bmedia families are expected\b|\bstriped backup\b/i,
  },
  {
    code: 'encrypted_backup',
    pattern:
      /\bcannot find server (?:certificate|asymmetric key)\b|\bcertificate with thumbprint\b|\bbackup (?:set |file )?is encrypted\b|\btransparent data encryption\b|\btde\b[^.]{0,40}\bencrypt/i,
  },
  { code: 'differential_base_mismatch', pattern: /\bcorrect earlier state\b|\bdifferential base\b/i },
  {
    code: 'log_already_restored',
    pattern: /\btoo early to apply\b|\bolder than the last (?:one|backup)\b|\bhas already been (?:restored|applied)\b/i,
  },
  {
    code: 'log_chain_gap',
    pattern:
      /\btoo recent to apply\b|\blog chain\b[^.]{0,20}\b(?:broken|interrupted|incomplete)\b|\blsns?\b[^.]{0,60}\b(?:not (?:continuous|contiguous|consecutive)|discontinuous|missing|gap)\b|\brecovery path\b[^.]{0,20}\binconsistent\b|日志链|LSN\s*不连续|日志不连续/i,
  },
  { code: 'target_not_restoring', pattern: /\bno files are ready to roll ?forward\b/i },
  {
    code: 'target_database_in_use',
    pattern: /\bexclusive access could not be obtained\b|\bdatabase\b[^.]{0,60}\bis in use\b/i,
  },
  {
    code: 'target_database_exists',
    pattern:
      /\bholds a backup of a database other than the existing\b|\btail of the log for the database\b|\bdatabase\b[^.]{0,80}\balready exists?\b|\balready exists? on\b|\bdatabase\b[^.]{0,80}\bexists? on the [\w ]{1,30}\balready\b|数据库[^。]{0,40}已存在/i,
  },
  {
    code: 'database_not_in_backup',
    pattern: /\bnot in (?:the )?backup(?: file list)?\b|\bbackup does not (?:hold|contain) the database\b/i,
  },
  {
    code: 'wrong_backup_kind',
    pattern:
      /\bis a (?:database )?(?:full|differential|transaction log) backup\b|\bonly accept (?:a )?(?:full|transaction log|differential)\b|\bcan only create a database when restoring\b/i,
  },
  {
    code: 'newer_version',
    pattern:
      /\b(?:newer|higher|later) (?:sql server )?version\b|\bversion\b[^.]{0,80}\b(?:(?:is|are) (?:newer|higher|later)|incompatible|not compatible|not supported)\b|\bdowngrade path\b|高版本|版本不兼容/i,
  },
  {
    code: 'edition_unsupported',
    pattern: /\b(?:cannot be started in this edition|edition\b[^.]{0,60}\b(?:does not|not) support)/i,
  },
  {
    code: 'insufficient_space',
    pattern:
      /\b(?:insufficient|not enough|no|no more|out of|lack of)\s+(?:(?:free|disk|storage|available|remaining|more|the)\s+){0,3}space\b|\b(?:insufficient|not enough|out of) (?:free |disk )?storage\b(?! (?:permission|access))|\b(?:disk|volume|filegroup|drive|storage|storage space)\b[^.]{0,40}\b(?:is|are) (?:full|not enough|insufficient|exhausted)\b|\bspace\b[^.]{0,60}\b(?:does not suffice|is not sufficient|is insufficient|is not enough)\b|\bspace left\b.{0,60}\bneeded\b|\bcould not allocate (?:a new page|space)\b|空间不足|空间不够|磁盘已满/is,
  },
  { code: 'source_url_expired', pattern: /\b(?:url|link)\b[^.]{0,40}\bexpired\b|\brequest has expired\b|链接已过期/i },
  {
    code: 'source_access_denied',
    pattern: new RegExp(
      `${aboutFiles}.*(?:\\b(?:access|permission)\\b[^.]{0,60}\\bdenied\\b|\\bno permission to (?:access|read|download|get)\\b|\\binsufficient permissions? to (?:access|read|download|get)\\b|\\b403 forbidden\\b)|拒绝访问|没有权限|无权限`,
      'is',
    ),
  },
  {
    code: 'source_missing_or_archived',
    pattern:
      /\bno such (?:key|object|file|bucket)\b|\bnosuch(?:key|bucket)\b|\b(?:object|file|key|bucket)\b[^.]{0,40}\b(?:does not exist|doesn.?t exist|not found|cannot be found|was deleted)\b|\bcannot find the (?:file|path) specified\b|\bcannot open backup device\b|\barchive storage class\b|文件不存在|对象不存在/i,
  },
  {
    code: 'download_failed',
    pattern: /\bfailed to download\b|\bdownload\w*\b[^.]{0,40}\bfailed\b|\bcould not be downloaded\b|下载失败/i,
  },
  {
    code: 'consistency_check_failed',
    pattern: /\bdbcc checkdb failed\b|\bcheckdb found (?!0 allocation errors and 0 consistency errors)\d/i,
  },
  {
    code: 'database_limit_reached',
    pattern:
      /\bdatabases? count limitation\b|\btoo many databases\b|\bmaximum number of databases\b|数据库[^。]{0,10}(?:上限|数量限制)/i,
  },
  { code: 'target_switchover', pattern: /\bswitchover (?:occurred|happened|was)\b/i },
  {
    code: 'backup_corrupt_or_newer',
    pattern:
      /\bincorrectly formed\b|\bnot a valid microsoft tape format\b|\b(?:backup|backups|file|media|set|page)\b[^.]{0,60}\b(?:corrupt|corrupted|damaged|incomplete)\b|\bdamage to the backup set\b|\bchecksum\b[^.]{0,40}\b(?:mismatch|error|failed|wrong)\b|\bfailed to verify\b|(?:备份|文件)[^。]{0,20}损坏/i,
  },
];

/** Replaces a removed name. It contains no word, so only the words around it can match. */
const gap = ' · ';
const fileLike =
  /(?<![^\s'"“”‘’<>|,;()[\]])(?:[A-Za-z]:)?[^\s'"“”‘’<>|,;()[\]]*\.(?:bak|trn|diff?|log|zip|tar|gz|mdf|ndf|ldf)(?![A-Za-z0-9_])/gi;
const quotedWord = /(['"`“‘「[])(?!\d+['"`”’」\]])[^\s'"`“”‘’「」[\]]{1,400}(['"`”’」\]])/g;

const quotedName =
  /(?<=\b(?:database|db|file|device|object|named)\s+)(?:'[^']{1,400}'|"[^"]{1,400}"|\[[^\]]{1,400}\]|“[^”]{1,400}”)/gi;

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The text without names: URLs, file names, quoted words, and the given names of files and databases. */
function withoutNames(text: string, names: readonly string[]): string {
  let rest = text.replace(/\bhttps?:\/\/[^\s'"<>]+/gi, gap);
  for (const name of names.filter((each) => each.trim() !== '').toSorted((a, b) => b.length - a.length)) {
    // A single word, such as `space`, is removed only where the sentence introduces it as a name.
    const ordinary = /^\p{L}+$/u.test(name);
    const introduced = ordinary ? '(?<=\\b(?:database|db|named|file)\\s+)' : '(?<![\\p{L}\\p{N}_])';
    rest = rest.replace(new RegExp(`${introduced}${escaped(name)}(?![\\p{L}\\p{N}_])`, 'giu'), gap);
  }
  return rest.replace(quotedName, gap).replace(fileLike, gap).replace(quotedWord, gap);
}

function causeByNumber(text: string): RestoreErrorCode | undefined {
  for (const [, digits] of text.matchAll(messageNumber)) {
    const cause = causesByNumber.get(Number(digits));
    const code = typeof cause === 'function' ? cause(text) : cause;
    if (code !== undefined) return code;
  }
  return undefined;
}

/** Maximum number of characters that are searched, because a vendor's text has no known limit. */
const maxSearched = 10_000;

/**
 * The cause in a vendor's text, or null. Matched in this order: numbers of SQL Server messages, the vendor's own `phrases`, the usual
 * wordings. `names`: names of the files and databases concerned, which are removed before matching.
 */
export function restoreCause(
  text: string,
  names: readonly string[],
  phrases: readonly Wording[] = [],
): RestoreErrorCode | null {
  const told = withoutNames(text.slice(0, maxSearched), names);
  return causeByNumber(told) ?? [...phrases, ...wordings].find(({ pattern }) => pattern.test(told))?.code ?? null;
}
