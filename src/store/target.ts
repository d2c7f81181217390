import { hash } from 'node:crypto';
import { type Backup, fullBackup, type Migration, restoredName } from '../domain/migration.ts';

/**
 * What an active migration occupies on its instance. Two migrations of one account and instance collide if both name databases and have a name in
 * common, or if one names none and their full backups have an object in common.
 */
export interface TargetClaim {
  /** Whether the request names databases. Otherwise the source determines what is restored. */
  readonly namesDatabases: boolean;
  /** Digests of the restored names in lower case. */
  readonly names: readonly string[];
  /** Digests of the objects of the full backup. */
  readonly sources: readonly string[];
}

/** Whether two versions of a migration may have different claims. Cheaper than comparing the claims. */
export function mayClaimOther(before: Migration, after: Migration): boolean {
  const [one, other] = [fullBackup(before), fullBackup(after)];
  if (before.target !== after.target || one.source !== other.source) return true;
  return one.source.type === 'adopted' && one.providerRefs !== other.providerRefs;
}

/** The claim of a migration while it is active. */
export function targetClaim(migration: Migration): TargetClaim {
  const databases = migration.target.databases ?? [];
  return {
    namesDatabases: databases.length > 0,
    names: digests(databases.map((database) => `database ${restoredName(database).toLowerCase()}`)),
    sources: digests(sourceObjects(fullBackup(migration))),
  };
}

function sourceObjects({ source, providerRefs }: Pick<Backup, 'source' | 'providerRefs'>): readonly string[] {
  switch (source.type) {
    case 'object_storage':
      return source.keys.map((key) => `object ${source.bucket}/${key}`);
    case 'url':
      return source.urls.map((url) => `url ${url.display}`);
    case 'instance_backup':
      return [`backup ${source.backupId}`];
    case 'upload':
      return [`upload ${source.fileName}`];
    case 'adopted':
      return Object.entries(providerRefs).map(([name, id]) => `${name} ${id}`);
  }
}

/** Digests without duplicates, sorted, because an object key may exceed the maximum length of an index entry. */
function digests(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => hash('sha256', text)))].sort();
}
