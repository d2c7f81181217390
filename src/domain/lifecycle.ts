import { takesFiles } from './feed.ts';
import type { Backup, Call, Migration, ReasonNote, Step } from './migration.ts';
import { fullBackup } from './migration.ts';
import type { ProblemCode } from './problem.ts';
import type { ChangingCall, Provider } from './provider.ts';
import { type Reason, type ReasonEntry, reasonEntry } from './reasons.ts';
import { type ActionName, actionNames, type MigrationState, terminalStates } from './vocabulary.ts';

/** The members of a provider that the life cycle depends on. */
export type LifeCycleProvider = Pick<Provider, 'id' | 'capabilities' | 'cancelVerdict' | 'canBecomeFinal'>;

/** All legal transitions, each with its cause. */
export const transitions: Readonly<Record<MigrationState, Partial<Record<MigrationState, string>>>> = {
  pending: {
    restoring: 'the vendor accepted the full backup',
    cancelling: 'cancel, while the outcome of the submission is unknown',
    cancelled: 'cancel, nothing is at the vendor',
    failed: 'the vendor refused the full backup',
  },
  restoring: {
    awaiting_backup: 'a backup of the chain is restored, or an increment failed and the chain lives',
    succeeded: 'the vendor reports the database online',
    failed: 'the vendor reports failure',
    cancelling: 'cancel',
    cancelled: 'cancel, while the vendor’s outcome is unknown',
  },
  awaiting_backup: {
    restoring: 'the vendor accepted the next backup',
    cutting_over: 'cutover, or the vendor accepted the final backup',
    succeeded: 'the vendor reports the database online',
    failed: 'the vendor reports failure',
    cancelling: 'cancel',
    cancelled: 'cancel, nothing runs at the vendor',
  },
  cutting_over: {
    succeeded: 'the vendor reports the database online',
    failed: 'the vendor reports failure',
    awaiting_backup: 'the vendor refused to open the database, or the final backup failed and the chain lives',
    cancelled: 'cancel, while the vendor’s outcome is unknown',
  },
  cancelling: {
    cancelled: 'the vendor has ended the restore',
    succeeded: 'the restore ended before the cancellation arrived',
    failed: 'the vendor reports a failure of its own before the cancellation was sent',
    restoring: 'the vendor refused to cancel',
    awaiting_backup: 'the vendor refused to cancel',
    pending: 'the vendor refused to cancel what was registered and not started',
  },
  succeeded: {},
  failed: { pending: 'retry' },
  cancelled: {},
};

/** Whether a migration has ended: `succeeded`, `failed` or `cancelled`. */
export function isTerminal(migration: Pick<Migration, 'state'>): boolean {
  return terminalStates.includes(migration.state);
}

/** The migration in another state. Throws an `Error` for a transition that the table lacks, which is a programming error. */
export function inState(migration: Migration, state: MigrationState): Migration {
  if (migration.state === state) return migration;
  if (transitions[migration.state][state] === undefined)
    throw new Error(`illegal transition of ${migration.id}: ${migration.state} to ${state}`);
  return { ...migration, state };
}

/** The backup that is being submitted to or restored by the vendor. */
export function activeBackup(migration: Migration): Backup | undefined {
  return migration.backups.find((backup) => backup.state === 'submitting' || backup.state === 'restoring');
}

/** The failed backup that blocks the chain until it is retried or replaced. */
export function failedBackup(migration: Migration): Backup | undefined {
  return migration.backups.find((backup) => backup.state === 'failed' && backup.supersededBy === undefined);
}

/** The queued backup that is submitted next. */
export function nextQueuedBackup(migration: Migration): Backup | undefined {
  return migration.backups.find((backup) => backup.state === 'queued');
}

/** The backup after which the database opens, unless it failed or was skipped. */
export function finalBackup(migration: Migration): Backup | undefined {
  return migration.backups.find((backup) => backup.final && backup.state !== 'failed' && backup.state !== 'skipped');
}

