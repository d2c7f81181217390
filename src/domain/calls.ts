import type { Command, DecisionProvider } from './decide.ts';
import { activeBackup, failedBackup, inState, isTerminal, nextCall } from './lifecycle.ts';
import type { Backup, Call, Instant, Migration, MigrationError, Note, Refs } from './migration.ts';
import { fullBackup } from './migration.ts';
import type { Finding } from './provider.ts';
import { backOffMs, type EngineSettings, giveUpLookingMs, maxBusyTries, maxCleanupTries } from './timing.ts';
import { mayHaveHappened, type VendorFailure } from './vendor.ts';

/**
 * How the aggregate changes around a changing call: before it is sent, when it is answered, and when its effect was looked for. Pure
 * functions of the stored state, so that they can be applied again to a newer version of it.
 */
export interface ChangeContext {
  readonly provider: DecisionProvider;
  readonly settings: EngineSettings;
  readonly now: Instant;
}

/** Records the intent. A queued backup becomes `submitting`, and takes the instance where the vendor runs one restore at a time. */
export function beginCall(
  migration: Migration,
  command: Extract<Command, { do: 'send' }>,
  { provider, now }: ChangeContext,
): Migration {
  const call: Call = {
    number: (migration.calls.at(-1)?.number ?? 0) + 1,
    step: command.step,
    backupId: command.backup?.id ?? null,
    attempt: command.attempt,
    operation: command.call.operation,
    state: 'sending',
    sentAt: now,
    settledAt: null,
    refs: {},
    requestId: null,
    error: null,
    looks: 0,
  };
  const begun: Migration = { ...migration, calls: [...migration.calls, call], updatedAt: now };
  if (command.step === 'open') return { ...inState(begun, 'cutting_over'), stateReason: null };
  if (command.step === 'cancel') return { ...inState(begun, 'cancelling'), stateReason: null };
  if (command.step !== 'restore' || command.backup === null) return begun;
  const submitting = withBackup(begun, command.backup.id, (backup) => ({
    ...backup,
    state: 'submitting',
    submittedAt: backup.submittedAt ?? now,
  }));
  return {
    ...unblocked(submitting, ['queued_behind_target']),
    occupiesInstance: provider.capabilities.oneRestorePerInstance,
  };
}

/** The vendor accepted the call, or looking found that it did. `requestId`: the vendor's, where its own answer said so. */
export function acceptCall(
  migration: Migration,
  number: number,
  refs: Refs,
  context: ChangeContext,
  requestId: string | null = null,
): Migration {
  const { now, provider, settings } = context;
  const call = callOf(migration, number);
  const accepted = withCall({ ...migration, updatedAt: now, failures: 0, dueAt: now }, number, (each) => ({
    ...each,
    state: 'accepted',
    settledAt: now,
    refs,
    requestId,
    error: null,
  }));
  let next = unblocked(accepted, submissionBlocks);

  if (call.step === 'open')
    return {
      ...next,
      providerRefs: { ...next.providerRefs, ...refs },
      cutoverRequested: true,
      dueAt: now + settings.pollMinMs,
    };
  if (call.step === 'cancel' || call.step === 'cleanup') return next;

  const backup = backupOf(next, call.backupId);
  next = withBackup(next, backup.id, (each) => ({ ...each, providerRefs: { ...each.providerRefs, ...refs } }));
  if (backup.id === fullBackup(next).id) next = { ...next, providerRefs: { ...next.providerRefs, ...refs } };

  const current = backupOf(next, backup.id);
  if (nextCall(next, 'restore', current, provider.plan('restore', next, current)) !== undefined) return next;
  next = withBackup(next, backup.id, (each) => ({ ...each, state: 'restoring' }));
  next = { ...next, startedAt: next.startedAt ?? now, percent: null, dueAt: now + settings.pollMinMs };
  if (next.cancelRequested) return { ...next, dueAt: now };
  const opensByItself = current.final && current.type !== 'full' && !provider.capabilities.cutoverWithoutBackup;
  return inState(next, opensByItself ? 'cutting_over' : 'restoring');
}

