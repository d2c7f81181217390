import { backupOf, type ChangeContext, cleared, endMigration, withBackup, withNote } from './aggregate.ts';
import { blockedByFailedBackup } from './blocking.ts';
import { acceptCall } from './calls.ts';
import { orderWarning } from './chain-order.ts';
import type { DecisionProvider } from './decide.ts';
import { assumeAbsent } from './in-doubt.ts';
import {
  activeBackup,
  failedBackup,
  inState,
  isBlockedBy,
  isTerminal,
  lossOf,
  nextQueuedBackup,
  nothingAtVendor,
  unsettledCall,
} from './lifecycle.ts';
import type { Backup, Instant, Migration, ReasonNote, Refs, WarningNote } from './migration.ts';
import { fullBackup } from './migration.ts';
import type { FieldFault } from './problem.ts';
import type { CancelVerdict, Provider } from './provider.ts';
import type { MigrationPatch } from './request-schema.ts';

/** Changes of the aggregate for callers' requests. `permission` must allow them. Pure. */

/** Queues a backup: at the end, or in place of the failed one that blocks the chain. */
export function addBackup(migration: Migration, backup: Backup, now: Instant): Migration {
  const failed = failedBackup(migration);
  const warning = orderWarning(migration, backup);
  const warnings = warning === null ? migration.warnings : withNote(migration.warnings, warning);
  const free = { ...cleared(migration, 'add_backup'), warnings, updatedAt: now };
  if (failed === undefined) return wake({ ...free, backups: [...migration.backups, backup] }, now);
  const place = migration.backups.indexOf(failed) + 1;
  const marked = migration.backups.map((each) => (each.id === failed.id ? { ...each, supersededBy: backup.id } : each));
  return wake({ ...free, providerStatus: null, backups: marked.toSpliced(place, 0, backup) }, now);
}

/** Why a backup cannot be removed from the chain; null: it can. */
export function removalFault(migration: Migration, backup: Backup): string | null {
  if (isTerminal(migration)) return `The migration has ended: ${migration.state}.`;
  if (migration.cancelRequested) return 'The migration is being cancelled.';
  if (backup.type === 'full') return 'A migration consists of its full backup: cancel it instead.';
  if (backup.state === 'queued') return null;
  if (backup.state !== 'failed')
    return `The backup is ${backup.state}; only a queued one, or a failed one that holds up the chain, can be removed.`;
  if (failedBackup(migration)?.id !== backup.id)
    return 'The failed backup no longer holds up the chain: another one replaced it.';
  return unsettledCall(migration) === undefined
    ? null
    : 'Godwit is deleting what the backup left at the vendor. Try again in a moment.';
}

/** Removes a backup, which `removalFault` must allow. If it had replaced a failed one, that one blocks the chain again. */
export function removeBackup(migration: Migration, id: string, now: Instant): Migration {
  const removed = backupOf(migration, id);
  const left = migration.backups
    .filter((backup) => backup.id !== id)
    .map((backup): Backup => {
      const { supersededBy, ...held } = backup;
      return supersededBy === id ? held : backup;
    });
  const free = removed.state === 'failed' ? cleared(migration, 'add_backup') : migration;
  const { feed } = migration;
  const keys = removed.source.type === 'object_storage' ? removed.source.keys : [];
  const skipping = feed && { feed: { ...feed, skipped: [...(feed.skipped ?? []), ...keys] } };
  return wake(blockedByFailedBackup({ ...free, ...skipping, backups: left, updatedAt: now }), now);
}

/**
 * Why a cutover of this form is not possible although the state allows one; null: it is. `afterBackup`: as in the request; `latest` is the
 * newest file of a watched folder.
 */
