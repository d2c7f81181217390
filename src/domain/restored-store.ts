import { isTerminal } from './lifecycle.ts';
import type { Migration } from './migration.ts';

/**
 * A migration in a database that was restored from a copy: what it has not sent yet may have been sent after the copy was made, and is looked for
 * first. Null: nothing of it can have been.
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
