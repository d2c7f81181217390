import { withCall } from '../domain/aggregate.ts';
import { queuedBehind } from '../domain/blocking.ts';
import { acceptCall, beginCall, failCall } from '../domain/calls.ts';
import { type Command, decide } from '../domain/decide.ts';
import { acceptedAfterAll } from '../domain/in-doubt.ts';
import type { Call, Migration, Refs } from '../domain/migration.ts';
import type { CallInput } from '../domain/provider.ts';
import { type LeaseRequest, StoreUnavailable, type UpdateResult } from '../domain/store.ts';
import {
  type Account,
  type FailureKind,
  type Permit,
  VendorError,
  type VendorFailure,
  type VendorRequest,
} from '../domain/vendor.ts';
import { cloudAtSending } from './cloud-account.ts';
import {
  type BegunCall,
  changeContext,
  type EngineContext,
  keep,
  type LeasedMigration,
  leaseOf,
  openerOf,
  whileDue,
  withoutBegun,
} from './context.ts';

/**
 * Stores the intent of a call, sends it and stores the outcome. `permit`: permission to send one call now; it is returned here. Null: this
 * process no longer holds the lease.
 */
export async function send(
  context: EngineContext,
  leased: LeasedMigration,
  account: Account,
  command: Extract<Command, { do: 'send' }>,
  permit: Permit,
): Promise<LeasedMigration | null> {
  try {
    const lease = leaseOf(context);
    const intent = await storeIntent(context, leased, account, command, lease);
    if (intent.outcome === 'instance_occupied') return await queueBehind(context, leased);
    if (intent.outcome !== 'updated') return keep(intent, leased);
    const begun = { command, permit, leaseEnd: lease.now + lease.leaseMs };
    return await transmit(context, { ...leased, migration: intent.migration }, account, begun);
  } finally {
    permit.giveBack();
  }
}

/** Sends a call whose intent is stored, stores the outcome and returns the permit. */
export async function sendBegun(
  context: EngineContext,
  leased: LeasedMigration,
  account: Account,
  begun: BegunCall,
): Promise<LeasedMigration | null> {
  try {
    return await transmit(context, leased, account, begun);
  } finally {
    begun.permit.giveBack();
  }
}

function storeIntent(
  context: EngineContext,
  { migration: { id, provider: name }, fence }: LeasedMigration,
  account: Account,
  command: Extract<Command, { do: 'send' }>,
  lease: LeaseRequest,
): Promise<UpdateResult> {
  const provider = context.providers.of(name);
  return context.store.update(
    id,
    (latest) => {
      const again = decide(latest, provider);
      // A caller may have changed the migration since the claim, so the stored state decides again.
      if (
        again.do !== 'send' ||
        again.call.operation !== command.call.operation ||
        again.backup?.id !== command.backup?.id ||
        again.attempt !== command.attempt
      )
        return null;
      return withIntent(context, latest, account, again);
    },
    { fence, renewLease: lease },
  );
}

/** The migration with the intent of its next call, the cloud account, and the print of its credentials. */
export function withIntent(
  context: EngineContext,
  migration: Migration,
  account: Account,
  command: Extract<Command, { do: 'send' }>,
): Migration {
  const belonging = { ...migration, cloud: cloudAtSending(context, migration, account) };
  const begun = beginCall(belonging, command, changeContext(context, migration));
  const credential = context.client.credentialPrint(account);
  return credential === null
    ? begun
    : withCall(begun, begun.calls.at(-1)?.number ?? 0, (call) => ({ ...call, credential }));
}

async function queueBehind(
  context: EngineContext,
  { migration: { id, provider }, fence }: LeasedMigration,
): Promise<null> {
  await context.store.update(
    id,
    // After a cancellation there is nothing to wait for.
    (latest) =>
      decide(latest, context.providers.of(provider)).do === 'send'
        ? queuedBehind(latest, changeContext(context, latest))
        : null,
    { fence, release: true },
  );
  return null;
}

