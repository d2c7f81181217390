import type { BackupType, Mode } from '../../domain/vocabulary.ts';

/** The properties of a file that determine its name in a chain (cold backup migration guide; `reconvery` is the vendor's spelling). */
export interface ChainRole {
  readonly mode: Exclude<Mode, 'full'>;
  readonly type: BackupType;
  readonly final: boolean;
}

const chainName = /^(.+)_(\d{14})_([^_]+_[^_]+)\.bak$/;
const archive = /\.(bak|tar|zip)$/i;

/** Returns the end of a chain file's name without extension, such as `2log2_2reconvery2`. */
export function chainSuffix({ mode, type, final }: ChainRole): string {
  const digit = mode === 'full_log' ? '2' : '1';
  const kind = type === 'full' ? 'full' : mode === 'full_log' ? 'log' : 'diff';
  const recovery = final && type !== 'full' ? 'reconvery' : 'noreconvery';
  return `${digit}${kind}${digit}_${digit}${recovery}${digit}`;
}

/** The database in a chain file's name; null for a name that does not follow the vendor's pattern. */
export function databaseInName(fileName: string): string | null {
  return /^(.+?)_\d{14}(?!\d)/.exec(fileName)?.[1] ?? null;
}

/** The name that the vendor expects, with the known parts filled in. */
function expectedName(role: ChainRole, fileName: string, database: string | null): string {
  const time = /(?<!\d)\d{14}(?!\d)/.exec(fileName)?.[0] ?? '<yyyyMMddHHmmss>';
  return `${database ?? databaseInName(fileName) ?? '<database>'}_${time}_${chainSuffix(role)}.bak`;
}

function roleInWords({ mode, type, final }: ChainRole): string {
  const chain = mode === 'full_log' ? 'a full + log chain' : 'a full + differential chain';
  if (type === 'full') return `The full backup of ${chain}`;
  return `${final ? 'The final' : 'A non-final'} ${mode === 'full_log' ? 'log' : 'differential'} backup of ${chain}`;
}

/**
 * Checks the name of a chain's file. Returns the fault as a sentence, or null. `database`: the database in the names of the chain's files,
 * if known.
 */
export function chainNameFault(role: ChainRole, fileName: string, database: string | null): string | null {
  const match = chainName.exec(fileName);
  if (match === null || match[3] !== chainSuffix(role))
    return `${roleInWords(role)} must be named like ${expectedName(role, fileName, database)} (the time is the source server’s, 14 digits); this one is named ${fileName}.`;
  return database === null || match[1]?.toLowerCase() === database.toLowerCase()
    ? null
    : `The names of this chain’s files begin with ${database}; ${fileName} is a backup of ${match[1]}.`;
}

/** Checks the name of a single full backup's file. Returns the fault as a sentence, or null. The vendor prescribes only the extension. */
export function singleNameFault(fileName: string): string | null {
  if (archive.test(fileName)) return null;
  return `The file must be a .bak, .tar or .zip (not .tar.gz); this one is named ${fileName}.`;
}
