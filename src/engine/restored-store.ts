import { distrusted } from '../domain/restored-store.ts';
import type { Store } from '../domain/store.ts';
import { migrationStates, terminalStates } from '../domain/vocabulary.ts';

const pageSize = 200;

/**
 * Marks all migrations of a database that was restored from a copy, see `distrusted`. No process may use the database meanwhile. Returns the
 * number of marked migrations.
 */
export async function distrustStore(store: Pick<Store, 'list' | 'update'>): Promise<number> {
  const states = migrationStates.filter((state) => !terminalStates.includes(state));
  let marked = 0;
  for (let after: string | undefined; ; ) {
    const page = await store.list(
      { states },
      { size: pageSize, order: 'oldest_first', ...(after !== undefined && { after }) },
    );
    for (const { id } of page) if ((await store.update(id, distrusted)).outcome === 'updated') marked++;
    after = page.at(-1)?.id;
    if (page.length < pageSize) return marked;
  }
}
