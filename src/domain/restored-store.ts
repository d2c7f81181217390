import { isTerminal } from './lifecycle.ts';
import type { Migration } from './migration.ts';

/**
 * Marks the unsent backups of a migration after its database was restored from a copy: a process may have sent them since the copy was made,
 * so each call is probed for first. Null: nothing to mark.
 */
export function distrusted(migration: Migration): Migration | null {
  const unsent = migration.backups.some(({ state }) => state === 'queued' || state === 'submitting');
  if (isTerminal(migration) || !unsent) return null;
  const maybeSent = { after: migration.calls.at(-1)?.number ?? 0, since: migration.updatedAt };
  return {
    ...migration,
    backups: migration.backups.map((backup) =>
      backup.state === 'queued' || backup.state === 'submitting' ? { ...backup, maybeSent } : backup,
    ),
  };
}
