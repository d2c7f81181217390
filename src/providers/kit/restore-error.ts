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

/**
 * The names of a migration's files and databases. They are removed from a vendor's text before it is matched, because they could contain
 * words of an error.
 */
export function namesOf(migration: Migration): readonly string[] {
  const files = migration.backups.flatMap(({ source }) => pathsOf(source)).flatMap((path) => [path, baseName(path)]);
  const stems = files.map((file) => file.replace(/\.[A-Za-z]{2,4}$/, ''));
  const databases = (migration.target.databases ?? []).flatMap((database) => [database.name, restoredName(database)]);
  return [...new Set([...files, ...stems, ...databases])];
}

/** A failed restore as the vendor reports it. */
export interface FailedRestore {
  readonly migration: Migration;
  /** The vendor's text, verbatim; null if there is none. */
  readonly text: string | null;
  /** Patterns for texts that only this vendor uses. */
  readonly phrases?: readonly Wording[];
  /** The cause according to the vendor's status. It applies if the text identifies none. */
  readonly fallback?: RestoreErrorCode;
  /** A sentence before the catalogue's text, for example about the failed step. */
  readonly preface?: string;
  readonly provider: VendorErrorDetails;
}

/** Identifies the cause of a failed restore. Null if neither the text nor the status identifies one. */
export function causeOf({ migration, text, phrases = [], fallback }: FailedRestore): RestoreErrorCode | null {
  return (text === null ? null : restoreCause(text, namesOf(migration), phrases)) ?? fallback ?? null;
}

/**
 * Creates the error of a failed restore. Code, detail and `retryable` come from the catalogue of restore errors; without a known cause the
 * code is `restore_failed`.
 */
export function restoreErrorOf(failed: FailedRestore): MigrationError {
  const code = causeOf(failed) ?? 'restore_failed';
  const { detail, retryable } = restoreErrors[code];
  const { preface, provider } = failed;
  return { code, detail: preface === undefined ? detail : `${preface} ${detail}`, retryable, provider };
}