export function cutoverObjection(
  { feed }: Pick<Migration, 'feed'>,
  { capabilities }: Pick<Provider, 'capabilities'>,
  afterBackup: string | undefined,
): { readonly code: 'invalid_state' | 'cutover_needs_final_backup'; readonly detail: string } | null {
  if (afterBackup === 'latest' && feed === undefined)
    return {
      code: 'invalid_state',
      detail: '`latest` is for a migration that watches a folder. Name a queued backup.',
    };
  if (afterBackup === undefined && !capabilities.cutoverWithoutBackup)
    return {
      code: 'cutover_needs_final_backup',
      detail:
        'This provider opens a database only with a final backup: add it with `final: true`, or name a queued one in `afterBackup`.',
    };
  return null;
}

/** Requests the cutover after the backup with the id `afterBackup`, which becomes final; null: without a further backup. */
export function requestCutover(migration: Migration, afterBackup: string | null, now: Instant): Migration {
  if (afterBackup !== null) {
    const free = { ...cleared(migration, 'cutover'), updatedAt: now };
    return wake(
      withBackup(free, afterBackup, (backup) => ({ ...backup, final: true })),
      now,
    );
  }
  const asked: Migration = {
    ...cleared(migration, 'opening'),
    cutoverRequested: true,
    updatedAt: now,
  };
  const failed = failedBackup(asked);
  // A cutover past a failed increment means that the caller gives that increment up.
  const settled = failed ? withBackup(asked, failed.id, (backup) => ({ ...backup, supersededBy: 'cutover' })) : asked;
  const idle =
    settled.state === 'awaiting_backup' &&
    activeBackup(settled) === undefined &&
    nextQueuedBackup(settled) === undefined;
  return wake(idle ? inState(settled, 'cutting_over') : settled, now);
}

/** Requests the cancellation. It ends the migration at once if nothing is at the vendor, or if the vendor's side cannot be known. */
export function requestCancel(migration: Migration, verdict: CancelVerdict, now: Instant): Migration {
  const asked: Migration = {
    ...cleared(migration, 'cancel'),
    cancelRequested: true,
    updatedAt: now,
    dueAt: now,
    failures: 0,
  };
  if (nothingAtVendor(migration)) return endMigration(asked, 'cancelled', null, now, now);
  const loss = unlessToldToVendor(lossOf(migration), migration, verdict);
  const warning = loss ? unseenEnd(loss) : verdict.possible ? verdict.warning : null;
  const warned = warning === null ? asked : { ...asked, warnings: withNote(asked.warnings, warning) };
  if (loss) return endMigration(warned, 'cancelled', null, now, now);
  if (verdict.possible && !verdict.calls && unsettledCall(migration) === undefined)
    return endMigration(warned, 'cancelled', null, now, now);
  return inState(warned, 'cancelling');
}

/** If the vendor responds and can cancel, the first request goes to the vendor. A second one ends the record. */
function unlessToldToVendor(
  loss: ReasonNote | undefined,
  migration: Migration,
  verdict: CancelVerdict,
): ReasonNote | undefined {
  const there = loss?.code === 'unrecognized_provider_status' || loss?.code === 'stalled';
  const tells =
    verdict.possible && verdict.calls && !migration.cancelRequested && unsettledCall(migration) === undefined;
  return there && tells ? undefined : loss;
}

/** The warning that the record ends without the vendor's outcome. */
function unseenEnd(loss: ReasonNote): WarningNote {
  return {
    code: 'vendor_outcome_unknown',
    detail: `Only the record ended: ${loss.detail} A restore may still run at the vendor or may have ended; check the instance before you use its databases.`,
  };
}

/** Retries what failed: the full backup of a failed migration, the failed increment of a chain, or the blocked step. */
export function requestRetry(migration: Migration, now: Instant): Migration {
  const inDoubt = unsettledCall(migration)?.state === 'unknown';
  const again: Migration = {
    ...migration,
    blocking: migration.blocking.filter((note) => inDoubt && note.code === 'outcome_unknown'),
    stateReason: inDoubt ? 'outcome_unknown' : null,
    failures: 0,
    updatedAt: now,
    dueAt: now,
  };
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
  if (migration.cancelRequested) return again;
  const failed = failedBackup(migration);
  if (failed && isBlockedBy(migration, 'backup_failed'))
    return withBackup({ ...again, providerStatus: null }, failed.id, (backup) => requeued(backup, 1));
  if (isBlockedBy(migration, 'cutover_refused')) return inState({ ...again, cutoverRequested: true }, 'cutting_over');
  return again;
}

