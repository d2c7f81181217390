import { isDeepStrictEqual } from 'node:util';
import { unblocked } from '../domain/aggregate.ts';
import { newBackup, newMigration } from '../domain/creation.ts';
import { hasGrant, visibleAccounts } from '../domain/grants.ts';
import {
  failedBackup,
  finalBackup,
  markableAsFinal,
  permission,
  placementFault,
  unsettledCall,
} from '../domain/lifecycle.ts';
import type { Backup, Migration, SealedUrl } from '../domain/migration.ts';
import { type FieldFault, Problem, type ProblemCode, problemCatalogue } from '../domain/problem.ts';
import { expectVersion } from '../domain/representation.ts';
import type { CutoverRequest } from '../domain/request-schema.ts';
import {
  addBackup,
  adoptionFaults,
  markUploaded,
  patchMigration,
  requestCancel,
  requestCutover,
  requestRetry,
  resolveByOperator,
} from '../domain/requests.ts';
import type { UpdateResult } from '../domain/store.ts';
import { conflictingFields, sourceConflicts, unsupportedBackupFields, unsupportedFields } from '../domain/support.ts';
import { type Account, VendorError } from '../domain/vendor.ts';
import { type ActionName, type ProviderId, providerIds } from '../domain/vocabulary.ts';
import { changeContext, type EngineContext, leaseOf } from './context.ts';
import { plannedCalls } from './dry-run.ts';
import type { Engine } from './engine.ts';
import { followEvents } from './event-feed.ts';
import type { Change, ChangeContext, DryRunProblem, MigrationService, Replay, RequestContext } from './interface.ts';
import type { UrlCipher } from './url-cipher.ts';
import { noCommand, readBackupCommand, readUploadTarget, uploadFault, vendorProblem } from './vendor-reads.ts';

/** Of one migration, also after a merge. */
const maxLabels = 32;

