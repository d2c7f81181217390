import { isDeepStrictEqual } from 'node:util';
import { withNote } from '../../domain/aggregate.ts';
import { duplicateOf, typeFault } from '../../domain/chain-order.ts';
import { type CreationContext, newBackup } from '../../domain/creation.ts';
import { takesFiles } from '../../domain/feed.ts';
import {
  activeBackup,
  failedBackup,
  finalBackup,
  isBlockedBy,
  isTerminal,
  markableAsFinal,
  permission,
  placementFault,
  unsettledCall,
} from '../../domain/lifecycle.ts';
import type { Backup, Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import { expectVersion } from '../../domain/representation.ts';
import type { CutoverRequest } from '../../domain/request-schema.ts';
import {
  addBackup,
  adoptionFaults,
  cutoverObjection,
  markUploaded,
  patchMigration,
  removalFault,
  removeBackup,
  requestCancel,
  requestCutover,
  requestRetry,
  resolveByOperator,
  resolveUnlisted,
  unlistedFaults,
} from '../../domain/requests.ts';
import { sourceConflicts } from '../../domain/source-checks.ts';
import { unsupportedBackupFields } from '../../domain/support.ts';
import type { BackupFiles } from '../backup-files.ts';
import { accountOf, changeContext, type EngineContext } from '../context.ts';
import type { Engine } from '../engine.ts';
import { sourceOf } from '../feed/folder-chain.ts';
import type { ChangeRequestContext, MigrationService } from '../interface.ts';
import { uploadFault } from '../vendor-reads.ts';
import { visible } from './access.ts';
import { refuseForeignRefs } from './adoption.ts';
import { judgeFiles, readSource, refuseFaults } from './backup-checks.ts';
import { createChanger } from './changer.ts';
import type { FeedReads } from './feed.ts';
import { notFound, refuseWhileDraining, summary } from './problems.ts';

/** Maximum number of labels of a migration, also after a merge patch. */
const maxLabels = 32;

/** Creates the operations with which callers change an existing migration. */
export function createChanges(
  context: EngineContext,
  engine: Engine,
  creation: CreationContext,
  files: BackupFiles,
  folders: Pick<FeedReads, 'scanNow' | 'survey'>,
): Pick<
  MigrationService,
  'patch' | 'addBackup' | 'removeBackup' | 'cutOver' | 'cancel' | 'retry' | 'markUploaded' | 'remove'
> {
  const { store, runtime, providers } = context;

  const { refusal, changeIf, changed } = createChanger(context);

  /** Throws unless the migration can accept the backup. `request`: null for a backup that is already in the chain. */
  function checkedBackup(
    current: Migration,
    backup: Backup,
    request: Parameters<MigrationService['addBackup']>[1] | null,
  ): Backup {
    const provider = providers.of(current.provider);
    const misplaced = request === null ? null : placementFault(current, backup);
    if (misplaced !== null) throw refusal(current, 'invalid_state', misplaced);
    const misfit = request === null ? null : typeFault(current, backup, provider.capabilities);
    if (misfit !== null)
      throw new Problem(misfit.unsupported ? 'unsupported_by_provider' : 'invalid_request', misfit.fault.detail, {
        errors: [misfit.fault],
      });
    const duplicate = request === null ? undefined : duplicateOf(current, backup.source);
    if (duplicate !== undefined)
      throw refusal(
        current,
        'duplicate_backup',
        `The backup ${duplicate.id} (${duplicate.state}) already has this file.`,
        {
          backupId: duplicate.id,
        },
      );
    const faults = [
      ...(request ? unsupportedBackupFields(request, provider.capabilities) : []),
      ...provider.checkBackup(current, backup),
    ];
    if (faults.length > 0) throw new Problem('unsupported_by_provider', summary(faults), { errors: faults });
    return backup;
  }

  /** Throws the problem of a cutover that is not possible in this form. */
  function refuseCutover(current: Migration, afterBackup: string | undefined): void {
    const objection = cutoverObjection(current, providers.of(current.provider), afterBackup);
    if (objection !== null) throw refusal(current, objection.code, objection.detail);
  }

  /** Key of the newest file of the chain in the watched folder. Scans the folder first. Throws `invalid_state` if there is none. */
  async function newestFile(id: string, caller: ChangeRequestContext): Promise<string> {
    const current = await visible(context, id, caller);
    refuseCutover(current, 'latest');
    if (takesFiles(current)) await folders.scanNow(current);
    const { newest } = await folders.survey((await store.get(id)) ?? current);
    if (newest === null) throw refusal(current, 'invalid_state', 'The folder contains no file of the chain yet.');
    return newest;
  }

  /** Ends the chain with a file of the folder: one that is not taken yet, a queued one, or one that was already sent. */
  function endWith(current: Migration, key: string): Migration {
    const { feed } = current;
    if (feed === undefined) throw refusal(current, 'invalid_state', 'The migration watches no folder.');
    const provider = providers.of(current.provider);
    const now = runtime.now();
    const owner = current.backups.find(({ source }) => source.type === 'object_storage' && source.keys.includes(key));
    if (owner === undefined) {
      const type = current.mode === 'full_log' ? 'log' : 'differential';
      const faults = provider.checkBackup(current, { type, source: sourceOf(current, key), final: true });
      if (faults.length > 0) throw new Problem('unsupported_by_provider', summary(faults), { errors: faults });
      return { ...current, feed: { ...feed, lastFile: key }, updatedAt: now };
    }
    const markable = markableAsFinal(current, provider);
    if (markable?.id === owner.id) {
      checkedBackup(current, { ...markable, final: true }, null);
      return requestCutover({ ...current, feed: { ...feed, lastFile: key } }, owner.id, now);
    }
    if (provider.capabilities.cutoverWithoutBackup)
      return requestCutover({ ...current, feed: { ...feed, lastFile: key } }, null, now);
    throw refusal(
      current,
      'cutover_needs_final_backup',
      `The newest file, \`${key}\`, was sent already, and this provider opens a database only with a final backup: upload one more.`,
    );
  }

  return {
    async patch(id, patch, caller) {
      const result = changed(
        await changeIf(id, null, caller, (current) => {
          const patched = patchMigration(current, patch, runtime.now());
          if (Object.keys(patched.labels).length > maxLabels)
            throw new Problem('invalid_request', `A migration has at most ${maxLabels} labels.`, {
              errors: [{ pointer: '/labels', detail: `There would be more than ${maxLabels} labels.` }],
            });
          return isDeepStrictEqual({ ...patched, updatedAt: current.updatedAt }, current) ? null : patched;
        }),
      );
      if ('replay' in result) throw new Problem('internal', 'PATCH does not accept an idempotency key.');
      return result.migration;
    },

    async addBackup(id, request, caller) {
      refuseWhileDraining(engine);
      const conflicts = sourceConflicts(request.source, runtime.now());
      if (conflicts.length > 0) throw new Problem('invalid_request', summary(conflicts), { errors: conflicts });
      const added = newBackup(request, creation);
      const known = await visible(context, id, caller);
      const account = accountOf(context, known);
      const seen = account && isOpen(known) ? await readSource(context, files, account, known, added.source) : null;
      let backup = added;
      const result = changed(
        await changeIf(
          id,
          'add_backup',
          caller,
          (current) => {
            const fitting = checkedBackup(current, added, request);
            if (account === undefined || seen === null) return addBackup(current, fitting, runtime.now());
            const { restorable } = providers.of(current.provider).objectStore;
            const judged = judgeFiles(seen, account, restorable, current, fitting, chainUpTo(current));
            refuseFaults(judged);
            backup = { ...fitting, ...judged.header };
            const warnings = judged.warnings.reduce(withNote, current.warnings);
            return addBackup({ ...current, warnings }, backup, runtime.now());
          },
          () => false,
          () => backup,
        ),
      );
      return 'replay' in result ? result : { migration: result.migration, backup };
    },

    async removeBackup(id, backupId, caller) {
      changed(
        await changeIf(id, null, caller, (current) => {
          const backup = current.backups.find((each) => each.id === backupId);
          if (backup === undefined) throw new Problem('not_found', 'The migration has no such backup.');
          const fault = removalFault(current, backup);
          if (fault !== null) throw refusal(current, 'invalid_state', fault);
          return removeBackup(current, backupId, runtime.now());
        }),
      );
    },

    async cutOver(id, request, caller) {
      const newest = request.afterBackup === 'latest' ? await newestFile(id, caller) : null;
      const cutOver = (current: Migration): Migration => {
        const { afterBackup } = request;
        if (newest !== null) return endWith(current, newest);
        refuseCutover(current, afterBackup);
        if (afterBackup === undefined) return requestCutover(current, null, runtime.now());
        const backup = markableAsFinal(current, providers.of(current.provider));
        if (backup?.id !== afterBackup)
          throw refusal(
            current,
            'invalid_state',
            'Only the last backup of the queue can become the final one, and only before it is sent.',
          );
        checkedBackup(current, { ...backup, final: true }, null);
        return requestCutover(current, afterBackup, runtime.now());
      };
      return changed(await changeIf(id, 'cut_over', caller, cutOver, (current) => cutoverIsPlanned(current, request)));
    },

    async cancel(id, caller) {
      return changed(
        await changeIf(
          id,
          'cancel',
          caller,
          (current) => requestCancel(current, providers.of(current.provider).cancelVerdict(current), runtime.now()),
          (current) => current.state === 'cancelling' || current.state === 'cancelled',
        ),
      );
    },

    async retry(id, request, caller) {
      if (request.assume !== undefined && request.adopt !== undefined)
        throw new Problem('invalid_request', 'Give either `assume` or `adopt`.', {
          errors: [{ pointer: '/adopt', detail: '`assume` and `adopt` exclude each other.' }],
        });
      if (request.adopt !== undefined) {
        const current = await visible(context, id, caller);
        const fits = adoptionFaults(current, request.adopt, providers.of(current.provider)).length === 0;
        // The update below rejects a decision that is not needed and ids that do not fit.
        if (isInDoubt(current) && fits) await refuseForeignRefs(context, current, request.adopt);
      }
      return changed(
        await changeIf(
          id,
          'retry',
          caller,
          (current) => {
            const word = request.adopt ? { adopt: request.adopt } : request.assume;
            if (word === undefined) return requestRetry(current, runtime.now());
            if (isBlockedBy(current, 'backup_outcome_unknown')) {
              const strange = request.adopt ? unlistedFaults(current, request.adopt) : [];
              if (strange.length > 0) throw new Problem('invalid_request', summary(strange), { errors: strange });
              if (word === 'absent' && activeBackup(current)?.source.type === 'adopted')
                throw refusal(
                  current,
                  'invalid_state',
                  'The backup was sent outside Godwit, which cannot send it again. Cancel, and start a new migration.',
                );
              return resolveUnlisted(current, word === 'absent' ? 'absent' : 'restored', runtime.now());
            }
            if (!isInDoubt(current)) throw refusal(current, 'invalid_state', noWordNeeded(current));
            const faults = request.adopt ? adoptionFaults(current, request.adopt, providers.of(current.provider)) : [];
            if (faults.length > 0) throw new Problem('invalid_request', summary(faults), { errors: faults });
            return resolveByOperator(current, word, changeContext(context, current));
          },
          (current) => request.adopt === undefined && request.assume === undefined && isRetried(current),
        ),
      );
    },

    async markUploaded(id, backupId, caller) {
      return changed(
        await changeIf(id, null, caller, (current) => {
          const backup = current.backups.find((each) => each.id === backupId);
          if (backup === undefined) throw notFound();
          if (backup.uploaded) return null;
          const fault = uploadFault(current, backup);
          if (fault !== null) throw refusal(current, 'invalid_state', fault);
          return markUploaded(current, backupId, runtime.now());
        }),
      );
    },

    async remove(id, caller) {
      await visible(context, id, caller);
      // A retry may make the migration active again meanwhile, so the check runs in the transaction of the deletion.
      const removed = await store.remove(
        id,
        (current) => {
          expectVersion('migration', current, caller);
          const verdict = permission('delete', current, providers.of(current.provider));
          if (!verdict.allowed) throw refusal(current, verdict.code, verdict.detail);
        },
        caller.audit && { audit: caller.audit },
      );
      if (!removed) throw notFound();
      caller.reply?.kept();
    },
  };
}

/** The backups before a new one: all, or those before the failed one that it replaces. */
function chainUpTo(current: Migration): readonly Backup[] {
  const failed = failedBackup(current);
  return failed === undefined ? current.backups : current.backups.slice(0, current.backups.indexOf(failed));
}

/** Whether new backups are checked: an ended or cancelled migration accepts none. */
function isOpen(current: Migration): boolean {
  return !isTerminal(current) && !current.cancelRequested;
}

/** Whether the requested cutover is already in progress, done or planned in the same form; then the status is 200, not 409. */
function cutoverIsPlanned(current: Migration, { afterBackup }: CutoverRequest): boolean {
  if (current.mode === 'full' || current.state === 'failed' || current.state === 'cancelled') return false;
  if (current.cancelRequested || failedBackup(current) !== undefined) return false;
  const final = finalBackup(current);
  const planned = current.state === 'cutting_over' || current.cutoverRequested || final !== undefined;
  const last = final ?? current.backups.at(-1);
  return planned && (afterBackup === undefined || afterBackup === 'latest' || afterBackup === last?.id);
}

/** Whether an operator may decide the outcome of a call. */
function isInDoubt(migration: Migration): boolean {
  return unsettledCall(migration)?.asksOperator === true;
}

/** Whether a failed backup is already being submitted again. */
function isRetried({ backups }: Migration): boolean {
  return backups.some(({ attempt, state }) => attempt > 1 && ['queued', 'submitting', 'restoring'].includes(state));
}

/** Why an operator's decision is refused. */
function noWordNeeded(current: Migration): string {
  return unsettledCall(current) === undefined
    ? 'No call has an unknown outcome.'
    : 'Godwit still probes whether the call arrived. An operator decides once `blocking` asks for it.';
}
