import type { Kysely } from 'kysely';
import type { MigrationCount } from '../domain/store.ts';
import type { MigrationState, ProviderId } from '../domain/vocabulary.ts';
import type { Tables } from './tables.ts';

/** `Store.statistics`, from an index alone. */
export async function countMigrations(db: Kysely<Tables>): Promise<readonly MigrationCount[]> {
  const rows = await db
    .selectFrom('migrations')
    .select(['provider', 'account', 'state', 'state_reason'])
    .select((row) => [row.fn.countAll<number>().as('migrations'), row.fn.sum<number>('unknown_calls').as('unknown')])
    .groupBy(['provider', 'account', 'state', 'state_reason'])
    .execute();
  return rows.map((row) => ({
    provider: row.provider as ProviderId,
    account: row.account,
    state: row.state as MigrationState,
    stateReason: row.state_reason,
    migrations: Number(row.migrations),
    unknownOutcomes: Number(row.unknown),
  }));
}
