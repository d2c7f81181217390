import { type Backup, fullBackup, type Migration, restoredName } from '../../domain/migration.ts';
import { baseName, decoded } from '../kit/percent.ts';

/** The task id of the full backup, which identifies the chain at the vendor; null if it is unknown. */
export function chainHandle(migration: Migration): string | null {
  const handle = migration.providerRefs.migrateTaskId ?? fullBackup(migration).providerRefs.migrateTaskId;
  return handle === undefined || handle === '' ? null : handle;
}

/** The name of the database after the restore. Throws for a migration without a database, which validation excludes. */
export function destinationName(migration: Migration): string {
  const [database] = migration.target.databases ?? [];
  if (database === undefined) throw new Error(`${migration.id} names no database`);
  return restoredName(database);
}

/** Whether a separate call opens the database after the files. */
export function isChain(migration: Migration): boolean {
  return migration.mode !== 'full';
}

/** Normalizes the spellings of a file name that the vendor may change: percent-encoding, `+` for a space, upper case. */
function foldedName(name: string): string {
  return decoded(name.replaceAll('+', ' ')).normalize('NFC').toLowerCase();
}

/** Whether two file names are equal in any of the vendor's spellings. */
export function sameFileName(one: string, other: string): boolean {
  return one === other || foldedName(one) === foldedName(other);
}

/** The file names under which the vendor may list a backup; empty: unknown. */
export function fileNamesOf(backup: Pick<Backup, 'source'>): readonly string[] {
  const { source } = backup;
  if (source.type === 'object_storage') return source.keys.map(baseName);
  if (source.type === 'adopted') return source.files;
  if (source.type === 'url') {
    return source.urls.filter(({ display }) => URL.canParse(display)).map(({ display }) => decoded(baseName(display)));
  }
  return [];
}

/**
 * The number of files with the same names that the chain's task already contains: those of earlier backups and of earlier attempts of this
 * backup. Counts only submissions that the vendor accepted, because it lists no others.
 */
export function earlierFilesOfSameName(migration: Migration, backup: Backup): number {
  if (backup.type === 'full') return 0;
  const names = fileNamesOf(backup);
  const position = migration.backups.findIndex(({ id }) => id === backup.id);
  const earlier = new Set(
    migration.backups
      .slice(0, position)
      .filter((each) => fileNamesOf(each).some((name) => names.some((own) => sameFileName(own, name))))
      .map(({ id }) => id),
  );
  const accepted = migration.calls
    .filter(({ step, state }) => step === 'restore' && state === 'accepted')
    .filter(
      ({ backupId, attempt }) =>
        backupId !== null && (earlier.has(backupId) || (backupId === backup.id && attempt < backup.attempt)),
    );
  return new Set(accepted.map(({ backupId, attempt }) => `${backupId} ${attempt}`)).size;
}

/** The accepted submissions of files, in order. Each attempt of a backup appears once. */
export function acceptedSubmissions(migration: Migration): readonly string[] {
  const accepted = migration.calls.filter(({ step, state }) => step === 'restore' && state === 'accepted');
  return [...new Set(accepted.map(({ backupId, attempt }) => submissionOf({ id: backupId ?? '', attempt })))];
}

/** Identifies one attempt to submit a backup. */
export function submissionOf({ id, attempt }: Pick<Backup, 'id' | 'attempt'>): string {
  return `${id} ${attempt}`;
}
