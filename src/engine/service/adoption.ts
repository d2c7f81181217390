import { unsettledCall } from '../../domain/lifecycle.ts';
import type { Migration, Refs } from '../../domain/migration.ts';
import { Problem } from '../../domain/problem.ts';
import { VendorError } from '../../domain/vendor.ts';
import { accountOf, type EngineContext, lackOfAccount, openerOf } from '../context.ts';
import { vendorProblem } from '../vendor-reads.ts';

/**
 * Refuses the ids that an operator names for a call of unknown outcome where another migration owns or owned them, or where what they name
 * restores something else. The vendor is asked once. Throws `provider_conflict`, or the vendor's failure as a problem.
 */
export async function refuseForeignRefs(context: EngineContext, migration: Migration, adopt: Refs): Promise<void> {
  const recorded = unsettledCall(migration);
  if (recorded === undefined) return;
  const account = accountOf(context, migration);
  if (account === undefined) throw new Problem('invalid_state', lackOfAccount(context, migration));
  const backup = migration.backups.find(({ id }) => id === recorded.backupId) ?? null;
  const call = context.providers
    .of(migration.provider)
    .plan(recorded.step, migration, backup)
    .find(({ operation }) => operation === recorded.operation);
  if (call === undefined) return;

  const foreign = await context.store.vendorIds(migration);
  const elsewhere = new Set(
    migration.backups
      .filter(({ id }) => id !== recorded.backupId)
      .flatMap(({ providerRefs }) =>
        Object.entries(providerRefs).flatMap(([name, id]) =>
          call.refs.required.includes(name) && migration.providerRefs[name] !== id ? [id] : [],
        ),
      ),
  );
  for (const name of call.refs.required) {
    const id = adopt[name];
    if (id === undefined) continue;
    if (foreign.has(id))
      throw conflict(migration, `\`${name}\` ${id} belongs to another migration, or to one that was deleted.`);
    if (elsewhere.has(id)) throw conflict(migration, `\`${name}\` ${id} belongs to another backup of this migration.`);
  }
  try {
    const objection = await context.client.converse(
      account,
      migration.region,
      call.objection({ account, migration, backup, open: openerOf(context, backup) }, adopt),
    );
    if (objection !== null) throw conflict(migration, objection);
  } catch (error) {
    throw error instanceof VendorError ? vendorProblem(error) : error;
  }
}

function conflict({ id }: Migration, detail: string): Problem {
  return new Problem('provider_conflict', `${detail} It cannot be adopted.`, {
    members: { migrationId: id },
    retryable: false,
  });
}
