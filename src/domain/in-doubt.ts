import {
  type ChangeContext,
  callOf,
  cleared,
  reasonUnlessEnded,
  spoken,
  withCall,
  withNote,
  without,
} from './aggregate.ts';
import { noteStall, unreadableReason, unreadableReasons } from './blocking.ts';
import { acceptCall, leftBehind, refuseCall, sameSend, unknownNote } from './calls.ts';
import { isTerminal } from './lifecycle.ts';
import type { Call, Instant, Migration, ReasonNote, Refs } from './migration.ts';
import type { Finding } from './provider.ts';
import { askOperatorAfterMs, backOffMs, type EngineSettings, nextTryMs } from './timing.ts';
import type { VendorFailure } from './vendor.ts';

/**
 * How the aggregate changes around an in-doubt call: a call that was sent and whose outcome is unknown. Pure functions of the stored state,
 * so that they can be applied again to a newer version of it.
 */

/**
 * The result of a probe for a call in doubt. `probedAt`: when the vendor was asked. A process may be paused between asking and
 * writing down, and what the vendor did not show before its lists were complete proves nothing afterwards.
 */
export function settleByFinding(
  migration: Migration,
  number: number,
  finding: Finding,
  probedAt: Instant,
  context: ChangeContext,
): Migration {
  const { now, settings } = context;
  if (finding.found === 'yes') return acceptCall(migration, number, finding.refs, context);
  const call = callOf(migration, number);
  const unknownSince = inDoubtSince(call, now, settings);
  const believedAt = unknownSince + settings.settleMs;
  if (finding.found === 'no' && probedAt >= believedAt) {
    const absent = withCall(migration, number, (each) => ({
      ...each,
      state: 'absent',
      settledAt: now,
      looks: each.looks + 1,
    }));
    return sendAgain(absent, number, context);
  }
  const detail = finding.found === 'unclear' ? finding.detail : null;
  const late = now - unknownSince > askOperatorAfterMs(settings);
  if (late && call.step === 'cleanup') return abandonCleanup(migration, number, detail ?? notFoundYet, now);
  const asksOperator = detail !== null || late;
  const waited = withCall(migration, number, (each) => ({
    ...each,
    state: 'unknown',
    settledAt: unknownSince,
    looks: each.looks + 1,
    asksOperator,
  }));
  const again = now + backOffMs(call.looks, settings);
  return noteStall(
    migration,
    {
      ...waited,
      stateReason: reasonUnlessEnded(waited, 'outcome_unknown'),
      dueAt: finding.found === 'no' ? Math.min(again, Math.max(now, believedAt)) : again,
      blocking: isTerminal(waited)
        ? waited.blocking
        : withNote(without(waited.blocking, unreadableReasons), unknownNote(callOf(waited, number), detail, settings)),
      updatedAt: now,
    },
    context,
  );
}

/**
 * A call that has proved absent is sent again. What the vendor answers with an error of its own each time is sent a few times only; then
 * the last answer counts as a refusal. Whoever does not answer at all is asked for as long as it takes.
 */
function sendAgain(absent: Migration, number: number, context: ChangeContext): Migration {
  const { now, settings } = context;
  const call = callOf(absent, number);
  const sent = absent.calls.filter((each) => each.state === 'absent' && sameSend(each, call));
  const answered = sent.filter((each) => 'provider' in spoken(each.error?.provider)).length;
  const { error } = call;
  if (error !== null && answered >= settings.resendTries) {
    const detail = `${call.operation} was sent ${answered} times, was answered with an error of the vendor’s own each time, and was not carried out. The last answer: ${error.detail}`;
    return refuseCall(absent, number, { ...error, detail, retryable: true }, context);
  }
  const free = cleared(absent, 'probe');
  const limit = answered > 0 ? ` of at most ${settings.resendTries}` : '';
  const note: ReasonNote | null =
    error === null || isTerminal(free)
      ? null
      : {
          code: 'provider_unavailable',
          detail: `${call.operation} was not carried out (sending ${sent.length}${limit}) and is sent again: ${error.detail}`,
          ...spoken(error.provider),
        };
  return {
    ...free,
    ...(note !== null && { blocking: withNote(free.blocking, note), stateReason: free.stateReason ?? note.code }),
    failures: sent.length,
    dueAt: sent.length === 1 ? now : now + backOffMs(sent.length, settings),
    updatedAt: now,
  };
}

