import type { Migration } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { KeptMigration, StoredAnswer } from '../../domain/store.ts';
import type { KnownMigration } from '../../engine/interface.ts';

/** The texts that are kept together, in characters. */
const maxCharacters = 8_000_000;
/** A text that is longer is made anew each time: a few of them would push all others out. */
const maxOfOne = 500_000;
/**
 * A text is made anew after that time, in milliseconds: a database that has lost its last commits in a failover may give their versions to other
 * states.
 */
const maxAgeMs = 60_000;

/** A migration as it was shown: alone, in a list, or both. */
export interface ShownMigration extends KnownMigration {
  readonly answer?: StoredAnswer;
  /** Its text as one of many. */
  readonly item?: string;
}

/** A migration in a list. */
export interface ShownItem extends KeptMigration {
  readonly text: string;
}

/** What was made to show migrations, by id and version, so that showing the same state again costs next to nothing. */
export interface ShownMigrations {
  find(id: string): ShownMigration | undefined;
  /** The text of that version as one of many. */
  item(id: string, version: number): ShownItem | undefined;
  /** Keeps a text beside what is kept of the same version. */
  keep(migration: Migration, made: Pick<ShownMigration, 'answer' | 'item'>): void;
}

interface Kept extends ShownMigration {
  readonly keptAt: number;
  readonly characters: number;
  /** Whether it was asked for since it was put where it stands in the map. */
  used: boolean;
}

/** Keeps what was asked for lately. */
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

  /** Those that nobody has asked for since they were looked at here last go first. */
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
