import {
  acceptCall,
  beginCall,
  type ChangeContext,
  endMigration,
  failCall,
  lookFailed,
  settleByFinding,
  unblocked,
  withNote,
} from '../domain/calls.ts';
import { type Command, decide } from '../domain/decide.ts';
import { isTerminal } from '../domain/lifecycle.ts';
import type { Call, Migration, Refs } from '../domain/migration.ts';
import type { CallInput, Finding } from '../domain/provider.ts';
import { StoreUnavailable, type UpdateResult } from '../domain/store.ts';
import type { EngineStep } from '../domain/telemetry.ts';
import {
  type Account,
  type FailureKind,
  VendorError,
  type VendorFailure,
  type VendorRequest,
} from '../domain/vendor.ts';
import { accountOf, asStep, type EngineContext, type Held, isDue, leaseOf, whileDue } from './context.ts';
import { converseInVendorTime } from './vendor-time.ts';

/** What became of a held migration: it needs to be observed (still held), or it was let go. */
export type Advanced = { readonly next: 'observe'; readonly held: Held } | { readonly next: 'released' };

const released: Advanced = { next: 'released' };

/**
 * Does what is due about one held migration until it has to wait or be observed. Every change is stored under the lease before the next
 * one begins. `draining` stops before a new call is sent.
 */
export async function advance(context: EngineContext, held: Held, draining: () => boolean): Promise<Advanced> {
  const { store } = context;
  let current = held;
  for (;;) {
    const { migration } = current;
    const account = accountOf(context, migration);
    if (account === undefined) return rest(context, current, (latest) => withoutAccount(latest, context));
    if (migration.blocking.some((note) => note.code === 'account_not_configured')) {
      const back = await store.update(migration.id, (latest) => unblocked(latest, ['account_not_configured']), {
        fence: current.fence,
        renewLease: leaseOf(context),
      });
      const kept = keep(back, current);
      if (kept === null) return released;
      current = kept;
      continue;
    }
    if (!isDue(context, migration) || draining()) return release(context, current);

    const provider = context.providers[migration.provider];
    const command = decide(migration, provider);
    if (command.do === 'observe') return { next: 'observe', held: current };
    // A caller may have changed it since it was claimed; then it stays due.
    const ifStillSo = (change: (latest: Migration) => Migration) => (latest: Migration) =>
      decide(latest, provider).do === command.do ? change(latest) : null;
    if (command.do === 'nothing') return rest(context, current, ifStillSo(idle));
    if (command.do === 'conclude_cancel')
      return rest(
        context,
        current,
        ifStillSo((latest) => endMigration(latest, 'cancelled', null, context.runtime.now(), context.runtime.now())),
      );

    const held = current;
    const after = await asStep(context, stepOf(migration, command), () =>
      command.do === 'send' ? send(context, held, account, command) : look(context, held, account, command),
    );
    if (after === null) return released;
    current = after;
  }
}

function stepOf(migration: Migration, command: Extract<Command, { do: 'send' | 'look' }>): EngineStep {
  const { id, provider, account } = migration;
  return { step: command.do, provider, account, operation: command.call.operation, migrationId: id };
}

