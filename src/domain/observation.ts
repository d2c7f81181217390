import {
  blockedBy,
  type ChangeContext,
  cleared,
  endMigration,
  spoken,
  withBackup,
  withNote,
  without,
} from './aggregate.ts';
import { backupFailedNote, noteStall, unreadableReason } from './blocking.ts';
import { decide } from './decide.ts';
import { activeBackup, failedBackup, inState, isTerminal, nextQueuedBackup } from './lifecycle.ts';
import type { Migration, MigrationError } from './migration.ts';
import { fullBackup } from './migration.ts';
import type { BackupObservation, Observation } from './provider.ts';
import { clearedBy } from './reasons.ts';
import { nextObservation, nextTryMs } from './timing.ts';
import type { VendorFailure } from './vendor.ts';

/** `group`: the provider's observation group of the migration. */
export interface ObservationContext extends ChangeContext {
  readonly group: string;
}

/**
 * Applies an observation. Only documented statuses change the state. A late or repeated observation changes nothing. An unknown status is
 * stored and shown.
 */
export function applyObservation(
  migration: Migration,
  observation: Observation,
  context: ObservationContext,
): Migration {
  const { now } = context;
  if (isTerminal(migration)) return migration;
  const { heldByVendor: _heldBefore, ...free } = migration;
  let next: Migration = { ...free, observedAt: now, updatedAt: now, failures: 0 };
  if (observation.phase !== 'missing')
    next = { ...next, providerStatus: observation.providerStatus, percent: observation.percent };
  next = cleared(next, 'observation');
  for (const warning of observation.warnings) next = { ...next, warnings: withNote(next.warnings, warning) };
  // A restore that Godwit terminated has not failed.
  if (!(observation.phase === 'failed' && wasCancelled(next)))
    for (const each of observation.backups) next = applyBackup(next, each, now);
  // Vendors report whole seconds of another clock, so the start is limited to times after the submission.
  if (observation.startedAt !== null && next.startedAt !== null)
    next = { ...next, startedAt: Math.max(firstSubmission(next), Math.min(next.startedAt, observation.startedAt)) };

  const moved = applyPhase(next, observation, context);
  return isTerminal(moved) ? moved : scheduled(noteStall(migration, moved, context), context);
}

/** Applies a failed observation. The state stays, `blocking` gets the reason, and the next one follows after a back-off. */
export function observationFailed(
  migration: Migration,
  failure: VendorFailure,
  context: ObservationContext,
): Migration {
  const { settings, now } = context;
  if (isTerminal(migration)) return migration;
  // A call that was held back locally is not another failure of the vendor.
  const held = failure.kind === 'not_sent' && failure.retryAfterMs !== undefined;
  const failures = migration.failures + (held ? 0 : 1);
  const reason = unreadableReason(failure.kind);
  return noteStall(
    migration,
    {
      ...migration,
      failures,
      stateReason: reason,
      blocking: withNote(without(migration.blocking, clearedBy('observation')), {
        code: reason,
        detail: failure.detail,
        ...spoken(failure.provider),
      }),
      dueAt: now + nextTryMs(failures, failure, settings, context.group),
      updatedAt: now,
    },
    context,
  );
}

/** Applies the vendor's status of one backup, if that is being restored. */
function applyBackup(migration: Migration, observed: BackupObservation, now: number): Migration {
  return withBackup(migration, observed.backupId, (backup) => {
    if (backup.state !== 'restoring') return backup;
    const refs = { ...backup.providerRefs, ...observed.refs };
    const ended = observed.state !== 'restoring';
    return {
      ...backup,
      state: observed.state,
      providerStatus: observed.providerStatus,
      providerRefs: refs,
      error: observed.error,
      finishedAt: ended ? Math.max(backup.submittedAt ?? 0, Math.min(observed.finishedAt ?? now, now)) : null,
    };
  });
}

function applyPhase(migration: Migration, observation: Observation, context: ObservationContext): Migration {
  const { now } = context;
  switch (observation.phase) {
    case 'succeeded':
      return succeed(migration, observation, now);
    case 'failed':
      return fail(migration, observation, now);
    case 'ready':
      return withObstacle(rest(migration, context), observation);
    case 'restoring':
      return failedIncrementOf(migration, context) ?? undecided(migration, observation);
    case 'missing':
      return missing(migration, now);
    case 'unrecognized':
      return blockedBy(migration, {
        code: 'unrecognized_provider_status',
        detail: `The vendor reports \`${observation.providerStatus}\`, which Godwit does not know. The state stays until the vendor reports a known status.`,
      });
  }
}

function succeed(migration: Migration, observation: Observation, now: number): Migration {
  // The vendor has not accepted the current attempt yet, so the observation is of an earlier one.
  if (migration.state === 'pending') return migration;
  const finishedAt = endOf(migration, observation, now);
  const backups = migration.backups.map((backup) =>
    backup.state === 'restoring' ? { ...backup, state: 'restored' as const, finishedAt } : backup,
  );
  const skipped = nextQueuedBackup(migration);
  const warnings = skipped
    ? withNote(migration.warnings, {
        code: 'opened_before_queue_was_empty',
        detail: 'The vendor reports the database online although backups were still queued. They were not restored.',
      })
    : migration.warnings;
  return endMigration({ ...migration, backups, warnings }, 'succeeded', null, finishedAt, now);
}

