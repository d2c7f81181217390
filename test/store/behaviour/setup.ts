import { afterEach } from 'vitest';
import type { Store } from '../../../src/domain/store.ts';

/** The location of stores: a file or a database. */
export interface Site {
  /** Opens a store on a new, empty location. */
  open(): Promise<Store>;
  /** Opens another store on the location of the last `open`, or returns the same store where only one can be open. */
  replica(): Promise<Store>;
  /** Runs a statement on the location of the last `open`, past the store. */
  execute(statement: string): Promise<void>;
}

/** A site whose stores are closed after each test. */
export function closing(
  open: () => Promise<Store>,
  replica: (first: Store) => Promise<Store>,
  execute: Site['execute'],
): Site {
  const opened: Store[] = [];
  const keep = async (opening: Promise<Store>) => {
    const store = await opening;
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });
  return {
    open: () => keep(open()),
    execute,
    replica: async () => {
      const first = opened[0];
      if (first === undefined) throw new Error('open a store first');
      return keep(replica(first));
    },
  };
}
