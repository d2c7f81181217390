import type { ExpressionBuilder, Kysely } from 'kysely';
import type { Instant, Migration } from '../domain/migration.ts';
import { vendorIdsOf } from './documents.ts';
import { batches } from './rows.ts';
import type { Tables } from './tables.ts';

type Place = Pick<Migration, 'provider' | 'account' | 'cloud' | 'target'>;

/** `Store.vendorIds`. */
export async function findVendorIds(
  db: Kysely<Tables>,
  migration: Place & Pick<Migration, 'id'>,
): Promise<ReadonlySet<string>> {
  const { provider, target } = migration;
  const rows = await db
    .selectFrom('migrations')
    .select('vendor_ids')
    .where('instance_id', '=', target.instanceId)
    .where('provider', '=', provider)
    .where((where) => sameCloud(where, migration))
    .where('id', '!=', migration.id)
    .execute();
  const removed = await db
    .selectFrom('removed_vendor_ids')
    .select('vendor_id')
    .where('instance_id', '=', target.instanceId)
    .where('provider', '=', provider)
    .where((where) => sameCloud(where, migration))
    .execute();
  return new Set([...rows.flatMap((row) => namesIn(row.vendor_ids)), ...removed.map((row) => row.vendor_id)]);
}

/** SQL condition: the account has the same name or belongs to the same cloud. */
function sameCloud(
  where: ExpressionBuilder<Tables, 'migrations' | 'removed_vendor_ids'>,
  { account, cloud }: Pick<Migration, 'account' | 'cloud'>,
) {
  const byName = where('account', '=', account);
  return cloud === undefined ? byName : where.or([byName, where('cloud_endpoint', '=', cloud.endpoint)]);
}

/** Keeps the vendor ids of a migration that this transaction deletes. */
export async function keepVendorIds(db: Kysely<Tables>, migration: Migration): Promise<void> {
  const rows = vendorIdsOf(migration).map((vendorId) => ({
    provider: migration.provider,
    account: migration.account,
    cloud_endpoint: migration.cloud?.endpoint ?? null,
    instance_id: migration.target.instanceId,
    vendor_id: vendorId,
    changed_at: migration.updatedAt,
  }));
  for (const batch of batches(rows)) await db.insertInto('removed_vendor_ids').values(batch).execute();
}

/** `Store.forgetVendorIds`. */
export async function forgetVendorIds(db: Kysely<Tables>, before: Instant, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('removed_vendor_ids')
    .where('changed_at', '<', before)
    .where('vendor_id', 'in', (query) =>
      query
        .selectFrom('removed_vendor_ids as old')
        .select('old.vendor_id')
        .where('old.changed_at', '<', before)
        .orderBy('old.changed_at')
        .limit(limit),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** The ids in a row. In invalid JSON every word counts: an additional id only prevents a match, a missing one would allow a wrong match. */
function namesIn(text: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // Not JSON.
  }
  return text.match(/[\w.-]+/g) ?? [];
}
