import type { Kysely } from 'kysely';
import type { SealCount } from '../domain/store.ts';
import type { Tables } from './tables.ts';

/** Maximum of each count. */
const maxCounted = 10_000;

/** `Store.seals`, from two partial indexes: one lookup per combination of seals, and counting up to `maxCounted`. */
export async function countSeals(db: Kysely<Tables>): Promise<readonly SealCount[]> {
  const counts = new Map<string, { backups: number; webhooks: number }>();
  for (const table of ['backups', 'webhooks'] as const)
    for (let seals = await nextSeals(db, table, ''); seals !== null; seals = await nextSeals(db, table, seals)) {
      const records = await countRecords(db, table, seals);
      for (const seal of seals.split(' ')) {
        const known = counts.get(seal) ?? { backups: 0, webhooks: 0 };
        counts.set(seal, { ...known, [table]: Math.min(known[table] + records, maxCounted) });
      }
    }
  return [...counts].map(([seal, records]) => ({ seal, ...records }));
}

async function nextSeals(db: Kysely<Tables>, table: 'backups' | 'webhooks', after: string): Promise<string | null> {
  const row = await db
    .selectFrom(table)
    .select('seals')
    .where('seals', '>', after)
    .orderBy('seals')
    .limit(1)
    .executeTakeFirst();
  return row?.seals ?? null;
}

async function countRecords(db: Kysely<Tables>, table: 'backups' | 'webhooks', seals: string): Promise<number> {
  const row = await db
    .selectFrom(db.selectFrom(table).select('seals').where('seals', '=', seals).limit(maxCounted).as('counted'))
    .select(({ fn }) => fn.countAll<number>().as('records'))
    .executeTakeFirstOrThrow();
  return Number(row.records);
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
