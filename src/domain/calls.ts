import {
  backupOf,
  blockedBy,
  type ChangeContext,
  callOf,
  cleared,
  endMigration,
  errorOf,
  reasonUnlessEnded,
  spoken,
  withBackup,
  withCall,
  withNote,
  without,
} from './aggregate.ts';
import { blockedByFailedBackup } from './blocking.ts';
import type { Command } from './decide.ts';
import { activeBackup, inState, isTerminal, nextCall } from './lifecycle.ts';
import type { Backup, Call, Migration, MigrationError, ReasonNote, Refs, WarningNote } from './migration.ts';
import { fullBackup } from './migration.ts';
import { clearedBy, type Reason } from './reasons.ts';
import { type EngineSettings, maxCleanupTries, nextTryMs } from './timing.ts';
import { mayHaveHappened, type VendorFailure } from './vendor.ts';

/**
 * Changes of the aggregate before a changing call is sent and when it is answered. `in-doubt.ts` has those for calls without an answer.
 * Pure functions of the stored state, so that they can be applied again to a newer version.
 */

/**
 * Records the intent of a call. If a process may have sent it before the database was restored from a copy, the call is recorded as in doubt
 * instead, and must not be sent. A queued backup becomes `submitting` and occupies the instance if the vendor runs one restore per instance.
 */
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
  const recorded = doubted(migration, call, command.backup) ?? call;
  const begun: Migration = { ...migration, calls: [...migration.calls, recorded], updatedAt: now };
  if (command.step === 'open') return { ...inState(begun, 'cutting_over'), stateReason: null };
  if (command.step === 'cancel') return { ...inState(begun, 'cancelling'), stateReason: null };
  if (command.step !== 'restore' || command.backup === null) return begun;
  const submitting = withBackup(begun, command.backup.id, (backup) => ({
    ...backup,
    state: 'submitting',
    submittedAt: backup.submittedAt ?? now,
  }));
  return {
    ...cleared(submitting, 'send'),
    occupiesInstance: provider.capabilities.oneRestorePerInstance,
  };
}

/** The in-doubt call to record if this call may have been sent before the database was restored from a copy; null: it is new. */
function doubted({ calls }: Migration, call: Call, backup: Backup | null): Call | null {
  const doubt = backup?.maybeSent;
  if (doubt === undefined || call.step !== 'restore') return null;
  const looked = calls.some((each) => each.number > doubt.after && sameSend(each, call));
  return looked ? null : { ...call, state: 'unknown', sentAt: doubt.since };
}

/** The vendor accepted the call, or a probe found its effect. `requestId`: the id in the vendor's response; null after a probe. */
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
  let next = cleared(accepted, 'answer');

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

/** The call failed. What follows depends on whether it may have been executed and whether a retry can succeed. */
export function failCall(
  migration: Migration,
  number: number,
  failure: VendorFailure,
  context: ChangeContext,
): Migration {
  if (mayHaveHappened(failure.kind)) return leaveOpen(migration, number, failure, context);
  const call = callOf(migration, number);
  const firstSubmission = call.step === 'restore' && migration.state === 'pending';
  const tries = migration.calls.filter((each) => each.state === 'deferred' && sameSend(each, call)).length + 1;
  if (call.step === 'cleanup' && tries >= maxCleanupTries)
    return refuseCall(migration, number, errorOf(failure), context);

  switch (failure.kind) {
    case 'throttled':
      return deferCall(migration, number, failure, 'provider_throttled', context);
    case 'not_sent':
      return deferCall(migration, number, failure, 'provider_unavailable', context);
    case 'clock_skew':
      return deferCall(migration, number, failure, 'clock_refused', context);
    case 'busy':
      return waitOrGiveUp(migration, number, failure, context);
    case 'session_expired':
    case 'unauthenticated':
      if (firstSubmission) return refuseCall(migration, number, errorOf(failure), context);
      return deferCall(migration, number, failure, 'provider_auth_failed', context);
    default:
      return refuseCall(migration, number, errorOf(failure), context);
  }
}

/** Records that the outcome of a call is unknown. The migration is due at once for a probe. */
function leaveOpen(
  migration: Migration,
  number: number,
  failure: VendorFailure,
  { now, settings }: ChangeContext,
): Migration {
  const open = withCall(migration, number, (call) => ({
    ...call,
    state: 'unknown',
    settledAt: now,
    error: errorOf(failure),
  }));
  const call = callOf(open, number);
  return {
    ...open,
    stateReason: reasonUnlessEnded(open, 'outcome_unknown'),
    blocking: isTerminal(open)
      ? []
      : withNote(without(open.blocking, clearedBy('answer')), unknownNote(call, null, settings)),
    dueAt: now,
    updatedAt: now,
  };
}

