import type { Instant } from '../domain/migration.ts';
import type { ChangeListener } from '../domain/store.ts';

/** The migrations that a transaction changed, and from when each may be claimed. */
export class Changes extends Map<string, Instant | null> {
  /** Adds a change. For a migration that was changed twice the earlier time counts. */
  add(migrationId: string, claimableAt: Instant | null): void {
    const known = this.get(migrationId) ?? null;
    this.set(migrationId, known === null || (claimableAt !== null && claimableAt < known) ? claimableAt : known);
  }
}

/** The change listeners of one process. An exception of a listener goes to `onError` and does not affect the others. */
export class Listeners {
  readonly #listeners = new Set<{ readonly tell: ChangeListener }>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a listener. Returns a function that removes it. */
  add(tell: ChangeListener): () => void {
    const entry = { tell };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  /** Notifies all listeners. */
  tell(changes: ReadonlyMap<string, Instant | null>): void {
    for (const [id, claimableAt] of changes)
      for (const { tell } of [...this.#listeners]) {
        try {
          tell(id, claimableAt);
        } catch (error) {
          this.#onError(error);
        }
      }
  }
}