/** The call in doubt: its sender is gone, or its outcome is unknown. */
export function unsettledCall(migration: Migration): Call | undefined {
  return migration.calls.find((call) => call.state === 'sending' || call.state === 'unknown');
}

/** The number of the current attempt at a step, from 1: of `restore` the backup's attempt, otherwise one more than the refused calls. */
export function attemptOf(migration: Migration, step: Step, backup: Backup | null): number {
  if (step === 'restore') return backup?.attempt ?? 1;
  return (
    1 +
    migration.calls.filter(
      (call) => call.step === step && call.backupId === (backup?.id ?? null) && call.state === 'refused',
    ).length
  );
}

/** The first call of a step that the vendor has not accepted in this attempt; undefined: the step is complete. */
export function nextCall(
  migration: Migration,
  step: Step,
  backup: Backup | null,
  plan: readonly ChangingCall[],
): ChangingCall | undefined {
  const attempt = attemptOf(migration, step, backup);
  const accepted = new Set(
    migration.calls
      .filter(
        (call) =>
          call.state === 'accepted' &&
          call.step === step &&
          call.backupId === (backup?.id ?? null) &&
          call.attempt === attempt,
      )
      .map((call) => call.operation),
  );
  return plan.find((call) => !accepted.has(call.operation));
}

/** The answer to whether an action is possible. `code` and `detail` become the problem document of a refusal. */
export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: ProblemCode; readonly detail: string };

const yes: Permission = { allowed: true };
const no = (detail: string, code: ProblemCode = 'invalid_state'): Permission => ({ allowed: false, code, detail });

/** Whether `blocking` contains this reason. */
export function isBlockedBy({ blocking }: Migration, code: Reason): boolean {
  return blocking.some((note) => note.code === code);
}

/** Whether a reason in `blocking` offers `retry`. */
function mayRetry({ blocking, cancelRequested }: Migration): boolean {
  const offers = blocking.map(({ code }) => reasonEntry(code).retry);
  return offers.includes('always') || (!cancelRequested && offers.includes('unless_cancelling'));
}

/** The reason why the vendor's side cannot be known; `cancel` then ends the record with a warning. Undefined: the vendor can be read. */
export function lossOf(migration: Migration): ReasonNote | undefined {
  const losses = (when: ReasonEntry['cancelEndsRecord']) =>
    migration.blocking.find(({ code }) => reasonEntry(code).cancelEndsRecord === when);
  return losses('always') ?? (unsettledCall(migration) ? undefined : losses('when_settled'));
}

/** Whether an action is possible now, and if not, why. The only source of `actions[]` and of the 409 responses. */
export function permission(action: ActionName, migration: Migration, provider: LifeCycleProvider): Permission {
  return rules[action](migration, provider);
}

/** The actions that are possible now. */
export function allowedActions(migration: Migration, provider: LifeCycleProvider): readonly ActionName[] {
  return actionNames.filter((action) => permission(action, migration, provider).allowed);
}

