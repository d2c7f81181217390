import type { Migration } from '../domain/migration.ts';

/** Maximum number of cached backups and calls, about 15 MB. */
const maxParts = 20_000;
/** Number of backups and calls from which reading the migration is slower than reading its version. */
const longParts = 50;

/** Cache of migrations that this process last stored or read. An entry is valid while the stored version is the same. */
export class KeptMigrations {
  /** Least recently used first. */
  readonly #kept = new Map<string, Migration>();
  #parts = 0;

  /** The cached migration of this version, or null. Its `dueAt` must be read, because it may change without a new version. */
  find(id: string, version: number): Migration | null {
    const migration = this.#kept.get(id);
    if (migration === undefined) return null;
    this.forget(id);
    if (migration.version !== version) return null;
    this.keep(migration);
    return migration;
  }

  /** Whether a long chain is cached under this id, in any version. */
  hasLong(id: string): boolean {
    const migration = this.#kept.get(id);
    return migration !== undefined && partsOf(migration) >= longParts;
  }

  /** Caches a migration that was only read if its chain is long. Short ones are cached only while they are being worked on. */
  keepIfLong(migration: Migration): void {
    if (partsOf(migration) >= longParts) this.keep(migration);
  }

  /** Caches a migration whose transaction is committed. */
  keep(migration: Migration): void {
    this.forget(migration.id);
    this.#kept.set(migration.id, migration);
    this.#parts += partsOf(migration);
    for (const id of this.#kept.keys()) {
      if (this.#parts <= maxParts) return;
      this.forget(id);
    }
  }

  /** Empties the cache. */
  clear(): void {
    this.#kept.clear();
    this.#parts = 0;
  }

  /** Removes a migration from the cache. */
  forget(id: string): void {
    const migration = this.#kept.get(id);
    if (migration === undefined) return;
    this.#parts -= partsOf(migration);
    this.#kept.delete(id);
  }
}

/** The size of an entry: its backups and calls, and one for the migration. */
function partsOf({ backups, calls }: Migration): number {
  return 1 + backups.length + calls.length;
}
