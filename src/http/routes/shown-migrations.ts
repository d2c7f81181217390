import type { Migration } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { KeptMigration, StoredAnswer } from '../../domain/store.ts';
import type { KnownMigration } from '../../engine/interface.ts';

/** Maximum size of all kept texts, in characters. */
const maxCharacters = 8_000_000;
/** Maximum size of one kept text, in characters: a few longer ones would displace all others. */
const maxOfOne = 500_000;
/**
 * Maximum age of a text in milliseconds. A database that loses its last commits in a failover may reuse their versions for other states.
 */
const maxAgeMs = 60_000;

/** The kept texts of one version of a migration. */
export interface ShownMigration extends KnownMigration {
  readonly answer?: StoredAnswer;
  /** Its JSON in a list. */
  readonly item?: string;
}

/** The kept JSON of a migration in a list. */
export interface ShownItem extends KeptMigration {
  readonly text: string;
}

/** A cache of representations by migration id and version, which saves composing an unchanged one again. */
export interface ShownMigrations {
  find(id: string): ShownMigration | undefined;
  /** The list JSON of that version; undefined if it is not kept. */
  item(id: string, version: number): ShownItem | undefined;
  /** Keeps texts of a version. Texts of the same version stay; texts of an older one are dropped. */
  keep(migration: Migration, made: Pick<ShownMigration, 'answer' | 'item'>): void;
}

interface Kept extends ShownMigration {
  readonly keptAt: number;
  readonly characters: number;
  /** Whether it was read since it was placed at its position in the map. */
  used: boolean;
}

/** A bounded cache that keeps recently used entries. */
export function createShownMigrations({ monotonic }: Pick<Runtime, 'monotonic'>): ShownMigrations {
  const kept = new Map<string, Kept>();
  let characters = 0;

  function forget(entry: Kept): void {
    kept.delete(entry.id);
    characters -= entry.characters;
  }

  function remember(entry: Kept): void {
    kept.set(entry.id, entry);
    characters += entry.characters;
  }

  /** Drops the oldest entries until the rest fits; an entry that was read in the meantime gets a second chance. */
  function makeRoom(): void {
    for (const entry of kept.values()) {
      if (characters <= maxCharacters) return;
      forget(entry);
      if (!entry.used) continue;
      entry.used = false;
      remember(entry);
    }
  }

  function find(id: string): Kept | undefined {
    const known = kept.get(id);
    if (known === undefined) return undefined;
    if (monotonic() - known.keptAt > maxAgeMs) {
      forget(known);
      return undefined;
    }
    known.used = true;
    return known;
  }

  return {
    find,
    item(id, version) {
      const known = find(id);
      if (known?.version !== version || known.item === undefined) return undefined;
      return { id, characters: known.item.length, text: known.item };
    },
    keep({ id, version, account }, made) {
      const earlier = kept.get(id);
      if (earlier !== undefined && earlier.version > version) return;
      if (earlier !== undefined) forget(earlier);
      const same = earlier?.version === version ? earlier : null;
      const { answer = same?.answer, item = same?.item } = made;
      const length = (answer?.body.length ?? 0) + (item?.length ?? 0);
      if (length > maxOfOne) return;
      remember({
        id,
        version,
        account,
        ...(answer !== undefined && { answer }),
        ...(item !== undefined && { item }),
        keptAt: same?.keptAt ?? monotonic(),
        characters: length,
        used: same?.used ?? false,
      });
      makeRoom();
    },
  };
}
