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

/** The decoded last part of a link's path. */
function nameInLink(link: string): string {
  const path = plainSlashes(link).split(/[?#]/, 1)[0] ?? '';
  try {
    return lastSegment(decodeURIComponent(path));
  } catch {
    return lastSegment(path);
  }
}

/** The file names of a source, with the pointers to them in the request. */
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

/**
 * The database with which the file names of a chain begin: that of the full backup's file; for the full backup itself, the one requested
 * database.
 */
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

/** Matches the hosts of the object store. Its first group is the region. */
const cosHosts = /^cos(?:-internal)?\.([a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.(?:cn|com))$/;
const bucketHosts = /^[a-z0-9-]+\.cos(?:-internal)?\.([a-z0-9-]+)\.(?:myqcloud|tencentcos)\.c(?:om|n)$/;
/** Maximum length of a bucket's host name in characters (bucket naming page 436/14518). */
const maxHostLength = 60;

/** Checks the location of an object. The vendor imports only within a region and requires the complete bucket name. */
function placeFaults({ region }: Migration, source: Source): readonly FieldFault[] {
  if (source.type === 'url')
    return source.urls.flatMap(({ display }, index) => {
      const there = bucketHosts.exec(URL.canParse(display) ? new URL(display).hostname : '')?.[1];
      if (there === undefined || there === 'accelerate' || there === region) return [];
      const detail = `The bucket is in ${there}, the instance in ${region}; both must be in one region.`;
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
      detail: `The name of a bucket includes its APPID, such as ${bucket.replaceAll('.', '-')}-1250000000: lower-case letters, digits and hyphens.`,
    });
  else if (wrong === null && `${bucket}.${endpoint}`.length > maxHostLength)
    faults.push({
      pointer: '/source/bucket',
      detail: `The host ${bucket}.${endpoint} has more than ${maxHostLength} characters; the vendor cannot resolve it.`,
    });
  return faults;
}

/** Checks the names of databases, in the backup and after the restore. */
function databaseFaults({ target }: Migration): readonly FieldFault[] {
  return (target.databases ?? []).flatMap(({ name, restoreAs }, index) =>
    Object.entries({ name, ...(restoreAs !== undefined && { restoreAs }) }).flatMap(([field, value]) => {
      const detail = databaseNameFault(value);
      return detail === null ? [] : [{ pointer: `/target/databases/${index}/${field}`, detail }];
    }),
  );
}

/** Checks a new migration against the rules of this vendor. */
export function checkMigration(migration: Migration, _account: Account): readonly FieldFault[] {
  const { source } = fullBackup(migration);
  return [
    ...nameFaults(migration, source, 'full', false),
    ...placeFaults(migration, source),
    ...databaseFaults(migration),
  ];
}

/** Checks a new increment against the rules of this vendor. Its source must fit the `UploadType` of the full task. */
export function checkBackup(
  migration: Migration,
  backup: Pick<Backup, 'type' | 'source' | 'final'>,
): readonly FieldFault[] {
  const { mode } = migration;
  const expected = mode === 'full_log' ? 'log' : mode === 'full_differential' ? 'differential' : null;
  if (expected === null) return [{ pointer: '/type', detail: 'A migration of mode full consists of one backup.' }];
  const faults: FieldFault[] = [];
  if (backup.type !== expected)
    faults.push({ pointer: '/type', detail: `A migration of mode ${mode} accepts only backups of type ${expected}.` });
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

/**
 * Whether a file may become the last one of a chain. The vendor's file names state whether a file is the last one (cold backup migration
 * guide).
 */
export function canBecomeFinal({ source }: Pick<Backup, 'source'>): boolean {
  return !filesOf(source).some(({ name }) => /noreconvery\d\.bak$/i.test(name));
}
