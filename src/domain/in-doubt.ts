import { type ChangeContext, callOf, cleared, reasonUnlessEnded, withCall, withNote, without } from './aggregate.ts';
import { acceptCall, leftBehind, sameSend } from './calls.ts';
import { isTerminal } from './lifecycle.ts';
import type { Call, Instant, Migration, ReasonNote, Refs } from './migration.ts';
import type { Finding } from './provider.ts';
import { backOffMs, type EngineSettings, giveUpLookingMs } from './timing.ts';
import type { VendorFailure } from './vendor.ts';

/**
 * How the aggregate changes around an in-doubt call: one that was sent and whose outcome is not known. Pure functions of the stored state,
 * so that they can be applied again to a newer version of it.
 */

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
      ...cleared(absent, 'probe'),
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
  const answered = without(waited.blocking, ['provider_unavailable']);
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
  const note: ReasonNote = late
    ? unknownNote(call, `The vendor cannot be asked: ${failure.detail}`)
    : {
        code: 'provider_unavailable',
        detail: `Whether ${call.operation} arrived is not known, and the vendor cannot be asked: ${failure.detail}`,
      };
  return {
    ...looked,
    stateReason: reasonUnlessEnded(looked, 'outcome_unknown'),
    dueAt: now + Math.max(backOffMs(call.looks, settings), failure.retryAfterMs ?? 0),
    blocking: isTerminal(looked) ? looked.blocking : withNote(without(looked.blocking, ['provider_unavailable']), note),
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
  return { ...cleared(absent, 'probe'), failures: 0, dueAt: now, updatedAt: now };
}

const notFoundYet = 'Its outcome is not known.';

/** What was left behind does no harm, so looking for its removal ends some time, and a person is told. */
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

function unknownNote(call: Call, detail: string | null): ReasonNote {
  const what = `${call.operation} was sent at ${new Date(call.sentAt).toISOString()} and its outcome is not known.`;
  return {
    code: 'outcome_unknown',
    detail: `${what} ${detail ?? 'Nothing of it has been found yet.'} Look at the vendor’s console; then POST /retry with {"assume":"absent"} to send it again, or with {"adopt":{…}} naming what is there.`,
  };
}

/** The worst case is told: a call that was taken for lost, and sent again, has arrived. Null: the outcome was known in time. */
export function acceptedAfterAll(migration: Migration, call: Call, refs: Refs): Migration | null {
  if (migration.calls.find((each) => each.number === call.number)?.state !== 'absent') return null;
  const ids = Object.entries(refs).map(([name, id]) => `${name} ${id}`);
  const detail = `${call.operation} number ${call.number} was taken for lost and was accepted after all (${ids.join(', ')}). Look at the vendor for what it has begun.`;
  return { ...migration, warnings: withNote(migration.warnings, { code: 'accepted_after_all', detail }) };
}