/** Looking itself failed: the vendor does not answer. */
export function probeFailed(
  migration: Migration,
  number: number,
  failure: VendorFailure,
  context: ChangeContext,
): Migration {
  const { now, settings } = context;
  const call = callOf(migration, number);
  const unknownSince = inDoubtSince(call, now, settings);
  const late = now - unknownSince > askOperatorAfterMs(settings);
  if (late && call.step === 'cleanup') return abandonCleanup(migration, number, failure.detail, now);
  const probed = withCall(migration, number, (each) => ({
    ...each,
    state: 'unknown',
    settledAt: unknownSince,
    looks: each.looks + 1,
    asksOperator: late,
  }));
  const unavailable: ReasonNote = {
    code: unreadableReason(failure.kind),
    detail: `Whether ${call.operation} arrived cannot be asked: ${failure.detail}`,
    ...spoken(failure.provider),
  };
  const notes = withNote(without(probed.blocking, unreadableReasons), unavailable);
  return noteStall(
    migration,
    {
      ...probed,
      stateReason: reasonUnlessEnded(probed, 'outcome_unknown'),
      dueAt: now + nextTryMs(call.looks, failure, settings, migration.id),
      blocking: isTerminal(probed)
        ? probed.blocking
        : withNote(notes, unknownNote(callOf(probed, number), null, settings)),
      updatedAt: now,
    },
    context,
  );
}

/**
 * Since when the outcome has been unknown. A call whose sender is gone may have waited long between its intent and its sending, and may
 * carry the time of another machine's clock, so it counts as in doubt from the first probe at the earliest.
 */
function inDoubtSince(call: Call, now: Instant, { callTimeoutMs }: EngineSettings): Instant {
  return call.settledAt ?? Math.max(now, call.sentAt + callTimeoutMs);
}

/** An operator states that the call did not arrive, so it is sent again. */
export function assumeAbsent(migration: Migration, number: number, now: Instant): Migration {
  const absent = withCall(migration, number, (each) => ({ ...each, state: 'absent', settledAt: now }));
  return {
    ...cleared(absent, 'probe'),
    failures: 0,
    dueAt: now,
    updatedAt: now,
  };
}

const notFoundYet = 'Its outcome is not known.';

/** What was left behind does no harm, so probing for its removal is bounded; then a warning says so. */
function abandonCleanup(migration: Migration, number: number, detail: string, now: Instant): Migration {
  const settled = withCall(migration, number, (each) => ({ ...each, state: 'refused', settledAt: now }));
  const next = cleared(settled, 'answer');
  return {
    ...next,
    failures: 0,
    dueAt: isTerminal(next) ? null : now,
    updatedAt: now,
    warnings: leftBehind(next, detail),
  };
}

/** Warns (`accepted_after_all`) when a call presumed lost and re-sent turns out to have been accepted. Null: the outcome was known in time. */
export function acceptedAfterAll(migration: Migration, call: Call, refs: Refs): Migration | null {
  if (migration.calls.find((each) => each.number === call.number)?.state !== 'absent') return null;
  const ids = Object.entries(refs).map(([name, id]) => `${name} ${id}`);
  const detail = `${call.operation} number ${call.number} was taken for lost and was accepted after all (${ids.join(', ')}). Look at the vendor for what it has begun.`;
  return { ...migration, warnings: withNote(migration.warnings, { code: 'accepted_after_all', detail }) };
}