/** What callers may ask for, over the store and the engine. */
export function createMigrationService(context: EngineContext, engine: Engine, cipher: UrlCipher): MigrationService {
  const { store, runtime, providers, accounts } = context;
  const capabilities = providerIds.map((id) => providers[id].capabilities);
  const creation = { runtime, seal: (url: string): SealedUrl => cipher.seal(url) };

  function accountFor(
    request: { readonly provider: ProviderId; readonly account?: string | undefined },
    caller: RequestContext,
  ): Account {
    if (request.account !== undefined) {
      if (!hasGrant(caller, request.account))
        throw new Problem('forbidden', `There is no grant for the account \`${request.account}\`.`, {
          errors: [{ pointer: '/account', detail: 'The caller has no grant for this account.' }],
        });
      const account = accounts.get(request.account);
      if (account === undefined) throw unknownAccount(`No account \`${request.account}\` is configured.`);
      if (account.provider !== request.provider)
        throw unknownAccount(
          `The account \`${request.account}\` belongs to \`${account.provider}\`, not to \`${request.provider}\`.`,
        );
      return account;
    }
    const own = [...accounts.values()].filter(
      (each) => each.provider === request.provider && hasGrant(caller, each.name),
    );
    const [only] = own;
    if (only === undefined)
      throw unknownAccount(`No account of \`${request.provider}\` is configured for this caller.`);
    if (own.length > 1)
      throw new Problem('invalid_request', 'The account has to be named.', {
        errors: [
          {
            pointer: '/account',
            detail: `Several accounts of \`${request.provider}\` are configured; name one of: ${own.map((each) => each.name).join(', ')}.`,
          },
        ],
      });
    return only;
  }

  /** The migration of a request that has passed every check that needs no vendor. */
  function checked(
    request: Parameters<MigrationService['create']>[0],
    caller: RequestContext,
  ): { migration: Migration; account: Account } {
    const conflicts = conflictingFields(request);
    if (conflicts.length > 0) throw new Problem('invalid_request', summary(conflicts), { errors: conflicts });
    const account = accountFor(request, caller);
    const unsupported = unsupportedFields(request, capabilities);
    if (unsupported.length > 0)
      throw new Problem('unsupported_by_provider', summary(unsupported), { errors: unsupported });
    const migration = newMigration(request, account, caller.caller, creation);
    const faults = providers[request.provider].checkMigration(migration, account);
    if (faults.length > 0) throw new Problem('unsupported_by_provider', summary(faults), { errors: faults });
    return { migration, account };
  }

  async function visible(id: string, caller: RequestContext): Promise<Migration> {
    const migration = await store.get(id);
    if (migration === null || !hasGrant(caller, migration.account)) throw notFound();
    return migration;
  }

  /** Waits until the vendor has accepted or refused, until it is clear that this takes longer, or until the deadline. */
  async function submitted(id: string, work: Promise<void>, waitMs: number): Promise<Migration> {
    const deadline = runtime.now() + waitMs;
    let signal = new AbortController();
    const stop = store.onChange((changed) => {
      if (changed === id) signal.abort();
    });
    try {
      for (let first = true; ; first = false) {
        const waking = signal;
        const migration = await store.get(id);
        if (migration === null) throw notFound();
        const left = deadline - runtime.now();
        const later = migration.dueAt === null || migration.dueAt > deadline;
        if (migration.state !== 'pending' || left <= 0 || (!first && later)) return migration;
        await Promise.race(
          first ? [work, runtime.sleep(left, waking.signal)] : [runtime.sleep(Math.min(left, 250), waking.signal)],
        );
        if (waking.signal.aborted) signal = new AbortController();
      }
    } finally {
      stop();
    }
  }

  /** Reads, checks the precondition and the permission, changes and stores, in one transaction. */
  async function changeIf(
    id: string,
    action: ActionName | null,
    caller: ChangeContext,
    change: (current: Migration) => Migration | null,
    alreadySo: (current: Migration) => boolean = () => false,
  ): Promise<UpdateResult> {
    await visible(id, caller);
    return store.update(
      id,
      (stored) => {
        const current = withAccountAsItIs(stored);
        expectVersion('migration', current, caller);
        const verdict = action === null ? null : permission(action, current, providers[current.provider]);
        if (verdict !== null && !verdict.allowed) {
          if (alreadySo(current)) return null;
          throw refusal(current, verdict.code, verdict.detail);
        }
        return change(current);
      },
      caller.idempotency ? { idempotency: caller.idempotency } : {},
    );
  }

  /** An account that is configured again is no obstacle, even before the engine has taken note of it. */
  function withAccountAsItIs(current: Migration): Migration {
    return accounts.has(current.account) ? unblocked(current, ['account_not_configured']) : current;
  }

  function refusal(current: Migration, code: ProblemCode, detail: string): Problem {
    const provider = providers[current.provider];
    const actions = (['add_backup', 'cut_over', 'cancel', 'retry', 'delete'] as const).filter(
      (each) => permission(each, current, provider).allowed,
    );
    return new Problem(code, detail, { members: { migrationId: current.id, state: current.state, actions } });
  }

  function changed(result: UpdateResult): Change | Replay {
    switch (result.outcome) {
      case 'updated':
        return { migration: result.migration, changed: true };
      case 'unchanged':
        return { migration: result.migration, changed: false };
      case 'key_exists':
        return { replay: result.record };
      case 'target_busy':
        throw targetBusy(result.migrationId);
      case 'not_found':
        throw notFound();
      default:
        throw new Problem('internal', 'The migration could not be changed.');
    }
  }

  function refuseWhileDraining(): void {
    if (engine.draining)
      throw new Problem('draining', 'This process is shutting down and takes no new work.', { retryAfterSeconds: 1 });
  }

  return {
    async create(request, waitMs, caller) {
      refuseWhileDraining();
      const { migration } = checked(request, caller);
      const result = await store.create(migration, leaseOf(context), caller.idempotency);
      if (result.outcome === 'key_exists') return { replay: result.record };
      if (result.outcome === 'target_busy') throw targetBusy(result.migrationId);
      const work = engine.take({ migration, fence: result.fence });
      if (waitMs <= 0) return { migration: (await store.get(migration.id)) ?? migration, accepted: false };
      const present = await submitted(migration.id, work, waitMs);
      if (present.state === 'failed' && present.startedAt === null) throw submissionProblem(present);
      return { migration: present, accepted: present.startedAt !== null };
    },

    async dryRun(request, preflight, caller) {
      const problems: DryRunProblem[] = [];
      try {
        const { migration, account } = checked(request, caller);
        const provider = providers[request.provider];
        const holder = await store.targetHolder(migration);
        if (holder !== null)
          problems.push({ code: 'target_busy', pointer: '/target', detail: targetBusy(holder).message });
        if (preflight)
          problems.push(
            ...(await context.client.converse(account, migration.region, provider.preflight(migration, account))),
          );
        return { valid: problems.length === 0, problems, plan: plannedCalls(migration, provider, account) };
      } catch (error) {
        if (error instanceof VendorError) throw vendorProblem(error);
        if (error instanceof Problem && error.extras.errors && error.code !== 'forbidden')
          return {
            valid: false,
            problems: error.extras.errors.map((fault) => ({ code: error.code, ...fault })),
            plan: [],
          };
        throw error;
      }
    },

    get: visible,

    async list(filter, page, caller) {
      if (filter.account !== undefined && !hasGrant(caller, filter.account))
        throw new Problem('forbidden', `There is no grant for the account \`${filter.account}\`.`);
      return store.list({ ...filter, ...visibleAccounts(caller) }, page);
    },

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
      if ('replay' in result) throw new Problem('internal', 'PATCH takes no idempotency key.');
      return result.migration;
    },

    async addBackup(id, request, caller) {
      refuseWhileDraining();
      const conflicts = sourceConflicts(request.source);
      if (conflicts.length > 0) throw new Problem('invalid_request', summary(conflicts), { errors: conflicts });
      const backup = newBackup(request, creation);
      const result = changed(
        await changeIf(id, 'add_backup', caller, (current) =>
          addBackup(current, checkedBackup(current, backup, request), runtime.now()),
        ),
      );
      return 'replay' in result ? result : { migration: result.migration, backup };
    },

    async cutOver(id, request, caller) {
      const cutOver = (current: Migration): Migration => {
        const { afterBackup } = request;
        if (afterBackup === undefined) {
          if (!providers[current.provider].capabilities.cutoverWithoutBackup)
            throw refusal(
              current,
              'cutover_needs_final_backup',
              'This provider opens the database only with a last backup: add it with `final: true`, or name a queued one in `afterBackup`.',
            );
          return requestCutover(current, null, runtime.now());
        }
        const backup = markableAsFinal(current);
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
          (current) => requestCancel(current, providers[current.provider].cancelVerdict(current), runtime.now()),
          (current) => current.state === 'cancelling' || current.state === 'cancelled',
        ),
      );
    },

    async retry(id, request, caller) {
      if (request.assume !== undefined && request.adopt !== undefined)
        throw new Problem('invalid_request', 'Say either `assume` or `adopt`.', {
          errors: [{ pointer: '/adopt', detail: '`assume` and `adopt` exclude each other.' }],
        });
      return changed(
        await changeIf(
          id,
          'retry',
          caller,
          (current) => {
            const word = request.adopt ? { adopt: request.adopt } : request.assume;
            if (word === undefined) return requestRetry(current, runtime.now());
            if (!current.blocking.some((note) => note.code === 'outcome_unknown'))
              throw refusal(current, 'invalid_state', noWordNeeded(current));
            const faults = request.adopt ? adoptionFaults(current, request.adopt, providers[current.provider]) : [];
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

    async uploadTarget(id, backupId, caller) {
      const migration = await visible(id, caller);
      const backup = migration.backups.find((each) => each.id === backupId);
      if (backup === undefined) throw notFound();
      const fault = uploadFault(migration, backup);
      if (fault !== null) throw refusal(migration, 'invalid_state', fault);
      const account = accounts.get(migration.account);
      if (account === undefined)
        throw unknownAccount(`The account \`${migration.account}\` is not configured any more.`);
      const target = await readUploadTarget(context, account, migration, backup);
      if (target === null)
        throw refusal(migration, 'invalid_state', 'The backup is not registered at the vendor yet. Wait a moment.');
      return target;
    },

    async backupCommand(id, account, input, caller) {
      if (providers[id].backupCommand === null) throw noCommand(context, providers[id]);
      return readBackupCommand(context, providers[id], accountFor({ provider: id, account }, caller), input);
    },

    async remove(id, caller) {
      await visible(id, caller);
      // A retry that comes in between makes it active again: what is deleted is what was checked.
      const removed = await store.remove(id, (current) => {
        expectVersion('migration', current, caller);
        const verdict = permission('delete', current, providers[current.provider]);
        if (!verdict.allowed) throw refusal(current, verdict.code, verdict.detail);
      });
      if (!removed) throw notFound();
    },

    async events(migrationId, page, caller) {
      if (migrationId !== null) await visible(migrationId, caller);
      return store.events({ ...(migrationId !== null && { migrationId }), ...visibleAccounts(caller) }, page);
    },

    async followEvents(migrationId, after, caller, signal) {
      if (migrationId !== null) await visible(migrationId, caller);
      const start = after ?? (migrationId === null ? await store.latestEvent() : null);
      return followEvents(
        context,
        { migrationId, ...visibleAccounts(caller), ...(start !== null && { after: start }) },
        signal,
      );
    },

    findReplay: (key) => store.findIdempotencyKey(key.caller, key.key),
    completeReplay: (key, answer) => store.completeIdempotencyKey(key.caller, key.key, answer),
    capabilities: () => capabilities,
    accounts: (caller) =>
      [...accounts.values()]
        .filter((each) => hasGrant(caller, each.name))
        .map(({ name, provider, region }) => ({ name, provider, region })),

    async health() {
      const storeOk = await store.check().then(
        () => true,
        () => false,
      );
      const draining = engine.draining;
      return {
        ready: storeOk && !draining,
        draining,
        checks: [
          { name: 'store', ok: storeOk, detail: storeOk ? 'answers' : 'does not answer' },
          // They say nothing about readiness: the other accounts work.
          ...[...accounts.values()].map(accountCheck),
        ],
      };
    },
  };

  /** Readable by everybody, so it repeats no words of the vendor. */
  function accountCheck(account: Account) {
    const ok = (context.refusedCredentials?.(account) ?? null) === null;
    const refused =
      'the vendor refused the last login; nothing is tried again until the credentials change or a pause ends';
    return { name: `account ${account.name}`, ok, detail: ok ? 'no refused login' : refused };
  }

  /** The backup when nothing speaks against it on this migration. */
  function checkedBackup(
    current: Migration,
    backup: Backup,
    request: Parameters<MigrationService['addBackup']>[1] | null,
  ): Backup {
    const provider = providers[current.provider];
    const misplaced = request === null ? null : placementFault(current, backup);
    if (misplaced !== null) throw refusal(current, 'invalid_state', misplaced);
    const fits = current.mode === 'full_log' ? 'log' : 'differential';
    if (backup.type !== fits)
      throw new Problem(
        'invalid_request',
        `A migration of mode \`${current.mode}\` takes backups of type \`${fits}\`.`,
        { errors: [{ pointer: '/type', detail: `Has to be \`${fits}\`.` }] },
      );
    const faults = [
      ...(request ? unsupportedBackupFields(request, provider.capabilities) : []),
      ...provider.checkBackup(current, backup),
    ];
    if (faults.length > 0) throw new Problem('unsupported_by_provider', summary(faults), { errors: faults });
    return backup;
  }
}

/** Whether the cutover that is asked for is under way, done, or planned in just that way: the answer is 200, not 409. */
function cutoverIsPlanned(current: Migration, { afterBackup }: CutoverRequest): boolean {
  if (current.mode === 'full' || current.state === 'failed' || current.state === 'cancelled') return false;
  if (current.cancelRequested || failedBackup(current) !== undefined) return false;
  const final = finalBackup(current);
  const planned = current.state === 'cutting_over' || current.cutoverRequested || final !== undefined;
  const last = final ?? current.backups.at(-1);
  return planned && (afterBackup === undefined || afterBackup === last?.id);
}

/** Whether what failed is on its way again already. */
function isRetried({ backups }: Migration): boolean {
  return backups.some(({ attempt, state }) => attempt > 1 && ['queued', 'submitting', 'restoring'].includes(state));
}

/** Why an operator's word is not taken. */
function noWordNeeded(current: Migration): string {
  return unsettledCall(current) === undefined
    ? 'There is no call whose outcome is unknown.'
    : 'It is still being looked for whether the call arrived. An operator’s word is taken once `blocking` says `outcome_unknown`.';
}

function summary(faults: readonly FieldFault[]): string {
  return faults.length === 1
    ? (faults[0]?.detail ?? '')
    : `${faults.length} fields are at fault; \`errors\` names each.`;
}

function unknownAccount(detail: string): Problem {
  return new Problem('unknown_account', detail, { errors: [{ pointer: '/account', detail }] });
}

function notFound(): Problem {
  return new Problem('not_found', 'There is no such migration.');
}

function targetBusy(migrationId: string): Problem {
  return new Problem('target_busy', `The migration ${migrationId} restores the same database onto the same instance.`, {
    members: { migrationId },
  });
}

/** The vendor's refusal of a submission as the answer to the request that made it. */
function submissionProblem(migration: Migration): Problem {
  const { error } = migration;
  const code = error !== null && error.code in problemCatalogue ? (error.code as ProblemCode) : 'provider_rejected';
  return new Problem(code, error?.detail ?? '', {
    members: { migrationId: migration.id },
    ...(error?.provider && { provider: error.provider }),
    retryable: error?.retryable ?? false,
  });
}
