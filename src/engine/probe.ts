import type { Command } from '../domain/decide.ts';
import { probeFailed, settleByFinding } from '../domain/in-doubt.ts';
import type { Call, Migration } from '../domain/migration.ts';
import type { Finding } from '../domain/provider.ts';
import { type Account, VendorError } from '../domain/vendor.ts';
import { changeContext, type EngineContext, keep, type LeasedMigration, openerOf, whileDue } from './context.ts';
import { notBuilt } from './send.ts';
import { clocksDisagree, converseInVendorTime } from './vendor-time.ts';

/** Probes the vendor for an in-doubt call and stores the result. Null: this process no longer holds the lease. */
export async function probe(
  context: EngineContext,
  leased: LeasedMigration,
  account: Account,
  command: Extract<Command, { do: 'probe' }>,
): Promise<LeasedMigration | null> {
  const { store, runtime } = context;
  const { migration, fence } = leased;
  const { recorded, backup } = command;
  const taken = new Set(await store.vendorIds(migration));
  for (const other of migration.backups)
    if (other.id !== recorded.backupId) for (const id of Object.values(other.providerRefs)) taken.add(id);

  let settle: (latest: Migration) => Migration;
  const probedAt = context.patientNow?.() ?? runtime.now();
  try {
    const found = (await converseInVendorTime(context, account, migration.region, (offset) =>
      command.call.find({
        account,
        migration,
        backup,
        open: openerOf(context, backup),
        sentAt: recorded.sentAt + offset,
        now: runtime.now() + offset,
        begunBy: (recorded.settledAt ?? runtime.now()) + context.settings.settleMs + offset,
        taken,
      }),
    )) ?? {
      found: 'unclear' as const,
      detail: clocksDisagree,
    };
    const finding = unlessStranger(context, account, migration, recorded, found);
    settle = (latest) => settleByFinding(latest, recorded.number, finding, probedAt, changeContext(context, latest));
    reportProbe(context, account, recorded, finding.found);
    context.log.info(
      { migrationId: migration.id, operation: recorded.operation, outcome: finding.found },
      'probed for an in-doubt call',
    );
  } catch (error) {
    const failure = error instanceof VendorError ? error.failure : notBuilt(context, migration, recorded, error);
    settle = (latest) => probeFailed(latest, recorded.number, failure, changeContext(context, latest));
    reportProbe(context, account, recorded, 'failed');
    context.log.warn(
      { migrationId: migration.id, operation: recorded.operation, outcome: failure.kind },
      'could not probe for an in-doubt call',
    );
  }
  const stillOpen = (latest: Migration): Migration | null => {
    const state = latest.calls.find((each) => each.number === recorded.number)?.state;
    return state === 'sending' || state === 'unknown' ? settle(latest) : null;
  };
  return keep(await store.update(migration.id, stillOpen, whileDue(context, fence)), leased);
}

function reportProbe(
  { telemetry }: EngineContext,
  { provider, name }: Account,
  { operation }: Call,
  found: Finding['found'] | 'failed',
): void {
  telemetry?.report({ event: 'probed', provider, account: name, operation, found });
}

/**
 * Weakens the result `no` if the credentials are not those of the call and the account at the vendor is unknown: they may open another
 * account.
 */
function unlessStranger(
  { client }: EngineContext,
  account: Account,
  { cloud }: Migration,
  { credential }: Call,
  finding: Finding,
): Finding {
  const present = client.credentialPrint(account);
  const told = cloud?.id !== null && cloud !== undefined;
  if (finding.found !== 'no' || told || credential === undefined || present === null || credential === present)
    return finding;
  return {
    found: 'unclear',
    detail:
      'The account’s current credentials show no effect of it. It was sent with other credentials, so it may be in another account of the vendor.',
  };
}
