import { type Backup, fullBackup, type Migration, restoredName, type Source } from '../../domain/migration.ts';
import type { FieldFault } from '../../domain/problem.ts';
import type { BackupType } from '../../domain/vocabulary.ts';
import { databaseNameFault } from '../kit/database-name.ts';
import { storageEndpointFault } from '../kit/storage-host.ts';
import { isRenamed, splitKey } from './body.ts';
import { optionsOf } from './options.ts';

/** Database names that the vendor reserves in addition to those of SQL Server. */
const reservedNames: readonly string[] = ['rdsadmin'];

/** Matches the hosts of the object store. Its first group is the region. */
const obsHosts = /^obs\.([a-z0-9-]+)\.myhuaweicloud\.(?:com|eu)$/;

const fault = (pointer: string, detail: string): FieldFault => ({ pointer, detail });

/** Checks a new migration against the rules of this vendor. Returns all faults. */
export function checkMigration(migration: Migration): readonly FieldFault[] {
  const { source } = fullBackup(migration);
  return [
    ...sourceFaults(source, migration.region),
    ...(source.type === 'instance_backup' && migration.mode !== 'full'
      ? [
          fault(
            '/source/type',
            'At Huawei Cloud a chain starts from a backup in object storage; a backup of an instance is restored in mode `full`.',
          ),
        ]
      : []),
    ...databaseFaults(migration, source),
    ...tagFaults(migration),
  ];
}

/** Checks a new backup of a chain against the rules of this vendor. Pointers refer to the body of the backup request. */
export function checkBackup(
  migration: Migration,
  backup: { readonly type: BackupType; readonly source: Backup['source']; readonly final: boolean },
): readonly FieldFault[] {
  const faults = [...sourceFaults(backup.source, migration.region)];
  if (backup.type === 'differential')
    faults.push(fault('/type', 'After the full backup Huawei Cloud accepts only transaction log backups.'));
  if (backup.source.type === 'instance_backup')
    faults.push(fault('/source/type', 'At Huawei Cloud the log backups of a chain lie in object storage.'));
  return faults;
}

function sourceFaults(source: Source, region: string): readonly FieldFault[] {
  if (source.type !== 'object_storage') return [];
  const faults = source.keys.flatMap((key, index) => keyFaults(key, `/source/keys/${index}`));
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(source.bucket))
    faults.push(fault('/source/bucket', 'A bucket’s name must not be an IP address.'));
  const { endpoint, bucket } = source;
  const wrong =
    endpoint === undefined
      ? null
      : storageEndpointFault({ endpoint, bucket, region, own: obsHosts, example: `obs.${region}.myhuaweicloud.com` });
  if (wrong !== null) faults.push(fault('/source/endpoint', wrong));
  else if (endpoint !== undefined && !endpoint.startsWith(`obs.${region}.`))
    faults.push(
      fault(
        '/source/endpoint',
        `Huawei Cloud reads the bucket in the region of the instance, ${region}: leave it out.`,
      ),
    );
  return faults;
}

function keyFaults(key: string, pointer: string): FieldFault[] {
  const { obs_path: folder, name } = splitKey(key);
  const faults: FieldFault[] = [];
  if (!/.\.bak$/i.test(name)) faults.push(fault(pointer, 'The name of a backup file must end in `.bak`.'));
  else if (!/^[A-Za-z0-9_-]{1,200}\.bak$/i.test(name))
    faults.push(
      fault(pointer, 'The name of a backup file must have 1 to 200 ASCII letters, digits, `_` and `-` before `.bak`.'),
    );
  if (!/^[\x20-\x7e]{0,512}$/.test(folder))
    faults.push(fault(pointer, 'The folder of a backup file must have at most 512 characters, all of them ASCII.'));
  return faults;
}

function databaseFaults(migration: Migration, source: Source): readonly FieldFault[] {
  const databases = migration.target.databases ?? [];
  const longest = source.type === 'instance_backup' ? 64 : 128;
  return databases.flatMap((database, index) => {
    const at = `/target/databases/${index}`;
    const faults: FieldFault[] = [];
    const nameless = databaseNameFault(database.name, reservedNames);
    if (nameless !== null) faults.push(fault(`${at}/name`, nameless));
    if (!isRenamed(database)) return faults;

    const refused = renameRefusal(migration, source);
    const wanted = restoredName(database);
    const reserved = databaseNameFault(wanted, reservedNames);
    if (refused !== null) faults.push(fault(`${at}/restoreAs`, refused));
    else if (reserved !== null) faults.push(fault(`${at}/restoreAs`, reserved));
    else if (wanted.length > longest || !/^[A-Za-z0-9_-]+$/.test(wanted))
      faults.push(
        fault(`${at}/restoreAs`, `A new name has 1 to ${longest} characters: ASCII letters, digits, \`_\` and \`-\`.`),
      );
    return faults;
  });
}

/** Why this request cannot rename a database; null if it can. */
function renameRefusal(migration: Migration, source: Source): string | null {
  if (migration.mode !== 'full')
    return 'Huawei Cloud cannot rename a database in a chain; omit `restoreAs`, or use mode `full`.';
  if (source.type !== 'object_storage') return null;
  if ((migration.target.databases?.length ?? 0) > 1)
    return 'From object storage Huawei Cloud renames only a single database: submit one migration for each.';
  if (source.keys.length > 1)
    return 'From object storage Huawei Cloud renames only the one database of one file: name a single key.';
  return null;
}

function tagFaults(migration: Migration): readonly FieldFault[] {
  return Object.entries(optionsOf(migration).tags ?? {})
    .filter(([, value]) => !/^[\p{L}\p{N} _.:/=+@-]{1,43}$/u.test(value))
    .map(([key]) =>
      fault(
        `/providerOptions/huawei/tags/${key}`,
        'The value of a tag has 1 to 43 letters, digits, spaces and `_ . : / = + - @`.',
      ),
    );
}
