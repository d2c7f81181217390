import { type Migration, type MigrationError, restoredName, type Source } from '../../domain/migration.ts';
import type { VendorErrorDetails } from '../../domain/problem.ts';
import { type RestoreErrorCode, restoreCause, restoreErrors, type Wording } from '../../domain/restore-errors.ts';
import { baseName, decoded } from './percent.ts';

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

/** The names of a migration's files and databases, which are excluded from the search for a cause. */
export function namesOf(migration: Migration): readonly string[] {
  const files = migration.backups.flatMap(({ source }) => pathsOf(source)).flatMap((path) => [path, baseName(path)]);
  const stems = files.map((file) => file.replace(/\.[A-Za-z]{2,4}$/, ''));
  const databases = (migration.target.databases ?? []).flatMap((database) => [database.name, restoredName(database)]);
  return [...new Set([...files, ...stems, ...databases])];
}

/** The vendor's report of a failed restore. */
export interface FailedRestore {
  readonly migration: Migration;
  /** The vendor's text, verbatim; null where it gives none. */
  readonly text: string | null;
  /** Wordings of this vendor alone. */
  readonly phrases?: readonly Wording[];
  /** The cause by the vendor's status, used when no text identifies one. */
  readonly fallback?: RestoreErrorCode;
  /** A sentence that precedes the catalogue's text, such as the failed step. */
  readonly preface?: string;
  readonly provider: VendorErrorDetails;
}

/** The cause of a failed restore, or null when neither text nor status identifies one. */
export function causeOf({ migration, text, phrases = [], fallback }: FailedRestore): RestoreErrorCode | null {
  return (text === null ? null : restoreCause(text, namesOf(migration), phrases)) ?? fallback ?? null;
}

/** The error of a failed restore: code, detail and `retryable` from the catalogue, with the vendor's error beside them. */
export function restoreErrorOf(failed: FailedRestore): MigrationError {
  const code = causeOf(failed) ?? 'restore_failed';
  const { detail, retryable } = restoreErrors[code];
  const { preface, provider } = failed;
  return { code, detail: preface === undefined ? detail : `${preface} ${detail}`, retryable, provider };
}
