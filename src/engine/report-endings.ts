import { isTerminal } from '../domain/lifecycle.ts';
import type { Migration } from '../domain/migration.ts';
import type { Store } from '../domain/store.ts';

/** Wraps a store so that `ended` is called after each write of this process that ends a migration. */
export function reportingEndings<S extends Pick<Store, 'update'>>(store: S, ended: (migration: Migration) => void): S {
  const methods = new Map<string | symbol, unknown>([['update', updating(store, ended)]]);
  return new Proxy(store, {
    get(target, name) {
      const known = methods.get(name);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const method: unknown = member.bind(target);
      methods.set(name, method);
      return method;
    },
  });
}

function updating(store: Pick<Store, 'update'>, ended: (migration: Migration) => void): Store['update'] {
  return async (id, change, options) => {
    let wasActive = false;
    const result = await store.update(
      id,
      (current) => {
        wasActive = !isTerminal(current);
        return change(current);
      },
      options,
    );
    if (result.outcome === 'updated' && wasActive && isTerminal(result.migration)) ended(result.migration);
    return result;
  };
}
