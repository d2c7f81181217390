import { type Backup, fullBackup, type Migration, type Source } from '../../domain/migration.ts';
import type { FieldFault } from '../../domain/problem.ts';
import type { Account } from '../../domain/vendor.ts';
import type { BackupType } from '../../domain/vocabulary.ts';
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
  }
}

/** The one database that is known to be in the files: as the request says, else as the full backup's name says. */
function knownDatabase(migration: Migration): string | null {
  const databases = migration.target.databases ?? [];
  if (databases.length === 1) return databases[0]?.name ?? null;
  if (databases.length > 1) return null;
  const [file] = filesOf(fullBackup(migration).source);
  return file === undefined ? null : databaseInName(file.name);
}

function nameFaults(migration: Migration, source: Source, type: BackupType, final: boolean): readonly FieldFault[] {
  const { mode } = migration;
  return filesOf(source).flatMap(({ pointer, name }) => {
    const detail =
      mode === 'full' ? singleNameFault(name) : chainNameFault({ mode, type, final }, name, knownDatabase(migration));
    return detail === null ? [] : [{ pointer, detail }];
  });
}

const cosHost = /(?:^|\.)cos(?:-internal)?\.([a-z0-9-]+)\.(?:myqcloud|tencentcos)\.c(?:om|n)$/;

/** Files in another region are refused where their address tells: the vendor imports within a region only. */
function regionFaults(migration: Migration, source: Source): readonly FieldFault[] {
  const places: readonly NamedFile[] =
    source.type === 'object_storage' && source.endpoint !== undefined
      ? [{ pointer: '/source/endpoint', name: source.endpoint }]
      : source.type === 'url'
        ? source.urls.map(({ display }, index) => ({
            pointer: `/source/urls/${index}`,
            name: URL.canParse(display) ? new URL(display).hostname : '',
          }))
        : [];
  return places.flatMap(({ pointer, name }) => {
    const region = cosHost.exec(name.toLowerCase())?.[1];
    if (region === undefined || region === 'accelerate' || region === migration.region) return [];
    return [
      {
        pointer,
        detail: `The bucket lies in ${region}, the instance in ${migration.region}; both must be in one region.`,
      },
    ];
  });
}

/** Faults of a new migration that only this vendor has. */
export function checkMigration(migration: Migration, _account: Account): readonly FieldFault[] {
  const { source } = fullBackup(migration);
  return [...nameFaults(migration, source, 'full', false), ...regionFaults(migration, source)];
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
    ...regionFaults(migration, backup.source),
  ];
}

/** The names of a chain's files say whether a file is the last one (cold backup migration guide). */
export function canBecomeFinal({ source }: Pick<Backup, 'source'>): boolean {
  return !filesOf(source).some(({ name }) => /noreconvery\d\.bak$/i.test(name));
}