/** The call failed. What follows depends on whether it may have been carried out, and on whether it is worth another try. */
export function failCall(
  migration: Migration,
  number: number,
  failure: VendorFailure,
  context: ChangeContext,
): Migration {
  if (mayHaveHappened(failure.kind)) return leaveOpen(migration, number, failure, context.now);
  const call = callOf(migration, number);
  const firstSubmission = call.step === 'restore' && migration.state === 'pending';
  const tries = migration.calls.filter((each) => each.state === 'deferred' && sameSend(each, call)).length + 1;
  if (call.step === 'cleanup' && tries >= maxCleanupTries) return refuseCall(migration, number, failure, context);

  switch (failure.kind) {
    case 'throttled':
      return deferCall(migration, number, failure, 'provider_throttled', context);
    case 'not_sent':
    case 'session_expired':
    case 'clock_skew':
      return deferCall(migration, number, failure, 'provider_unavailable', context);
    case 'busy':
      if (tries < maxBusyTries) return deferCall(migration, number, failure, 'provider_busy', context);
      return refuseCall(migration, number, failure, context);
    case 'unauthenticated':
      if (firstSubmission) return refuseCall(migration, number, failure, context);
      return deferCall(migration, number, failure, 'provider_auth_failed', context);
    default:
      return refuseCall(migration, number, failure, context);
  }
}

/**
 * What looking for a call of unknown outcome has shown. `lookedAt`: when the vendor was asked. A process may stand still between asking and
 * writing down, and what the vendor did not show before its lists were complete proves nothing afterwards.
 */
export function settleByFinding(
  migration: Migration,
  number: number,
  finding: Finding,
  lookedAt: Instant,
  context: ChangeContext,
): Migration {
  const { now, settings } = context;
  if (finding.found === 'yes') return acceptCall(migration, number, finding.refs, context);
  const call = callOf(migration, number);
  const unknownSince = beginningOfDoubt(call, now, settings);
  const believedAt = unknownSince + settings.settleMs;
  if (finding.found === 'no' && lookedAt >= believedAt) {
    const absent = withCall(migration, number, (each) => ({
      ...each,
      state: 'absent',
      settledAt: now,
      looks: each.looks + 1,
    }));
    const tries = absent.calls.filter((each) => each.state === 'absent' && sameSend(each, call)).length;
    return {
      ...unblocked(absent, ['outcome_unknown', 'provider_unavailable']),
      failures: tries,
      dueAt: tries === 1 ? now : now + backOffMs(tries, settings),
      updatedAt: now,
    };
  }
  const detail = finding.found === 'unclear' ? finding.detail : null;
  const late = now - unknownSince > giveUpLookingMs(settings);
  if (late && call.step === 'cleanup') return abandonCleanup(migration, number, detail ?? notFoundYet, now);
  const waited = withCall(migration, number, (each) => ({
    ...each,
    state: 'unknown',
    settledAt: unknownSince,
    looks: each.looks + 1,
  }));
  const again = now + backOffMs(call.looks, settings);
  const answered = without(waited.blocking, 'provider_unavailable');
  return {
    ...waited,
    stateReason: reasonUnlessEnded(waited, 'outcome_unknown'),
    dueAt: finding.found === 'no' ? Math.min(again, Math.max(now, believedAt)) : again,
    blocking: detail !== null || late ? withNote(answered, unknownNote(call, detail)) : answered,
    updatedAt: now,
  };
}

/** Looking itself failed: the vendor does not answer. */
export function lookFailed(
  migration: Migration,
  number: number,
  failure: VendorFailure,
  { now, settings }: ChangeContext,
): Migration {
  const call = callOf(migration, number);
  const unknownSince = beginningOfDoubt(call, now, settings);
  const late = now - unknownSince > giveUpLookingMs(settings);
  if (late && call.step === 'cleanup') return abandonCleanup(migration, number, failure.detail, now);
  const looked = withCall(migration, number, (each) => ({
    ...each,
    state: 'unknown',
    settledAt: unknownSince,
    looks: each.looks + 1,
  }));
  const note: Note = late
    ? unknownNote(call, `The vendor cannot be asked: ${failure.detail}`)
    : {
        code: 'provider_unavailable',
        detail: `Whether ${call.operation} arrived is not known, and the vendor cannot be asked: ${failure.detail}`,
      };
  return {
    ...looked,
    stateReason: reasonUnlessEnded(looked, 'outcome_unknown'),
    dueAt: now + Math.max(backOffMs(call.looks, settings), failure.retryAfterMs ?? 0),
    blocking: isTerminal(looked) ? looked.blocking : withNote(without(looked.blocking, 'provider_unavailable'), note),
    updatedAt: now,
  };
}