/** Intent, call, outcome. Null: the migration is no longer ours. */
async function send(
  context: EngineContext,
  held: Held,
  account: Account,
  command: Extract<Command, { do: 'send' }>,
): Promise<Held | null> {
  const { store, providers } = context;
  const { id } = held.migration;
  const provider = providers[held.migration.provider];
  const lease = leaseOf(context);
  const intent = await store.update(
    id,
    (latest) => {
      const again = decide(latest, provider);
      // The caller may have changed the migration since it was claimed: what is sent follows from what is stored now.
      if (
        again.do !== 'send' ||
        again.call.operation !== command.call.operation ||
        again.backup?.id !== command.backup?.id ||
        again.attempt !== command.attempt
      )
        return null;
      return beginCall(latest, again, changeContext(context, latest));
    },
    { fence: held.fence, renewLease: lease },
  );
  if (intent.outcome === 'instance_occupied')
    return keep(
      await store.update(
        id,
        // Who cancels in this moment has no more to wait for.
        (latest) => (decide(latest, provider).do === 'send' ? queuedBehind(latest, context) : null),
        { fence: held.fence, release: true },
      ),
      null,
    );
  if (intent.outcome !== 'updated') return keep(intent, held);

  const migration = intent.migration;
  const call = migration.calls.at(-1);
  if (call === undefined) throw new Error(`${id} has lost its call`);
  const backup = migration.backups.find((each) => each.id === call.backupId) ?? null;
  const input: CallInput = { account, migration, backup, open: context.openUrl };

  const hold = held.hold ?? { until: 0 };
  hold.until = lease.now + lease.leaseMs;
  const isOurs = (): boolean => context.runtime.now() < hold.until;

  let request: VendorRequest;
  try {
    request = command.call.build(input);
  } catch (error) {
    const failure = notBuilt(context, migration, call, error);
    const refuse = (latest: Migration) => failCall(latest, call.number, failure, changeContext(context, latest));
    return storeOutcome(context, held, call, refuse, null);
  }

  let settle: (latest: Migration) => Migration;
  let accepted: Refs | null = null;
  try {
    const reply = await context.client.execute(account, migration.region, request, isOurs);
    const refs: Refs = command.call.parse(reply);
    const requestId = provider.requestIdOf(reply);
    accepted = refs;
    settle = (latest) => acceptCall(latest, call.number, refs, changeContext(context, latest), requestId);
    tellSent(context, account, call, 'accepted');
    context.log.info({ migrationId: id, operation: call.operation, outcome: 'accepted' }, 'vendor call');
  } catch (error) {
    if (!(error instanceof VendorError)) throw error;
    const { failure } = error;
    settle = (latest) => failCall(latest, call.number, failure, changeContext(context, latest));
    tellSent(context, account, call, failure.kind);
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
  return storeOutcome(context, held, call, settle, accepted);
}

function tellSent(
  { telemetry }: EngineContext,
  { provider, name }: Account,
  { operation }: Call,
  outcome: 'accepted' | FailureKind,
): void {
  telemetry?.report({ event: 'sent', provider, account: name, operation, outcome });
}

/**
 * Writes down what a call came to. The fact is worth keeping even when the lease has passed on meanwhile, as long as nobody has settled
 * the call by other means.
 */
async function storeOutcome(
  context: EngineContext,
  held: Held,
  call: Call,
  settle: (latest: Migration) => Migration,
  accepted: Refs | null,
): Promise<Held | null> {
  const { id } = held.migration;
  const change = (latest: Migration): Migration | null => {
    const state = latest.calls.find((each) => each.number === call.number)?.state;
    return state === 'sending' || state === 'unknown' ? settle(latest) : null;
  };
  const result = await persistently(context, () => context.store.update(id, change, whileDue(context, held.fence)));
  if (result.outcome !== 'fenced') return keep(result, held);
  const late = await persistently(context, () =>
    context.store.update(id, (latest) => change(latest) ?? (accepted && arrivedAfterAll(latest, call, accepted))),
  );
  context.log.warn(
    { migrationId: id, operation: call.operation, outcome: late.outcome },
    'outcome stored after the lease had passed on',
  );
  return null;
}

/** The worst case is told: a call that was taken for lost, and sent again, has arrived. Null: the outcome was known in time. */
function arrivedAfterAll(latest: Migration, call: Call, refs: Refs): Migration | null {
  if (latest.calls.find((each) => each.number === call.number)?.state !== 'absent') return null;
  const ids = Object.entries(refs).map(([name, id]) => `${name} ${id}`);
  const detail = `${call.operation} number ${call.number} was taken for lost and was accepted after all (${ids.join(', ')}). Look at the vendor for what it has begun.`;
  return { ...latest, warnings: withNote(latest.warnings, { code: 'accepted_after_all', detail }) };
}

async function look(
  context: EngineContext,
  held: Held,
  account: Account,
  command: Extract<Command, { do: 'look' }>,
): Promise<Held | null> {
  const { store, runtime } = context;
  const { migration, fence } = held;
  const { recorded, backup } = command;
  const taken = new Set(await store.vendorIds(migration.account, migration.target.instanceId, migration.id));
  for (const other of migration.backups)
    if (other.id !== recorded.backupId) for (const id of Object.values(other.providerRefs)) taken.add(id);

  let settle: (latest: Migration) => Migration;
  const lookedAt = runtime.now();
  try {
    const finding = (await converseInVendorTime(context, account, migration.region, (offset) =>
      command.call.find({
        account,
        migration,
        backup,
        open: context.openUrl,
        sentAt: recorded.sentAt + offset,
        now: runtime.now() + offset,
        taken,
      }),
    )) ?? {
      found: 'unclear' as const,
      detail: 'The vendor’s answers carry clocks that disagree by more than seconds.',
    };
    settle = (latest) => settleByFinding(latest, recorded.number, finding, lookedAt, changeContext(context, latest));
    tellLooked(context, account, recorded, finding.found);
    context.log.info(
      { migrationId: migration.id, operation: recorded.operation, outcome: finding.found },
      'looked for a call of unknown outcome',
    );
  } catch (error) {
    const failure = error instanceof VendorError ? error.failure : notBuilt(context, migration, recorded, error);
    settle = (latest) => lookFailed(latest, recorded.number, failure, changeContext(context, latest));
    tellLooked(context, account, recorded, 'failed');
    context.log.warn(
      { migrationId: migration.id, operation: recorded.operation, outcome: failure.kind },
      'could not look for a call of unknown outcome',
    );
  }
  const stillOpen = (latest: Migration): Migration | null => {
    const state = latest.calls.find((each) => each.number === recorded.number)?.state;
    return state === 'sending' || state === 'unknown' ? settle(latest) : null;
  };
  return keep(await store.update(migration.id, stillOpen, whileDue(context, fence)), held);
}

function tellLooked(
  { telemetry }: EngineContext,
  { provider, name }: Account,
  { operation }: Call,
  found: Finding['found'] | 'failed',
): void {
  telemetry?.report({ event: 'looked', provider, account: name, operation, found });
}

/** Applies a last change and lets go. */
async function rest(
  context: EngineContext,
  held: Held,
  change: (latest: Migration) => Migration | null,
): Promise<Advanced> {
  await context.store.update(held.migration.id, change, { fence: held.fence, release: true });
  return released;
}

/** Lets go of a held migration without changing it. */
export async function release(context: EngineContext, held: Held): Promise<Advanced> {
  await context.store.update(held.migration.id, () => null, { fence: held.fence, release: true });
  return released;
}

export function changeContext(context: EngineContext, migration: Migration): ChangeContext {
  return { provider: context.providers[migration.provider], settings: context.settings, now: context.runtime.now() };
}

/** Goes on with what is stored now, unless it is no longer ours. */
export function keep(result: UpdateResult, held: Held | null): Held | null {
  return held !== null && (result.outcome === 'updated' || result.outcome === 'unchanged') && !result.released
    ? { ...held, migration: result.migration }
    : null;
}

/** Tries to write until the database answers or the lease is over; what is not written then is found by looking. */
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

/** A request that cannot be made, such as one whose URL was sealed with a key that is gone. Nothing was sent. */
function notBuilt(context: EngineContext, migration: Migration, call: Call, error: unknown): VendorFailure {
  const text = error instanceof Error ? error.message : String(error);
  context.log.error({ migrationId: migration.id, operation: call.operation, error: text }, 'a request cannot be made');
  return {
    kind: 'rejected',
    code: 'internal',
    detail: `The request for ${call.operation} cannot be made: ${text}`,
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

function queuedBehind(migration: Migration, { runtime, settings }: EngineContext): Migration {
  const detail =
    'Another migration restores onto the same instance, and this provider runs one restore per instance. This one follows by itself.';
  return {
    ...migration,
    stateReason: 'queued_behind_target',
    blocking: withNote(migration.blocking, { code: 'queued_behind_target', detail }),
    dueAt: runtime.now() + settings.pollMaxMs,
    updatedAt: runtime.now(),
  };
}

/** Nothing can be sent: either it is over, or the caller has to act first. */
function idle(migration: Migration): Migration {
  const waitsForFile = migration.backups.some(
    (backup) => backup.source.type === 'upload' && !backup.uploaded && backup.state === 'submitting',
  );
  if (!waitsForFile || isTerminal(migration)) return { ...migration, dueAt: null };
  return {
    ...migration,
    dueAt: null,
    stateReason: 'awaiting_upload',
    blocking: withNote(migration.blocking, {
      code: 'awaiting_upload',
      detail: 'Upload the file to the target that `upload-target` gives, then POST `uploaded`.',
    }),
  };
}

function withoutAccount(migration: Migration, { runtime, settings }: EngineContext): Migration {
  if (isTerminal(migration)) return { ...migration, dueAt: null };
  const detail = `The account \`${migration.account}\` is no longer configured. Nothing can be sent or observed until it is back.`;
  return {
    ...migration,
    stateReason: 'account_not_configured',
    blocking: withNote(migration.blocking, { code: 'account_not_configured', detail }),
    dueAt: runtime.now() + settings.pollMaxMs,
    updatedAt: runtime.now(),
  };
}
