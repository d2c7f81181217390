import { type Backup, fullBackup, type Migration } from '../../domain/migration.ts';

/** Our names for the vendor's ids. */
export const refNames = {
  task: 'backupMigrationId',
  increment: 'incrementalMigrationId',
  flow: 'flowId',
} as const;

const callsOf = (migration: Migration, backup: Backup) =>
  migration.calls.filter(
    (call) => call.step === 'restore' && call.backupId === backup.id && call.attempt === backup.attempt,
  );

/** An id of the backup's present attempt. Ids of earlier attempts name objects that have ended and are never given. */
function refOf(migration: Migration, backup: Backup, name: string): string | null {
  const known = callsOf(migration, backup).findLast(
    (call) => call.state === 'accepted' && call.refs[name] !== undefined,
  );
  if (known !== undefined) return known.refs[name] ?? null;
  return backup.attempt === 1 ? (backup.providerRefs[name] ?? null) : null;
}

/** Id of the full task; null while it is not registered. */
export function taskId(migration: Migration): string | null {
  const full = fullBackup(migration);
  const known = refOf(migration, full, refNames.task);
  return known ?? (full.attempt === 1 ? (migration.providerRefs[refNames.task] ?? null) : null);
}

/** Id of an increment's child task; null while it is not registered. */
export function incrementId(migration: Migration, backup: Backup): string | null {
  return refOf(migration, backup, refNames.increment);
}

/** The flow that the Start call of this attempt answered; null when there was none or its answer was lost. */
export function flowId(migration: Migration, backup: Backup): string | null {
  return refOf(migration, backup, refNames.flow);
}

/** Whether the Start call of this attempt has been sent: `maybe` while its outcome is not known. */
export function started(migration: Migration, backup: Backup): 'no' | 'maybe' | 'yes' {
  const states = callsOf(migration, backup)
    .filter((call) => call.operation.startsWith('Start'))
    .map((call) => call.state);
  if (states.includes('accepted') || backup.state === 'restoring' || backup.state === 'restored') return 'yes';
  return states.includes('sending') || states.includes('unknown') ? 'maybe' : 'no';
}

/** Whether the vendor refused this attempt before it ran. */
export function wasRefused(migration: Migration, backup: Backup): boolean {
  return callsOf(migration, backup).at(-1)?.state === 'refused';
}

/** Whether the registering call of this attempt is in doubt. */
export function registrationUnknown(migration: Migration, backup: Backup): boolean {
  return callsOf(migration, backup).some(
    (call) => call.operation.startsWith('Create') && (call.state === 'sending' || call.state === 'unknown'),
  );
}

/** Ids of the backup's earlier attempts, whose objects have ended. */
export function earlierIds(migration: Migration, backup: Backup): ReadonlySet<string> {
  const calls = migration.calls.filter((call) => call.backupId === backup.id && call.attempt < backup.attempt);
  return new Set(calls.flatMap((call) => Object.values(call.refs)));
}

/** Whether any attempt of the backup was registered. */
export function everRegistered(migration: Migration, backup: Backup): boolean {
  const id = backup.id === fullBackup(migration).id ? taskId(migration) : incrementId(migration, backup);
  const registered = (operation: string, state: string) => operation.startsWith('Create') && state === 'accepted';
  return (
    id !== null || migration.calls.some((call) => call.backupId === backup.id && registered(call.operation, call.state))
  );
}
