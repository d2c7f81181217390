import { type Backup, fullBackup, type Migration, restoredName } from '../../domain/migration.ts';

/** The vendor's handle of the whole chain: the task that began with the full backup. Null while none is known. */
export function chainHandle(migration: Migration): string | null {
  const handle = migration.providerRefs.migrateTaskId ?? fullBackup(migration).providerRefs.migrateTaskId;
  return handle === undefined || handle === '' ? null : handle;
}

/** The name of the one database on the target. Throws when the request that was let in names none. */
export function destinationName(migration: Migration): string {
  const [database] = migration.target.databases ?? [];
  if (database === undefined) throw new Error(`${migration.id} names no database`);
  return restoredName(database);
}

/** Whether the migration is opened by a call of its own after its files. */
export function isChain(migration: Migration): boolean {
  return migration.mode !== 'full';
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** File names by which the vendor may list a backup; empty when they are not known. */
export function fileNamesOf(backup: Pick<Backup, 'source'>): readonly string[] {
  const { source } = backup;
  if (source.type === 'object_storage') return source.keys.map(baseName);
  if (source.type === 'url') {
    return source.urls.filter(({ display }) => URL.canParse(display)).map(({ display }) => decoded(baseName(display)));
  }
  return [];
}

/** How many files of these names the chain holds already: earlier backups that were submitted, and earlier attempts of this one. */
export function earlierFilesOfSameName(migration: Migration, backup: Backup): number {
  const names = fileNamesOf(backup);
  const position = migration.backups.findIndex(({ id }) => id === backup.id);
  const earlier = migration.backups
    .slice(0, position)
    .filter((each) => each.submittedAt !== null && each.state !== 'queued' && each.state !== 'skipped')
    .filter((each) => fileNamesOf(each).some((name) => names.includes(name))).length;
  if (backup.type === 'full') return 0;
  const attempts = new Set(
    migration.calls
      .filter((call) => call.step === 'restore' && call.state === 'accepted')
      .filter((call) => call.backupId === backup.id && call.attempt < backup.attempt)
      .map((call) => call.attempt),
  );
  return earlier + attempts.size;
}
