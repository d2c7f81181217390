import { UnreadableRecord } from '../domain/store.ts';

/** Maximum number of rows remembered by name; further ones are only logged. */
const maxNamed = 100;

/** The unreadable rows of one database. Each is reported once and does not affect other rows. */
export class UnreadableRecords {
  readonly #found = new Map<string, UnreadableRecord>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** What was found so far, the oldest first. */
  get found(): readonly UnreadableRecord[] {
    return [...this.#found.values()];
  }

  /** The readable rows; the others are reported. */
  readable<R, T>(rows: readonly R[], read: (row: R) => T): T[] {
    return rows.flatMap((row) => {
      const value = this.read(() => read(row));
      return value === null ? [] : [value];
    });
  }

  /** Null: it cannot be read, and is reported. */
  read<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      this.report(error);
      return null;
    }
  }

  /** It has been repaired, or is gone. */
  forget(error: UnreadableRecord): void {
    this.#found.delete(nameOf(error));
  }

  /** Tells of it, the first time. */
  report(error: UnreadableRecord): void {
    if (this.#found.has(nameOf(error)) || this.#found.size >= maxNamed) return;
    this.#found.set(nameOf(error), error);
    this.#onError(error);
  }
}

function nameOf({ table, id }: UnreadableRecord): string {
  return `${table} ${id}`;
}

/** The JSON object in a column. Throws `UnreadableRecord` for any other text. */
export function jsonObject(table: string, id: string, text: string): Record<string, unknown> {
  const value = json(table, id, text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UnreadableRecord(table, id, 'is no JSON object');
  return value as Record<string, unknown>;
}

/** The JSON value in a column. Throws `UnreadableRecord` for a text that is none. The error does not contain the text, which may hold anything. */
export function json(table: string, id: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRecord(table, id, 'is no JSON');
  }
}