function fail(migration: Migration, observation: Observation, now: number): Migration {
  if (migration.state === 'pending') return migration;
  const finishedAt = endOf(migration, observation, now);
  if (wasCancelled(migration)) return endMigration(migration, 'cancelled', null, finishedAt, now);
  const error = observation.error ?? unexplained;
  const backups = migration.backups.map((backup) =>
    backup.state === 'restoring' ? { ...backup, state: 'failed' as const, error, finishedAt } : backup,
  );
  return endMigration({ ...migration, backups }, 'failed', error, finishedAt, now);
}

/** The vendor's time of the end, limited to the span from the start to now. */
function endOf(migration: Migration, observation: Observation, now: number): number {
  return Math.max(migration.startedAt ?? migration.createdAt, Math.min(observation.finishedAt ?? now, now));
}

function wasCancelled(migration: Migration): boolean {
  return (
    migration.cancelRequested && migration.calls.some((call) => call.step === 'cancel' && call.state === 'accepted')
  );
}

function firstSubmission(migration: Migration): number {
  return fullBackup(migration).submittedAt ?? migration.createdAt;
}

const unexplained: MigrationError = {
  code: 'restore_failed',
  detail: 'The vendor reports that the restore failed and gives no reason.',
  retryable: false,
};

/** The vendor reports an intact chain and nothing running. The migration rests unless one of its backups is still in progress. */
function rest(migration: Migration, context: ObservationContext): Migration {
  if (activeBackup(migration) !== undefined || migration.cancelRequested || migration.state === 'pending')
    return migration;
  const full = fullBackup(migration);
  // A chain does not exist without its full backup, whatever the vendor's status of the task.
  if (full.state === 'failed')
    return endMigration(migration, 'failed', full.error ?? unexplained, full.finishedAt ?? context.now, context.now);
  const failed = failedIncrementOf(migration, context);
  if (failed) return failed;
  if (migration.state === 'cutting_over') return migration;
  return { ...inState(migration, 'awaiting_backup'), occupiesInstance: false, percent: null };
}

/** The vendor waits for a backup but does not show the outcome of the last one. */
function undecided(migration: Migration, { undecided: detail }: Observation): Migration {
  const active = activeBackup(migration);
  if (detail === undefined || active === undefined || active.type === 'full') return migration;
  return blockedBy(migration, {
    code: 'backup_outcome_unknown',
    detail: `${detail} Check the instance. Then POST /retry with {"assume":"absent"} to send the backup again, or with {"adopt":{…}} and the ids of the chain to count it as restored.`,
  });
}

/** The chain is intact, but the vendor accepts no further backup now. Nothing is sent until an observation shows that it does. */
function withObstacle(migration: Migration, { obstacle }: Observation): Migration {
  if (obstacle === undefined || isTerminal(migration)) return migration;
  return {
    ...migration,
    ...(migration.state === 'awaiting_backup' && { heldByVendor: true as const }),
    stateReason: migration.stateReason ?? 'provider_busy',
    blocking: withNote(migration.blocking, { code: 'provider_busy', detail: obstacle }),
  };
}

/** A failed increment of an intact chain blocks the queue. If it breaks the chain, the migration is `failed`. Undefined: none failed. */
function failedIncrementOf(migration: Migration, { provider, now }: ObservationContext): Migration | undefined {
  const failed = failedBackup(migration);
  if (
    failed === undefined ||
    failed.id === fullBackup(migration).id ||
    activeBackup(migration) !== undefined ||
    migration.cancelRequested
  )
    return undefined;
  if (provider.capabilities.failedIncrement === 'fatal' && migration.state === 'restoring')
    return endMigration(migration, 'failed', failed.error ?? unexplained, failed.finishedAt ?? now, now);
  return {
    ...blockedBy(inState(migration, 'awaiting_backup'), backupFailedNote(failed)),
    occupiesInstance: false,
    percent: null,
  };
}

/** The vendor no longer shows the task. */
function missing(migration: Migration, now: number): Migration {
  if (wasCancelled(migration)) return endMigration(migration, 'cancelled', null, now, now);
  return blockedBy(migration, {
    code: 'missing_at_provider',
    detail: 'The vendor no longer lists the task. Its outcome is unknown: check the instance.',
  });
}

/** Sets when the migration is due: after the polling interval if the next step is an observation, otherwise at once. */
function scheduled(migration: Migration, { provider, group, now, settings }: ObservationContext): Migration {
  const waits = decide(migration, provider).do === 'observe';
  return { ...migration, dueAt: waits ? nextObservation(migration, group, now, settings) : now };
}