/**
 * Since when the outcome has been unknown. A call whose sender is gone may have waited long between its intent and its sending, and may
 * carry the time of another machine's clock, so doubt begins no earlier than when it is first looked for.
 */
function beginningOfDoubt(call: Call, now: Instant, { callTimeoutMs }: EngineSettings): Instant {
  return call.settledAt ?? Math.max(now, call.sentAt + callTimeoutMs);
}

/** An operator's word that the call did not arrive: it is sent again. */
export function assumeAbsent(migration: Migration, number: number, now: Instant): Migration {
  const absent = withCall(migration, number, (each) => ({ ...each, state: 'absent', settledAt: now }));
  return { ...unblocked(absent, ['outcome_unknown']), failures: 0, dueAt: now, updatedAt: now };
}

export function errorOf(failure: VendorFailure): MigrationError {
  return { code: failure.code, detail: failure.detail, retryable: failure.retryable, provider: failure.provider };
}

/** The failed backup of a chain that goes on, as a reason for standing still. */
export function backupFailedNote(backup: Backup): Note {
  return {
    code: 'backup_failed',
    detail: `Backup ${backup.id} failed: ${backup.error?.detail ?? 'no reason known'} Add a corrected backup, or retry this one.`,
  };
}

/** Ends a migration. What has not reached the vendor's restore is skipped. */
export function endMigration(
  migration: Migration,
  state: 'succeeded' | 'failed' | 'cancelled',
  error: MigrationError | null,
  finishedAt: Instant,
  now: Instant,
): Migration {
  const ended = inState(migration, state);
  return {
    ...ended,
    stateReason: null,
    error,
    blocking: [],
    backups: ended.backups.map((backup) =>
      backup.state === 'queued' ||
      backup.state === 'submitting' ||
      (state === 'cancelled' && backup.state === 'restoring')
        ? { ...backup, state: 'skipped', finishedAt: now }
        : backup,
    ),
    occupiesInstance: false,
    finishedAt,
    updatedAt: now,
    dueAt: null,
    failures: 0,
  };
}

export function withBackup(migration: Migration, id: string, change: (backup: Backup) => Backup): Migration {
  return { ...migration, backups: migration.backups.map((backup) => (backup.id === id ? change(backup) : backup)) };
}

export function withNote(notes: readonly Note[], note: Note): readonly Note[] {
  return [...without(notes, note.code), note];
}

export function without(notes: readonly Note[], code: string): readonly Note[] {
  return notes.filter((note) => note.code !== code);
}

/** Takes notes away. Where one of them was the reason for standing still, the latest of those that are left is it now. */
export function unblocked(migration: Migration, codes: readonly string[]): Migration {
  const blocking = withoutAll(migration.blocking, codes);
  const { stateReason } = migration;
  const stays = stateReason !== null && !codes.includes(stateReason);
  return { ...migration, blocking, stateReason: stays ? stateReason : (blocking.at(-1)?.code ?? null) };
}

const submissionBlocks = [
  'outcome_unknown',
  'provider_throttled',
  'provider_unavailable',
  'provider_busy',
  'provider_auth_failed',
];

function withoutAll(notes: readonly Note[], codes: readonly string[]): readonly Note[] {
  return notes.filter((note) => !codes.includes(note.code));
}

function leaveOpen(migration: Migration, number: number, failure: VendorFailure, now: Instant): Migration {
  const open = withCall(migration, number, (call) => ({
    ...call,
    state: 'unknown',
    settledAt: now,
    error: errorOf(failure),
  }));
  return { ...open, stateReason: reasonUnlessEnded(open, 'outcome_unknown'), dueAt: now, updatedAt: now };
}

/** An ended migration that is only being cleaned up keeps its silence. */
function reasonUnlessEnded(migration: Migration, reason: string): string | null {
  return isTerminal(migration) ? migration.stateReason : reason;
}

function deferCall(
  migration: Migration,
  number: number,
  failure: VendorFailure,
  reason: string,
  { now, settings }: ChangeContext,
): Migration {
  const deferred = withCall(migration, number, (call) => ({
    ...call,
    state: 'deferred',
    settledAt: now,
    error: errorOf(failure),
  }));
  return {
    ...deferred,
    stateReason: reasonUnlessEnded(deferred, reason),
    blocking: isTerminal(deferred)
      ? []
      : withNote(withoutAll(deferred.blocking, submissionBlocks), { code: reason, detail: failure.detail }),
    failures: deferred.failures + 1,
    dueAt: now + Math.max(backOffMs(deferred.failures, settings), failure.retryAfterMs ?? 0),
    updatedAt: now,
  };
}

