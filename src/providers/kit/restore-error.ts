import { type Migration, type MigrationError, restoredName, type Source } from '../../domain/migration.ts';
import type { VendorErrorDetails } from '../../domain/problem.ts';
import { type RestoreErrorCode, restoreCause, restoreErrors, type Wording } from '../../domain/restore-errors.ts';

/** The last part of a path. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function pathsOf(source: Source): readonly string[] {
  switch (source.type) {
    case 'object_storage':
      return source.keys;
    case 'url':
      return source.urls.map(({ display }) => decoded(URL.canParse(display) ? new URL(display).pathname : display));
    case 'upload':
      return [source.fileName];
    case 'adopted':
      return source.files.map(decoded);
    case 'instance_backup':
      return [];
  }
}

/** What a migration's files and databases are called: words in which no cause is looked for. */
export function namesOf(migration: Migration): readonly string[] {
  const files = migration.backups.flatMap(({ source }) => pathsOf(source)).flatMap((path) => [path, baseName(path)]);
  const stems = files.map((file) => file.replace(/\.[A-Za-z]{2,4}$/, ''));
  const databases = (migration.target.databases ?? []).flatMap((database) => [database.name, restoredName(database)]);
  return [...new Set([...files, ...stems, ...databases])];
}

/** What a vendor says of a restore that failed. */
export interface FailedRestore {
  readonly migration: Migration;
  /** The vendor's text, verbatim; null where it gives none. */
  readonly text: string | null;
  /** The vendor's own ways of telling a cause. */
  readonly phrases?: readonly Wording[];
  /** What the vendor's status says where no text tells more. */
  readonly fallback?: RestoreErrorCode;
  /** A sentence before the words of the catalogue, such as the step that failed. */
  readonly preface?: string;
  readonly provider: VendorErrorDetails;
}

/** The cause of a failed restore, or null where neither its text nor its status tells one. */
export function causeOf({ migration, text, phrases = [], fallback }: FailedRestore): RestoreErrorCode | null {
  return (text === null ? null : restoreCause(text, namesOf(migration), phrases)) ?? fallback ?? null;
}

/** The error of a failed restore: code, words and `retryable` from the catalogue, with the vendor's words beside them. */
export function restoreErrorOf(failed: FailedRestore): MigrationError {
  const code = causeOf(failed) ?? 'restore_failed';
  const { detail, retryable } = restoreErrors[code];
  const { preface, provider } = failed;
  return { code, detail: preface === undefined ? detail : `${preface} ${detail}`, retryable, provider };
}
