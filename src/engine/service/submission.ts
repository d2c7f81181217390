import { adoptionDraft } from '../../domain/adoption.ts';
import { type CreationContext, newMigration } from '../../domain/creation.ts';
import { decide } from '../../domain/decide.ts';
import { awaitsFullBackup } from '../../domain/feed.ts';
import { fullBackup, type Migration } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import type { MigrationRequest } from '../../domain/request-schema.ts';
import { type RequestTrace, StoreUnavailable } from '../../domain/store.ts';
import { submissionRefusal } from '../../domain/submission.ts';
import { conflictingFields, sourced, unsupportedFields } from '../../domain/support.ts';
import { type Account, VendorError } from '../../domain/vendor.ts';
import type { BackupFiles } from '../backup-files.ts';
import { cloudOf } from '../cloud-account.ts';
import { type BegunCall, capabilitiesOf, type EngineContext, type LeasedMigration, leaseOf } from '../context.ts';
import { plannedCalls } from '../dry-run.ts';
import type { Engine } from '../engine.ts';
import type {
  ChangeRequestContext,
  DryRunProblem,
  MigrationService,
  Replay,
  RequestContext,
  Submission,
} from '../interface.ts';
import { withIntent } from '../send.ts';
import { vendorProblem } from '../vendor-reads.ts';
import { accountFor } from './access.ts';
import { adoptedMeanwhile, takeOver } from './adoption.ts';
import { type CheckedFiles, judgeFiles, readSource, refuseFaults, withChecked } from './backup-checks.ts';
import { foreignWarning } from './foreign-tasks.ts';
import { refuseWhileDraining, summary, targetBusy } from './problems.ts';
import { requireRoom } from './room.ts';
import { settledAnswer, WaitingRequest } from './waiting-request.ts';

/** Milliseconds for which a caller's read waits for the store, beyond the caller's own wait. */
const momentMs = 1000;

/** The reason to abort a sleep. Without a reason Node creates an error with a stack each time. */
const over = 'over';

interface FirstCall extends Pick<BegunCall, 'command' | 'permit'> {
  readonly account: Account;
}