function refuseCall(migration: Migration, number: number, failure: VendorFailure, { now }: ChangeContext): Migration {
  const error = errorOf(failure);
  const call = callOf(migration, number);
  const refused = withCall(migration, number, (each) => ({ ...each, state: 'refused', settledAt: now, error }));
  let next: Migration = { ...unblocked(refused, submissionBlocks), failures: 0, dueAt: now, updatedAt: now };

  switch (call.step) {
    case 'cleanup':
      return { ...next, dueAt: isTerminal(next) ? null : now, warnings: leftBehind(next, failure.detail) };
    case 'open':
      return {
        ...inState(next, 'awaiting_backup'),
        cutoverRequested: false,
        stateReason: 'cutover_refused',
        blocking: withNote(next.blocking, { code: 'cutover_refused', detail: failure.detail }),
      };
    case 'cancel': {
      const active = activeBackup(next);
      const back =
        active?.state === 'restoring'
          ? 'restoring'
          : active?.id === fullBackup(next).id
            ? 'pending'
            : 'awaiting_backup';
      return {
        ...inState(next, back),
        cancelRequested: false,
        warnings: withNote(next.warnings, { code: 'cancel_refused', detail: failure.detail }),
      };
    }
    case 'restore': {
      const backup = backupOf(next, call.backupId);
      next = withBackup(next, backup.id, (each) => ({ ...each, state: 'failed', error, finishedAt: now }));
      next = { ...next, occupiesInstance: false };
      // A refusal harms nothing at the vendor: a chain stays where it was.
      if (backup.id === fullBackup(next).id)
        return { ...endMigration(next, next.cancelRequested ? 'cancelled' : 'failed', error, now, now), dueAt: now };
      return next.cancelRequested ? next : blockedByFailedBackup(next);
    }
  }
}

/** Rests a chain because of its failed backup. */
export function blockedByFailedBackup(migration: Migration): Migration {
  const failed = failedBackup(migration);
  if (failed === undefined) return migration;
  return {
    ...migration,
    stateReason: 'backup_failed',
    blocking: withNote(migration.blocking, backupFailedNote(failed)),
  };
}

const notFoundYet = 'Its outcome is not known.';

/** What was left behind does no harm, so looking for its removal ends some time, and a person is told. */
function abandonCleanup(migration: Migration, number: number, detail: string, now: Instant): Migration {
  const settled = withCall(migration, number, (each) => ({ ...each, state: 'refused', settledAt: now }));
  const next = unblocked(settled, submissionBlocks);
  return {
    ...next,
    failures: 0,
    dueAt: isTerminal(next) ? null : now,
    updatedAt: now,
    warnings: leftBehind(next, detail),
  };
}

function leftBehind(migration: Migration, detail: string): readonly Note[] {
  return withNote(migration.warnings, {
    code: 'left_behind',
    detail: `What the refused submission registered could not be removed: ${detail}`,
  });
}

function unknownNote(call: Call, detail: string | null): Note {
  const what = `${call.operation} was sent at ${new Date(call.sentAt).toISOString()} and its outcome is not known.`;
  return {
    code: 'outcome_unknown',
    detail: `${what} ${detail ?? 'Nothing of it has been found yet.'} Look at the vendor’s console; then POST /retry with {"assume":"absent"} to send it again, or with {"adopt":{…}} naming what is there.`,
  };
}

function sameSend(one: Call, other: Call): boolean {
  return (
    one.step === other.step &&
    one.backupId === other.backupId &&
    one.attempt === other.attempt &&
    one.operation === other.operation
  );
}

function withCall(migration: Migration, number: number, change: (call: Call) => Call): Migration {
  return { ...migration, calls: migration.calls.map((call) => (call.number === number ? change(call) : call)) };
}

function callOf(migration: Migration, number: number): Call {
  const call = migration.calls.find((each) => each.number === number);
  if (call === undefined) throw new Error(`${migration.id} has no call ${number}`);
  return call;
}

function backupOf(migration: Migration, id: string | null): Backup {
  const backup = migration.backups.find((each) => each.id === id);
  if (backup === undefined) throw new Error(`${migration.id} has no backup ${id}`);
  return backup;
}
