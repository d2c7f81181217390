import { type Backup, fullBackup, type Migration, type Source } from '../../domain/migration.ts';
import type { FieldFault } from '../../domain/problem.ts';
import type { Account } from '../../domain/vendor.ts';
import type { BackupType } from '../../domain/vocabulary.ts';
import { databaseNameFault } from '../kit/database-name.ts';
import { storageEndpointFault } from '../kit/storage-host.ts';
import { chainNameFault, databaseInName, singleNameFault } from './file-names.ts';
import { plainSlashes, uploadType } from './parameters.ts';

interface NamedFile {
  readonly pointer: string;
  readonly name: string;
}

const lastSegment = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The last part of a link's path as people write it. */
function nameInLink(link: string): string {
  const path = plainSlashes(link).split(/[?#]/, 1)[0] ?? '';
  try {
    return lastSegment(decodeURIComponent(path));
  } catch {
    return lastSegment(path);
  }
}

/** The files of a source with the places in the request that name them. */
function filesOf(source: Source): readonly NamedFile[] {
  switch (source.type) {
    case 'object_storage':
      return source.keys.map((key, index) => ({ pointer: `/source/keys/${index}`, name: lastSegment(key) }));
    case 'url':
      return source.urls.map((url, index) => ({ pointer: `/source/urls/${index}`, name: nameInLink(url.display) }));
    case 'upload':
      return [{ pointer: '/source/fileName', name: source.fileName }];
    case 'instance_backup':
      return [];
    case 'adopted':
      return source.files.map((file) => ({ pointer: '/source', name: nameInLink(file) }));
  }
}

/** The database that the names of a chain's files begin with: that of the full backup, or of the request for the full backup itself. */
function chainDatabase(migration: Migration, type: BackupType): string | null {
  const [file] = filesOf(fullBackup(migration).source);
  const named = file === undefined ? null : databaseInName(file.name);
  if (type !== 'full') return named;
  const databases = migration.target.databases ?? [];
  return databases.length === 1 ? (databases[0]?.name ?? null) : named;
}

function nameFaults(migration: Migration, source: Source, type: BackupType, final: boolean): readonly FieldFault[] {
  const { mode } = migration;
  return filesOf(source).flatMap(({ pointer, name }) => {
    const detail =
      mode === 'full'
        ? singleNameFault(name)
        : chainNameFault({ mode, type, final }, name, chainDatabase(migration, type));
    return detail === null ? [] : [{ pointer, detail }];
  });
}

/** Hosts of the object storage; the group is the region. */
const cosHosts = /^cos(?:-internal)?\.([a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.(?:cn|com))$/;
const bucketHosts = /^[a-z0-9-]+\.cos(?:-internal)?\.([a-z0-9-]+)\.(?:myqcloud|tencentcos)\.c(?:om|n)$/;
/** The longest host name of a bucket (bucket naming page), in characters. */
const maxHostLength = 60;

/** Faults of where an object lies. The vendor imports within a region only, and finds a bucket by its whole name. */
function placeFaults({ region }: Migration, source: Source): readonly FieldFault[] {
  if (source.type === 'url')
    return source.urls.flatMap(({ display }, index) => {
      const there = bucketHosts.exec(URL.canParse(display) ? new URL(display).hostname : '')?.[1];
      if (there === undefined || there === 'accelerate' || there === region) return [];
      const detail = `The bucket lies in ${there}, the instance in ${region}; both must be in one region.`;
      return [{ pointer: `/source/urls/${index}`, detail }];
    });
  if (source.type !== 'object_storage') return [];
  const { bucket } = source;
  const own = `cos.${region}.myqcloud.com`;
  const endpoint = source.endpoint ?? own;
  const wrong = storageEndpointFault({ endpoint, bucket, region, own: cosHosts, example: own });
  const faults: FieldFault[] = wrong === null ? [] : [{ pointer: '/source/endpoint', detail: wrong }];
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-\d{6,12}$/.test(bucket))
    faults.push({
      pointer: '/source/bucket',
      detail: `A bucket is named with its APPID, such as ${bucket.replaceAll('.', '-')}-1250000000: lower-case letters, digits and hyphens.`,
    });
  else if (wrong === null && `${bucket}.${endpoint}`.length > maxHostLength)
    faults.push({
      pointer: '/source/bucket',
      detail: `The host ${bucket}.${endpoint} has more than ${maxHostLength} characters, which the vendor does not resolve.`,
    });
  return faults;
}

/** Faults of what databases are called, in the backup and on the target. */
function databaseFaults({ target }: Migration): readonly FieldFault[] {
  return (target.databases ?? []).flatMap(({ name, restoreAs }, index) =>
    Object.entries({ name, ...(restoreAs !== undefined && { restoreAs }) }).flatMap(([field, value]) => {
      const detail = databaseNameFault(value);
      return detail === null ? [] : [{ pointer: `/target/databases/${index}/${field}`, detail }];
    }),
  );
}

/** Faults of a new migration that only this vendor has. */
export function checkMigration(migration: Migration, _account: Account): readonly FieldFault[] {
  const { source } = fullBackup(migration);
  return [
    ...nameFaults(migration, source, 'full', false),
    ...placeFaults(migration, source),
    ...databaseFaults(migration),
  ];
}

/** Faults of an increment about to be queued. A child's file is understood as its parent's `UploadType` says. */
export function checkBackup(
  migration: Migration,
  backup: Pick<Backup, 'type' | 'source' | 'final'>,
): readonly FieldFault[] {
  const { mode } = migration;
  const expected = mode === 'full_log' ? 'log' : mode === 'full_differential' ? 'differential' : null;
  if (expected === null) return [{ pointer: '/type', detail: 'A migration of mode full takes no further backups.' }];
  const faults: FieldFault[] = [];
  if (backup.type !== expected)
    faults.push({ pointer: '/type', detail: `A migration of mode ${mode} takes backups of type ${expected} only.` });
  const full = fullBackup(migration).source;
  if (uploadType(full) !== uploadType(backup.source))
    faults.push({
      pointer: '/source/type',
      detail:
        full.type === 'upload'
          ? 'The full backup was uploaded, so every further backup must be an upload too.'
          : 'The full backup came from a link, so every further backup must be object_storage or url.',
    });
  return [
    ...faults,
    ...nameFaults(migration, backup.source, expected, backup.final),
    ...placeFaults(migration, backup.source),
  ];
}

/** The names of a chain's files say whether a file is the last one (cold backup migration guide). */
export function canBecomeFinal({ source }: Pick<Backup, 'source'>): boolean {
  return !filesOf(source).some(({ name }) => /noreconvery\d\.bak$/i.test(name));
}