/** Creates the operations that submit a new migration or show it as a dry run. */
export function createSubmission(
  context: EngineContext,
  engine: Engine,
  creation: CreationContext,
  backupFiles: BackupFiles,
  wakeScanner: () => void,
): Pick<MigrationService, 'create' | 'dryRun'> {
  const { store, runtime, providers } = context;

  /** The migration of a request after all checks that need no call. Throws the problem of a failed check. */
  function checked(
    request: Parameters<MigrationService['create']>[0],
    caller: RequestContext,
  ): { migration: Migration; account: Account } {
    const conflicts = conflictingFields(request, runtime.now());
    if (conflicts.length > 0) throw new Problem('invalid_request', summary(conflicts), { errors: conflicts });
    const account = accountFor(context, request, caller);
    const unsupported = unsupportedFields(sourced(request), capabilitiesOf(context));
    if (unsupported.length > 0)
      throw new Problem('unsupported_by_provider', summary(unsupported), { errors: unsupported });
    if (request.feed !== undefined && !backupFiles.hasStore(account))
      throw new Problem('unsupported_by_provider', 'The account overrides endpoints but has no `endpoints.storage`.', {
        errors: [{ pointer: '/feed', detail: 'Set `endpoints.storage` in the account’s configuration.' }],
      });
    const place = { ...account, cloud: cloudOf(context, account, request.region ?? account.region) };
    const draft = request.adopt === undefined ? newMigration : adoptionDraft;
    const migration = draft(request, place, caller.caller, creation);
    const faults = providers
      .of(request.provider)
      .checkMigration(migration, account)
      .filter(
        // The file of a folder is checked when it is taken, and that of an adopted backup is already restored.
        ({ pointer }) => request.source !== undefined || !pointer?.startsWith('/source'),
      );
    if (faults.length > 0) throw new Problem('unsupported_by_provider', summary(faults), { errors: faults });
    return { migration, account };
  }

  /** Checks the files of the full backup. */
  async function fileCheck(migration: Migration, account: Account): Promise<CheckedFiles> {
    const backup = fullBackup(migration);
    const seen = await readSource(context, backupFiles, account, migration, backup.source);
    const { restorable } = providers.of(migration.provider).objectStore;
    return judgeFiles(seen, account, restorable, migration, backup, null);
  }

  /**
   * Waits until the vendor has accepted or refused, until that is known to take longer than the wait, or until its end. It also ends when this
   * process stops. The migration is already stored, so if the store does not respond, the last known version is returned.
   */
  async function submitted(created: Migration, waiting: WaitingRequest, work: Promise<void>): Promise<Migration> {
    const { id } = created;
    const { end } = waiting;
    let known = created;
    let signal = new AbortController();
    let stop = (): void => undefined;
    try {
      const deadline = new AbortController();
      await Promise.race([work, runtime.sleep(end - runtime.monotonic(), deadline.signal)]);
      deadline.abort(over);
      // An outcome that this process has stored need not be read.
      if (waiting.settled !== null) return waiting.settled;
      stop = store.onChange((changed) => {
        if (changed === id) signal.abort(over);
      });
      for (;;) {
        if (waiting.settled !== null) return waiting.settled;
        const waking = signal;
        const present = await presentIfKnown(id, Math.max(end - runtime.monotonic(), 0));
        if (present === 'deleted') return known;
        known = present ?? known;
        const left = end - runtime.monotonic();
        if (left <= 0 || engine.draining || (present !== null && waiting.isClear(present))) return known;
        await runtime.sleep(Math.min(left, 250), waking.signal);
        if (waking.signal.aborted) signal = new AbortController();
      }
    } finally {
      waiting.close();
      stop();
    }
  }

  /** The stored migration; null: the store does not respond in time. */
  async function presentIfKnown(id: string, waitMs: number): Promise<Migration | 'deleted' | null> {
    const answered = new AbortController();
    try {
      return await Promise.race([
        store.get(id).then((migration) => migration ?? 'deleted'),
        runtime.sleep(waitMs + momentMs, answered.signal).then(() => null),
      ]);
    } catch (error) {
      if (error instanceof StoreUnavailable) return null;
      throw error;
    } finally {
      answered.abort(over);
    }
  }

  /** The first call of a migration if it can be sent at once. Its intent is stored together with the migration. */
  function firstCall(migration: Migration, account: Account): FirstCall | null {
    if (!context.client.knowsCloud(account, migration.region)) return null;
    const command = decide(migration, providers.of(migration.provider));
    if (command.do !== 'send') return null;
    const admission = context.client.admit(account, migration.region, command.call.operation);
    return admission.open ? { command, permit: admission.permit, account } : null;
  }

  /** Stores a new migration, with the intent of its first call if there is one. Throws `target_busy`. */
  async function stored(
    migration: Migration,
    first: FirstCall | null,
    admitted: boolean,
    waitMs: number,
    caller: ChangeRequestContext,
  ): Promise<{ readonly leased: LeasedMigration } | Replay> {
    const now = leaseOf(context);
    const lease = admitted ? now : { ...now, leaseMs: 0 };
    const begun = first === null ? migration : withIntent(context, migration, first.account, first.command);
    const { reply, audit } = caller;
    const trace: RequestTrace = {
      ...(audit && { audit }),
      ...(reply && waitMs <= 0 && { answer: (stored) => settledAnswer(reply, { migration: stored, accepted: false }) }),
    };
    const result = await store.create(begun, lease, caller.idempotency, trace);
    if (result.outcome === 'instance_occupied') {
      // The migration must wait for the instance, so its call is not sent now.
      first?.permit.giveBack();
      return stored(migration, null, admitted, waitMs, caller);
    }
    if (result.outcome !== 'created') first?.permit.giveBack();
    if (result.outcome === 'key_exists') return { replay: result.record };
    if (result.outcome === 'target_busy') throw targetBusy(result.migrationId);
    if (result.outcome === 'ids_taken') throw new Error(`${migration.id} has ids before anything was sent`);
    const leased: LeasedMigration = { migration: begun, fence: result.fence };
    const { command, permit } = first ?? {};
    if (command === undefined || permit === undefined) return { leased };
    return { leased: { ...leased, begun: { command, permit, leaseEnd: lease.now + lease.leaseMs } } };
  }

  /** Adopts a vendor's task. Nothing is sent, so the caller does not wait. */
  async function adopted(
    request: MigrationRequest,
    draft: Migration,
    account: Account,
    caller: ChangeRequestContext,
  ): Promise<Submission | Replay> {
    requireRoom(context, { name: account.name, configured: account }, draft.region);
    const migration = await takeOver(context, account, draft, request, creation);
    const created = await storedAsItIs(migration, caller);
    return 'replay' in created ? created : { migration, accepted: true };
  }

  /** Stores an adopted migration. If another one occupies the instance, its next step waits for that. */
  async function storedAsItIs(migration: Migration, caller: ChangeRequestContext): ReturnType<typeof stored> {
    const { reply, audit } = caller;
    const trace: RequestTrace = {
      ...(audit && { audit }),
      ...(reply && { answer: (present) => settledAnswer(reply, { migration: present, accepted: true }) }),
    };
    const result = await store.create(migration, { ...leaseOf(context), leaseMs: 0 }, caller.idempotency, trace);
    if (result.outcome === 'instance_occupied') return storedAsItIs({ ...migration, occupiesInstance: false }, caller);
    if (result.outcome === 'key_exists') return { replay: result.record };
    if (result.outcome === 'target_busy') throw targetBusy(result.migrationId);
    if (result.outcome === 'ids_taken') throw adoptedMeanwhile(migration);
    caller.reply?.kept();
    return { leased: { migration, fence: result.fence } };
  }

  return {
    async create(request, waitMs, caller) {
      refuseWhileDraining(engine);
      const { migration: described, account } = checked(request, caller);
      if (request.adopt !== undefined) return adopted(request, described, account, caller);
      const files = await fileCheck(described, account);
      refuseFaults(files);
      const migration = withChecked(described, files);
      // If others wait for the account's limit, the migration is stored as due, and a worker claims it in turn.
      const admitted = engine.admits(account);
      const first = admitted ? firstCall(migration, account) : null;
      try {
        const created = await stored(migration, first, admitted, waitMs, caller);
        if ('replay' in created) return created;
        if (migration.feed !== undefined) wakeScanner();
        if (waitMs <= 0) {
          caller.reply?.kept();
          if (admitted) void engine.take(created.leased);
          return { migration: created.leased.migration, accepted: false };
        }
        const waiting = new WaitingRequest(runtime, waitMs, caller);
        const work = admitted ? engine.take({ ...created.leased, request: waiting }) : Promise.resolve();
        const present = await submitted(created.leased.migration, waiting, work);
        const refusal = submissionRefusal(present);
        if (refusal !== null) throw refusal;
        return { migration: present, accepted: present.startedAt !== null };
      } catch (error) {
        first?.permit.giveBack();
        throw error;
      }
    },

    async dryRun(request, preflight, caller) {
      const problems: DryRunProblem[] = [];
      try {
        const { migration, account } = checked(request, caller);
        const provider = providers.of(request.provider);
        const holder = await store.targetHolder(migration);
        if (holder !== null)
          problems.push({ code: 'target_busy', pointer: '/target', detail: targetBusy(holder).message });
        if (request.adopt !== undefined) {
          const adoption = preflight ? await takeOver(context, account, migration, request, creation) : null;
          const notes = adoption?.warnings ?? migration.warnings;
          return { valid: problems.length === 0, problems, notes, plan: [], ...(adoption && { adoption }) };
        }
        const files = preflight ? await fileCheck(migration, account) : null;
        problems.push(...(files?.faults ?? []));
        if (preflight)
          problems.push(
            ...(
              await context.client.converse(account, migration.region, provider.preflight(migration, account), {
                priority: 'caller',
              })
            ).map((fault) => ({ code: 'provider_rejected' as const, ...fault })),
          );
        const others = preflight ? await foreignWarning(context, account, migration) : null;
        const notes = [...migration.warnings, ...(files?.warnings ?? []), ...(others === null ? [] : [others])];
        return {
          valid: problems.length === 0,
          problems,
          notes,
          plan: awaitsFullBackup(migration) ? [] : plannedCalls(migration, provider, account),
        };
      } catch (error) {
        if (error instanceof VendorError) throw vendorProblem(error);
        if (error instanceof Problem && error.extras.errors && error.code !== 'forbidden')
          return {
            valid: false,
            problems: error.extras.errors.map((fault) => ({ code: error.code, ...fault })),
            notes: [],
            plan: [],
          };
        throw error;
      }
    },
  };
}