/** Sends the last stored call and stores its outcome. A call that is recorded as in doubt is not sent. */
async function transmit(
  context: EngineContext,
  leased: LeasedMigration,
  account: Account,
  { command, permit, leaseEnd }: BegunCall,
): Promise<LeasedMigration | null> {
  const { migration } = leased;
  const { id } = migration;
  const provider = context.providers.of(migration.provider);
  const call = migration.calls.at(-1);
  if (call === undefined) throw new Error(`${id} has lost its call`);
  if (call.state === 'unknown') return withoutBegun(leased);
  const backup = migration.backups.find((each) => each.id === call.backupId) ?? null;
  const input: CallInput = { account, migration, backup, open: openerOf(context, backup) };

  const hold = leased.hold ?? { until: 0 };
  hold.until = leaseEnd;
  const isOurs = (): boolean => context.runtime.now() < hold.until;

  let request: VendorRequest;
  try {
    request = command.call.build(input);
  } catch (error) {
    const failure = notBuilt(context, migration, call, error);
    const refuse = (latest: Migration) => failCall(latest, call.number, failure, changeContext(context, latest));
    return storeOutcome(context, leased, call, refuse, null);
  }

  let settle: (latest: Migration) => Migration;
  let accepted: Refs | null = null;
  try {
    const reply = await context.client.execute(account, migration.region, request, {
      mayGo: isOurs,
      permit,
      maxWaitMs: context.settings.callTimeoutMs,
    });
    const refs: Refs = command.call.parse(reply);
    const requestId = provider.requestIdOf(reply);
    accepted = refs;
    settle = (latest) => acceptCall(latest, call.number, refs, changeContext(context, latest), requestId);
    reportSent(context, account, call, 'accepted');
    context.log.info({ migrationId: id, operation: call.operation, outcome: 'accepted' }, 'vendor call');
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { failure } = error;
    settle = (latest) => failCall(latest, call.number, failure, changeContext(context, latest));
    reportSent(context, account, call, failure.kind);
    context.log.warn(
      {
        migrationId: id,
        operation: call.operation,
        outcome: failure.kind,
        error: failure.provider.code ?? failure.code,
      },
      'vendor call',
    );
  }
  return storeOutcome(context, leased, call, settle, accepted);
}

function reportSent(
  { telemetry }: EngineContext,
  { provider, name }: Account,
  { operation }: Call,
  outcome: 'accepted' | FailureKind,
): void {
  telemetry?.report({ event: 'sent', provider, account: name, operation, outcome });
}

/** Stores the outcome of a call, even after the lease is lost, unless the call is already settled. */
async function storeOutcome(
  context: EngineContext,
  leased: LeasedMigration,
  call: Call,
  settle: (latest: Migration) => Migration,
  accepted: Refs | null,
): Promise<LeasedMigration | null> {
  const { id } = leased.migration;
  const change = (latest: Migration): Migration | null => {
    const state = latest.calls.find((each) => each.number === call.number)?.state;
    return state === 'sending' || state === 'unknown' ? settle(latest) : null;
  };
  const { request } = leased;
  const result = await persistently(context, () =>
    context.store.update(id, change, { ...whileDue(context, leased.fence), ...(request && { settles: request }) }),
  );
  if (result.outcome === 'updated' && result.kept) request?.kept(result.migration);
  if (result.outcome !== 'fenced') return keep(result, leased);
  const late = await persistently(context, () =>
    context.store.update(id, (latest) => change(latest) ?? (accepted && acceptedAfterAll(latest, call, accepted))),
  );
  context.log.warn(
    { migrationId: id, operation: call.operation, outcome: late.outcome },
    'outcome stored after the lease was lost',
  );
  return null;
}

/** Repeats a write until the database responds, for at most the duration of a lease. A probe later finds what was not written. */
async function persistently(context: EngineContext, write: () => Promise<UpdateResult>): Promise<UpdateResult> {
  const end = context.runtime.now() + context.settings.leaseMs;
  for (let wait = 50; ; wait *= 2) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || context.runtime.now() + wait > end) throw error;
      await context.runtime.sleep(wait);
    }
  }
}

/** The failure of a request that cannot be built, such as one whose URL cannot be decrypted. Nothing was sent. Logs the error. */
export function notBuilt(context: EngineContext, migration: Migration, call: Call, error: unknown): VendorFailure {
  const text = error instanceof Error ? error.message : String(error);
  context.log.error(
    { migrationId: migration.id, operation: call.operation, error: text },
    'a vendor request could not be built',
  );
  return {
    kind: 'rejected',
    code: 'internal',
    detail: `Godwit could not build the request for ${call.operation}: ${text}`,
    retryable: true,
    provider: {
      name: migration.provider,
      operation: call.operation,
      code: null,
      message: null,
      requestId: null,
      httpStatus: null,
    },
  };
}
