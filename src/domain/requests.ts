import { acceptCall, assumeAbsent, type ChangeContext, endMigration, withBackup, without } from './calls.ts';
import { activeBackup, failedBackup, inState, nextQueuedBackup, nothingAtVendor, unsettledCall } from './lifecycle.ts';
import type { Backup, Instant, Migration, Refs } from './migration.ts';
import { fullBackup } from './migration.ts';
import type { CancelVerdict } from './provider.ts';
import type { MigrationPatch } from './schema.ts';

/** How the aggregate changes when a caller asks for something that `permission` allows. Pure. */

/** Queues a backup: at the end, or in the place of the failed one that holds up the chain. */
export function addBackup(migration: Migration, backup: Backup, now: Instant): Migration {
  const failed = failedBackup(migration);
  if (failed === undefined) return wake({ ...migration, backups: [...migration.backups, backup], updatedAt: now }, now);
  const place = migration.backups.indexOf(failed) + 1;
  const marked = migration.backups.map((each) => (each.id === failed.id ? { ...each, supersededBy: backup.id } : each));
  return wake(unblocked({ ...migration, backups: marked.toSpliced(place, 0, backup), updatedAt: now }), now);
}

/** Asks for the cutover: after `afterBackup`, which becomes final, or (null) by opening the database when the queue is empty. */
export function requestCutover(migration: Migration, afterBackup: string | null, now: Instant): Migration {
  if (afterBackup !== null)
    return wake(
      withBackup({ ...migration, updatedAt: now }, afterBackup, (backup) => ({ ...backup, final: true })),
      now,
    );
  const asked: Migration = {
    ...migration,
    cutoverRequested: true,
    blocking: without(migration.blocking, 'backup_failed'),
    stateReason: null,
    updatedAt: now,
  };
  const failed = failedBackup(asked);
  // Cutting over past a failed increment is the caller's decision to do without it.
  const settled = failed ? withBackup(asked, failed.id, (backup) => ({ ...backup, supersededBy: 'cutover' })) : asked;
  const idle =
    settled.state === 'awaiting_backup' &&
    activeBackup(settled) === undefined &&
    nextQueuedBackup(settled) === undefined;
  return wake(idle ? inState(settled, 'cutting_over') : settled, now);
}

/** Asks for the end. Ends at once where nothing is at the vendor. */
export function requestCancel(migration: Migration, verdict: CancelVerdict, now: Instant): Migration {
  const warning = verdict.possible ? verdict.warning : null;
  const asked: Migration = { ...migration, cancelRequested: true, updatedAt: now, dueAt: now };
  if (nothingAtVendor(migration)) return endMigration(asked, 'cancelled', null, now, now);
  const warned =
    warning === null
      ? asked
      : { ...asked, warnings: [...asked.warnings.filter((note) => note.code !== warning.code), warning] };
  if (verdict.possible && !verdict.calls && unsettledCall(migration) === undefined)
    return endMigration(warned, 'cancelled', null, now, now);
  return inState(warned, 'cancelling');
}

/** Tries again what failed: the full backup of a failed migration, the failed increment of a chain, or whatever stands still. */
export function requestRetry(migration: Migration, now: Instant): Migration {
  const failed = failedBackup(migration);
  const again: Migration = { ...migration, blocking: [], stateReason: null, failures: 0, updatedAt: now, dueAt: now };
  if (migration.state === 'failed') {
    const full = fullBackup(migration);
    const backups = again.backups.map((backup) => (backup.state === 'skipped' ? requeued(backup, 0) : backup));
    const pending = inState(
      {
        ...again,
        backups,
        error: null,
        startedAt: null,
        finishedAt: null,
        providerRefs: {},
        providerStatus: null,
        percent: null,
        cancelRequested: false,
      },
      'pending',
    );
    return withBackup(pending, full.id, (backup) => requeued(backup, 1));
  }
  if (failed) return withBackup(again, failed.id, (backup) => requeued(backup, 1));
  if (migration.blocking.some((note) => note.code === 'cutover_refused'))
    return inState({ ...again, cutoverRequested: true }, 'cutting_over');
  return again;
}

/** An operator's word about the call whose outcome is unknown. */
export function resolveByOperator(
  migration: Migration,
  word: { readonly adopt: Refs } | 'absent',
  context: ChangeContext,
): Migration {
  const call = unsettledCall(migration);
  if (call === undefined) return migration;
  return word === 'absent'
    ? assumeAbsent(migration, call.number, context.now)
    : acceptCall(migration, call.number, word.adopt, context);
}

/** The caller says that the file of an `upload` source is there. */
export function markUploaded(migration: Migration, backupId: string, now: Instant): Migration {
  const marked = withBackup({ ...migration, updatedAt: now }, backupId, (backup) => ({ ...backup, uploaded: true }));
  return wake(
    {
      ...marked,
      blocking: without(marked.blocking, 'awaiting_upload'),
      stateReason: marked.stateReason === 'awaiting_upload' ? null : marked.stateReason,
    },
    now,
  );
}

/** RFC 7396 on `description` and `labels`. */
export function patchMigration(migration: Migration, patch: MigrationPatch, now: Instant): Migration {
  const description = patch.description === undefined ? migration.description : patch.description;
  const labels =
    patch.labels === undefined
      ? migration.labels
      : patch.labels === null
        ? {}
        : mergedLabels(migration.labels, patch.labels);
  return { ...migration, description, labels, updatedAt: now };
}

function mergedLabels(
  labels: Migration['labels'],
  patch: Readonly<Record<string, string | null>>,
): Migration['labels'] {
  return Object.fromEntries(
    Object.entries({ ...labels, ...patch }).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

function requeued(backup: Backup, attempts: number): Backup {
  return {
    ...backup,
    state: 'queued',
    attempt: backup.attempt + attempts,
    providerRefs: {},
    providerStatus: null,
    error: null,
    submittedAt: null,
    finishedAt: null,
  };
}

function unblocked(migration: Migration): Migration {
  return {
    ...migration,
    blocking: without(migration.blocking, 'backup_failed'),
    stateReason: migration.stateReason === 'backup_failed' ? null : migration.stateReason,
  };
}

/** Makes it due now, unless a back-off is running. */
function wake(migration: Migration, now: Instant): Migration {
  return migration.failures > 0 ? migration : { ...migration, dueAt: now };
}
