import type { Migration } from '../domain/migration.ts';

/** Maximum number of backups and calls kept, about 15 MB. */
const maxParts = 20_000;
/** Number of backups and calls from which on reading a migration costs more than asking for its version. */
const longParts = 50;

/** Migrations as this process last stored or read them, valid while the database has the same version. */
export class KeptMigrations {
  /** The least recently used first. */
  readonly #kept = new Map<string, Migration>();
  #parts = 0;

  /** A migration of that version, or null. When it is due has to be looked up: it may change without a new version. */
  find(id: string, version: number): Migration | null {
    const migration = this.#kept.get(id);
    if (migration === undefined) return null;
    this.forget(id);
    if (migration.version !== version) return null;
    this.keep(migration);
    return migration;
  }

  /** Whether a long chain is kept under this id, of whatever version. */
  hasLong(id: string): boolean {
    const migration = this.#kept.get(id);
    return migration !== undefined && partsOf(migration) >= longParts;
  }

  /** The same for what was only read: of short ones only those that are worked on are kept. */
  keepIfLong(migration: Migration): void {
    if (partsOf(migration) >= longParts) this.keep(migration);
  }

  /** `migration` is committed. */
  keep(migration: Migration): void {
    this.forget(migration.id);
    this.#kept.set(migration.id, migration);
    this.#parts += partsOf(migration);
    for (const id of this.#kept.keys()) {
      if (this.#parts <= maxParts) return;
      this.forget(id);
    }
  }

  clear(): void {
    this.#kept.clear();
    this.#parts = 0;
  }

  forget(id: string): void {
    const migration = this.#kept.get(id);
    if (migration === undefined) return;
    this.#parts -= partsOf(migration);
    this.#kept.delete(id);
  }
}

/** One for the migration itself. */
function partsOf({ backups, calls }: Migration): number {
  return 1 + backups.length + calls.length;
}