/**
 * The faults in the vendor ids that an operator names for an in-doubt call: a name that the call does not return, or a required one that is
 * missing. Pointers are into the retry request.
 */
export function adoptionFaults(migration: Migration, adopt: Refs, provider: DecisionProvider): readonly FieldFault[] {
  const call = unsettledCall(migration);
  if (call === undefined) return [];
  const backup = migration.backups.find((each) => each.id === call.backupId) ?? null;
  const planned = provider.plan(call.step, migration, backup).find((each) => each.operation === call.operation);
  const { required = [], optional = [] } = planned?.refs ?? {};
  const known = { ...migration.providerRefs, ...backup?.providerRefs };
  const names = [...required, ...optional];
  const expected =
    names.length > 0
      ? `${call.operation} returns ${names.map((name) => `\`${name}\``).join(' and ')}.`
      : `${call.operation} returns no ids: give only ids that are already known.`;
  const strange = Object.keys(adopt).filter((name) => !names.includes(name) && known[name] !== adopt[name]);
  const missing = required.filter((name) => adopt[name] === undefined);
  return [
    ...strange.map((name) => ({
      pointer: `/adopt/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      detail: `Not an id of this call. ${expected}`,
    })),
    ...missing.map((name) => ({ pointer: `/adopt/${name}`, detail: `Is missing. ${expected}` })),
  ];
}

/** Applies an operator's decision about the in-doubt call: `absent`, or the vendor ids to adopt. */
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

/** The faults in the vendor ids that an operator names for a backup that the vendor does not list. They must be the ids of the chain. */
export function unlistedFaults(migration: Migration, adopt: Refs): readonly FieldFault[] {
  return Object.keys(adopt)
    .filter((name) => migration.providerRefs[name] !== adopt[name])
    .map((name) => ({
      pointer: `/adopt/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      detail: 'Not an id of this chain: give the ids in `providerRefs`.',
    }));
}

/** Applies an operator's decision about a backup that the vendor does not list: `absent` queues it as a new attempt, `restored` counts it. */
export function resolveUnlisted(migration: Migration, word: 'restored' | 'absent', now: Instant): Migration {
  const active = activeBackup(migration);
  if (active === undefined) return migration;
  const settled = withBackup(cleared(migration, 'observation'), active.id, (backup) =>
    word === 'absent' ? requeued(backup, 1) : { ...backup, state: 'restored', finishedAt: now },
  );
  const rested = inState(settled, 'awaiting_backup');
  return { ...rested, percent: null, occupiesInstance: false, failures: 0, dueAt: now, updatedAt: now };
}

/** The caller reports that the file of an `upload` source is uploaded. */
export function markUploaded(migration: Migration, backupId: string, now: Instant): Migration {
  const marked = withBackup({ ...migration, updatedAt: now }, backupId, (backup) => ({ ...backup, uploaded: true }));
  return wake(cleared(marked, 'uploaded'), now);
}

/** Applies a merge patch (RFC 7396) to `description` and `labels`. */
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

/** Queues a backup again. A new attempt needs a new upload, because the uploaded file belongs to the earlier registration. */
function requeued(backup: Backup, attempts: number): Backup {
  return {
    ...backup,
    state: 'queued',
    attempt: backup.attempt + attempts,
    uploaded: false,
    providerRefs: {},
    providerStatus: null,
    error: null,
    submittedAt: null,
    finishedAt: null,
  };
}

/** Makes the migration due now, unless a back-off is in progress. */
function wake(migration: Migration, now: Instant): Migration {
  return migration.failures > 0 && migration.dueAt !== null ? migration : { ...migration, dueAt: now };
}
