import type { Migration } from '../../domain/migration.ts';
import type { Runtime } from '../../domain/runtime.ts';
import type { KnownMigration } from '../../engine/interface.ts';
import type { Answer } from './answer.ts';

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
  readonly answer?: Answer;
  /** Its text as one of many. */
  readonly item?: string;
}

/** What was made to show migrations, by id and version, so that showing the same state again costs next to nothing. */
export interface ShownMigrations {
  find(id: string): ShownMigration | undefined;
  /** Keeps a text beside what is kept of the same version. */
  keep(migration: Migration, made: Pick<ShownMigration, 'answer' | 'item'>): void;
}

interface Kept extends ShownMigration {
  readonly keptAt: number;
  readonly characters: number;
}

/** Keeps what was asked for last. */
export function createShownMigrations({ monotonic }: Pick<Runtime, 'monotonic'>): ShownMigrations {
  const kept = new Map<string, Kept>();
  let characters = 0;

  function forget(id: string): Kept | undefined {
    const known = kept.get(id);
    if (known === undefined) return undefined;
    kept.delete(id);
    characters -= known.characters;
    return known;
  }

  function remember(entry: Kept): void {
    kept.set(entry.id, entry);
    characters += entry.characters;
  }

  return {
    find(id) {
      const known = forget(id);
      if (known === undefined || monotonic() - known.keptAt > maxAgeMs) return undefined;
      // Put at the end: the first of the map is the one unused for longest.
      remember(known);
      return known;
    },
    keep({ id, version, account }, made) {
      const earlier = forget(id);
      if (earlier !== undefined && earlier.version > version) return remember(earlier);
      const { answer, item } = { ...(earlier?.version === version && earlier), ...made };
      const length = (answer?.body.length ?? 0) + (item?.length ?? 0);
      if (length > maxOfOne) return;
      remember({
        id,
        version,
        account,
        ...(answer !== undefined && { answer }),
        ...(item !== undefined && { item }),
        keptAt: earlier?.version === version ? earlier.keptAt : monotonic(),
        characters: length,
      });
      for (const oldest of kept.keys()) {
        if (characters <= maxCharacters) break;
        forget(oldest);
      }
    },
  };
}
