import { isUnresolved } from './feed.ts';
import {
  activeBackup,
  attemptOf,
  failedBackup,
  isBlockedBy,
  isTerminal,
  nextCall,
  nextQueuedBackup,
  nothingAtVendor,
  unsettledCall,
} from './lifecycle.ts';
import type { Backup, Call, Migration, Step } from './migration.ts';
import { fullBackup } from './migration.ts';
import type { ChangingCall, Provider } from './provider.ts';

/** The next step of a migration. */
export type Command =
  /** Store the intent, then send this call once. */
  | {
      readonly do: 'send';
      readonly step: Step;
      readonly backup: Backup | null;
      readonly attempt: number;
      readonly call: ChangingCall;
    }
  /** Probe the vendor for the effect of this call. */
  | { readonly do: 'probe'; readonly recorded: Call; readonly backup: Backup | null; readonly call: ChangingCall }
  /** Observe the vendor's status. */
  | { readonly do: 'observe' }
  /** End the cancellation without a (further) call. */
  | { readonly do: 'conclude_cancel' }
  /** Wait for the caller, or stop for good. */
  | { readonly do: 'nothing' };

/** The members of a provider that decisions depend on. */
export type DecisionProvider = Pick<Provider, 'plan' | 'capabilities'>;

/**
 * Decides the next step of a due migration. A pure, level-triggered function of the stored state: any replica may call it any number of
 * times, after any crash, with the same result. Throws an `Error` if an unsettled call is not in the provider's plan.
 */
export function decide(migration: Migration, provider: DecisionProvider): Command {
  const unsettled = unsettledCall(migration);
  if (unsettled) return probe(migration, unsettled, provider);

  const cleanup = cleanupOf(migration, provider);
  if (cleanup) return cleanup;
  if (isTerminal(migration)) return { do: 'nothing' };

  if (migration.cancelRequested) return cancellation(migration, provider);

  const active = activeBackup(migration);
  if (active?.state === 'submitting') return submission(migration, active, provider) ?? { do: 'observe' };
  if (active) return { do: 'observe' };

  if (failedBackup(migration) === undefined && atRest(migration)) {
    const next = nextQueuedBackup(migration);
    if (next) return submission(migration, next, provider) ?? { do: 'observe' };
  }
  if (needsOpening(migration, provider)) {
    const open = sendNext(migration, 'open', null, provider);
    if (open) return open;
  }
  return { do: 'observe' };
}

/** Whether the vendor accepts the next backup now, as far as is known. While the vendor is busy, an observation comes first. */
function atRest({ state, heldByVendor }: Migration): boolean {
  return state === 'pending' || (state === 'awaiting_backup' && heldByVendor !== true);
}

/**
 * Whether the next step is the call that opens the database. A failed backup prevents it, because only the caller may decide to open
 * without that backup.
 */
function needsOpening(migration: Migration, provider: DecisionProvider): boolean {
  if (!provider.capabilities.cutoverWithoutBackup || migration.mode === 'full') return false;
  if (migration.state !== 'awaiting_backup' && migration.state !== 'cutting_over') return false;
  if (isBlockedBy(migration, 'cutover_refused')) return false;
  if (failedBackup(migration) !== undefined) return false;
  if (fullBackup(migration).state !== 'restored') return false;
  const finalIsRestored = migration.backups.some((backup) => backup.final && backup.state === 'restored');
  return (
    (migration.cutoverRequested || finalIsRestored) &&
    nextQueuedBackup(migration) === undefined &&
    activeBackup(migration) === undefined
  );
}

/** Whether the call needs a file that the caller has not uploaded yet. */
function needsUpload(backup: Backup, call: ChangingCall): boolean {
  return backup.source.type === 'upload' && !backup.uploaded && call.needsFile;
}

function submission(migration: Migration, backup: Backup, provider: DecisionProvider): Command | undefined {
  // The file is unknown until the first scan of the folder, which makes the migration due again.
  if (isUnresolved(backup)) return { do: 'nothing' };
  const send = sendNext(migration, 'restore', backup, provider);
  if (send?.do === 'send' && needsUpload(backup, send.call)) return { do: 'nothing' };
  return send;
}

function cancellation(migration: Migration, provider: DecisionProvider): Command {
  if (nothingAtVendor(migration)) return { do: 'conclude_cancel' };
  const plan = provider.plan('cancel', migration, null);
  if (plan.length === 0) return { do: 'conclude_cancel' };
  return sendNext(migration, 'cancel', null, provider) ?? { do: 'observe' };
}

function sendNext(
  migration: Migration,
  step: Step,
  backup: Backup | null,
  provider: DecisionProvider,
): Command | undefined {
  const call = nextCall(migration, step, backup, provider.plan(step, migration, backup));
  return call && { do: 'send', step, backup, attempt: attemptOf(migration, step, backup), call };
}

/** The cleanup call for a refused submission, or undefined. A refused cleanup is not repeated. */
function cleanupOf(migration: Migration, provider: DecisionProvider): Command | undefined {
  for (const backup of migration.backups) {
    if (backup.state !== 'failed' || !leftSomethingBehind(migration, backup)) continue;
    const attempt = backup.attempt;
    const done = migration.calls.some(
      (call) =>
        call.step === 'cleanup' &&
        call.backupId === backup.id &&
        call.attempt === attempt &&
        call.state !== 'deferred' &&
        call.state !== 'absent',
    );
    const [call] = done ? [] : provider.plan('cleanup', migration, backup);
    if (call) return { do: 'send', step: 'cleanup', backup, attempt, call };
  }
  return undefined;
}

/** Whether the vendor accepted the first calls of a submission and refused a later one. */
function leftSomethingBehind(migration: Migration, backup: Backup): boolean {
  const calls = migration.calls.filter(
    (call) => call.step === 'restore' && call.backupId === backup.id && call.attempt === backup.attempt,
  );
  return calls.some((call) => call.state === 'accepted') && calls.at(-1)?.state === 'refused';
}

function probe(migration: Migration, recorded: Call, provider: DecisionProvider): Command {
  const backup = migration.backups.find((each) => each.id === recorded.backupId) ?? null;
  const plan = provider.plan(recorded.step, migration, backup);
  const call = plan.find((each) => each.operation === recorded.operation);
  if (call === undefined) throw new Error(`${migration.id}: ${recorded.operation} is not in the plan of its step`);
  return { do: 'probe', recorded, backup, call };
}
