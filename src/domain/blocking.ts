import { blockedBy, type ChangeContext } from './aggregate.ts';
import { failedBackup, isTerminal } from './lifecycle.ts';
import type { Backup, Migration, ReasonNote } from './migration.ts';

/** How the aggregate says that it stands still, and why. Pure functions of the stored state. */

/** The failed backup of a chain that goes on, as a reason for standing still. */
export function backupFailedNote(backup: Backup): ReasonNote {
  return {
    code: 'backup_failed',
    detail: `Backup ${backup.id} failed: ${backup.error?.detail ?? 'no reason known'} Add a corrected backup, or retry this one.`,
  };
}

/** Rests a chain because of its failed backup. */
export function blockedByFailedBackup(migration: Migration): Migration {
  const failed = failedBackup(migration);
  if (failed === undefined) return migration;
  return blockedBy(migration, backupFailedNote(failed));
}

/** Another migration has the instance, and the vendor runs one restore per instance. */
export function queuedBehind(migration: Migration, { settings, now }: ChangeContext): Migration {
  const detail =
    'Another migration restores onto the same instance, and this provider runs one restore per instance. This one follows by itself.';
  return {
    ...blockedBy(migration, { code: 'queued_behind_target', detail }),
    dueAt: now + settings.pollMaxMs,
    updatedAt: now,
  };
}

/** The vendor asked the account to be left alone for so many milliseconds more. */
export function heldByVendor(migration: Migration, waitMs: number, { now }: ChangeContext): Migration {
  const until = now + Math.ceil(waitMs);
  if (isTerminal(migration)) return { ...migration, dueAt: until };
  const detail = `The vendor has asked this account to wait until ${new Date(until).toISOString()}. The call goes out by itself after that.`;
  return { ...blockedBy(migration, { code: 'provider_throttled', detail }), dueAt: until, updatedAt: now };
}

/** Nothing can be sent: either it is over, or the caller has to act first. */
export function idle(migration: Migration): Migration {
  const waitsForFile = migration.backups.some(
    (backup) => backup.source.type === 'upload' && !backup.uploaded && backup.state === 'submitting',
  );
  if (!waitsForFile || isTerminal(migration)) return { ...migration, dueAt: null };
  const detail = 'Upload the file to the target that `upload-target` gives, then POST `uploaded`.';
  return { ...blockedBy(migration, { code: 'awaiting_upload', detail }), dueAt: null };
}

/** The account that it began with is not in the configuration any more; `lack` says so in a sentence. */
export function withoutAccount(migration: Migration, lack: string, { settings, now }: ChangeContext): Migration {
  if (isTerminal(migration)) return { ...migration, dueAt: null };
  const detail = `${lack} Nothing can be sent or observed until the account that the migration began with is back.`;
  return {
    ...blockedBy(migration, { code: 'account_not_configured', detail }),
    dueAt: now + settings.pollMaxMs,
    updatedAt: now,
  };
}
