/** The listeners of one process. A listener that throws harms nobody else. */
export class Listeners {
  readonly #listeners = new Set<{ readonly tell: (migrationId: string) => void }>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Adds a listener; the answer removes it. */
  add(tell: (migrationId: string) => void): () => void {
    const entry = { tell };
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  tell(migrationIds: Iterable<string>): void {
    for (const id of migrationIds)
      for (const { tell } of [...this.#listeners]) {
        try {
          tell(id);
        } catch (error) {
          this.#onError(error);
        }
      }
  }
}
