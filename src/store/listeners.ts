import type { Instant } from '../domain/migration.ts';
import type { ChangeListener } from '../domain/store.ts';

/** The migrations that a transaction changed, each with the time from which on it may be claimed. */
export class Changes extends Map<string, Instant | null> {
  /** A migration that is changed twice may be claimed from the earlier time on. */
  add(migrationId: string, claimableAt: Instant | null): void {
    const known = this.get(migrationId) ?? null;
    this.set(migrationId, known === null || (claimableAt !== null && claimableAt < known) ? claimableAt : known);
  }
}

/** The listeners of one process. A listener that throws does not affect the others. */
export class Listeners {
  readonly #listeners = new Set<{ readonly tell: ChangeListener }>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a listener; the returned function removes it. */
  add(tell: ChangeListener): () => void {
    const entry = { tell };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

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