const rules: Record<ActionName, (migration: Migration, provider: LifeCycleProvider) => Permission> = {
  add_backup(migration) {
    if (migration.mode === 'full') return no('A migration of mode `full` consists of one backup.');
    if (isTerminal(migration)) return no(`The migration has ended: ${migration.state}.`);
    if (migration.cancelRequested) return no('The migration is being cancelled.');
    if (migration.state === 'cutting_over') return no('The database is being opened; no backup can follow.');
    if (failedBackup(migration)) return yes;
    if (migration.cutoverRequested) return no('The cutover has been requested; no backup can follow it.');
    if (finalBackup(migration)) return no('The final backup is already in the queue; no backup can follow it.');
    return yes;
  },

  cut_over(migration, provider) {
    if (migration.mode === 'full') return no('A migration of mode `full` opens the database by itself.');
    if (isTerminal(migration)) return no(`The migration has ended: ${migration.state}.`);
    if (migration.cancelRequested) return no('The migration is being cancelled.');
    if (migration.state === 'cutting_over') return no('The cutover is already under way.');
    if (isBlockedBy(migration, 'cutover_refused')) return yes;
    if (finalBackup(migration)) return no('The cutover is already planned.');
    if (provider.capabilities.cutoverWithoutBackup) {
      const failed = failedBackup(migration);
      if (failed && nextQueuedBackup(migration))
        return no('A failed backup holds up the queue: retry it or add a corrected one first.');
      return failed === undefined && migration.cutoverRequested ? no('The cutover is already planned.') : yes;
    }
    if (takesFiles(migration)) return yes;
    if (markableAsFinal(migration, provider) === undefined)
      return no(
        'This provider opens a database only with a final backup: add it with `final: true`.',
        'cutover_needs_final_backup',
      );
    return yes;
  },

  cancel(migration, provider) {
    if (isTerminal(migration)) return no(`The migration has ended: ${migration.state}.`);
    if (lossOf(migration)) return yes;
    if (migration.cancelRequested) return no('The migration is already being cancelled.');
    if (migration.state === 'cutting_over') return no('The database is being opened; this cannot be stopped.');
    if (nothingAtVendor(migration)) return yes;
    const verdict = provider.cancelVerdict(migration);
    return verdict.possible ? yes : no(verdict.detail);
  },

  retry(migration) {
    if (migration.cancelRequested && !isTerminal(migration))
      return mayRetry(migration) ? yes : no('The migration is being cancelled.');
    const failed = failedBackup(migration);
    if (failed?.source.type === 'adopted' && (migration.state === 'failed' || isBlockedBy(migration, 'backup_failed')))
      return no(
        isTerminal(migration)
          ? 'The backup was sent outside Godwit, which cannot send it again: start a new migration.'
          : 'The failed backup was sent outside Godwit, which cannot send it again: add a corrected one in its place.',
      );
    if (migration.state === 'failed')
      return fullBackup(migration).state === 'failed'
        ? yes
        : no('The chain cannot go on at the vendor: start a new migration from the full backup.');
    if (isTerminal(migration)) return no(`The migration has ended: ${migration.state}.`);
    if (mayRetry(migration)) return yes;
    return no('No failed step can be retried.');
  },

  delete(migration) {
    return isTerminal(migration) ? yes : no('Only the record of an ended migration can be deleted.');
  },
};

/** Maximum number of backups of a chain (a log backup every five minutes for a week), because each change reads the whole chain. */
export const maxBackups = 2000;

/** Why a new backup cannot take its place in the chain although `add_backup` is allowed; null: it can. */
export function placementFault(migration: Migration, backup: Pick<Backup, 'final'>): string | null {
  if (migration.backups.length >= maxBackups)
    return `A chain has at most ${maxBackups} backups. Cut over, and start the next one with a newer full backup.`;
  if (!backup.final || failedBackup(migration) === undefined || nextQueuedBackup(migration) === undefined) return null;
  return 'It replaces the failed backup, and others follow in the queue: only the last one can be final.';
}

/** The last backup of the chain if it is queued and may become the final one. */
export function markableAsFinal(migration: Migration, provider: LifeCycleProvider): Backup | undefined {
  const last = migration.backups.at(-1);
  return last?.state === 'queued' && last.type !== 'full' && provider.canBecomeFinal(last) ? last : undefined;
}

/** Whether the current attempt certainly had no effect at the vendor, so that a cancellation needs no call. */
export function nothingAtVendor(migration: Migration): boolean {
  const { attempt, id } = fullBackup(migration);
  return !migration.calls.some(
    (call) =>
      call.state === 'sending' ||
      call.state === 'unknown' ||
      (call.state === 'accepted' &&
        !(call.step === 'restore' && call.backupId === id && call.attempt < attempt) &&
        call.step !== 'cleanup'),
  );
}
