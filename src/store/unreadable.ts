import { UnreadableRecord } from '../domain/store.ts';

/** Maximum number of remembered rows. Of further ones only the first is reported, without its name. */
const maxNamed = 100;

/** The unreadable rows of one database. Each is reported once and does not affect other rows. */
export class UnreadableRecords {
  readonly #found = new Map<string, UnreadableRecord>();
  #full = false;
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** The rows found so far, in the order of their discovery. */
  get found(): readonly UnreadableRecord[] {
    return [...this.#found.values()];
  }

  /** Reads rows and returns the readable ones. The others are reported. */
  readable<R, T>(rows: readonly R[], read: (row: R) => T): T[] {
    return rows.flatMap((row) => {
      const value = this.read(() => read(row));
      return value === null ? [] : [value];
    });
  }

  /** Reads one record. Null: it is unreadable and was reported. */
  read<T>(read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      this.report(error);
      return null;
    }
  }

  /** Removes a record that is readable again or deleted. */
  forget(error: UnreadableRecord): void {
    this.#found.delete(nameOf(error));
  }

  /** Remembers a record and reports it to `onError`, the first time. */
  report(error: UnreadableRecord): void {
    if (this.#found.has(nameOf(error))) return;
    if (this.#found.size < maxNamed) {
      this.#found.set(nameOf(error), error);
      this.#onError(error);
    } else if (!this.#full) {
      this.#full = true;
      this.#onError(
        new Error(`more than ${maxNamed} stored records are unreadable; further ones are skipped without a log line`),
      );
    }
  }
}

function nameOf({ table, id }: UnreadableRecord): string {
  return `${table} ${id}`;
}

/** The JSON object in a column. Throws `UnreadableRecord` for other text. */
export function jsonObject(table: string, id: string, text: string): Record<string, unknown> {
  const value = json(table, id, text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UnreadableRecord(table, id, 'is not a JSON object');
  return value as Record<string, unknown>;
}

/** The JSON value in a column. Throws `UnreadableRecord` for invalid JSON, without the text, which may contain anything. */
export function json(table: string, id: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRecord(table, id, 'is not JSON');
  }
}
