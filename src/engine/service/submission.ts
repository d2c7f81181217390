import { type CreationContext, newMigration } from '../../domain/creation.ts';
import type { Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import { conflictingFields, unsupportedFields } from '../../domain/support.ts';
import { type Account, VendorError } from '../../domain/vendor.ts';
import { cloudOf } from '../cloud-account.ts';
import { capabilitiesOf, type EngineContext, leaseOf } from '../context.ts';
import { plannedCalls } from '../dry-run.ts';
import type { Engine } from '../engine.ts';
import type { DryRunProblem, MigrationService, RequestContext } from '../interface.ts';
import { vendorProblem } from '../vendor-reads.ts';
import { accountFor } from './access.ts';
import { notFound, refuseWhileDraining, submissionProblem, summary, targetBusy } from './problems.ts';

/** New migrations: checked, stored, submitted, or only shown. */
export function createSubmission(
  context: EngineContext,
  engine: Engine,
  creation: CreationContext,
): Pick<MigrationService, 'create' | 'dryRun'> {
  const { store, runtime, providers } = context;

  /** The migration of a request that has passed every check that needs no vendor. */
  function checked(
    request: Parameters<MigrationService['create']>[0],
    caller: RequestContext,
  ): { migration: Migration; account: Account } {
    const conflicts = conflictingFields(request);
    if (conflicts.length > 0) throw new Problem('invalid_request', summary(conflicts), { errors: conflicts });
    const account = accountFor(context, request, caller);
    const unsupported = unsupportedFields(request, capabilitiesOf(context));
    if (unsupported.length > 0)
      throw new Problem('unsupported_by_provider', summary(unsupported), { errors: unsupported });
    const cloud = cloudOf(context, account, request.region ?? account.region);
    const migration = newMigration(request, { ...account, cloud }, caller.caller, creation);
    const faults = providers[request.provider].checkMigration(migration, account);
    if (faults.length > 0) throw new Problem('unsupported_by_provider', summary(faults), { errors: faults });
    return { migration, account };
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

  return {
    async create(request, waitMs, caller) {
      refuseWhileDraining(engine);
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
  };
}
