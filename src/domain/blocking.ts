import { blockedBy, type ChangeContext, spoken, withNote, without } from './aggregate.ts';
import { hasMoved } from './dates.ts';
import { failedBackup, isTerminal, nextQueuedBackup, unsettledCall } from './lifecycle.ts';
import type { Backup, Migration, ReasonNote } from './migration.ts';
import type { Reason } from './reasons.ts';
import { askOperatorAfterMs } from './timing.ts';
import type { FailureKind } from './vendor.ts';

/** Changes that record why the aggregate does not proceed. Pure. */

/** The reason `backup_failed` for a failed backup of an intact chain. */
export function backupFailedNote(backup: Backup): ReasonNote {
  return {
    code: 'backup_failed',
    detail: `Backup ${backup.id} failed: ${backup.error?.detail ?? 'no reason known'} Add a corrected backup, retry this one, or remove it.`,
    ...spoken(backup.error?.provider),
  };
}

/** Adds the reason `backup_failed` if a backup of the chain has failed. */
export function blockedByFailedBackup(migration: Migration): Migration {
  const failed = failedBackup(migration);
  if (failed === undefined) return migration;
  return blockedBy(migration, backupFailedNote(failed));
}

/**
 * Sets or clears `stalled`: no change for `stallMs` (or `askOperatorAfterMs`, if shorter, for an accepted cancellation) while the vendor
 * has work to do. `before`: the migration before the observation that led to `after`.
 */
export function noteStall(before: Migration, after: Migration, { now, settings }: ChangeContext): Migration {
  const free = withoutStall(after);
  if (isTerminal(free) || !awaitsVendor(free) || hasMoved(before, free)) return free;
  const since = before.movedAt ?? before.startedAt ?? before.createdAt;
  const cancellation = free.calls.findLast((call) => call.step === 'cancel' && call.state === 'accepted');
  const limit =
    cancellation === undefined ? settings.stallMs : Math.min(settings.stallMs, askOperatorAfterMs(settings));
  if (now - since < limit) return free;
  const told =
    free.providerStatus === null || free.providerStatus === ''
      ? ''
      : ` The vendor’s last status is \`${free.providerStatus}\`.`;
  const what =
    cancellation === undefined
      ? 'Nothing has changed at the vendor'
      : 'The vendor accepted the cancellation, and nothing has changed there';
  const detail = `${what} since ${new Date(since).toISOString()}.${told} Godwit keeps polling. Check the vendor’s console; POST /cancel ends the record and changes nothing at the vendor.`;
  return {
    ...free,
    stateReason: free.stateReason ?? 'stalled',
    blocking: withNote(free.blocking, { code: 'stalled', detail, since }),
  };
}

function withoutStall(migration: Migration): Migration {
  const blocking = without(migration.blocking, ['stalled']);
  const stateReason = migration.stateReason === 'stalled' ? (blocking.at(-1)?.code ?? null) : migration.stateReason;
  return { ...migration, blocking, stateReason };
}

/** Whether the vendor has work to do, or the outcome of a call is unknown. */
function awaitsVendor(migration: Migration): boolean {
  return (
    unsettledCall(migration) !== undefined ||
    ['restoring', 'cutting_over', 'cancelling'].includes(migration.state) ||
    (migration.heldByVendor === true && nextQueuedBackup(migration) !== undefined)
  );
}

/** Records that a sealed URL of the next call cannot be opened. `lack`: why, as a clause. The migration is due again after `pollMaxMs`. */
export function withoutKey(migration: Migration, lack: string, { settings, now }: ChangeContext): Migration {
  const detail = `A URL of the backup cannot be decrypted: ${lack}. Nothing was sent.`;
  return {
    ...blockedBy(migration, { code: 'encryption_key_missing', detail }),
    dueAt: now + settings.pollMaxMs,
    updatedAt: now,
  };
}

/** Records that another migration occupies the instance of a vendor that runs one restore per instance. Due again after `pollMaxMs`. */
export function queuedBehind(migration: Migration, { settings, now }: ChangeContext): Migration {
  const detail =
    'Another migration restores onto the same instance, and this provider runs one restore per instance. This one starts when that one ends.';
  return {
    ...blockedBy(migration, { code: 'queued_behind_target', detail }),
    dueAt: now + settings.pollMaxMs,
    updatedAt: now,
  };
}

/** The possible results of `unreadableReason`. */
export const unreadableReasons: readonly Reason[] = [
  'provider_unavailable',
  'provider_throttled',
  'provider_auth_failed',
  'clock_refused',
];

/** The reason for a failed read of the vendor, by kind of failure. */
export function unreadableReason(kind: FailureKind): Reason {
  switch (kind) {
    case 'throttled':
      return 'provider_throttled';
    case 'unauthenticated':
    case 'session_expired':
      return 'provider_auth_failed';
    case 'clock_skew':
      return 'clock_refused';
    default:
      return 'provider_unavailable';
  }
}

/** Records that no call is sent for `waitMs` milliseconds: the vendor does not respond (`outage`), or it asked for a pause. */
export function heldByVendor(
  migration: Migration,
  { reason, waitMs }: { readonly reason: 'limit' | 'vendor' | 'outage'; readonly waitMs: number },
  { now }: ChangeContext,
): Migration {
  const until = now + Math.ceil(waitMs);
  if (isTerminal(migration)) return { ...migration, dueAt: until };
  const time = new Date(until).toISOString();
  const note: ReasonNote =
    reason === 'outage'
      ? {
          code: 'provider_unavailable',
          detail: `The vendor did not answer the last calls of this account. Godwit calls it again by ${time} and sends this call once the vendor answers.`,
        }
      : {
          code: 'provider_throttled',
          detail: `The vendor asked this account to wait until ${time}. Godwit sends the call after that.`,
        };
  return { ...blockedBy(migration, note), dueAt: until, updatedAt: now };
}

/** No call is due: the migration has ended, or the caller must act first, such as by an upload. */
export function idle(migration: Migration): Migration {
  const waitsForFile = migration.backups.some(
    (backup) => backup.source.type === 'upload' && !backup.uploaded && backup.state === 'submitting',
  );
  if (!waitsForFile || isTerminal(migration)) return { ...migration, dueAt: null };
  const detail = 'Upload the file to the target that `upload-target` gives, then POST `uploaded`.';
  return { ...blockedBy(migration, { code: 'awaiting_upload', detail }), dueAt: null };
}

/** Records that the account of the migration is no longer configured. `lack`: a sentence that says so. Due again after `pollMaxMs`. */
export function withoutAccount(migration: Migration, lack: string, { settings, now }: ChangeContext): Migration {
  if (isTerminal(migration)) return { ...migration, dueAt: null };
  const detail = `${lack} Godwit can call the vendor again once the account that the migration began with is configured.`;
  return {
    ...blockedBy(migration, { code: 'account_not_configured', detail }),
    dueAt: now + settings.pollMaxMs,
    updatedAt: now,
  };
}
