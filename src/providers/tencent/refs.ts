import { type Backup, fullBackup, type Migration } from '../../domain/migration.ts';

/** Names of the vendor's ids in `providerRefs`. */
export const refNames = {
  task: 'backupMigrationId',
  increment: 'incrementalMigrationId',
  flow: 'flowId',
} as const;

const callsOf = (migration: Migration, backup: Backup) =>
  migration.calls.filter(
    (call) => call.step === 'restore' && call.backupId === backup.id && call.attempt === backup.attempt,
  );

/** An id of the backup's current attempt. Ids of earlier attempts belong to tasks that have ended and are not returned. */
function refOf(migration: Migration, backup: Backup, name: string): string | null {
  const known = callsOf(migration, backup).findLast(
    (call) => call.state === 'accepted' && call.refs[name] !== undefined,
  );
  if (known !== undefined) return known.refs[name] ?? null;
  return backup.attempt === 1 ? (backup.providerRefs[name] ?? null) : null;
}

/** The id of the full task; null before it is registered. */
export function taskId(migration: Migration): string | null {
  const full = fullBackup(migration);
  const known = refOf(migration, full, refNames.task);
  return known ?? (full.attempt === 1 ? (migration.providerRefs[refNames.task] ?? null) : null);
}

/** The id of an increment's task; null before it is registered. */
export function incrementId(migration: Migration, backup: Backup): string | null {
  return refOf(migration, backup, refNames.increment);
}

/** The flow id from the response to this attempt's start; null if there was no start or its response was lost. */
export function flowId(migration: Migration, backup: Backup): string | null {
  return refOf(migration, backup, refNames.flow);
}

/** Whether the start of this attempt was sent. `maybe`: the outcome is unknown. */
export function started(migration: Migration, backup: Backup): 'no' | 'maybe' | 'yes' {
  const states = callsOf(migration, backup)
    .filter((call) => call.operation.startsWith('Start'))
    .map((call) => call.state);
  if (states.includes('accepted') || backup.state === 'restoring' || backup.state === 'restored') return 'yes';
  return states.includes('sending') || states.includes('unknown') ? 'maybe' : 'no';
}

/** Whether the vendor rejected this attempt before it ran. */
export function wasRefused(migration: Migration, backup: Backup): boolean {
  return callsOf(migration, backup).at(-1)?.state === 'refused';
}

/** Whether the registration of this attempt is in doubt. */
export function registrationUnknown(migration: Migration, backup: Backup): boolean {
  return callsOf(migration, backup).some(
    (call) => call.operation.startsWith('Create') && (call.state === 'sending' || call.state === 'unknown'),
  );
}

/** The ids of the backup's earlier attempts, whose tasks have ended. */
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