/** The reason for a call in doubt. `detail`: the result of the probe, or null. It names the operator's choices once the call `asksOperator`. */
export function unknownNote(
  call: Call,
  detail: string | null,
  { settleMs }: Pick<EngineSettings, 'settleMs'>,
): ReasonNote {
  const answer = call.error === null ? 'The process that sent it has ended.' : call.error.detail;
  const what = `${call.operation} was sent at ${new Date(call.sentAt).toISOString()}; its outcome is unknown: ${answer}`;
  const next = call.asksOperator
    ? `${detail ?? 'No effect of it has been found so far.'} Check the vendor’s console. Then POST /retry with {"assume":"absent"} to send it again, or with {"adopt":{…}} and the ids found there.`
    : `${detail === null ? '' : `${detail} `}Godwit probes the vendor for its effect. It sends the call again only once the effect is proven absent, after ${settleMs / 1000} s at the earliest.`;
  return { code: 'outcome_unknown', detail: `${what} ${next}`, ...spoken(call.error?.provider) };
}

/** Retries a call onto a busy target for `busyMs`; then its refusal is final. */
function waitOrGiveUp(migration: Migration, number: number, failure: VendorFailure, context: ChangeContext): Migration {
  const { now, settings } = context;
  const call = callOf(migration, number);
  const [first] = migration.calls.filter(
    (each) => each.state === 'deferred' && sameSend(each, call) && each.error?.code === failure.code,
  );
  const since = first?.sentAt ?? call.sentAt;
  const until = since + settings.busyMs;
  if (now < until) {
    const detail = `${failure.detail} Godwit tries again until ${new Date(until).toISOString()}. ${whereOthersShow(migration)}`;
    return deferCall(migration, number, { ...failure, detail }, 'provider_busy', context);
  }
  const detail = `${failure.detail} The vendor has given this answer since ${new Date(since).toISOString()}; Godwit no longer tries again. ${whereOthersShow(migration)}`;
  return refuseCall(migration, number, { ...errorOf(failure), detail, retryable: true }, context);
}

/** A sentence that names the list of tasks that were started outside Godwit, because one of them may keep the target busy. */
function whereOthersShow({ account, target }: Pick<Migration, 'account' | 'target'>): string {
  return `GET /accounts/${encodeURIComponent(account)}/tasks?instanceId=${encodeURIComponent(target.instanceId)} lists the tasks that were started there outside Godwit.`;
}

/** Records that a call had no effect and is sent again later. */
function deferCall(
  migration: Migration,
  number: number,
  failure: VendorFailure,
  reason: Reason,
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
      : withNote(without(deferred.blocking, clearedBy('answer')), {
          code: reason,
          detail: failure.detail,
          ...spoken(failure.provider),
        }),
    failures: deferred.failures + (failure.kind === 'not_sent' && failure.retryAfterMs !== undefined ? 0 : 1),
    dueAt: now + nextTryMs(deferred.failures, failure, settings, deferred.id),
    updatedAt: now,
  };
}

/** Records that a call is refused for good. The backup fails, the cutover or cancellation is withdrawn, or the cleanup ends. */
export function refuseCall(
  migration: Migration,
  number: number,
  error: MigrationError,
  { now }: ChangeContext,
): Migration {
  const call = callOf(migration, number);
  const refused = withCall(migration, number, (each) => ({ ...each, state: 'refused', settledAt: now, error }));
  let next: Migration = { ...cleared(refused, 'answer'), failures: 0, dueAt: now, updatedAt: now };

  switch (call.step) {
    case 'cleanup':
      return { ...next, dueAt: isTerminal(next) ? null : now, warnings: leftBehind(next, error.detail) };
    case 'open':
      return {
        ...blockedBy(inState(next, 'awaiting_backup'), {
          code: 'cutover_refused',
          detail: error.detail,
          ...spoken(error.provider),
        }),
        cutoverRequested: false,
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
        warnings: withNote(next.warnings, { code: 'cancel_refused', detail: error.detail }),
      };
    }
    case 'restore': {
      const backup = backupOf(next, call.backupId);
      next = withBackup(next, backup.id, (each) => ({ ...each, state: 'failed', error, finishedAt: now }));
      next = { ...next, occupiesInstance: false };
      // A refusal changes nothing at the vendor, so the chain stays intact.
      if (backup.id === fullBackup(next).id)
        return { ...endMigration(next, next.cancelRequested ? 'cancelled' : 'failed', error, now, now), dueAt: now };
      return next.cancelRequested ? next : blockedByFailedBackup(next);
    }
  }
}

/** The warnings with `left_behind`: the cleanup after a refused submission failed. */
export function leftBehind(migration: Migration, detail: string): readonly WarningNote[] {
  return withNote(migration.warnings, {
    code: 'left_behind',
    detail: `What the refused submission registered could not be removed: ${detail}`,
  });
}

/** Whether two records are attempts at the same call. */
export function sameSend(one: Call, other: Call): boolean {
  return (
    one.step === other.step &&
    one.backupId === other.backupId &&
    one.attempt === other.attempt &&
    one.operation === other.operation
  );
}
