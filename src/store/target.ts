import { hash } from 'node:crypto';
import { type Backup, fullBackup, type Migration, restoredName } from '../domain/migration.ts';
import { terminalStates } from '../domain/vocabulary.ts';

/**
 * What an active migration holds on its instance. Two migrations of one account and instance collide where both name databases
 * and have a name in common, and where one names none and their full backups have an object in common.
 */
export interface TargetClaim {
  /** Whether the request names databases. Without names only the source tells what will be restored. */
  readonly namesDatabases: boolean;
  /** Digests of the restored names, without regard to case. */
  readonly names: readonly string[];
  /** Digests of the objects that the full backup is read from. */
  readonly sources: readonly string[];
}

export function isTerminal(migration: Pick<Migration, 'state'>): boolean {
  return terminalStates.includes(migration.state);
}

/** Whether two states of a migration may hold different things while they are active. */
export function mayClaimOther(before: Migration, after: Migration): boolean {
  const [one, other] = [fullBackup(before), fullBackup(after)];
  if (before.target !== after.target || one.source !== other.source) return true;
  return one.source.type === 'adopted' && one.providerRefs !== other.providerRefs;
}

/** What `migration` holds while it is active. */
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

/** Digests, because an object key of a thousand characters is longer than an index entry may be. */
function digests(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.map((text) => hash('sha256', text)))].sort();
}
