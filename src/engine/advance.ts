import { cleared, endMigration } from '../domain/aggregate.ts';
import { heldByVendor, idle, withoutAccount, withoutKey } from '../domain/blocking.ts';
import { type Command, decide } from '../domain/decide.ts';
import { isBlockedBy } from '../domain/lifecycle.ts';
import type { Migration } from '../domain/migration.ts';
import type { EngineStep } from '../domain/telemetry.ts';
import {
  accountOf,
  asStep,
  type BegunCall,
  changeContext,
  type EngineContext,
  isDue,
  keep,
  type LeasedMigration,
  leaseOf,
  missingAccountDetail,
  missingKeyDetail,
} from './context.ts';
import { probe } from './probe.ts';
import { send, sendBegun } from './send.ts';

/** The result for a leased migration: it needs an observation (and is still leased), or its lease is released. */
export type Advanced = { readonly next: 'observe'; readonly leased: LeasedMigration } | { readonly next: 'released' };

const released: Advanced = { next: 'released' };

/**
 * Performs the due steps of one leased migration until it has to wait or needs an observation. Each change is stored under the lease before
 * the next step. While `draining` returns true, no new call begins.
 */
export async function advance(
  context: EngineContext,
  leased: LeasedMigration,
  draining: () => boolean,
): Promise<Advanced> {
  const { store } = context;
  let current = leased;
  for (;;) {
    const { migration, begun } = current;
    if (begun !== undefined) {
      const after = await sendNow(context, current, begun);
      if (after === null) return released;
      current = after;
      continue;
    }
    const account = accountOf(context, migration);
    if (account === undefined)
      return rest(context, current, (latest) =>
        withoutAccount(latest, missingAccountDetail(context, latest), changeContext(context, latest)),
      );
    if (isBlockedBy(migration, 'account_not_configured')) {
      const back = await store.update(migration.id, (latest) => cleared(latest, 'account'), {
        fence: current.fence,
        renewLease: leaseOf(context),
      });
      const kept = keep(back, current);
      if (kept === null) return released;
      current = kept;
      continue;
    }
    if (!isDue(context, migration) || draining()) return release(context, current);

    const provider = context.providers.of(migration.provider);
    const command = decide(migration, provider);
    if (command.do === 'observe') return { next: 'observe', leased: current };
    // A caller may have changed the migration since the claim; then nothing is stored and it stays due.
    const ifStillSo = (change: (latest: Migration) => Migration) => (latest: Migration) =>
      decide(latest, provider).do === command.do ? change(latest) : null;
    if (command.do === 'nothing') return rest(context, current, ifStillSo(idle));
    if (command.do === 'conclude_cancel')
      return rest(
        context,
        current,
        ifStillSo((latest) => endMigration(latest, 'cancelled', null, context.runtime.now(), context.runtime.now())),
      );

    await learnCloud(context, migration);
    if (accountOf(context, migration) === undefined) continue;

    const leased = current;
    let work: () => Promise<LeasedMigration | null>;
    const lack = command.do === 'send' ? missingKeyDetail(context, command.backup) : null;
    if (lack !== null)
      return rest(
        context,
        current,
        ifStillSo((latest) => withoutKey(latest, lack, changeContext(context, latest))),
      );
    if (command.do === 'probe') work = () => probe(context, leased, account, command);
    else {
      const admission = context.client.admit(account, migration.region, command.call.operation);
      // The migration stays due and is claimed again when the limit allows a call.
      if (!admission.open && admission.reason === 'limit') return release(context, current);
      if (!admission.open)
        return rest(
          context,
          current,
          ifStillSo((latest) => heldByVendor(latest, admission, changeContext(context, latest))),
        );
      work = () => send(context, leased, account, command, admission.permit);
    }
    const after = await asStep(context, stepOf(migration, command), work);
    if (after === null) return released;
    current = after;
  }
}

/** Sends a call whose intent is stored. */
async function sendNow(
  context: EngineContext,
  leased: LeasedMigration,
  begun: BegunCall,
): Promise<LeasedMigration | null> {
  const { migration } = leased;
  const account = accountOf(context, migration);
  if (account === undefined) throw new Error(`${migration.id} has lost its account`);
  return asStep(context, stepOf(migration, begun.command), () => sendBegun(context, leased, account, begun));
}

/** Learns the account or project that the credentials open, which must be known before a call or a conclusion if possible. */
async function learnCloud({ accounts, client }: EngineContext, migration: Migration): Promise<void> {
  const account = accounts.get(migration.account);
  if (account !== undefined && account.provider === migration.provider)
    await client.learnCloudId(account, migration.region);
}

function stepOf(migration: Migration, command: Extract<Command, { do: 'send' | 'probe' }>): EngineStep {
  const { id, provider, account } = migration;
  return { step: command.do, provider, account, operation: command.call.operation, migrationId: id };
}

/** Stores a last change and releases the lease. */
async function rest(
  context: EngineContext,
  leased: LeasedMigration,
  change: (latest: Migration) => Migration | null,
): Promise<Advanced> {
  await context.store.update(leased.migration.id, change, { fence: leased.fence, release: true });
  return released;
}

/** Releases a leased migration without a change. */
export async function release(context: EngineContext, leased: LeasedMigration): Promise<Advanced> {
  await context.store.releaseLease(leased.migration.id, leased.fence);
  return released;
}
