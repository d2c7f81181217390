import type { BackupType } from '../domain/vocabulary.ts';
import type { Reached } from './chain.ts';
import { parseLsn } from './lsn.ts';
import type { BackupFile } from './read.ts';

/** Codes of a file's faults. Each code that also exists for a failed restore has the same meaning. */
const fileFaultCodes = [
  'backup_corrupt_or_newer',
  'backup_striped',
  'backup_with_several_sets',
  'database_not_in_backup',
  'differential_base_mismatch',
  'log_already_restored',
  'log_chain_gap',
  'newer_version',
  'source_missing_or_archived',
  'wrong_backup_kind',
] as const;
/** The code of a file's fault. */
export type FileFaultCode = (typeof fileFaultCodes)[number];

/** A fault of a file. `certain`: the restore would fail. If false, the evidence is too weak to reject the file. */
export interface FileFault {
  readonly code: FileFaultCode;
  readonly detail: string;
  readonly certain: boolean;
}

/** The fault of a file in a storage class from which the vendor cannot restore; null if it can. `restorable` decides it. */
export function storageFault(
  storageClass: string | null,
  restorable: (storageClass: string) => boolean,
): FileFault | null {
  if (storageClass === null || restorable(storageClass)) return null;
  return {
    code: 'source_missing_or_archived',
    detail: `The file is in the storage class \`${storageClass}\`, which the vendor cannot restore from. Move it to the Standard class first.`,
    certain: true,
  };
}

/** Returns the faults of a file that do not depend on its position in a chain. */
export function ownFaults(file: BackupFile): readonly FileFault[] {
  const { header, kind } = file;
  const certain = (code: FileFaultCode, detail: string): FileFault => ({ code, detail, certain: true });
  if (kind === 'empty') return [certain('backup_corrupt_or_newer', 'The file is empty.')];
  if (kind === 'archive')
    return [certain('backup_corrupt_or_newer', 'The file is an archive. Upload the backup that it contains.')];
  if (kind === 'foreign') return [certain('backup_corrupt_or_newer', 'The file is not a SQL Server backup.')];
  // A container that cannot be read may be encrypted or may have an unknown form. Neither is a fault.
  if (kind === 'sealed') return [];
  const faults: FileFault[] = [];
  if (file.whole === false)
    faults.push(
      certain(
        'backup_corrupt_or_newer',
        'The end of the backup is missing: the upload is not finished, or the file is truncated.',
      ),
    );
  if (header.stripe !== null && header.stripe.of > 1)
    faults.push(
      certain(
        'backup_striped',
        `The file is stripe ${header.stripe.number} of ${header.stripe.of}. Back up again into one file.`,
      ),
    );
  if (header.sets !== null && header.sets > 1)
    faults.push(
      certain(
        'backup_with_several_sets',
        `The file contains ${header.sets} backups, and no provider documents which one it restores. Back up again WITH INIT into a file of its own.`,
      ),
    );
  if (header.type === null)
    faults.push(
      certain(
        'wrong_backup_kind',
        'The file is a backup of files or file groups, or a partial one; only backups of a whole database are restored.',
      ),
    );
  return faults;
}

const kindNames: Readonly<Record<BackupType, string>> = {
  full: 'a full backup',
  differential: 'a differential backup',
  log: 'a log backup',
};

/** The expected properties of a file at its position. Absent members are not checked. */
export interface Place {
  /** The expected type of backup. */
  readonly type: BackupType;
  /** Names of the requested databases; empty: any database is accepted. */
  readonly databases: readonly string[];
  /** Major version of the target's SQL Server, such as 15 for SQL Server 2019. */
  readonly targetMajor?: number;
  /** The position that the chain has reached before this file. */
  readonly reached?: Reached;
  /** Binding id of the chain's database. */
  readonly bindingId?: string;
}

/** Returns the faults of a file at its position. */
export function placeFaults(file: BackupFile, place: Place): readonly FileFault[] {
  const { header } = file;
  if (file.kind !== 'backup') return [];
  const faults: FileFault[] = [];
  const fault = (code: FileFaultCode, detail: string, certain = true) => faults.push({ code, detail, certain });
  if (header.type !== null && header.type !== place.type)
    fault('wrong_backup_kind', `The file is ${kindNames[header.type]}, but ${kindNames[place.type]} must follow here.`);
  const { database } = header;
  if (database !== null && place.databases.length > 0 && !includes(place.databases, database))
    fault(
      'database_not_in_backup',
      `The file is a backup of the database \`${database}\`, not of ${place.databases.map((name) => `\`${name}\``).join(', ')}.`,
    );
  const major = Number(header.serverVersion?.split('.')[0] ?? Number.NaN);
  if (place.targetMajor !== undefined && major > place.targetMajor)
    fault(
      'newer_version',
      `The backup comes from SQL Server ${versionName(major)}, and the target runs ${versionName(place.targetMajor)}.`,
    );
  if (header.type === place.type) faults.push(...orderFaults(file, place));
  if (place.bindingId !== undefined && file.bindingId !== null && file.bindingId !== place.bindingId)
    fault(
      'database_not_in_backup',
      'The file seems to come from a different database with the same name as the files before it.',
      false,
    );
  return faults;
}

/** The fault of a file that does not continue the chain; empty if it does. */
function orderFaults({ header }: BackupFile, { reached }: Place): readonly FileFault[] {
  const [first, last] = [parseLsn(header.firstLsn), parseLsn(header.lastLsn)];
  if (reached === undefined || first === undefined || last === undefined) return [];
  if (header.type === 'differential') {
    const base = parseLsn(header.databaseBackupLsn);
    if (base === undefined || reached.baseLsn === undefined || base === reached.baseLsn) return [];
    return [
      {
        code: 'differential_base_mismatch',
        detail: `The differential backup is based on the full backup with checkpoint LSN ${base}; the chain starts from ${reached.baseLsn}.`,
        certain: true,
      },
    ];
  }
  if (header.type !== 'log') return [];
  if (first > reached.lastLsn)
    return [
      {
        code: 'log_chain_gap',
        detail:
          `A log backup is missing after \`${reached.key}\`: that file ends at LSN ${reached.lastLsn}, ` +
          `and this one begins at LSN ${first}.`,
        certain: true,
      },
    ];
  // A log backup of a period without writes begins and ends at the position of the chain. It is no fault; its restore has no effect.
  if (last < reached.lastLsn || (last === reached.lastLsn && first < last))
    return [
      {
        code: 'log_already_restored',
        detail: `Everything in this log backup was restored with \`${reached.key}\`, which ends at LSN ${reached.lastLsn}.`,
        certain: true,
      },
    ];
  return [];
}

function includes(names: readonly string[], name: string): boolean {
  return names.some((each) => each.toLowerCase() === name.toLowerCase());
}

const releases: Readonly<Record<number, string>> = {
  9: '2005',
  10: '2008',
  11: '2012',
  12: '2014',
  13: '2016',
  14: '2017',
  15: '2019',
  16: '2022',
  17: '2025',
};

function versionName(major: number): string {
  return releases[major] ?? `version ${major}`;
}
