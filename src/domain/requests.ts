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

/** How the aggregate changes when a caller asks for something that `permission` allows. Pure. */

/** Queues a backup: at the end, or in the place of the failed one that holds up the chain. */
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

/** Why a backup cannot be taken out of the chain, or null. */
export function removalFault(migration: Migration, backup: Backup): string | null {
  if (isTerminal(migration)) return `The migration has ended: ${migration.state}.`;
  if (migration.cancelRequested) return 'The migration is being cancelled.';
  if (backup.type === 'full') return 'A migration consists of its full backup: cancel it instead.';
  if (backup.state === 'queued') return null;
  if (backup.state !== 'failed')
    return `The backup is ${backup.state}; only a queued one, or a failed one that holds up the chain, can be removed.`;
  if (failedBackup(migration)?.id !== backup.id)
    return 'The backup failed, and no longer holds up the chain: another has taken its place.';
  return unsettledCall(migration) === undefined
    ? null
    : 'What the backup left at the vendor is just being removed. Try again in a moment.';
}

/** Takes a backup out of the chain that `removalFault` has nothing against. A failed one whose place it had taken holds up the chain again. */
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
 * Why a cutover cannot be asked for in this way, although the state allows one; null: it can. `afterBackup`: as in the request; `latest` is the newest file
 * of a watched folder.
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

/** Asks for the cutover: after `afterBackup`, which becomes final, or (null) by opening the database when the queue is empty. */
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
  // Cutting over past a failed increment is the caller's decision to do without it.
  const settled = failed ? withBackup(asked, failed.id, (backup) => ({ ...backup, supersededBy: 'cutover' })) : asked;
  const idle =
    settled.state === 'awaiting_backup' &&
    activeBackup(settled) === undefined &&
    nextQueuedBackup(settled) === undefined;
  return wake(idle ? inState(settled, 'cutting_over') : settled, now);
}

/** Asks for the end. Ends at once where nothing is at the vendor, or where nobody can tell what is. */
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

/** A vendor that answers and can cancel is asked first; a second request then ends the record. */
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

function unseenEnd(loss: ReasonNote): WarningNote {
  return {
    code: 'vendor_outcome_unknown',
    detail: `Only the record was ended: ${loss.detail} A restore may still run or have ended there; look at the instance before its databases are used.`,
  };
}

/** Tries again what failed: the full backup of a failed migration, the failed increment of a chain, or whatever does not move. */
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
 * What is wrong with the ids that an operator names for a call of unknown outcome: a name that this call does not give, or a missing one
 * without which the migration cannot go on. Pointers are into the retry request.
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
      ? `${call.operation} gives ${names.map((name) => `\`${name}\``).join(' and ')}.`
      : `${call.operation} gives no ids: name what is known already.`;
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

/** An operator decides about the call in doubt. */
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

/** What is wrong with the ids that an operator names for a backup that the vendor does not list: they have to be those of the chain. */
export function unlistedFaults(migration: Migration, adopt: Refs): readonly FieldFault[] {
  return Object.keys(adopt)
    .filter((name) => migration.providerRefs[name] !== adopt[name])
    .map((name) => ({
      pointer: `/adopt/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      detail: 'Not an id of this chain: name what `providerRefs` has.',
    }));
}

/** An operator's word about a backup that the vendor does not list: it is sent again as a new attempt, or counts as restored. */
export function resolveUnlisted(migration: Migration, word: 'restored' | 'absent', now: Instant): Migration {
  const active = activeBackup(migration);
  if (active === undefined) return migration;
  const settled = withBackup(cleared(migration, 'observation'), active.id, (backup) =>
    word === 'absent' ? requeued(backup, 1) : { ...backup, state: 'restored', finishedAt: now },
  );
  const rested = inState(settled, 'awaiting_backup');
  return { ...rested, percent: null, occupiesInstance: false, failures: 0, dueAt: now, updatedAt: now };
}

/** The caller says that the file of an `upload` source is there. */
export function markUploaded(migration: Migration, backupId: string, now: Instant): Migration {
  const marked = withBackup({ ...migration, updatedAt: now }, backupId, (backup) => ({ ...backup, uploaded: true }));
  return wake(cleared(marked, 'uploaded'), now);
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

/** An uploaded file belongs to what was registered for it: a new attempt needs it again. */
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

/** Makes it due now, unless a back-off is running. */
function wake(migration: Migration, now: Instant): Migration {
  return migration.failures > 0 && migration.dueAt !== null ? migration : { ...migration, dueAt: now };
}
