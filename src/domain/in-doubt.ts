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
import { askOperatorAfterMs, type EngineSettings, nextTryMs, spreadBackOffMs } from './timing.ts';
import type { VendorFailure } from './vendor.ts';

/**
 * Changes of the aggregate around an in-doubt call: a call that was sent and whose outcome is unknown. Pure functions of the stored state,
 * so that they can be applied again to a newer version.
 */

/**
 * Applies the result of a probe for an in-doubt call. `probedAt`: when the probe read the vendor. A process may pause between probe and
 * commit, so absence counts only if the vendor was read after the settling time (`settleMs`).
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
  const again = now + spreadBackOffMs(call.looks, settings, migration.id);
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
 * Sends a call again that a probe found absent. After `resendTries` attempts that the vendor answered with an error, the last error counts
 * as a refusal. Attempts without any response are not limited.
 */
function sendAgain(absent: Migration, number: number, context: ChangeContext): Migration {
  const { now, settings } = context;
  const call = callOf(absent, number);
  const sent = absent.calls.filter((each) => each.state === 'absent' && sameSend(each, call));
  const answered = sent.filter((each) => 'provider' in spoken(each.error?.provider)).length;
  const { error } = call;
  if (error !== null && answered >= settings.resendTries) {
    const detail = `${call.operation} was sent ${answered} times. Each time the vendor answered with an error and did not carry it out. The last error: ${error.detail}`;
    return refuseCall(absent, number, { ...error, detail, retryable: true }, context);
  }
  const free = cleared(absent, 'probe');
  const limit = answered > 0 ? ` of at most ${settings.resendTries}` : '';
  const note: ReasonNote | null =
    error === null || isTerminal(free)
      ? null
      : {
          code: 'provider_unavailable',
          detail: `${call.operation} was not carried out (attempt ${sent.length}${limit}) and is sent again: ${error.detail}`,
          ...spoken(error.provider),
        };
  return {
    ...free,
    ...(note !== null && { blocking: withNote(free.blocking, note), stateReason: free.stateReason ?? note.code }),
    failures: sent.length,
    dueAt: sent.length === 1 ? now : now + spreadBackOffMs(sent.length, settings, absent.id),
    updatedAt: now,
  };
}

/** Applies a failed probe: the call stays in doubt, and the next probe follows after a back-off. */
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
    detail: `Godwit cannot probe whether ${call.operation} arrived: ${failure.detail}`,
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
 * When a call became in doubt. If its sender is gone, the first probe counts, because the call may have been sent long after its intent, and
 * `sentAt` comes from another machine's clock.
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

const notFoundYet = 'Its outcome is unknown.';

/** Gives up a cleanup whose outcome stays unknown. An object left behind is harmless; the warning `left_behind` names it. */
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

/** Warns (`accepted_after_all`) when a call presumed lost and re-sent turns out to have been accepted. Null: it was not presumed lost. */
export function acceptedAfterAll(migration: Migration, call: Call, refs: Refs): Migration | null {
  if (migration.calls.find((each) => each.number === call.number)?.state !== 'absent') return null;
  const ids = Object.entries(refs).map(([name, id]) => `${name} ${id}`);
  const detail = `${call.operation} number ${call.number} was presumed lost, but the vendor had accepted it (${ids.join(', ')}). Check the vendor for the task that it started.`;
  return { ...migration, warnings: withNote(migration.warnings, { code: 'accepted_after_all', detail }) };
}
