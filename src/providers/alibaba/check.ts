import { type Backup, type Migration, restoredName } from '../../domain/migration.ts';
import type { FieldFault } from '../../domain/problem.ts';
import type { BackupType } from '../../domain/vocabulary.ts';
import { databaseNameFault } from '../kit/database-name.ts';
import { storageEndpointFault } from '../kit/storage-host.ts';
import { ossHost, ossHosts } from './endpoints.ts';
import { isChain } from './migration-task.ts';

const extensions = ['.bak', '.diff', '.trn', '.log'] as const;
/**
 * Checks the name of a file. Returns the fault as a sentence, or null. Accepts characters that only some of the vendor's pages advise
 * against.
 */
function fileNameFault(path: string): string | null {
  const lower = path.toLowerCase();
  if (/\.(?:zip|rar|7z|gz|tar)(?:\.[a-z]+)?$/.test(lower)) {
    return 'Archives cannot be restored. Unpack the file and give it the extension .bak, .diff, .trn or .log.';
  }
  if (!extensions.some((extension) => lower.endsWith(extension))) {
    return `The name must end in ${extensions.slice(0, -1).join(', ')} or ${extensions.at(-1)}.`;
  }
  return null;
}

function keyFault(key: string): string | null {
  if (key.includes(':'))
    return 'The vendor separates endpoint, bucket and key by a colon, so a key cannot contain one.';
  if (key.startsWith('/')) return 'A key must not begin with a slash.';
  return fileNameFault(key);
}

/** Checks the source of a backup. Pointers begin with `/source`, which is the same in the bodies of a migration and of a backup. */
function sourceFaults(source: Backup['source'], chain: boolean, region: string): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  if (source.type === 'object_storage') {
    if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(source.bucket)) {
      const detail =
        'A bucket name has 3 to 63 lower-case letters, digits and hyphens, and neither begins nor ends with a hyphen.';
      faults.push({ pointer: '/source/bucket', detail });
    }
    const { endpoint, bucket } = source;
    const wrong =
      endpoint === undefined
        ? null
        : storageEndpointFault({ endpoint, bucket, region: null, own: ossHosts, example: ossHost(region) });
    if (wrong !== null) faults.push({ pointer: '/source/endpoint', detail: wrong });
    source.keys.forEach((key, index) => {
      const detail = keyFault(key);
      if (detail !== null) faults.push({ pointer: `/source/keys/${index}`, detail });
    });
  }
  if (source.type === 'url') {
    if (chain) {
      const detail =
        'URLs are for SQL Server 2008 R2, where the vendor restores one full backup only. Use object_storage, or mode full.';
      faults.push({ pointer: '/source/type', detail });
    }
    source.urls.forEach(({ display }, index) => {
      const detail = URL.canParse(display) ? fileNameFault(new URL(display).pathname) : null;
      if (detail !== null) faults.push({ pointer: `/source/urls/${index}`, detail });
    });
  }
  return faults;
}

/** Checks a new migration against the rules of this vendor (CreateMigrateTask page and migration guides). */
export function checkMigration(migration: Migration): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  migration.target.databases?.forEach((database, index) => {
    const detail = databaseNameFault(restoredName(database));
    const field = database.restoreAs === undefined ? 'name' : 'restoreAs';
    if (detail !== null) faults.push({ pointer: `/target/databases/${index}/${field}`, detail });
  });
  const [first] = migration.backups;
  return first === undefined
    ? faults
    : [...faults, ...sourceFaults(first.source, isChain(migration), migration.region)];
}

/** Checks a new backup of a chain against the rules of this vendor. */
export function checkBackup(
  migration: Migration,
  backup: { readonly type: BackupType; readonly source: Backup['source']; readonly final: boolean },
): readonly FieldFault[] {
  return sourceFaults(backup.source, true, migration.region);
}
