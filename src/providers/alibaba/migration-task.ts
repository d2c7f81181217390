import { type Backup, fullBackup, type Migration, restoredName } from '../../domain/migration.ts';
import { baseName, decoded } from '../kit/percent.ts';

/** The vendor's id of the chain: the task of the full backup. Null while it is unknown. */
export function chainHandle(migration: Migration): string | null {
  const handle = migration.providerRefs.migrateTaskId ?? fullBackup(migration).providerRefs.migrateTaskId;
  return handle === undefined || handle === '' ? null : handle;
}

/** The name of the database on the target. Throws for a migration that names none, which validation excludes. */
export function destinationName(migration: Migration): string {
  const [database] = migration.target.databases ?? [];
  if (database === undefined) throw new Error(`${migration.id} names no database`);
  return restoredName(database);
}

/** Whether the migration is opened by a call of its own after its files. */
export function isChain(migration: Migration): boolean {
  return migration.mode !== 'full';
}

/** A file's name without what the vendor may spell otherwise: percent-encoding, `+` for a space, upper case. */
function foldedName(name: string): string {
  return decoded(name.replaceAll('+', ' ')).normalize('NFC').toLowerCase();
}

export function sameFileName(one: string, other: string): boolean {
  return one === other || foldedName(one) === foldedName(other);
}

/** File names under which the vendor may list a backup; empty: unknown. */
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
 * How many files of these names the chain holds already: those of earlier backups, and of earlier attempts of this one, whose submission the
 * vendor accepted. What it refused is in no list of its.
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

/** The submissions of files that the vendor has accepted, in their order: each attempt of each backup once. */
export function acceptedSubmissions(migration: Migration): readonly string[] {
  const accepted = migration.calls.filter(({ step, state }) => step === 'restore' && state === 'accepted');
  return [...new Set(accepted.map(({ backupId, attempt }) => submissionOf({ id: backupId ?? '', attempt })))];
}

export function submissionOf({ id, attempt }: Pick<Backup, 'id' | 'attempt'>): string {
  return `${id} ${attempt}`;
}
