import type { Kysely } from 'kysely';
import type { SealCount } from '../domain/store.ts';
import type { Tables } from './tables.ts';

/** `Store.seals`, answered from two partial indexes. */
export async function countSeals(db: Kysely<Tables>): Promise<readonly SealCount[]> {
  const counts = new Map<string, { backups: number; webhooks: number }>();
  for (const table of ['backups', 'webhooks'] as const) {
    const rows = await db
      .selectFrom(table)
      .select(['seals', ({ fn }) => fn.countAll<number>().as('records')])
      .where('seals', 'is not', null)
      .groupBy('seals')
      .execute();
    for (const { seals, records } of rows)
      for (const seal of (seals ?? '').split(' ')) {
        const known = counts.get(seal) ?? { backups: 0, webhooks: 0 };
        counts.set(seal, { ...known, [table]: known[table] + Number(records) });
      }
  }
  return [...counts].map(([seal, records]) => ({ seal, ...records }));
}

/** `Store.sealedOtherwise`. */
export async function findSealedOtherwise(
  db: Kysely<Tables>,
  mark: string,
  limit: number,
  after: string,
): Promise<{ readonly migrations: readonly string[]; readonly webhooks: readonly string[] }> {
  const migrations = await db
    .selectFrom('backups')
    .select('migration_id')
    .distinct()
    .where('seals', 'is not', null)
    .where('seals', '!=', mark)
    .where('migration_id', '>', after)
    .orderBy('migration_id')
    .limit(limit)
    .execute();
  const webhooks = await db
    .selectFrom('webhooks')
    .select('id')
    .where('seals', 'is not', null)
    .where('seals', '!=', mark)
    .execute();
  return { migrations: migrations.map((row) => row.migration_id), webhooks: webhooks.map(({ id }) => id) };
}
